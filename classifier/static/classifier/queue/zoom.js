// Makes the photo larger: by click, wheel, pinch and keys; a larger one is moved by drag and arrows.

const LARGEST = 8;
const STEP = 1.5;
const CLICKED = 2.5;
const ARROW = 80; // pixels
const SLOP = 6; // pixels that a click may move

const ARROWS = { ArrowLeft: [ARROW, 0], ArrowRight: [-ARROW, 0], ArrowUp: [0, ARROW], ArrowDown: [0, -ARROW] };

export class Zoom {
  #scale = 1;
  #x = 0;
  #y = 0;
  #pointers = new Map();
  #travelled = 0;

  constructor(figure, { onChange, asleep }) {
    Object.assign(this, { figure, onChange });
    figure.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    figure.addEventListener("pointerdown", (event) => this.#down(event));
    figure.addEventListener("pointermove", (event) => this.#move(event));
    figure.addEventListener("pointerup", (event) => this.#up(event));
    figure.addEventListener("pointercancel", (event) => this.#pointers.delete(event.pointerId));
    figure.addEventListener("dragstart", (event) => event.preventDefault());
    document.addEventListener("keydown", (event) => {
      if (!asleep() && !event.ctrlKey && !event.metaKey && !event.altKey) this.#key(event);
    });
  }

  get isOn() {
    return this.#scale > 1;
  }

  reset() {
    this.#set(1, 0, 0);
  }

  toggle(point = { x: 0, y: 0 }) {
    if (this.isOn) this.reset();
    else this.#by(CLICKED, point);
  }

  // Keeps what lies under the point, which is relative to the middle of the figure, where it is.
  #by(factor, { x, y }) {
    const scale = Math.min(LARGEST, Math.max(1, this.#scale * factor));
    const change = scale / this.#scale;
    this.#set(scale, x - (x - this.#x) * change, y - (y - this.#y) * change);
  }

  #set(scale, x, y) {
    const wasOn = this.isOn;
    const within = (value, size) => Math.min(Math.max(value, (-(scale - 1) * size) / 2), ((scale - 1) * size) / 2);
    this.#scale = scale;
    this.#x = within(x, this.figure.clientWidth);
    this.#y = within(y, this.figure.clientHeight);
    this.figure.style.setProperty("--zoom", `translate(${this.#x}px, ${this.#y}px) scale(${scale})`);
    this.figure.dataset.zoomed = String(this.isOn);
    if (wasOn !== this.isOn) this.onChange(this.isOn);
  }

  #point({ clientX, clientY }) {
    const box = this.figure.getBoundingClientRect();
    return { x: clientX - box.left - box.width / 2, y: clientY - box.top - box.height / 2 };
  }

  #wheel(event) {
    // Wheels that turn on at the whole photo scroll the page, as everywhere.
    if (event.deltaY > 0 && !this.isOn) return;
    event.preventDefault();
    this.#by(STEP ** (-event.deltaY / 100), this.#point(event));
  }

  #down(event) {
    if (event.button !== 0) return;
    if (this.#pointers.size === 0) this.#travelled = 0;
    this.#pointers.set(event.pointerId, this.#point(event));
    this.figure.setPointerCapture(event.pointerId);
  }

  #move(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const now = this.#point(event);
    const [dx, dy] = [now.x - before.x, now.y - before.y];
    this.#travelled += Math.hypot(dx, dy);
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.#pointers.set(event.pointerId, now);
    if (other) {
      const apart = (point) => Math.hypot(point.x - other.x, point.y - other.y);
      this.#travelled += SLOP; // two fingers are no click
      this.#by(apart(now) / Math.max(1, apart(before)), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
    } else if (this.isOn) this.#set(this.#scale, this.#x + dx, this.#y + dy);
  }

  #up(event) {
    const was = this.#pointers.delete(event.pointerId);
    if (was && this.#pointers.size === 0 && this.#travelled < SLOP) this.toggle(this.#point(event));
  }

  #key(event) {
    if (event.key === "+" || event.key === "=") this.#by(STEP, { x: 0, y: 0 });
    else if (event.key === "-" || event.key === "_") this.#by(1 / STEP, { x: 0, y: 0 });
    else if (event.key === "Escape" && this.isOn) this.reset();
    else if (this.isOn && ARROWS[event.key]) this.#set(this.#scale, this.#x + ARROWS[event.key][0], this.#y + ARROWS[event.key][1]);
    else return;
    event.preventDefault();
  }
}
