// Signs the same person in again without leaving the page, so that nothing on it is lost.

import { isOurs } from "../answers.js";
import { csrfToken } from "./api.js";

const dialog = document.getElementById("sign-in");
const form = dialog.querySelector("form");
const problem = dialog.querySelector(".problems");
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

async function post(body) {
  // A fresh form, for the token of this page may be of a session that has ended.
  const { answer, html } = await page(dialog.dataset.login);
  if (!answer.redirected) {
    body.set("csrfmiddlewaretoken", html.querySelector("[name=csrfmiddlewaretoken]").value);
    const sent = await page(dialog.dataset.login, { method: "POST", body });
    if (!sent.answer.redirected) return sent.html.querySelector('[role="alert"]')?.textContent.trim() || gettext("Please try again.");
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
    else dialog.close("signed in");
    for (const field of document.getElementsByName("csrfmiddlewaretoken")) field.value = csrfToken();
  } catch {
    tell(gettext("The connection broke. Please try again."));
  }
  button.disabled = false;
});
dialog.querySelector(".later").addEventListener("click", () => dialog.close());
