// Photos that are dropped anywhere on the page, pasted, chosen or taken; draft.js is told of them.

const form = document.getElementById("upload");
const zone = form.querySelector(".drop");

function chosen(files) {
  if (files.length) document.dispatchEvent(new CustomEvent("photos:chosen", { detail: [...files] }));
}

form.addEventListener("change", (event) => {
  if (event.target.type !== "file") return;
  chosen(event.target.files);
  event.target.value = ""; // so that the same photo can be chosen again
});
form.addEventListener("submit", (event) => event.preventDefault());

// Anywhere on the page will do: a photo dropped beside the zone would otherwise replace the page.
let depth = 0;
const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
addEventListener("dragenter", (event) => {
  if (carriesFiles(event)) zone.classList.toggle("over-it", ++depth > 0);
});
addEventListener("dragleave", (event) => {
  if (carriesFiles(event)) zone.classList.toggle("over-it", --depth > 0);
});
addEventListener("dragover", (event) => {
  if (carriesFiles(event)) event.preventDefault();
});
addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  depth = 0;
  zone.classList.remove("over-it");
  chosen(event.dataTransfer.files);
});
addEventListener("paste", (event) => {
  if (event.clipboardData?.files.length) chosen(event.clipboardData.files);
});

// Photos that were chosen before this script had come.
for (const input of form.querySelectorAll("input[type=file]")) {
  chosen(input.files);
  input.value = "";
}
