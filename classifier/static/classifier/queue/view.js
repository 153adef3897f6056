// What the screen shows; knows nothing of the server but the addresses of pictures.

import { Guidance } from "./guidance.js";
import { Picture } from "./picture.js";
import { Zoom } from "./zoom.js";

const $ = (id) => document.getElementById(id);

export function pictureUrl(pattern, photo) {
  return pattern.replace("/0/", `/${photo}/`);
}

export class View {
  constructor(page, { onPicture }) {
    this.page = page;
    this.root = $("queue");
    this.picture = new Picture({
      figure: $("q-photo"), image: $("q-image"), missing: $("q-missing"), onChange: onPicture,
    });
    this.zoom = new Zoom($("q-photo"), {
      onChange: (on) => this.root.querySelector("[data-action=zoom]").setAttribute("aria-pressed", String(on)),
      asleep: () => this.helpOpen || this.reasonsOpen || this.guidance.isOpen || $("q-card").hidden,
    });
    this.guidance = new Guidance({ thumbnail: (photo) => pictureUrl(page.thumbnail, photo) });
    $("q-reasons").addEventListener("close", () => this.#showNote());
    $("q-others").addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) this.other(Number(button.dataset.index));
    });
  }

  // "ready" for a verdict; "loading" the photo; "busy" with undo; "empty".
  state(name) {
    this.root.dataset.state = name;
    $("q-card").hidden = name === "empty" || name === "done";
    $("q-empty").hidden = name !== "empty";
    $("q-done").hidden = name !== "done";
    $("q-card").setAttribute("aria-busy", String(name === "loading" || name === "busy"));
  }

  get item() {
    return this.root.dataset.item;
  }

  get decidable() {
    return this.picture.state !== "loading";
  }

  fetchAhead(cards) {
    this.picture.fetchAhead(cards.map((card) => pictureUrl(this.page.photo, card.photo)));
  }

  // Between two photos, when the next has not come yet: nothing is left to be judged by mistake.
  waiting() {
    this.state("loading");
    this.root.removeAttribute("data-item");
    this.gradcam(null);
    this.picture.clear();
  }

  card(card) {
    this.root.dataset.item = card.item;
    this.root.dataset.photo = card.photo;
    this.root.dataset.blind = card.blind;
    this.gradcam(null);
    this.others = card.others;
    this.other(null);
    this.zoom.reset();
    this.picture.show({
      url: pictureUrl(this.page.photo, card.photo),
      width: card.width,
      height: card.height,
      alt: card.name ? interpolate(gettext("Photo to review: %s"), [card.name]) : gettext("Photo to review"),
    });
    $("q-title").textContent = card.title;
    this.#others(card);
    this.#suggestion(card);
    this.#prediction(card);
    this.#offer(card);
    this.takeNote();
    $("q-disagreement").textContent = card.disagreement;
    $("q-disagreement").hidden = !card.disagreement;
    $("q-contradiction").textContent = card.contradiction;
    $("q-contradiction").hidden = !card.contradiction;
    $("q-settled").textContent = card.settled ? `${card.settled}. ${gettext("Your verdict replaces that one; the record keeps both.")}` : "";
    $("q-settled").hidden = !card.settled;
    const mark = markOf(card);
    $("q-mark").textContent = mark;
    $("q-mark").hidden = !mark;
    this.speak(`${card.title}. ${card.blind ? gettext("Blind.") : `${card.tag}. ${card.why}`} ${card.settled ?? ""}`);
  }

  #others(card) {
    $("q-others").replaceChildren(
      ...card.others.map((photo, index) => {
        const item = document.createElement("li");
        const button = document.createElement("button");
        const image = document.createElement("img");
        button.type = "button";
        button.dataset.index = index;
        button.setAttribute("aria-pressed", "false");
        image.src = pictureUrl(this.page.thumbnail, photo);
        image.alt = interpolate(gettext("Other photo %s of this listing"), [index + 1]);
        image.loading = "lazy";
        button.append(image);
        item.append(button);
        return item;
      }),
    );
    $("q-others").hidden = card.others.length === 0;
  }

  // Lays another photo of the listing over the one to be settled; null, or the same again, takes it away.
  other(index) {
    const image = $("q-other");
    const shown = index === null || index === this.otherShown ? null : index;
    this.otherShown = shown;
    image.hidden = shown === null;
    if (shown === null) image.removeAttribute("src");
    else {
      image.src = pictureUrl(this.page.photo, this.others[shown]);
      image.alt = interpolate(gettext("Other photo %s of this listing"), [shown + 1]);
    }
    $("q-which").hidden = shown === null;
    $("q-which").textContent = shown === null ? "" : interpolate(gettext("Other photo %s of %s. Your verdict is for the first one."), [shown + 1, this.others.length]);
    for (const button of $("q-others").querySelectorAll("button"))
      button.setAttribute("aria-pressed", String(Number(button.dataset.index) === shown));
    if (shown !== null) this.speak($("q-which").textContent);
  }

  nextOther() {
    const next = this.otherShown === null ? 0 : this.otherShown + 1;
    this.other(next < this.others.length ? next : null);
  }

  #suggestion(card) {
    $("q-suggestion").textContent = card.suggestion ? interpolate(gettext("The seller says: %s"), [card.suggestion]) : "";
    $("q-suggestion").hidden = !card.suggestion;
  }

  #prediction(card) {
    $("q-prediction").hidden = card.blind;
    $("q-blind").hidden = !card.blind;
    $("q-tag").textContent = card.blind ? "" : interpolate(gettext("The model says: %s"), [card.tag]);
    $("q-why").textContent = card.blind ? "" : card.why;
    const bars = card.blind ? [] : [...card.predictions, ...card.main.map((main) => ({ ...main, isMain: true }))];
    $("q-bars").replaceChildren(...bars.map(bar));
    this.root.querySelector("[data-action=map]").disabled = card.blind;
  }

  // What Y, J and K decide stands on their buttons; the verdict that Y gives is the one highlighted.
  #offer({ confirms = null, likeliest = [] }) {
    const offers = [confirms, ...likeliest];
    ["q-yes", "q-likeliest", "q-second"].forEach((id, index) => {
      const offer = offers[index];
      $(id).hidden = $(id).disabled = !offer;
      $(id).querySelector("span").textContent = offer ? this.#offered(offer, index) : "";
    });
    $("q-offer").hidden = !offers.some(Boolean);
    for (const button of this.root.querySelectorAll("[data-verdict]"))
      button.toggleAttribute("data-predicted", button === this.#button(confirms));
  }

  #offered(offer, index) {
    const { name } = this.#button(offer).dataset;
    return index ? `${name} ${offer.percent}` : interpolate(gettext("Yes, %s"), [`${name[0].toLowerCase()}${name.slice(1)}`]);
  }

  #button(verdict) {
    if (!verdict) return null;
    const { verdict: kind, main, sub } = verdict;
    return this.root.querySelector(`[data-verdict="${kind}"][data-main="${main}"][data-sub="${sub}"]`);
  }

  // A verdict in words, with its main class.
  label(verdict) {
    return this.#button(verdict).dataset.label;
  }

  gradcam(url) {
    const image = $("q-gradcam");
    if (image.src.startsWith("blob:")) URL.revokeObjectURL(image.src);
    image.hidden = !url;
    if (url) image.src = url;
    else image.removeAttribute("src");
  }

  wholeListing(on, others) {
    const button = this.root.querySelector("[data-action=all]");
    button.setAttribute("aria-pressed", String(on));
    button.disabled = this.root.querySelector("[data-action=other]").disabled = others === 0;
    $("q-whole").hidden = !on;
    $("q-whole").textContent = on ? interpolate(gettext("Your verdict will be for all %s photos of this listing."), [others + 1]) : "";
    if (on) this.speak($("q-whole").textContent);
  }

  get gradcamShown() {
    return !$("q-gradcam").hidden;
  }

  counters({ left, today, pace, many }) {
    $("q-left").textContent = many ? "1000+" : left;
    $("q-today").textContent = today;
    $("q-pace").textContent = pace ?? "–";
  }

  get isEmpty() {
    return this.root.dataset.state === "empty";
  }

  empty(skipped) {
    if (!this.isEmpty) this.speak(gettext("Nothing is left to review."));
    this.state("empty");
    this.root.removeAttribute("data-item");
    $("q-again").hidden = !skipped;
    const left = skipped ? interpolate(ngettext("You skipped %s photo.", "You skipped %s photos.", skipped), [skipped]) : "";
    $("q-empty-text").textContent = `${left} ${gettext("New photos appear here by themselves.")}`.trim();
  }

  // After the verdict on a photo that was chosen, or when it cannot be had.
  done({ title, text, photo }) {
    this.state("done");
    this.root.removeAttribute("data-item");
    $("q-done-title").textContent = title;
    $("q-done-text").textContent = text;
    $("q-done-back").href = this.page.photo_page.replace("/0/", `/${photo}/`);
    this.speak(`${title}. ${text}`);
  }

  toast(text, { undo = false, tone = "" } = {}) {
    $("q-toast-text").textContent = text;
    $("q-toast-undo").hidden = !undo;
    $("q-toast").dataset.tone = tone;
    $("q-toast").hidden = false;
    clearTimeout(this.fading);
    this.fading = setTimeout(() => { $("q-toast").hidden = true; }, undo ? 8000 : 6000);
  }

  banner(text, link) {
    const banner = $("q-banner");
    banner.textContent = text;
    banner.hidden = !text;
    if (text && link) {
      const anchor = document.createElement("a");
      anchor.href = link;
      anchor.target = "_blank";
      anchor.textContent = gettext("Sign in");
      banner.append(" ", anchor);
    }
  }

  press(button) {
    button.classList.add("q-pressed");
    setTimeout(() => button.classList.remove("q-pressed"), 160);
  }

  speak(text) {
    $("q-spoken").textContent = text;
  }

  reasons() {
    if (!$("q-card").hidden) $("q-reasons").showModal();
  }

  closeReasons() {
    if (this.reasonsOpen) $("q-reasons").close();
  }

  get reasonsOpen() {
    return $("q-reasons").open;
  }

  // The line for the seller, which goes with one verdict.
  takeNote() {
    const note = $("q-note").value.trim();
    $("q-note").value = "";
    this.#showNote();
    return note;
  }

  #showNote() {
    const note = $("q-note").value.trim();
    $("q-line").hidden = !note;
    $("q-line").textContent = note ? interpolate(gettext("With your verdict the seller reads: “%s”"), [note]) : "";
  }

  help() {
    const dialog = $("q-help");
    if (dialog.open) dialog.close();
    else dialog.showModal();
  }

  get helpOpen() {
    return $("q-help").open;
  }
}

// What is special about a photo's turn.
function markOf({ practice, round, blind }) {
  if (practice) return gettext("For practice: settled already");
  if (round === 4) return gettext("The seller disagrees");
  if (round === 3) return gettext("Third review: two moderators disagree");
  if (round === 2) return gettext("Second review");
  return blind ? gettext("Blind sample") : "";
}

function bar({ label, percent, share, isMain }) {
  const row = document.createElement("div");
  const name = document.createElement("dt");
  const value = document.createElement("dd");
  const meter = document.createElement("span");
  name.textContent = label;
  value.textContent = percent;
  meter.className = "q-meter";
  meter.style.setProperty("--share", share);
  if (isMain) row.className = "q-bar-main";
  value.append(meter);
  row.append(name, value);
  return row;
}
