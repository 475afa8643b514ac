// The diagram of all objects: the wheel, two fingers, + and - zoom it, dragging and arrows move it, 0 fits it in.

const STEP = 1.25;
const LEAST = 0.1;
const MOST = 3;
// What is smaller cannot be read: a large diagram begins so large on a small screen, and Fit shows all of it.
const READABLE = 0.6;
const MARGIN = 16;
const MOVE = 60;
// A drag that is shorter is a click.
const CLICK = 4;

class ObjectDiagram extends HTMLElement {
  connectedCallback() {
    this.frame = this.querySelector(".diagram-frame");
    this.svg = this.querySelector("svg");
    [this.width, this.height] = [this.svg.width.baseVal.value, this.svg.height.baseVal.value];
    this.svg.removeAttribute("width");
    this.svg.removeAttribute("height");
    this.frame.classList.add("is-live");
    this.querySelector("[role=group][hidden]").hidden = false;
    this.pointers = new Map();
    this.begin();
    this.addEventListener("click", (event) => this.onClick(event), true);
    this.frame.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    this.frame.addEventListener("keydown", (event) => this.onKey(event));
    this.frame.addEventListener("focusin", (event) => this.show(event.target));
    this.svg.addEventListener("dragstart", (event) => event.preventDefault());
    this.frame.addEventListener("pointerdown", (event) => this.onDown(event));
    this.frame.addEventListener("pointermove", (event) => this.onMove(event));
    for (const kind of ["pointerup", "pointercancel"]) {
      this.frame.addEventListener(kind, (event) => this.pointers.delete(event.pointerId));
    }
    new ResizeObserver(() => this.draw()).observe(this.frame);
  }

  fit() {
    const room = this.frame.getBoundingClientRect();
    this.scale = Math.min(1, Math.max(LEAST, Math.min(room.width / this.width, room.height / this.height)));
    this.x = (this.width - room.width / this.scale) / 2;
    this.y = Math.min(0, (this.height - room.height / this.scale) / 2);
    this.draw();
  }

  begin() {
    this.fit();
    if (this.scale >= READABLE) return;
    this.scale = READABLE;
    const room = this.frame.getBoundingClientRect();
    const places = [...this.svg.querySelectorAll(".box rect")].map(({ x, y }) => [x.baseVal.value, y.baseVal.value]);
    // The highest of the boxes at the left, from which lookups lead to the right.
    const [[x, y]] = places.sort((one, other) => one[0] - other[0] || one[1] - other[1]);
    this.x = x - MARGIN / this.scale;
    this.y = y - room.height / this.scale / 4;
    this.draw();
  }

  draw() {
    const room = this.frame.getBoundingClientRect();
    this.svg.setAttribute("viewBox", `${this.x} ${this.y} ${room.width / this.scale} ${room.height / this.scale}`);
  }

  // Zoom by a factor, where a point of the window (or the frame's middle) stays where it is.
  zoom(factor, clientX, clientY) {
    const room = this.frame.getBoundingClientRect();
    const [left, top] = [(clientX ?? room.left + room.width / 2) - room.left, (clientY ?? room.top + room.height / 2) - room.top];
    const scale = Math.min(MOST, Math.max(LEAST, this.scale * factor));
    this.x += left / this.scale - left / scale;
    this.y += top / this.scale - top / scale;
    this.scale = scale;
    this.draw();
  }

  move(x, y) {
    this.x += x / this.scale;
    this.y += y / this.scale;
    this.draw();
  }

  // A box that the keyboard reaches comes into sight.
  show(box) {
    if (!box.matches(".box")) return;
    const [room, its] = [this.frame.getBoundingClientRect(), box.getBoundingClientRect()];
    const outside = its.left < room.left || its.right > room.right || its.top < room.top || its.bottom > room.bottom;
    if (outside) {
      this.move(its.left + its.width / 2 - room.left - room.width / 2, its.top + its.height / 2 - room.top - room.height / 2);
    }
  }

  onClick(event) {
    if (this.moved > CLICK) {
      event.preventDefault();
      event.stopPropagation();
      this.moved = 0;
      return;
    }
    const button = event.target.closest("[data-zoom]");
    if (button?.dataset.zoom === "fit") this.fit();
    else if (button) this.zoom(button.dataset.zoom === "in" ? STEP : 1 / STEP);
  }

  onWheel(event) {
    event.preventDefault();
    if (event.ctrlKey) this.zoom(Math.exp(-event.deltaY / 200), event.clientX, event.clientY);
    else this.move(event.deltaX, event.deltaY);
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves = { ArrowLeft: [-MOVE, 0], ArrowRight: [MOVE, 0], ArrowUp: [0, -MOVE], ArrowDown: [0, MOVE] };
    if (event.key in moves) this.move(...moves[event.key]);
    else if (event.key === "+" || event.key === "=") this.zoom(STEP);
    else if (event.key === "-") this.zoom(1 / STEP);
    else if (event.key === "0") this.fit();
    else return;
    event.preventDefault();
  }

  onDown(event) {
    this.pointers.set(event.pointerId, event);
    this.moved = 0;
  }

  onMove(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const others = [...this.pointers.values()].filter((pointer) => pointer.pointerId !== event.pointerId);
    if (others.length === 1) {
      const far = (pointer) => Math.hypot(pointer.clientX - others[0].clientX, pointer.clientY - others[0].clientY);
      this.zoom(far(event) / Math.max(1, far(before)), others[0].clientX, others[0].clientY);
    } else {
      this.move(before.clientX - event.clientX, before.clientY - event.clientY);
    }
    this.moved += Math.hypot(before.clientX - event.clientX, before.clientY - event.clientY);
    this.pointers.set(event.pointerId, event);
    // A click on a box stays one; from here on, the pointer is the frame's wherever it is.
    if (this.moved > CLICK && !this.frame.hasPointerCapture(event.pointerId)) this.frame.setPointerCapture(event.pointerId);
  }
}

customElements.define("object-diagram", ObjectDiagram);
