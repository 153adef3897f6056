// Shows the retraining at work without reloading the page. Without this the page shows the same,
// as of when it was loaded.

const place = document.getElementById("retraining-now");
const OFTEN = 1000; // milliseconds, while one runs
const RARELY = 10000;

async function look() {
  let pause = RARELY;
  try {
    const answer = await fetch(place.dataset.door, { headers: { Accept: "application/json" } });
    if (answer.status === 401 || answer.status === 403) {
      place.append(notice("You are signed out, so this no longer moves. Reload the page."));
      return;
    }
    if (answer.ok) {
      const now = await answer.json();
      show(now);
      pause = now.unfinished ? OFTEN : RARELY;
    }
  } catch {
    // The server cannot be reached: ask again.
  }
  setTimeout(look, pause);
}

function show(now) {
  const ended = place.querySelector("[data-state]")?.dataset.state;
  if (place.dataset.html === now.html) return;
  place.dataset.html = now.html;
  place.innerHTML = now.html; // made by our own template, which escapes what it shows
  const wasRunning = ended === "queued" || ended === "running";
  // The end is worth a word to a screen reader; the bar on its way is not.
  place.setAttribute("aria-live", wasRunning && !now.unfinished ? "polite" : "off");
}

function notice(text) {
  const line = document.createElement("p");
  line.className = "f-note";
  line.textContent = text;
  return line;
}

if (place) look();
