// Sends photos as soon as they are dropped, pasted, chosen or taken, and shows them meanwhile.

const form = document.getElementById("upload");
const zone = form.querySelector(".drop");
const batches = document.getElementById("batches");
const spoken = document.getElementById("spoken");
const maxBytes = Number(form.dataset.maxBytes);
const maxPhotos = Number(form.dataset.maxPhotos);

function copy(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}

// The words of the server, which would say the same after minutes on a phone.
function tooLarge(file) {
  const megabytes = (size) => `${Number((size / 2 ** 20).toFixed(1))} MB`;
  const bytes = (size) => `${size.toLocaleString("en-GB")} bytes`;
  const inWords = megabytes(file.size) === megabytes(maxBytes) ? bytes : megabytes;
  return `${file.name}: The file has ${inWords(file.size)}; at most ${inWords(maxBytes)} are accepted.`;
}

function addCard(list, file) {
  const card = copy("card");
  const image = card.querySelector("img");
  image.alt = file.name;
  image.parentElement.dataset.name = file.name;
  image.src = URL.createObjectURL(file);
  // A format that this browser cannot show is previewed once the server has made a JPEG of it.
  image.addEventListener("error", () => card.classList.add("no-preview"), { once: true });
  list.append(card);
  return card;
}

function addBatch(files, title) {
  const batch = copy("batch");
  batch.querySelector("h2").textContent = title || "Your photos";
  for (const file of files) addCard(batch.querySelector(".cards"), file);
  batches.prepend(batch);
  batch.scrollIntoView({ behavior: "smooth", block: "nearest" });
  return batch;
}

function showProblems(batch, heading, problems) {
  const box = batch.querySelector(".problems");
  const list = document.createElement("ul");
  for (const problem of problems) {
    list.append(Object.assign(document.createElement("li"), { textContent: problem }));
  }
  box.append(Object.assign(document.createElement("p"), { textContent: heading }), list);
  box.hidden = false;
  return box;
}

// `again` sends the same photos once more; `signIn` offers the sign-in page in a new tab.
function refuse(batch, problems, { again, signIn } = {}) {
  const box = showProblems(batch, "Nothing was sent:", problems);
  if (signIn) {
    const link = { href: signIn, target: "_blank", className: "button", textContent: "Sign in" };
    box.append(Object.assign(document.createElement("a"), link), " ");
  }
  if (again) {
    const button = Object.assign(document.createElement("button"), {
      type: "button",
      className: "button",
      textContent: "Try again",
    });
    button.addEventListener("click", again);
    box.append(button);
  }
  batch.querySelector("progress").hidden = true;
  batch.classList.add("refused");
  batch.querySelector(".state").textContent = "";
}

function accept(batch, listing) {
  const cards = batch.querySelectorAll(".card");
  for (const { position } of listing.refused) cards[position].remove();
  if (listing.refused.length) {
    showProblems(batch, "Not taken:", listing.refused.map(({ reason }) => reason));
  }
  batch.querySelectorAll(".card").forEach((card, index) => {
    const photo = listing.photos[index];
    const tag = card.querySelector(".tag");
    tag.dataset.photo = photo.id;
    tag.dataset.status = "pending";
    tag.querySelector(".label").firstChild.textContent = "Looking";
    if (card.classList.contains("no-preview")) {
      card.querySelector("img").src = photo.thumbnail;
      card.classList.remove("no-preview");
    }
  });
  const link = document.createElement("a");
  link.href = `${form.dataset.listings}${listing.id}/`;
  link.textContent = "Open the listing";
  batch.querySelector(".state").replaceChildren(link);
  batch.querySelector("progress").hidden = true;
  batch.dataset.tags = `${link.getAttribute("href")}tags/`;
  batch.dispatchEvent(new CustomEvent("tags:watch", { bubbles: true }));
}

// What to tell the seller for an answer other than 201. What a proxy says of itself says nothing
// about the photos, so only our own refusal is final.
function explain(batch, request, again) {
  const body = request.getResponseHeader("X-Answered-By") === "slowfashion" ? request.response : null;
  const status = request.status;
  if (body && status === 400) return refuse(batch, Object.values(body).flat());
  if (body && (status === 401 || status === 403)) {
    const text = "You are signed out. Sign in in a new tab, then try again: your photos are still here.";
    return refuse(batch, [text], { again, signIn: form.dataset.login });
  }
  if (status === 413) return refuse(batch, ["The photos are too large together. Please send fewer at once."], { again });
  if (status === 429) return refuse(batch, ["That was a little often. Please wait a minute."], { again });
  refuse(batch, [(status === 503 && body?.detail) || "Something went wrong on our side."], { again });
}

// A new sign-in brings a new token; the form's own is of when the page was loaded.
function csrfToken() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? form.elements.csrfmiddlewaretoken.value;
}

function post(batch, files, title) {
  const request = new XMLHttpRequest(); // fetch cannot tell how far an upload is
  const state = batch.querySelector(".state");
  const again = () => {
    batch.remove();
    send(files, title);
  };
  request.open("POST", form.dataset.api);
  request.responseType = "json";
  request.setRequestHeader("X-CSRFToken", csrfToken());
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    batch.querySelector("progress").value = event.loaded / event.total;
    state.textContent = event.loaded < event.total ? `${Math.round((100 * event.loaded) / event.total)} %` : "Checking";
  });
  request.addEventListener("load", () => {
    if (request.status === 201 && request.response) accept(batch, request.response);
    else explain(batch, request, again);
  });
  request.addEventListener("error", () => {
    refuse(batch, ["The connection broke. Your photos are still here."], { again });
  });
  const body = new FormData();
  body.append("title", title);
  for (const file of files) body.append("photos", file, file.name);
  request.send(body);
}

function send(chosen, title) {
  if (chosen.length === 0) return;
  const files = chosen.filter((file) => file.size <= maxBytes);
  const problems = chosen.filter((file) => file.size > maxBytes).map(tooLarge);
  const batch = addBatch(files, title);
  if (files.length > maxPhotos) {
    const tooMany = `These are ${files.length} photos; a listing takes ${maxPhotos} at most.`;
    return refuse(batch, [tooMany]);
  }
  if (files.length === 0) return refuse(batch, problems);
  if (problems.length) showProblems(batch, "Not sent:", problems);
  spoken.textContent = files.length === 1 ? "Sending one photo" : `Sending ${files.length} photos`;
  post(batch, files, title);
}

function sendWithTitle(files) {
  send([...files], form.elements.title.value.trim());
  form.elements.title.value = "";
}

form.addEventListener("change", (event) => {
  if (event.target.type !== "file") return;
  sendWithTitle(event.target.files);
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
  sendWithTitle(event.dataTransfer.files);
});
addEventListener("paste", (event) => {
  if (event.clipboardData?.files.length) sendWithTitle(event.clipboardData.files);
});
