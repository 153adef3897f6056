// The one photo on the screen. Until it is there nothing of the one before is left to be judged
// by mistake, and what could not be fetched is not called missing.

import { isOurs } from "../answers.js";

const RETRY_MS = 3000;

export class Picture {
  constructor({ figure, image, missing, onChange }) {
    Object.assign(this, { figure, image, missing, onChange });
    this.ahead = new Map(); // kept, so that the browser does not forget what it has fetched
    image.addEventListener("load", () => this.#arrived());
    image.addEventListener("error", () => this.#failed());
  }

  // "loading", "shown" or "missing"; a verdict needs one of the latter two.
  get state() {
    return this.figure.dataset.picture;
  }

  show({ url, width, height, alt }) {
    Object.assign(this.image, { width, height, alt });
    this.readTwice = false;
    this.#set("loading");
    this.image.src = url;
    this.#arrived(); // at once where it was fetched ahead
  }

  clear() {
    this.#set("loading");
    this.image.removeAttribute("src");
    this.image.alt = "";
  }

  fetchAhead(urls) {
    const images = urls.map((url) => [url, this.ahead.get(url) ?? Object.assign(new Image(), { src: url })]);
    this.ahead = new Map(images);
  }

  #arrived() {
    // An event of the photo before may come late.
    if (this.image.complete && this.image.naturalWidth) this.#set("shown");
  }

  async #failed() {
    const url = this.image.src;
    const status = await fetch(url).then((response) => (isOurs(response) ? response.status : 0), () => 0);
    if (this.image.src !== url || this.state === "shown") return;
    // 200 may mean that the connection is back; twice, that the file is there and no picture.
    if (status === 404 || (status === 200 && this.readTwice)) return this.#set("missing");
    this.readTwice = status === 200;
    setTimeout(() => { if (this.image.src === url) this.image.src = url; }, RETRY_MS);
  }

  #set(state) {
    if (this.state === state) return;
    this.figure.dataset.picture = state;
    this.missing.hidden = state !== "missing";
    this.onChange();
  }
}
