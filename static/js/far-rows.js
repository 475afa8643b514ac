// A long table lays out and paints only the rows near those in view: two rows of the same height stand for the others.
// Frames of a scroll through 2,000 rows are else three times as long as a screen's. All rows stay in the page.

const STEP = 10;
// So few are shown as they are.
const FEW = 200;
// So far beyond the view rows are shown, in views.
const BEYOND = .75;

export class FarRows {
  constructor(grid) {
    this.grid = grid;
    this.frame = grid.querySelector(".table-frame");
    this.body = grid.querySelector("tbody:not(.group)");
    if (!this.body) return;
    this.frame.addEventListener("scroll", () => this.later(), { passive: true });
    new ResizeObserver(() => this.later()).observe(this.frame);
    new MutationObserver(() => this.changed()).observe(this.body, { childList: true });
  }

  // Rows that came are not known yet.
  changed() {
    this.count = 0;
    this.later();
  }

  later() {
    this.asked ??= requestAnimationFrame(() => {
      this.asked = null;
      this.show();
    });
  }

  // The rows around those in view, or around one that is to be seen.
  show(wanted) {
    const { rows } = this.grid;
    if (!this.body || !this.frame.isConnected || (rows.length <= FEW && !this.above)) return;
    const near = rows.find((row) => !row.classList.contains("far"));
    const height = near?.getBoundingClientRect().height || 1, view = this.frame.clientHeight;
    const top = wanted ? rows.indexOf(wanted) * height - view / 2 : this.frame.scrollTop;
    const first = Math.max(0, Math.floor((top - BEYOND * view) / height / STEP) * STEP);
    const last = Math.ceil((top + (1 + BEYOND) * view) / height / STEP) * STEP;
    if (first === this.first && last === this.last && rows.length === this.count && height === this.height) return;
    const isKnown = rows.length === this.count && height === this.height;
    // Of a table that was shown before, only the rows at both ends of the view are other ones.
    const from = isKnown ? Math.min(first, this.first) : 0, to = isKnown ? Math.max(last, this.last) : rows.length;
    const held = document.activeElement?.closest("tr"), place = rows.indexOf(held);
    Object.assign(this, { first, last, count: rows.length, height });
    this.prepare();
    const set = (row, at) => {
      const isFar = (at < first || at >= last) && row !== held;
      if (row.classList.contains("far") !== isFar) row.classList.toggle("far", isFar);
    };
    for (let at = from; at < Math.min(to, rows.length); at += 1) set(rows[at], at);
    if (this.held?.isConnected) set(this.held, rows.indexOf(this.held));
    this.held = place < 0 ? null : held;
    this.stand(this.above, Math.min(first, rows.length) - (place >= 0 && place < first ? 1 : 0));
    this.stand(this.below, Math.max(0, rows.length - last) - (place >= last ? 1 : 0));
    if (this.below.previousElementSibling !== rows.at(-1)) rows.at(-1).after(this.below);
  }

  prepare() {
    if (this.above) return;
    [this.above, this.below] = ["above", "below"].map(() => {
      const row = document.createElement("tr");
      row.setAttribute("aria-hidden", "true");
      row.append(document.createElement("td"));
      return row;
    });
    this.body.prepend(this.above);
  }

  stand(row, number) {
    row.hidden = !number;
    row.firstChild.style.height = `${number * this.height}px`;
  }

  reveal(cell) {
    if (cell.parentElement.classList.contains("far")) this.show(cell.parentElement);
  }
}
