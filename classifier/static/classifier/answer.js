// Saves what a seller says of a photo in place: the forms of its tag are sent without leaving the page.
// Without this they are plain forms, and the listing's page shows the same.

import { isOurs } from "./answers.js";

const spoken = document.getElementById("spoken");

document.addEventListener("submit", async (event) => {
  const tag = event.target.closest(".tag[data-photo]");
  if (!tag) return;
  event.preventDefault();
  const { target: form, submitter } = event;
  const body = new FormData(form, submitter);
  // A new sign-in brings a new token; the form's own is of when its tag was fetched.
  body.set("csrfmiddlewaretoken", csrfToken() ?? body.get("csrfmiddlewaretoken"));
  setBusy(tag, true);
  const problem = await save(tag, form.action, body);
  if (problem) tell(tag, problem);
  setBusy(tag, false);
});

// Puts the tag as it is now in the old one's place; returns what to tell if that cannot be.
async function save(tag, url, body) {
  try {
    const answer = await fetch(url, { method: "POST", body, headers: { Accept: "text/html" } });
    const html = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = html.querySelector(`.tag[data-photo="${tag.dataset.photo}"]`);
    if (!isOurs(answer)) return gettext("Something went wrong on our side. Please try again.");
    if (answer.status === 400) return html.querySelector('[role="alert"]').textContent.trim();
    if (answer.status === 404) return gettext("This photo is no longer there.");
    if (!answer.ok || !fresh) return gettext("You are signed out. Sign in in a new tab, then answer again.");
    tag.replaceWith(fresh);
    spoken.textContent = fresh.querySelector(".own-answer").textContent;
    return "";
  } catch {
    return gettext("The connection broke. Please try again.");
  }
}

function csrfToken() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
}

function setBusy(tag, busy) {
  for (const button of tag.querySelectorAll("button")) button.disabled = busy;
}

function tell(tag, problem) {
  tag.querySelector(".trouble")?.remove();
  const line = Object.assign(document.createElement("p"), { className: "trouble", textContent: problem });
  line.setAttribute("role", "alert");
  tag.append(line);
}
