// What stands in a part of a page that is slow to come: grey lines where there is nothing yet, else what was there, paler. It
// is told to who does not see it.

const SLOW_MS = 400;
const LINES = 6;

export class Loading {
  constructor(content) {
    this.content = content;
    this.status = Object.assign(document.createElement("p"), { className: "hidden" });
    this.status.setAttribute("role", "status");
  }

  // Whether nothing has been shown yet.
  get isEmpty() {
    return !this.content.querySelector(":scope > :not(.loading-lines)");
  }

  begin() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.show(), SLOW_MS);
  }

  show() {
    this.content.setAttribute("aria-busy", "true");
    this.status.textContent = "Loading…";
    if (!this.isEmpty || this.content.firstChild) return;
    const lines = Object.assign(document.createElement("div"), { className: "loading-lines" });
    for (let number = 0; number < LINES; number += 1) {
      lines.append(Object.assign(document.createElement("div"), { className: "skeleton" }));
    }
    this.content.append(lines);
  }

  end() {
    clearTimeout(this.timer);
    this.content.removeAttribute("aria-busy");
    this.content.querySelector(":scope > .loading-lines")?.remove();
    this.status.textContent = "";
  }
}
