// The guidelines, and what a newcomer is told after a photo to practise on.

const $ = (id) => document.getElementById(id);

export class Guidance {
  constructor({ thumbnail }) {
    this.thumbnail = thumbnail;
  }

  get isOpen() {
    return $("q-guide").open || $("q-feedback").open;
  }

  guidelines() {
    if ($("q-guide").open) $("q-guide").close();
    else if (!this.isOpen) $("q-guide").showModal();
  }

  // Shows what is right; resolves when it was read.
  tell({ photo, said, right, label, because, text, examples }) {
    const dialog = $("q-feedback");
    const title = right ? dialog.dataset.right : dialog.dataset.wrong;
    dialog.dataset.tone = right ? "right" : "wrong";
    $("q-feedback-title").textContent = title.replace("{label}", label).replace("{said}", said);
    $("q-feedback-photo").src = this.thumbnail(photo);
    $("q-feedback-text").textContent = [because, text].filter(Boolean).join(" ");
    const alt = dialog.dataset.example.replace("{label}", label);
    $("q-feedback-examples").replaceChildren(
      ...examples.map((example) => Object.assign(document.createElement("img"), { src: this.thumbnail(example), alt })),
    );
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.addEventListener("close", resolve, { once: true });
    });
  }
}
