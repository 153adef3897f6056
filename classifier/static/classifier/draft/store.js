// What this browser keeps of unfinished listings: title, and photos that are not sent yet. So a
// closed page, an ended session or an empty battery loses none of it.

const KEPT_DAYS = 7;

let database;

function wait(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function opened() {
  database ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("slowfashion", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("drafts", { keyPath: "key" });
      request.result.createObjectStore("photos", { keyPath: "key" }).createIndex("draft", "draft");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return database;
}

// Resolves to false where the browser keeps nothing (a private window) or its disk is full.
async function change(names, work) {
  try {
    const transaction = (await opened()).transaction(names, "readwrite");
    work(...names.map((name) => transaction.objectStore(name)));
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    return true;
  } catch {
    return false;
  }
}

export const keepDraft = (draft) => change(["drafts"], (drafts) => drafts.put({ ...draft, at: Date.now() }));
export const keepPhoto = (photo) => change(["photos"], (photos) => photos.put(photo));
export const dropPhoto = (key) => change(["photos"], (photos) => photos.delete(key));

export function dropDraft(key) {
  return change(["drafts", "photos"], (drafts, photos) => {
    drafts.delete(key);
    photos.index("draft").openKeyCursor(key).onsuccess = ({ target: { result: cursor } }) => {
      if (!cursor) return;
      photos.delete(cursor.primaryKey);
      cursor.continue();
    };
  });
}

// The newest draft of this user that fits, and its photos in their order; null if there is none.
export async function findDraft(user, fits) {
  try {
    const transaction = (await opened()).transaction(["drafts", "photos"]);
    const all = await wait(transaction.objectStore("drafts").getAll());
    const fresh = all.filter((draft) => Date.now() - draft.at < KEPT_DAYS * 86400e3);
    for (const old of all) if (!fresh.includes(old)) dropDraft(old.key);
    const mine = fresh.filter((draft) => draft.user === user && fits(draft));
    if (mine.length === 0) return null;
    const draft = mine.reduce((one, other) => (other.at > one.at ? other : one));
    const photos = await wait((await opened()).transaction("photos").objectStore("photos").index("draft").getAll(draft.key));
    return { draft, photos: photos.sort((one, other) => one.order - other.order) };
  } catch {
    return null;
  }
}
