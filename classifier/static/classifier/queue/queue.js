// The review queue: a key decides, the next photo is there at once, the server follows behind.

import { isOurs } from "../answers.js";
import { csrfToken, Outbox } from "./outbox.js";
import { listen } from "./keys.js";
import { Pace } from "./pace.js";
import { Recent } from "./recent.js";
import { pictureUrl, View } from "./view.js";

const BUFFER = 2; // the photo on the screen and the one fetched for after it
const HEARTBEAT_MS = 15000;
const REFILL_MS = 5000;
const GRADCAM_POLL_MS = 700;
const GRADCAM_POLLS = 45;

const page = JSON.parse(document.getElementById("queue-page").textContent);
const view = new View(page, { onPicture: () => show() });
const recent = new Recent(document.getElementById("q-recent"), {
  thumbnail: (photo) => pictureUrl(page.thumbnail, photo),
  reopen: (photo) => reopen(photo),
});
const outbox = new Outbox({
  moderator: page.moderator,
  onTrouble: ({ status, body }, waiting) => {
    const verdicts = interpolate(ngettext("%s verdict is kept here and sent later.", "%s verdicts are kept here and sent later.", waiting), [waiting]);
    if (status === 401 || status === 403) view.banner(`${body.message ?? gettext("You are signed out.")} ${waiting ? verdicts : ""}`, page.login);
    else view.banner(`${gettext("The server does not answer.")} ${waiting ? verdicts : gettext("Trying again.")}`);
  },
  onCalm: () => view.banner(""),
});

let cards = []; // [0] is on the screen
let past = []; // what was decided or skipped here, the latest last
let counters = page.counters;
let coming = 0; // answers under way that may bring a photo
let shownAt = null;
let busy = false;
let wholeListing = false; // the next verdict is for all photos of the listing
// What became of the photo that was chosen, from its page or a list.
let outcome = { title: gettext("Nothing was changed"), text: "", photo: page.chosen };
const pace = new Pace();

function show() {
  const card = cards[0];
  if (!card && page.chosen) return coming ? view.waiting() : view.done(outcome);
  // Once called empty it stays so until a photo comes, however often the page looks again.
  if (!card) return coming && !view.isEmpty ? view.waiting() : view.empty(counters.skipped);
  if (view.item !== String(card.item)) {
    shownAt = null;
    setWholeListing(false);
    view.card(card);
  }
  if (view.decidable) shownAt ??= performance.now();
  view.state(busy ? "busy" : view.decidable ? "ready" : "loading");
  // So that the next one is there when its turn comes.
  view.fetchAhead(cards.slice(1));
}

function setWholeListing(on) {
  wholeListing = on && cards[0]?.others.length > 0;
  view.wholeListing(wholeListing, cards[0]?.others.length ?? 0);
}

function all() {
  if (cards[0]?.others.length) setWholeListing(!wholeListing);
  else view.toast(gettext("This photo is the only one of its listing."));
}

// Send something whose answer may bring a photo; until it comes the queue is not called empty.
async function ask(url, body, options) {
  coming += 1;
  show();
  const practising = cards.some((card) => card.practice);
  const answer = await outbox.send(url, { ...body, practising }, options);
  coming -= 1;
  return answer;
}

function add(card) {
  if (card && !cards.some((each) => each.item === card.item)) cards.push(card);
  show();
}

function count(change) {
  counters = { ...counters, ...change };
  view.counters({ ...counters, pace: pace.perMinute });
}

async function fill() {
  while (!page.chosen && cards.length < BUFFER) {
    const { status, body } = await ask(page.endpoints.take, {});
    if (status !== 200) view.banner(body.message ?? "");
    if (!body.next) break;
    add(body.next);
  }
  show();
}

function leave() {
  const card = cards.shift();
  // Ask for one more only when the buffer is not full: undo may have filled it.
  return { card, want: !page.chosen && cards.length < BUFFER };
}

// What may be left now. A verdict on a photo that nobody has seen yet is no verdict.
function leavable({ seen }) {
  if (busy || !cards.length) return false;
  if (seen && !view.decidable) {
    view.toast(gettext("Wait a moment: this photo is still loading."));
    return false;
  }
  return true;
}

async function decide({ verdict, main, sub, because = "" }) {
  view.closeReasons();
  if (!leavable({ seen: true })) return;
  if (cards[0].practice) return practise({ verdict, main, sub });
  const note = view.takeNote();
  const seconds = (performance.now() - shownAt) / 1000;
  const listing = wholeListing;
  // The listing's other photos get the verdict too: none of them waits for one of its own.
  if (listing) cards = cards.filter((each, index) => index === 0 || each.listing !== cards[0].listing);
  const { card, want } = leave();
  const [words, all] = [view.label({ verdict, main, sub }), card.others.length + 1];
  const label = listing ? interpolate(gettext("%s, all %s photos"), [words, all]) : words;
  const entry = { card, label, done: null };
  past.push(entry);
  pace.tick();
  count({ left: Math.max(0, counters.left - (card.chosen ? 0 : 1)), today: counters.today + 1 });
  view.toast(label, { undo: true });
  entry.done = ask(
    card.chosen ? page.endpoints.settle : page.endpoints.decide,
    { ...named(card), claim: card.claim, verdict, main, sub, because, note, seconds, want, listing },
    { keep: true },
  );
  const { status, body } = await entry.done;
  if (status === 200) {
    entry.review = body.review;
    recent.add({ photo: card.photo, label });
    outcome = { ...outcome, title: interpolate(gettext("Settled as %s"), [label]), text: gettext("U takes it back.") };
    if (listing && body.others < card.others.length) view.toast(interpolate(gettext("%s: %s of %s; another moderator settled the rest"), [label, body.others + 1, all]), { undo: past.at(-1) === entry });
    if (body.model_tag) view.toast(`${label} · ${interpolate(gettext("the model said %s"), [body.model_tag])}`, { undo: past.at(-1) === entry });
  } else {
    past = past.filter((each) => each !== entry);
    count({ today: Math.max(0, counters.today - 1) });
    view.toast(body.message ?? gettext("This verdict could not be stored."), { tone: "warning" });
    outcome = { ...outcome, text: body.message ?? "" };
  }
  add(body.next);
}

// A photo that is settled already: the newcomer hears at once what is right, then the next one comes.
const practise = ({ verdict, main, sub }) => whileBusy(async () => {
  const { photo } = cards[0];
  const { status, body } = await outbox.send(page.endpoints.practise, { photo, verdict, main, sub });
  if (status === 200) await view.guidance.tell({ photo, said: view.label({ verdict, main, sub }), ...body });
  else view.toast(body.message ?? gettext("That did not work."), { tone: "warning" });
  cards.shift();
  fill();
});

// How the server knows the photo: by its place in the queue, or by its number and what was seen.
function named({ chosen, item, photo, seen }) {
  return chosen ? { photo, seen } : { item };
}

async function skip() {
  if (!leavable({ seen: false })) return;
  if (cards[0].chosen) return show(leave());
  if (cards[0].practice) return view.toast(gettext("Decide on this one: it is for practice, and counts for nothing else."));
  count({ skipped: counters.skipped + 1, left: Math.max(0, counters.left - 1) });
  const { card, want } = leave();
  past.push({ card, skipped: true });
  view.toast(gettext("Skipped · others will see it"));
  const { body } = await ask(page.endpoints.skip, { claim: card.claim, want });
  add(body.next);
}

// While the page waits for a photo to come back, a key must not decide on the one still shown.
async function whileBusy(work) {
  if (busy) return;
  busy = true;
  show();
  try {
    await work();
  } finally {
    busy = false;
    show();
  }
}

const undo = () => whileBusy(async () => {
  const entry = past.findLast((each) => !each.skipped);
  if (entry) await entry.done;
  const review = entry?.review ?? counters.last;
  if (!review) return view.toast(gettext("There is nothing to undo."));
  await takeBack(page.endpoints.undo, { review, ...chosen(entry) }, gettext("Undone"), entry);
});

const back = () => whileBusy(async () => {
  const entry = past.at(-1);
  if (!entry) return view.toast(gettext("There is nothing to go back to."));
  if (entry.skipped) return takeBack(page.endpoints.back, { item: entry.card.item }, gettext("Back"), entry);
  await entry.done;
  return takeBack(page.endpoints.undo, { review: entry.review, ...chosen(entry) }, gettext("Undone"), entry);
});

const chosen = (entry) => (entry?.card.chosen ? { photo: entry.card.photo } : {});

async function takeBack(url, message, word, entry) {
  const { status, body } = await outbox.send(url, message);
  past = past.filter((each) => each !== entry);
  if (status !== 200) return view.toast(body.message, { tone: "warning" });
  if (entry?.skipped) count({ skipped: Math.max(0, counters.skipped - 1), left: counters.left + 1 });
  if (body.counters) count(body.counters);
  if (entry && !entry.skipped) recent.remove(entry.card.photo);
  if (body.card) cards.unshift(body.card);
  view.toast(`${word}${entry?.label ? ` · ${entry.label}` : ""}`);
}

const again = () => whileBusy(async () => {
  const { body } = await ask(page.endpoints.again, { want: true });
  count({ skipped: 0, left: counters.left + body.count });
  add(body.next);
});

// Shows a photo that was settled here before, in front of the one on the screen.
const reopen = (photo) => whileBusy(async () => {
  const { status, body } = await outbox.send(page.endpoints.choose, { photo });
  if (status !== 200) return view.toast(body.message ?? gettext("This photo cannot be reviewed."), { tone: "warning" });
  cards = [body.card, ...cards.filter((card) => card.photo !== photo)];
  view.toast(gettext("Decide again, or skip to leave it as it is."));
});

function accept(offer) {
  if (offer) decide(offer);
}

async function map() {
  const card = cards[0];
  if (!card || card.blind) return;
  if (view.gradcamShown) return view.gradcam(null);
  view.toast(gettext("Asking where the model looked …"));
  const url = pictureUrl(page.gradcam, card.photo);
  for (let tries = 0; tries < GRADCAM_POLLS && cards[0] === card; tries++) {
    const response = await fetch(tries ? url : `${url}?ask`);
    if (isOurs(response) && response.status === 200) {
      const picture = await response.blob();
      if (cards[0] === card) view.gradcam(URL.createObjectURL(picture));
      return view.toast(gettext("Where the model looked: red speaks most for its prediction"));
    }
    if (isOurs(response) && response.status !== 202) {
      const { message } = await response.json().catch(() => ({}));
      return view.toast(message ?? gettext("That did not work."), { tone: "warning" });
    }
    await new Promise((resolve) => setTimeout(resolve, GRADCAM_POLL_MS));
  }
  if (cards[0] === card) view.toast(gettext("No worker has answered. Try again later."), { tone: "warning" });
}

async function heartbeat() {
  if (outbox.waiting.length) return;
  const held = cards.filter((card) => !card.chosen && !card.practice).map((card) => card.claim);
  const { status, body } = await outbox.send(page.endpoints.keep, { claims: held });
  if (status !== 200) return;
  count(body.counters);
  const kept = new Set(body.kept);
  const lost = cards.filter((card) => held.includes(card.claim) && !kept.has(card.claim));
  if (lost.length) {
    if (lost.includes(cards[0])) view.toast(gettext("You were away for a while and someone else has that photo now. Here is the next one."), { tone: "warning" });
    cards = cards.filter((card) => !lost.includes(card));
  }
  await fill();
}

function giveBack() {
  const form = new FormData();
  form.append("csrfmiddlewaretoken", csrfToken());
  for (const card of cards) form.append("claims", card.claim);
  if (cards.length) navigator.sendBeacon(page.endpoints.release, form);
}

async function choose() {
  const { status, body } = await ask(page.endpoints.choose, { photo: page.chosen });
  if (status !== 200) outcome = { ...outcome, title: gettext("This photo cannot be reviewed"), text: body.message ?? "" };
  add(body.card);
}

async function start() {
  count({});
  recent.fill(page.recent);
  // What an earlier page could not send goes first.
  for (const message of outbox.unsent()) {
    const { status, body } = await outbox.resend(message);
    if (status === 200) view.toast(gettext("A verdict from before was sent now."));
    else view.toast(body.message ?? gettext("A verdict from before could not be stored."), { tone: "warning" });
  }
  if (page.chosen) await choose();
  await fill();
  setInterval(heartbeat, HEARTBEAT_MS);
  setInterval(() => { if (!cards.length && !busy) fill(); }, REFILL_MS);
}

const offers = {
  yes: () => accept(cards[0]?.confirms),
  likeliest: () => accept(cards[0]?.likeliest?.[0]),
  second: () => accept(cards[0]?.likeliest?.[1]),
};
listen({ view, actions: { decide, all, skip, undo, back, again, ...offers, map, zoom: () => view.zoom.toggle(), other: () => view.nextOther(), reason: () => view.reasons(), guidelines: () => view.guidance.guidelines(), help: () => view.help() } });
document.addEventListener("visibilitychange", () => { if (!document.hidden) heartbeat(); });
window.addEventListener("pagehide", giveBack);
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
start();
