// A popover beside a control: below it, or above where there is more room; it follows where the page scrolls.

const GAP = 4;
const EDGE = 8;
const LEAST = 120;
const LEAST_WIDTH = 200;

export class Popup {
  // `most` is how high it may be, in pixels.
  constructor(anchor, element, most = 360) {
    this.anchor = anchor;
    this.element = element;
    this.most = most;
    this.follow = () => this.place();
  }

  get isOpen() {
    return this.element.matches(":popover-open");
  }

  open() {
    if (this.isOpen || !this.element.isConnected) return;
    this.element.showPopover();
    this.place();
    addEventListener("scroll", this.follow, { capture: true, passive: true });
    addEventListener("resize", this.follow);
  }

  close() {
    if (this.isOpen) this.element.hidePopover();
    removeEventListener("scroll", this.follow, { capture: true });
    removeEventListener("resize", this.follow);
  }

  place() {
    const box = this.anchor.getBoundingClientRect();
    const below = innerHeight - box.bottom - GAP - EDGE;
    const above = box.top - GAP - EDGE;
    const up = below < Math.min(this.element.scrollHeight, this.most) && above > below;
    const { style } = this.element;
    style.maxHeight = `${Math.min(this.most, Math.max(LEAST, up ? above : below))}px`;
    style.width = `${Math.max(LEAST_WIDTH, box.width)}px`;
    const left = Math.min(box.left, document.documentElement.clientWidth - this.element.offsetWidth - EDGE);
    style.left = `${Math.max(EDGE, left)}px`;
    style.top = up ? "auto" : `${box.bottom + GAP}px`;
    style.bottom = up ? `${innerHeight - box.top + GAP}px` : "auto";
  }
}
