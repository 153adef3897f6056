// Shows what goes on without reloading the page: each element with data-live is filled with what
// its address answers. With data-then-reload the page is loaded again when that has ended. Without
// this script the page shows the same, as of when it was loaded.

import { isOurs } from "./answers.js";

const OFTEN = 1000; // milliseconds, while something is at work
const RARELY = 10000;

async function poll(panel, wasUnfinished = false) {
  let [pause, unfinished] = [RARELY, wasUnfinished];
  try {
    const answer = await fetch(panel.dataset.live, { headers: { Accept: "application/json" } });
    if (isOurs(answer) && (answer.status === 401 || answer.status === 403)) {
      panel.append(notice("You are signed out, so this no longer moves. Reload the page."));
      return;
    }
    if (isOurs(answer) && answer.ok) {
      const now = await answer.json();
      unfinished = now.unfinished;
      show(panel, now.html, wasUnfinished && !unfinished);
      if (!unfinished && "thenReload" in panel.dataset) {
        location.reload(); // what was waited for belongs on the page
        return;
      }
      pause = unfinished ? OFTEN : RARELY;
    }
  } catch {
    // The server cannot be reached: ask again.
  }
  setTimeout(poll, pause, panel, unfinished);
}

function show(panel, html, hasEnded) {
  if (panel.dataset.html === html) return;
  panel.dataset.html = html;
  // The end is worth a word to a screen reader; the bar on its way is not.
  panel.setAttribute("aria-live", hasEnded ? "polite" : "off");
  panel.innerHTML = html; // made by our own template, which escapes what it shows
}

function notice(text) {
  const line = document.createElement("p");
  line.className = "f-note";
  line.textContent = text;
  return line;
}

for (const panel of document.querySelectorAll("[data-live]")) poll(panel);
