// A word at a cell: why it is as it is. It goes with the next key or click, or after a while.

const SHOWN_MS = 6000;

export class Note {
  constructor(grid) {
    this.element = Object.assign(document.createElement("p"), { className: "cell-note", popover: "manual" });
    this.element.setAttribute("role", "alert");
    grid.append(this.element);
    const { signal } = grid;
    for (const name of ["keydown", "pointerdown", "scroll"]) document.addEventListener(name, () => this.hide(), { capture: true, passive: true, signal });
  }

  show(cell, text) {
    const { element } = this;
    element.textContent = text;
    element.showPopover();
    const { left, bottom, top } = cell.getBoundingClientRect(), box = element.getBoundingClientRect();
    element.style.left = `${Math.max(4, Math.min(left, innerWidth - box.width - 4))}px`;
    element.style.top = `${bottom + box.height > innerHeight - 4 ? top - box.height - 2 : bottom + 2}px`;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.hide(), SHOWN_MS);
  }

  hide() {
    if (this.element.matches(":popover-open")) this.element.hidePopover();
  }
}
