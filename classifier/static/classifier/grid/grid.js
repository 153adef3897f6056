// The grid: ticks, counts and keys. Without this script its forms work all the same.

const form = document.getElementById("g-form");
const filters = document.getElementById("g-filters");

filters.addEventListener("change", () => filters.requestSubmit());
if (form) start(form);
addEventListener("keydown", (event) => {
  if (!isOurs(event) || event.key.toUpperCase() !== "U") return;
  document.querySelector("form[data-undo] button")?.click();
});

function start(wall) {
  const boxes = [...wall.querySelectorAll("[name=photo]")];
  const set = document.getElementById("g-set");
  const verdict = document.getElementById("g-verdict");

  const count = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    set.textContent = (ticked === 1 ? set.dataset.one : set.dataset.many).replace("{count}", ticked);
    set.disabled = ticked === 0;
    for (const button of wall.querySelectorAll("[name=only]"))
      button.disabled = !button.closest(".g-group").querySelector("[name=photo]:checked");
  };
  const tick = ({ tick: how, within }, button) => {
    const meant = within ? [...button.closest(within).querySelectorAll("[name=photo]")] : boxes;
    for (const box of meant) box.checked = how === "invert" ? !box.checked : how === "all";
    count();
  };
  wall.addEventListener("change", count);
  wall.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-tick]");
    if (button) tick(button.dataset, button);
  });
  // Sent once, however often the key is pressed.
  wall.addEventListener("submit", (event) => {
    if (wall.dataset.sent) event.preventDefault();
    wall.dataset.sent = "true";
  });
  addEventListener("pageshow", () => { delete wall.dataset.sent; count(); });
  addEventListener("keydown", (event) => {
    if (!isOurs(event)) return;
    const key = event.key.toUpperCase();
    const way = wall.querySelector(`.g-bar [data-key="${CSS.escape(key)}"]`);
    const option = [...verdict.options].find((each) => each.value === key);
    const step = steps(boxes)[event.key];
    if (way) way.click();
    else if (option) verdict.value = key;
    else if (step) move(boxes, step);
    // Enter on a tick box would press the first button of the form.
    else if (event.key === "Enter" && boxes.includes(event.target)) set.click();
    else return;
    event.preventDefault();
  });
  count();
}

// How far each arrow key goes, in photos.
function steps(boxes) {
  const wall = (document.activeElement.closest?.(".g-wall") ?? boxes[0].closest(".g-wall"));
  const columns = getComputedStyle(wall).gridTemplateColumns.split(" ").length;
  return { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
}

function move(boxes, step) {
  const now = boxes.indexOf(document.activeElement);
  const next = now < 0 ? 0 : Math.min(boxes.length - 1, Math.max(0, now + step));
  boxes[next].focus();
}

// A key for the page: not for the browser, and not typed into a field.
function isOurs(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat && event.key === "Enter") return false;
  const field = event.target.closest?.("input, textarea, select, [contenteditable], dialog");
  return !field || field.name === "photo";
}
