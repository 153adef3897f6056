// One listing as its seller fills it: photos are sent as they come, the title may come later, and
// Done ends it. The same page changes a listing that is there already.

import { call, randomUuid } from "./api.js";
import { arrange, makeCard, showState } from "./cards.js";
import { UploadQueue } from "./queue.js";
import { shrunk } from "./shrink.js";
import { signIn } from "./sign_in.js";
import { dropDraft, dropPhoto, findDraft, keepDraft, keepPhoto } from "./store.js";
import { tooLarge } from "./words.js";

const UNDO_WITHIN = 30000; // ms, as on the server
const form = document.getElementById("upload");
const section = document.getElementById("draft");
const notice = document.getElementById("notice");
const problems = document.getElementById("problems");
const done = document.getElementById("done");
const state = document.getElementById("state");
const spoken = document.getElementById("spoken");
const { user, drafts: draftsApi, listings: listingsApi, pages } = form.dataset;
const limits = { bytes: Number(form.dataset.maxBytes), photos: Number(form.dataset.maxPhotos) };
const title = form.elements.title;

let draft = { key: randomUuid(), user, listing: Number(form.dataset.listing) || null, title: title.value };
let photos = [];
let sentOrder = []; // numbers, as the server has them
let leaving = false;
let ending = false;

// Asked for each photo: 0 sends it as it is.
const prepare = (file) => shrunk(file, Number(form.dataset.longestSide));
const queue = new UploadQueue({ photos: () => photos, prepare, begin, changed });

const listingUrl = () => `${listingsApi}${draft.listing}/`;
const photoUrl = (photo) => form.dataset.photo.replace("/0/", `/${photo.id}/`);
const pageUrl = () => `${pages}${draft.listing}/`;
const kept = () => photos.filter((photo) => !photo.removed && photo.state !== "refused");

// A change that must be saved: after a new sign-in it is tried again.
async function save(...request) {
  const answer = await call(...request);
  return answer.kind === "signedOut" && (await signIn()) ? call(...request) : answer;
}

// The draft's place on the server, made with the first photo that is sent.
async function begin() {
  if (!draft.listing) {
    const answer = await call("POST", draftsApi, { title: title.value.trim() }, draft.key);
    if (answer.kind !== "done") return answer;
    draft.listing = answer.body.id;
    keepDraft(draft);
  }
  section.dataset.tags = `${pageUrl()}tags/`;
  return { kind: "done", address: `${listingUrl()}photos/` };
}

function changed(photo) {
  if (photo.state === "sent") {
    dropPhoto(photo.key);
    if (photo.removed) call("DELETE", photoUrl(photo)); // removed while it was on its way
    sentOrder.push(photo.id);
    if (photo.twin) photo.twin.address = `${pages}${photo.twin.listing}/`;
  }
  if (photo.state === "refused") dropPhoto(photo.key);
  showState(photo);
  if (photo.state === "sent") section.dispatchEvent(new CustomEvent("tags:watch", { bubbles: true }));
  update();
}

function update() {
  arrange(photos);
  section.hidden = photos.length === 0 && !draft.listing;
  const [all, unsent] = [kept().length, queue.unsent.length];
  const failed = queue.unsent.filter((photo) => photo.state === "failed").length;
  const waits = failed === unsent && unsent > 0 ? gettext("Send them again, or remove them.") : gettext("It ends by itself when all are sent.");
  state.textContent = unsent ? `${interpolate(gettext("%s of %s sent."), [all - unsent, all])} ${ending ? waits : ""}`.trim() : "";
  done.disabled = all === 0;
  if (ending && unsent === 0 && all > 0) finish();
}

function addPhoto(parts) {
  const photo = { key: randomUuid(), id: null, state: "waiting", why: "", dueAt: 0, tries: 0, ...parts };
  photo.card = makeCard(photo);
  photo.card.photo = photo;
  photos.push(photo);
  showState(photo);
  return photo;
}

function tell(sentences) {
  problems.replaceChildren(...sentences.map((text) => Object.assign(document.createElement("p"), { textContent: text })));
  problems.hidden = sentences.length === 0;
}

async function take(files) {
  await loaded; // what is there already comes first, and is not read again with the new ones
  const remaining = limits.photos - kept().length;
  const small = files.filter((file) => file.size <= limits.bytes);
  const over = Math.max(0, small.length - remaining);
  tell(over ? [tooMany(over)] : []);
  for (const file of files.filter((one) => one.size > limits.bytes)) addPhoto({ name: file.name, file, state: "refused", why: tooLarge(file, limits.bytes) });
  const added = small.slice(0, Math.max(0, remaining)).map((file) => addPhoto({ name: file.name, file }));
  update();
  if (added.length === 0) return;
  section.scrollIntoView({ behavior: "smooth", block: "nearest" });
  spoken.textContent = interpolate(ngettext("Sending %s photo", "Sending %s photos", added.length), [added.length]);
  await keep(added);
  queue.work();
}

function tooMany(over) {
  const sentence = ngettext(
    "A listing takes %s photos at most; %s was not added.",
    "A listing takes %s photos at most; %s were not added.",
    over,
  );
  return interpolate(sentence, [limits.photos, over]);
}

async function keep(added) {
  draft.title = title.value;
  const rows = added.map((photo) => ({ key: photo.key, draft: draft.key, order: photos.indexOf(photo), name: photo.name, file: photo.file }));
  const answers = await Promise.all([keepDraft(draft), ...rows.map(keepPhoto)]);
  if (answers.includes(false)) notice.textContent = gettext("This browser keeps no copy of your photos. Please stay on this page until all are sent.");
}

// Changes of order and removals.

async function saveOrder() {
  const order = kept().filter((photo) => photo.state === "sent").map((photo) => photo.id);
  if (!draft.listing || order.join() === sentOrder.filter((id) => order.includes(id)).join()) return "";
  const answer = await save("PATCH", listingUrl(), { photos: order });
  if (answer.kind === "done") sentOrder = order;
  return answer.kind === "done" ? "" : answer.why;
}

async function move(photo, to) {
  const shown = kept();
  const other = shown[to < 0 ? 0 : to];
  if (!other) return;
  const place = photos.indexOf(other);
  photos.splice(photos.indexOf(photo), 1);
  photos.splice(place, 0, photo);
  arrange(photos);
  spoken.textContent = interpolate(gettext("%s is photo %s of %s"), [photo.name, kept().indexOf(photo) + 1, kept().length]);
  tell([await saveOrder()].filter(Boolean));
}

async function remove(photo) {
  if (photo.state === "sent") {
    const answer = await save("DELETE", photoUrl(photo));
    if (answer.kind !== "done" && !answer.gone) return tell([`${interpolate(gettext("%s is not removed:"), [photo.name])} ${answer.why}`]);
  }
  if (photo.state === "refused") return forget(photo);
  dropPhoto(photo.key);
  photo.removed = true;
  showState(photo);
  update();
  spoken.textContent = interpolate(gettext("%s is removed"), [photo.name]);
  photo.card.querySelector(".undo").focus();
  photo.gone = setTimeout(() => forget(photo), UNDO_WITHIN);
}

function forget(photo) {
  photos = photos.filter((other) => other !== photo);
  photo.card.remove();
  update();
}

async function restore(photo) {
  if (photo.state === "sent") {
    const answer = await save("POST", `${photoUrl(photo)}restore/`);
    if (answer.kind !== "done") return tell([answer.gone ? interpolate(gettext("%s can no longer be brought back."), [photo.name]) : answer.why]);
  }
  clearTimeout(photo.gone);
  photo.removed = false;
  if (photo.state !== "sent") await keep([photo]);
  showState(photo);
  update();
  photo.card.querySelector(".remove").focus();
  queue.work();
}

const ACTIONS = {
  earlier: (photo) => move(photo, kept().indexOf(photo) - 1),
  later: (photo) => move(photo, kept().indexOf(photo) + 1),
  cover: (photo) => move(photo, 0),
  remove,
  undo: restore,
  again: (photo) => {
    photo.dueAt = 0;
    queue.work();
  },
};

document.getElementById("photos").addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (button) ACTIONS[button.dataset.act](button.closest(".card").photo);
});

// The end.

async function finish() {
  ending = false;
  const changes = { title: title.value.trim(), is_draft: false };
  const trouble = (await saveOrder()) || (await save("PATCH", listingUrl(), changes));
  if (typeof trouble === "string" || trouble.kind !== "done") return tell([trouble.why ?? trouble]);
  await dropDraft(draft.key);
  leaving = true;
  location.assign(pageUrl());
}

done.addEventListener("click", () => {
  ending = true;
  for (const photo of queue.unsent) photo.dueAt = 0;
  queue.work();
  update();
});

title.addEventListener("input", () => {
  draft.title = title.value;
  if (photos.length) keepDraft(draft);
});
title.addEventListener("change", async () => {
  if (!draft.listing) return;
  const answer = await save("PATCH", listingUrl(), { title: title.value.trim() });
  tell(answer.kind === "done" ? [] : [`${gettext("The title is not saved yet:")} ${answer.why}`]);
});

addEventListener("beforeunload", (event) => {
  if (!leaving && queue.unsent.length) event.preventDefault();
});
document.addEventListener("tags:signed-out", (event) => {
  event.preventDefault();
  signIn();
});

// What is there already: on the server, and in this browser from an earlier time.

async function load() {
  const stored = await findDraft(user, (one) => (draft.listing ? one.listing === draft.listing : true));
  if (stored) draft = stored.draft;
  if (draft.listing && !(await loadListing(stored))) return;
  for (const { key, name, file } of stored?.photos ?? []) addPhoto({ key, name, file });
  if (stored && !form.dataset.listing) {
    title.value = draft.title;
    notice.textContent = gettext("This is the listing that you began earlier. It goes on where it stopped.");
    document.getElementById("another").hidden = queue.unsent.length > 0;
  }
  update();
  queue.work();
}

async function loadListing(stored) {
  const answer = await save("GET", listingUrl());
  if (answer.gone || (answer.kind === "done" && !stored?.photos.length && !answer.body.is_draft && !form.dataset.listing)) {
    await dropDraft(draft.key);
    location.reload();
    return false;
  }
  if (answer.kind !== "done") {
    tell([`${gettext("Your photos cannot be shown:")} ${answer.why} ${gettext("Please reload the page.")}`]);
    return false;
  }
  for (const stored of answer.body.photos) {
    addPhoto({ id: stored.id, name: stored.original_name || gettext("photo"), thumbnail: stored.thumbnail, listing: stored.listing, state: "sent" });
  }
  sentOrder = answer.body.photos.map((stored) => stored.id);
  section.dataset.tags = `${pageUrl()}tags/`;
  section.dispatchEvent(new CustomEvent("tags:watch", { bubbles: true }));
  return true;
}

document.getElementById("another").addEventListener("click", async () => {
  await dropDraft(draft.key);
  leaving = true;
  location.assign(form.dataset.upload);
});

const loaded = load();
document.addEventListener("photos:chosen", (event) => take(event.detail));
