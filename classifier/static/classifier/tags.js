// Fetches the tags of every section with `data-tags` until none of its photos is pending.
// Other scripts ask for a section to be watched with the event "tags:watch", and hear of the end of
// the session by "tags:signed-out"; the page is loaded anew unless they say that they take care.

import { isOurs } from "./answers.js";

const FIRST_WAIT = 250; // ms; an idle worker needs about that long
const LONGEST_WAIT = 5000;
const PATIENCE = 15000; // after that the page says that nobody needs to wait

const watched = new WeakSet();
const spoken = document.getElementById("spoken");

function isWaiting(section) {
  return section.querySelector('.tag[data-status="pending"]') !== null;
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function untilVisible() {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    document.addEventListener("visibilitychange", resolve, { once: true });
  });
}

// Puts in what has changed and leaves the rest, so that nothing flickers.
function show(section, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const tag of fresh.querySelectorAll(".tag[data-photo]")) {
    const old = section.querySelector(`.tag[data-photo="${tag.dataset.photo}"]`);
    if (!old || old.dataset.status === tag.dataset.status) continue;
    old.replaceWith(tag);
    if (tag.dataset.status !== "pending") announce(tag);
  }
}

function announce(tag) {
  const texts = [...tag.querySelectorAll(".label, .why, dt, dd")].map((node) => node.textContent);
  spoken.textContent = texts.join(", ").replace(/\s+/g, " ");
}

async function watch(section) {
  if (watched.has(section)) return;
  watched.add(section);
  await untilTagged(section);
  watched.delete(section);
  if (section.isConnected && isWaiting(section) && !section.dataset.gone) watch(section);
}

async function untilTagged(section) {
  const started = Date.now();
  let wait = FIRST_WAIT;
  while (section.isConnected && isWaiting(section)) {
    await pause(wait);
    await untilVisible();
    try {
      const answer = await fetch(section.dataset.tags, { headers: { Accept: "text/html" } });
      if (isOurs(answer) && answer.redirected) {
        const event = new CustomEvent("tags:signed-out", { cancelable: true });
        if (document.dispatchEvent(event)) return location.reload();
      } else if (isOurs(answer) && answer.status === 404) {
        section.dataset.gone = "yes"; // the listing was deleted
        return;
      } else if (isOurs(answer) && answer.ok) show(section, await answer.text());
    } catch {
      // Offline for a moment: the next round tries again.
    }
    section.classList.toggle("slow", Date.now() - started > PATIENCE);
    wait = Math.min(wait * 1.2, LONGEST_WAIT);
  }
}

document.querySelectorAll("[data-tags]").forEach(watch);
document.addEventListener("tags:watch", (event) => watch(event.target));
