// Shows the whole photo over the page: links with data-full open it. The dialog keeps the focus in it
// and Escape closes it, as the browser does; arrows, swipes and buttons lead to the photos beside.
// Without this script the links open the photo itself.

const box = document.getElementById("light-box");
const image = box.querySelector("img");
const SWIPE = 40; // pixels
let links = [];
let shown = 0;
let startX = null;

function show(index) {
  shown = (index + links.length) % links.length;
  const small = links[shown].querySelector("img");
  image.src = links[shown].href;
  image.alt = small.alt;
  box.querySelector(".at").textContent = interpolate(gettext("%s of %s"), [shown + 1, links.length]);
  for (const button of box.querySelectorAll("[data-step]")) button.hidden = links.length < 2;
}

function step(by) {
  if (links.length > 1) show(shown + by);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-full]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  links = [...link.closest(".cards").querySelectorAll("a[data-full]")];
  show(links.indexOf(link));
  box.showModal();
});

box.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.step) step(Number(button.dataset.step));
  else if (button || event.target === box) box.close(); // beside the photo
});
box.addEventListener("keydown", (event) => {
  if (event.key === "ArrowLeft") step(-1);
  if (event.key === "ArrowRight") step(1);
});
box.addEventListener("pointerdown", (event) => {
  startX = event.isPrimary && event.pointerType !== "mouse" ? event.clientX : null;
});
box.addEventListener("pointerup", (event) => {
  const moved = startX === null ? 0 : event.clientX - startX;
  startX = null;
  if (Math.abs(moved) > SWIPE) step(moved < 0 ? 1 : -1);
});
box.addEventListener("close", () => {
  image.removeAttribute("src");
  links[shown]?.focus(); // the photo that was seen last
});
