// Everything the page sends, one after the other, and kept until the server has it: a lost
// connection or an ended session delays a verdict but never loses it.

import { isOurs } from "../answers.js";

const RETRY_MS = 3000;

export class Outbox {
  constructor({ moderator, onTrouble, onCalm }) {
    this.moderator = moderator;
    this.onTrouble = onTrouble;
    this.onCalm = onCalm;
    this.shelf = `review-outbox-${moderator}-`;
    this.chain = Promise.resolve();
    this.waiting = [];
    this.wake = () => {};
    // Back from signing in, or from a tunnel: try at once.
    for (const event of ["focus", "online"]) window.addEventListener(event, () => this.wake());
  }

  // Verdicts that a closed or reloaded page left behind, or that another tab is about to send:
  // a claim sent twice counts once.
  unsent() {
    try {
      const names = Object.keys(localStorage).filter((name) => name.startsWith(this.shelf)).sort();
      return names.map((name) => ({ name, ...JSON.parse(localStorage.getItem(name)) }));
    } catch {
      return [];
    }
  }

  // Resolves to {status, body} once the server has answered for good.
  send(url, body, { keep = false } = {}) {
    // Each verdict under a name of its own, in the order given: tabs share the shelf.
    const name = keep ? `${this.shelf}${Date.now()}-${body.claim}` : "";
    return this.#queue({ name, url, body: { moderator: this.moderator, ...body } });
  }

  // The same for what an earlier page left behind, which brings no photo any more.
  resend({ name, url, body }) {
    return this.#queue({ name, url, body: { ...body, want: false } });
  }

  #queue(message) {
    this.waiting.push(message);
    this.#keep(message);
    const answer = this.chain.then(() => this.#deliver(message));
    this.chain = answer.catch(() => {});
    return answer;
  }

  async #deliver(message) {
    let trouble = false;
    for (;;) {
      const answer = await post(message.url, message.body);
      if (answer.isFinal) {
        this.waiting.splice(this.waiting.indexOf(message), 1);
        this.#drop(message);
        if (trouble) this.onCalm();
        return answer;
      }
      trouble = true;
      this.onTrouble(answer, this.waiting.filter((each) => each.name).length);
      await new Promise((resolve) => {
        this.wake = resolve;
        setTimeout(resolve, RETRY_MS);
      });
    }
  }

  // Storage may be switched off or full; the verdicts are still in memory then.
  #keep({ name, url, body }) {
    try {
      if (name) localStorage.setItem(name, JSON.stringify({ url, body }));
    } catch {
      return;
    }
  }

  #drop({ name }) {
    try {
      if (name) localStorage.removeItem(name);
    } catch {
      return;
    }
  }
}

export function csrfToken() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
}

async function post(url, body) {
  try {
    const response = await fetch(url, {
      method: "POST",
      // Arrives even when the page is closed right after the key press.
      keepalive: true,
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
      body: JSON.stringify(body),
    });
    // What is no JSON comes from Django (the token changed with a new sign-in) or from a proxy.
    const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
    const isFinal = isJson && isOurs(response) && response.status !== 401 && response.status < 500;
    return { status: response.status, body: isJson ? await response.json() : {}, isFinal };
  } catch {
    return { status: 0, body: {}, isFinal: false };
  }
}
