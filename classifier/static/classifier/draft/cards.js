// The card of one photo: preview, progress, result, and what can be done with it.

const list = document.getElementById("photos");
const template = document.getElementById("card");

const WORDS = {
  waiting: gettext("Waiting"),
  sending: gettext("Sending"),
  refused: gettext("Not taken"),
  failed: gettext("Not sent yet"),
};

export function makeCard(photo) {
  const card = template.content.firstElementChild.cloneNode(true);
  const image = card.querySelector("img");
  image.alt = photo.name;
  image.parentElement.dataset.name = photo.name;
  // A format that this browser cannot show is previewed once the server has made a JPEG of it.
  image.addEventListener("error", () => card.classList.add("no-preview"));
  image.addEventListener("load", () => card.classList.remove("no-preview"));
  image.src = photo.file ? URL.createObjectURL(photo.file) : photo.thumbnail;
  list.append(card);
  return card;
}

function part(card, name) {
  return card.querySelector(`.${name}`);
}

export function showProgress(card, share) {
  part(card, "sent").value = share;
  part(card, "label").textContent = share < 1 ? interpolate(gettext("Sending, %s %"), [Math.floor(100 * share)]) : gettext("Checking");
}

// A sent photo's tag is fetched by tags.js as soon as there is one.
function showSent(photo) {
  const tag = photo.card.querySelector(".tag");
  if (tag.dataset.photo) return;
  tag.dataset.photo = photo.id;
  tag.dataset.status = "pending";
  const label = part(tag, "label");
  label.textContent = gettext("Looking");
  label.classList.add("waiting");
  label.append(Object.assign(document.createElement("span"), { className: "dots", ariaHidden: "true" }));
  if (photo.card.classList.contains("no-preview")) photo.card.querySelector("img").src = photo.thumbnail;
}

export function showState(photo) {
  const { card, state } = photo;
  card.dataset.state = photo.removed ? "removed" : state;
  part(card, "sent").hidden = state !== "sending";
  part(card, "again").hidden = state !== "failed";
  const trouble = part(card, "trouble");
  trouble.hidden = !photo.why;
  if (trouble.textContent !== photo.why) trouble.textContent = photo.why;
  if (state === "sent") showSent(photo);
  else if (state !== "sending") part(card, "label").textContent = WORDS[state];
  showTwin(photo, part(card, "twin"));
}

function showTwin({ twin, listing }, line) {
  line.hidden = !twin;
  if (!twin || line.textContent) return;
  if (twin.listing === listing) line.textContent = gettext("The same photo is already in this listing.");
  else {
    const link = { href: twin.address, textContent: gettext("another listing") };
    line.append(gettext("You have sent the same photo in"), " ", Object.assign(document.createElement("a"), link), ".");
  }
}

// Names and enables the buttons by the photos' order, and puts the cards into it.
export function arrange(photos) {
  const shown = photos.filter((photo) => !photo.removed && photo.state !== "refused");
  for (const photo of photos) {
    const { card } = photo;
    const place = shown.indexOf(photo);
    part(card, "cover-mark").hidden = place !== 0;
    part(card, "cover").hidden = place < 1;
    part(card, "earlier").disabled = place < 1;
    part(card, "later").disabled = place < 0 || place === shown.length - 1;
    for (const button of card.querySelectorAll("[data-says]")) {
      button.setAttribute("aria-label", `${button.dataset.says} ${photo.name}`);
    }
  }
  const cards = photos.map((photo) => photo.card);
  if (cards.some((card, index) => list.children[index] !== card)) {
    const focused = document.activeElement;
    list.replaceChildren(...cards);
    focused?.focus?.(); // moving a card takes the focus from it
  }
}
