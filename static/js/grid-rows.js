// Rows that are ticked, and what is done with all of them at once. Each deed is one request, and so one change.

import { ROWS_A_PAGE } from "./grid-keys.js";
import { refresh } from "./list-address.js";
import { toast } from "./toasts.js";

export class RowSelection {
  constructor(grid) {
    this.grid = grid;
    this.last = null;
    this.all = grid.querySelector("[data-all]");
    this.bar = document.querySelector(".selection-bar");
    grid.table.addEventListener("click", (event) => this.onClick(event));
    grid.table.addEventListener("change", ({ target }) => target === this.all && this.tick(this.grid.rows, target.checked));
    this.bar?.addEventListener("submit", (event) => this.onSubmit(event));
    this.bar?.addEventListener("click", ({ target }) => this.onButton(target.closest("button")));
    this.bar?.querySelectorAll("[data-script]").forEach((one) => (one.hidden = false));
    this.show();
  }

  static box(row) {
    return row.querySelector(".pick input");
  }

  get rows() {
    return this.grid.rows.filter((row) => RowSelection.box(row)?.checked);
  }

  untick() {
    this.tick(this.grid.rows, false);
  }

  tick(rows, isTicked) {
    for (const row of rows) if (RowSelection.box(row)) RowSelection.box(row).checked = isTicked;
    this.show();
  }

  toggle(row) {
    this.last = row;
    this.tick([row], !RowSelection.box(row).checked);
  }

  // A click with Shift ticks all rows from the last one on.
  onClick(event) {
    const box = event.target.closest(".pick input[name=ids]"), row = box?.closest("tr");
    if (!row) return;
    const { rows } = this.grid, from = rows.indexOf(this.last), to = rows.indexOf(row);
    if (event.shiftKey && from >= 0) this.tick(rows.slice(Math.min(from, to), Math.max(from, to) + 1), box.checked);
    this.last = row;
    this.grid.focusCell(row.cells[0]);
    this.show();
  }

  // Keys while the focus is on the cell that a row is ticked in.
  onKey(event, row) {
    const { key, shiftKey } = event, command = event.ctrlKey || event.metaKey;
    if (event.altKey) return false;
    if (this.onCommand(event)) return true;
    if (command && !/^(Arrow|Home|End)/.test(key)) return false;
    if (key === " " && shiftKey) return this.grid.openRecord(row);
    if (key === " " || key === "x") return this.toggle(row), true;
    if (key === "j" || key === "k") return this.grid.step(row.cells[0], [key === "j" ? 1 : -1, 0]), true;
    if (key === "Enter") return this.grid.openRecord(row);
    if (key === "Escape") return this.grid.leave(), true;
    if (!shiftKey || !/^(Arrow(Up|Down)|Page(Up|Down))$/.test(key)) return this.grid.onMove(event);
    const [at] = this.grid.place(row.cells[0]);
    const step = key.startsWith("Page") ? ROWS_A_PAGE : 1;
    const next = Math.max(0, Math.min(this.grid.rows.length - 1, at + (key.endsWith("Up") ? -step : step)));
    this.grid.focusCell(this.grid.at(next, 0));
    this.tick(this.grid.rows.slice(Math.min(at, next), Math.max(at, next) + 1), true);
    this.last = this.grid.rows[next];
    return true;
  }

  onCommand(event) {
    if (!(event.ctrlKey || event.metaKey)) return false;
    if (event.key === "a") this.tick(this.grid.rows, true);
    else if (event.key === "Enter") event.target.closest("tr").querySelector("th a")?.click();
    else return false;
    return true;
  }

  // The bar ---------------------------------------------------------------------------------------------------------

  show() {
    if (!this.bar) return;
    const all = this.grid.rows;
    for (const row of all) {
      const isTicked = String(RowSelection.box(row)?.checked ?? false);
      if (row.ariaSelected !== isTicked) row.ariaSelected = isTicked;
    }
    const { rows } = this, cells = this.grid.range.flat();
    const matching = this.bar.querySelector("[data-matching]"), every = this.bar.querySelector("input[name=all]");
    const isAll = rows.length > 0 && rows.length === all.length;
    if (!isAll) this.isEvery = false;
    if (this.all) this.all.checked = isAll;
    if (this.all) this.all.indeterminate = rows.length > 0 && !isAll;
    if (matching) matching.hidden = !isAll || this.isEvery;
    if (every) every.disabled = !this.isEvery;
    this.bar.hidden = !rows.length && cells.length < 2;
    this.bar.classList.toggle("of-cells", !rows.length);
    const written = new Intl.NumberFormat(document.documentElement.lang);
    const ticked = this.isEvery ? `All ${matching.dataset.total} selected` : `${written.format(rows.length)} selected`;
    this.tell(rows.length ? ticked : `${written.format(cells.length)} cells`, !this.isEvery && Math.max(rows.length, cells.length) > 1);
  }

  async tell(count, hasFigures) {
    const place = this.bar.querySelector("[data-count]"), number = (this.told = (this.told ?? 0) + 1);
    const figures = hasFigures ? (await import("./selection-figures.js")).figuresOf(this.grid, this.rows) : "";
    if (number === this.told) place.textContent = [count, figures].filter(Boolean).join(" · ");
  }

  get ids() {
    return this.rows.map((row) => row.dataset.record);
  }

  // The records of the range, where no row is ticked.
  get marked() {
    return this.grid.range.map(([cell]) => cell.parentElement.dataset.record);
  }

  onButton(button) {
    if (button?.matches("[data-links]")) this.copyLinks();
    if (button?.matches("[data-clear]")) this.untick();
    if (button?.matches("[data-matching]")) {
      this.isEvery = true;
      this.show();
    }
  }

  copyLinks() {
    const links = this.ids.map((id) => this.grid.saver.address(`r/${id}/`).href).join("\n");
    const put = (event) => {
      event.clipboardData.setData("text/plain", links);
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    document.addEventListener("copy", put, { capture: true, once: true });
    document.execCommand("copy");
    document.removeEventListener("copy", put, { capture: true });
    toast(this.ids.length === 1 ? "The link is copied." : `${this.ids.length} links are copied.`);
  }

  // What asks, asks in a dialog; what does not, is done.
  async onSubmit(event) {
    const button = event.submitter;
    if (!button?.hasAttribute("data-asks")) return;
    event.preventDefault();
    const body = new FormData(this.bar, button), own = this.ids.length ? this.ids : this.marked;
    const records = this.isEvery ? null : own;
    body.delete("ids");
    if (!this.isEvery) for (const id of own) body.append("ids", id);
    button.setAttribute("aria-busy", "true");
    const [{ FormDialog }] = await Promise.all([import("./form-dialog.js"), import("./bulk-form.js")]);
    const dialog = new FormDialog(this.grid.saver, (told) => this.done(told, records));
    await dialog.ask(button.formAction, body);
    button.removeAttribute("aria-busy");
  }

  // `records` are those that it was about, or nothing where it was all that fit.
  async done({ text, change, made = [] }, records) {
    const { grid } = this, known = records ?? [], isOfRows = this.rows.length;
    grid.history.did({ records: [...known, ...made], made: known, text, isWhole: !records, done: Promise.resolve(change) });
    toast(text, { change });
    this.untick();
    if (!records) {
      await refresh();
      return;
    }
    await grid.saver.refresh(records, made);
    // Of rows that were ticked, one goes on where rows are ticked: letters are the page's there.
    const cell = grid.active ?? grid.at(0, 0);
    grid.focusCell(isOfRows ? cell?.parentElement.cells[0] : cell);
  }
}
