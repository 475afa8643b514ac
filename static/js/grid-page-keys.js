// Keys that the table hears wherever on the page one is, while nothing is typed into a control.

import { isTaken } from "./keys.js";

const INTO = ["ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft", "j", "k"];

export class PageKeys {
  constructor(grid) {
    this.grid = grid;
    document.addEventListener("keydown", (event) => this.onKey(event), { signal: grid.signal });
  }

  onKey(event) {
    const { target, key } = event, command = event.ctrlKey || event.metaKey;
    if (event.defaultPrevented || event.altKey || document.querySelector("dialog:modal")) return;
    const isSearch = target.id === "list-search";
    if (!isSearch && isTaken(target)) return;
    if (isSearch ? key === "ArrowDown" : this.isHeard(event, command)) event.preventDefault();
    else return;
    if (isSearch) this.enter();
  }

  // Whether the key was one of ours.
  isHeard(event, command) {
    const { target, key } = event, { grid } = this;
    if (command && /^[zy]$/i.test(key)) {
      if (event.shiftKey || key.toLowerCase() === "y") grid.history.redo();
      else grid.history.undo();
      return true;
    }
    if (command || !grid.rows.length || target.closest("[data-record] > *")) return false;
    if (key === "x") return this.tick();
    if (!INTO.includes(key) || !(target === document.body || target.matches(".table-frame"))) return false;
    this.enter(/^[jk]$/.test(key));
    return true;
  }

  // Into the table: to the cell that one was in, or the first one; or to where rows are ticked.
  enter(isByRow = false) {
    const { grid } = this;
    const cell = grid.active ?? grid.at(0, 1);
    grid.focusCell(isByRow && cell ? grid.cellsOf(cell.parentElement)[0] : cell);
  }

  tick() {
    const { grid } = this, row = grid.active?.parentElement ?? grid.rows[0];
    grid.focusCell(grid.cellsOf(row)[0]);
    grid.selection.toggle(row);
    return true;
  }
}
