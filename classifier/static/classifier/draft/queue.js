// Sends the photos of a draft one after the other; one that fails waits for its next turn and keeps
// no other. Nothing is given up but what the site itself refuses.

import { sendPhoto } from "./api.js";
import { showProgress } from "./cards.js";
import { signIn } from "./sign_in.js";

const FIRST_WAIT = 2000; // ms, doubled with every failure
const LONGEST_WAIT = 60000;

export class UploadQueue {
  #working = false;
  #timer;

  // `photos` returns all photos; `prepare` makes of a file what is sent; `begin` returns the address
  // to send it to, or an answer that is none; `changed` is told of each photo whose state has changed.
  constructor({ photos, prepare, begin, changed }) {
    this.photos = photos;
    this.prepare = prepare;
    this.begin = begin;
    this.changed = changed;
    addEventListener("online", () => this.retryAll());
  }

  get unsent() {
    return this.photos().filter((photo) => ["waiting", "sending", "failed"].includes(photo.state) && !photo.removed);
  }

  retryAll() {
    for (const photo of this.unsent) photo.dueAt = 0;
    this.work();
  }

  async work() {
    if (this.#working) return;
    this.#working = true;
    clearTimeout(this.#timer);
    for (let photo = this.#next(); photo; photo = this.#next()) await this.#send(photo);
    this.#working = false;
    const due = this.unsent.map((photo) => photo.dueAt).filter(Number.isFinite);
    if (due.length) this.#timer = setTimeout(() => this.work(), Math.max(0, Math.min(...due) - Date.now()));
  }

  #next() {
    return this.unsent.find((photo) => photo.dueAt <= Date.now());
  }

  async #send(photo) {
    this.#set(photo, "sending", "");
    showProgress(photo.card, 0);
    let answer = await this.begin();
    if (answer.kind === "done") {
      const progress = (share) => showProgress(photo.card, share);
      const file = await this.prepare(photo.file);
      answer = await sendPhoto(answer.address, file, photo.name, photo.key, progress);
    }
    if (answer.kind === "signedOut" && (await signIn())) return this.#set(photo, "waiting", "");
    if (answer.kind === "done") return this.#sent(photo, answer.body);
    if (answer.kind === "refused") return this.#set(photo, "refused", answer.why);
    photo.tries += 1;
    // Who does not want to sign in is not asked again by itself.
    const wait = answer.kind === "signedOut" ? Number.POSITIVE_INFINITY : Math.min(FIRST_WAIT * 2 ** (photo.tries - 1), LONGEST_WAIT);
    photo.dueAt = Date.now() + wait;
    this.#set(photo, "failed", `${answer.why} ${Number.isFinite(wait) ? gettext("Your photo is still here and will be sent again.") : gettext("Your photo is still here.")}`);
  }

  #sent(photo, { photo: stored, same_as: twin }) {
    Object.assign(photo, { id: stored.id, thumbnail: stored.thumbnail, listing: stored.listing, twin });
    this.#set(photo, "sent", "");
  }

  #set(photo, state, why) {
    photo.state = state;
    photo.why = why;
    this.changed(photo);
  }
}
