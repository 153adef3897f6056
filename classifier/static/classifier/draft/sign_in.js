// Signs the same person in again without leaving the page, so that nothing on it is lost.

import { isOurs } from "../answers.js";
import { csrfToken } from "./api.js";

const dialog = document.getElementById("sign-in");
const form = dialog.querySelector("form");
const problem = dialog.querySelector(".problems");
const [password, code] = ["password", "code"].map((name) => form.elements[name]);
let asking;

// Resolves to whether the person is signed in again; asked from several places, it asks once.
export function signIn() {
  asking ??= ask().finally(() => {
    asking = undefined;
  });
  return asking;
}

function ask() {
  problem.hidden = true;
  form.reset();
  askForCode(false);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "signed in"), { once: true });
    dialog.returnValue = "";
  });
}

function tell(text) {
  problem.textContent = text;
  problem.hidden = false;
}

async function page(url, options) {
  const answer = await fetch(url, options);
  if (!isOurs(answer)) throw new Error("A proxy answered.");
  return { answer, html: new DOMParser().parseFromString(await answer.text(), "text/html") };
}

// Whoever has a second factor is asked for its code once the password was right.
function askForCode(asked) {
  code.disabled = !asked;
  code.required = asked;
  code.closest("p").hidden = !asked;
  password.closest("p").hidden = asked;
  if (asked) code.value = "";
  (asked ? code : password).focus();
}

const leads = (answer, path) => new URL(answer.url).pathname === path;

// Sends the form with a fresh token, for this page's may be of a session that has ended. Returns what
// came of it, or of the page itself where somebody is signed in already.
async function send(path, body) {
  const form = await page(path);
  if (form.answer.redirected) return form;
  body.set("csrfmiddlewaretoken", form.html.querySelector("main [name=csrfmiddlewaretoken]").value);
  return page(path, { method: "POST", body });
}

// Returns what went wrong; nothing where a code is asked for; "" once the same person is signed in.
async function post(body) {
  const { login, code: codePage } = dialog.dataset;
  const { answer, html } = await send(code.disabled ? login : codePage, body);
  if (!answer.redirected) return html.querySelector('[role="alert"]')?.textContent.trim() || gettext("Please try again.");
  if (leads(answer, codePage)) return askForCode(true);
  if (leads(answer, login)) {
    askForCode(false);
    return gettext("That took a while. Please enter your password again.");
  }
  const now = await page(dialog.dataset.upload);
  if (now.html.getElementById("upload")?.dataset.user === dialog.dataset.user) return "";
  return gettext("Somebody else is signed in now. Your photos stay in this browser until you sign in again.");
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  try {
    const trouble = await post(new FormData(form));
    if (trouble) tell(trouble);
    else problem.hidden = true;
    if (trouble === "") dialog.close("signed in");
    for (const field of document.getElementsByName("csrfmiddlewaretoken")) field.value = csrfToken();
  } catch {
    tell(gettext("The connection broke. Please try again."));
  }
  button.disabled = false;
});
dialog.querySelector(".later").addEventListener("click", () => dialog.close());
