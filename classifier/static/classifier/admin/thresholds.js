// Follows the sliders of the page about thresholds: shows what a promise comes to without a reload.
// Without this the form's button does the same.

import { isOurs } from "../answers.js";

const PAUSE = 150; // milliseconds after the last move of a slider
const form = document.getElementById("promise-form");
const consequences = document.getElementById("consequences");
let timer = 0;
let newest = 0;

function showSliders() {
  const per = new FormData(form).get("per");
  for (const group of form.querySelectorAll("[data-per]")) group.hidden = group.dataset.per !== per;
  for (const slider of form.querySelectorAll("input[type=range]")) {
    slider.closest("label").querySelector("output").textContent = slider.value;
  }
}

async function showConsequences() {
  newest += 1;
  const mine = newest;
  const asked = new URLSearchParams(new FormData(form));
  consequences.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(`${form.dataset.preview}?${asked}`, {
      headers: { Accept: "application/json" },
    });
    if (mine !== newest) return; // a later move of a slider is on its way
    if (!isOurs(answer) || !answer.ok) throw new Error(`The server said ${answer.status}.`);
    const { html } = await answer.json();
    consequences.innerHTML = html; // made by our own template, which escapes what it shows
    history.replaceState(null, "", `?${asked}`);
  } catch {
    if (mine !== newest) return;
    // What stands there belongs to another promise, so it must not be saved.
    consequences.textContent = consequences.dataset.unreached;
  } finally {
    if (mine === newest) consequences.removeAttribute("aria-busy");
  }
}

if (form) {
  form.querySelector("[data-without-script]").hidden = true;
  showSliders();
  form.addEventListener("input", () => {
    showSliders();
    // Until the new figures are there, the old ones cannot be saved.
    for (const button of consequences.querySelectorAll("button")) button.disabled = true;
    clearTimeout(timer);
    timer = setTimeout(showConsequences, PAUSE);
  });
}
