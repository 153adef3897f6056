// Keys and clicks become actions: one press, one action, however long a key is held.

// Worn keys send a second press within milliseconds; nobody judges two photos that fast.
const BOUNCE_MS = 120;

export function listen({ view, actions }) {
  const down = new Set();
  const last = { key: "", at: 0 };

  const act = (button) => {
    view.press(button);
    const { verdict, main, sub, name, because, action } = button.dataset;
    if (verdict) actions.decide({ verdict, main, sub, name, because });
    else actions[action]();
  };

  document.addEventListener("keydown", (event) => {
    const held = event.repeat || down.has(event.code);
    down.add(event.code);
    // The browser clicks the button in focus again and again while Enter is held.
    if (held && event.key === "Enter" && event.target.closest?.("#queue button")) event.preventDefault();
    const key = meant(event);
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if ((view.helpOpen && key !== "?") || (view.guidance.isOpen && key !== "G")) return;
    const button = buttonFor(key, view.reasonsOpen ? "reason" : "key");
    if (!button || button.disabled) return;
    event.preventDefault();
    // A held key repeats, and so does a stuck one: it counts again after it was let go.
    const bounced =
      button.dataset.verdict && key === last.key && event.timeStamp - last.at < BOUNCE_MS;
    if (held || bounced) return;
    Object.assign(last, { key, at: event.timeStamp });
    act(button);
  });
  document.addEventListener("keyup", (event) => down.delete(event.code));
  window.addEventListener("blur", () => down.clear());

  document.getElementById("queue").addEventListener("click", (event) => {
    const button = event.target.closest("[data-verdict], [data-action]");
    // The second click of a double click is no verdict on the next photo.
    if (!button || (event.detail > 1 && button.dataset.verdict)) return;
    act(button);
  });
}

// The letter or digit on the key cap. Where digits need Shift (AZERTY) or letters are not Latin, the
// place of the key says it, as the buttons do.
function meant(event) {
  const key = event.key.toUpperCase();
  const [, digit] = event.code.match(/^Digit(\d)$/) ?? [];
  const [, letter] = event.code.match(/^Key([A-Z])$/) ?? [];
  if (digit && !event.shiftKey && !/^[A-Z]$/.test(key)) return digit;
  if (letter && key.length === 1 && key > "\x7f") return letter;
  return key;
}

function buttonFor(key, kind) {
  return document.querySelector(`#queue [data-${kind}="${CSS.escape(key)}"]`);
}

function typing(target) {
  return target.closest?.("input, textarea, select, [contenteditable]") !== null;
}
