// The strip of the last verdicts: each brings its photo back onto the screen, to be settled anew.

const SHOWN = 20;

export class Recent {
  constructor(list, { thumbnail, reopen }) {
    Object.assign(this, { list, thumbnail, reopen, verdicts: [] });
    list.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) reopen(Number(button.dataset.photo));
    });
  }

  // A photo's newest verdict is the one that counts.
  add({ photo, label }) {
    this.#show([{ photo, label }, ...this.verdicts.filter((each) => each.photo !== photo)].slice(0, SHOWN));
  }

  remove(photo) {
    this.#show(this.verdicts.filter((each) => each.photo !== photo));
  }

  fill(verdicts) {
    for (const verdict of verdicts.toReversed()) this.add(verdict);
  }

  #show(verdicts) {
    this.verdicts = verdicts;
    this.list.parentElement.hidden = verdicts.length === 0;
    this.list.replaceChildren(...verdicts.map((verdict) => this.#item(verdict)));
  }

  #item({ photo, label }) {
    const item = document.createElement("li");
    const button = Object.assign(document.createElement("button"), { type: "button", title: interpolate(gettext("Settle again: %s"), [label]) });
    const image = Object.assign(document.createElement("img"), { src: this.thumbnail(photo), alt: "", loading: "lazy" });
    const name = Object.assign(document.createElement("span"), { textContent: label.split(" › ").at(-1) });
    button.dataset.photo = photo;
    button.setAttribute("aria-label", interpolate(gettext("Settle again: %s, photo %s"), [label, photo]));
    button.append(image, name);
    item.append(button);
    return item;
  }
}
