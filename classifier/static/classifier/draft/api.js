// Requests to the API, and what their answers mean for a photo or a change that is to be saved.

import { isOurs } from "../answers.js";

const SENTENCES = {
  gone: gettext("This listing was deleted."),
  signedOut: gettext("You are signed out."),
  broke: gettext("The connection broke."),
  wrong: gettext("Something went wrong on our side."),
  often: gettext("That was a little often."),
  large: gettext("The file is too large."),
};

// Random, version 4 (RFC 9562). The browser's own function is missing where a phone comes over plain HTTP.
export function randomUuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

// A new sign-in brings a new token; a form's own is of when the page was loaded.
export function csrfToken() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
}

// What a proxy says of itself says nothing about the photos: only our own refusal is final.
function meaning(status, ours, body) {
  if (status >= 200 && status < 300 && ours) return { kind: "done", body, repeated: status === 200 };
  if (!ours) return { kind: "again", why: status === 413 ? SENTENCES.large : SENTENCES.wrong };
  if (status === 400) return { kind: "refused", why: Object.values(body ?? {}).flat().join(" ") };
  if (status === 401 || status === 403) return { kind: "signedOut", why: SENTENCES.signedOut };
  if (status === 404) return { kind: "refused", why: SENTENCES.gone, gone: true };
  if (status === 413) return { kind: "refused", why: SENTENCES.large };
  if (status === 429) return { kind: "again", why: SENTENCES.often };
  return { kind: "again", why: (status === 503 && body?.detail) || SENTENCES.wrong };
}

export async function call(method, url, data, key) {
  const headers = { "X-CSRFToken": csrfToken() };
  if (key) headers["Idempotency-Key"] = key;
  if (data) headers["Content-Type"] = "application/json";
  try {
    const answer = await fetch(url, { method, headers, body: data && JSON.stringify(data) });
    const json = answer.headers.get("Content-Type")?.includes("json");
    return meaning(answer.status, isOurs(answer), json ? await answer.json() : null);
  } catch {
    return { kind: "again", why: SENTENCES.broke };
  }
}

// Sends one photo; `onProgress` is told the share that is sent, 0 to 1.
export function sendPhoto(url, file, name, key, onProgress) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest(); // fetch cannot tell how far an upload is
    request.open("POST", url);
    request.responseType = "json";
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.setRequestHeader("Idempotency-Key", key);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    request.addEventListener("load", () => {
      const ours = request.getResponseHeader("X-Answered-By") === "slowfashion";
      resolve(meaning(request.status, ours, request.response));
    });
    request.addEventListener("error", () => resolve({ kind: "again", why: SENTENCES.broke }));
    const body = new FormData();
    body.append("photo", file, name);
    request.send(body);
  });
}
