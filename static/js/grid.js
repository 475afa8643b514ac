// A table of records under the hands of somebody who knows spreadsheets: one cell has the focus, keys move it, and
// what is typed goes into it. Without this script it stays a table with links.

import { Clipboard } from "./grid-paste.js";
import { Editor } from "./grid-edit.js";
import { FarRows } from "./far-rows.js";
import { target } from "./grid-keys.js";
import { RowSelection } from "./grid-rows.js";
import { Saver } from "./grid-save.js";
import { toast } from "./toasts.js";

class RecordGrid extends HTMLElement {
  connectedCallback() {
    this.table = this.querySelector("table");
    if (!this.table) return;
    this.base = new URL(`/o/${this.dataset.object}/`, location.href);
    this.ending = new AbortController();
    this.writable = (this.dataset.writable ?? "").split(" ");
    this.marked = new Set();
    this.saver = new Saver(this);
    this.editor = new Editor(this);
    this.selection = new RowSelection(this);
    this.clipboard = new Clipboard(this);
    this.far = new FarRows(this);
    this.live = Object.assign(document.createElement("p"), { className: "hidden", role: "status" });
    this.append(this.live);
    this.setRoles();
    const observer = new MutationObserver((changes) => changes.forEach((change) => this.noticeRows(change.addedNodes)));
    observer.observe(this.table, { childList: true, subtree: true });
    const heard = { keydown: "onKey", pointerdown: "onPointer", pointerover: "onDrag", dblclick: "onDoubleClick", focusin: "onFocus" };
    for (const [name, method] of Object.entries(heard)) this.table.addEventListener(name, (event) => this[method](event));
    document.addEventListener("keydown", (event) => this.onPageKey(event), { signal: this.signal });
  }

  disconnectedCallback() {
    this.ending?.abort();
  }

  // For what listens beyond the table: until the table is replaced.
  get signal() {
    return this.ending.signal;
  }

  // The table's parts ---------------------------------------------------------------------------------------------

  setRoles() {
    this.table.setAttribute("role", "grid");
    this.table.setAttribute("aria-multiselectable", "true");
    for (const row of this.rows) this.prepareRow(row);
    this.head = this.active = this.cellsOf(this.rows[0])[1] ?? null;
    if (this.active) this.active.tabIndex = 0;
  }

  noticeRows(nodes) {
    for (const node of nodes) if (node.matches?.("tr[data-record]")) this.prepareRow(node);
  }

  prepareRow(row) {
    for (const cell of this.cellsOf(row)) this.prepare(cell);
  }

  // One stop for Tab: what is in cells is reached by keys that the grid knows.
  prepare(cell) {
    if (cell.dataset.field && !this.writable.includes(cell.dataset.field)) cell.setAttribute("aria-readonly", "true");
    if (cell !== this.active) cell.tabIndex = -1;
    for (const inner of cell.querySelectorAll("a, input, button")) inner.tabIndex = -1;
  }

  get rows() {
    return [...this.table.querySelectorAll("tbody tr[data-record]")];
  }

  get columns() {
    return this.rows.length ? this.cellsOf(this.rows[0]).map((cell) => cell.dataset.field).filter(Boolean) : [];
  }

  cellsOf(row) {
    return row ? [...row.cells].filter((cell) => cell.matches(".pick, [data-field]")) : [];
  }

  rowOf(record) {
    return this.table.querySelector(`tbody tr[data-record="${CSS.escape(record)}"]`);
  }

  cellOf(row, field) {
    return row.querySelector(`:scope > [data-field="${CSS.escape(field)}"]`);
  }

  labelOf(cell) {
    const heading = this.table.querySelector(`thead [data-field="${CSS.escape(cell.dataset.field)}"]`);
    return (heading?.querySelector("a, .heading-label") ?? heading)?.textContent.trim() ?? cell.dataset.field;
  }

  isWritable(cell) {
    return Boolean(cell.dataset.field) && cell.getAttribute("aria-readonly") !== "true";
  }

  addRow(row) {
    this.rows.at(-1)?.after(row);
    this.prepareRow(row);
  }

  say(text) {
    this.live.textContent = text;
  }

  complain = (text) => toast(text, { level: "error" });

  // Values or rows are other ones than before.
  changed() {
    if (this.active && !this.active.isConnected) this.active = this.head = null;
    this.selection.show();
  }

  // Where one is --------------------------------------------------------------------------------------------------

  place(cell) {
    return [this.rows.indexOf(cell.parentElement), this.cellsOf(cell.parentElement).indexOf(cell)];
  }

  at(row, column) {
    const { rows } = this, cells = this.cellsOf(rows[Math.max(0, Math.min(rows.length - 1, row))]);
    return cells[Math.max(0, Math.min(cells.length - 1, column))];
  }

  // The cells of the range, row by row.
  get range() {
    if (!this.active) return [];
    const [top, left] = this.place(this.active), [bottom, right] = this.place(this.head ?? this.active);
    const rows = this.rows.slice(Math.min(top, bottom), Math.max(top, bottom) + 1);
    return rows.map((row) => this.cellsOf(row).slice(Math.min(left, right), Math.max(left, right) + 1).filter((cell) => cell.dataset.field));
  }

  focusCell(cell, { extend = false } = {}) {
    if (!cell) return;
    this.far.reveal(cell);
    if (extend && this.active) {
      this.head = cell;
    } else {
      if (this.active) this.active.tabIndex = -1;
      this.active = this.head = cell;
      cell.tabIndex = 0;
      cell.focus({ preventScroll: true });
    }
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.mark();
  }

  mark() {
    const cells = this.range.flat(), next = new Set(cells.length > 1 ? cells : []);
    for (const cell of this.marked) if (!next.has(cell)) cell.removeAttribute("aria-selected");
    for (const cell of next) cell.setAttribute("aria-selected", "true");
    this.marked = next;
    this.selection.show();
  }

  onFocus({ target }) {
    const cell = target.closest("td, th");
    if (target === cell && cell.matches("[data-record] > *") && cell !== this.active && cell !== this.head) this.focusCell(cell);
  }

  onPointer(event) {
    const cell = event.target.closest("[data-record] > *");
    if (!cell || event.button !== 0 || event.target.closest(".cell-editor, a, input, button, summary")) return;
    this.isDragging = event.pointerType === "mouse";
    addEventListener("pointerup", () => (this.isDragging = false), { once: true });
    if (event.shiftKey) event.preventDefault();
    this.focusCell(cell, { extend: event.shiftKey });
    if (!event.shiftKey) event.preventDefault();
  }

  onDrag(event) {
    const cell = event.target.closest("[data-record] > [data-field]");
    if (this.isDragging && cell && cell !== this.head) this.focusCell(cell, { extend: true });
  }

  onDoubleClick(event) {
    const cell = event.target.closest("[data-record] > [data-field]");
    if (cell && !event.target.closest(".cell-editor, a")) this.editor.open(cell, "end");
  }

  // Keys ----------------------------------------------------------------------------------------------------------

  // Keys that hold wherever on the page one is, while nothing is typed into a control.
  onPageKey(event) {
    const isTyping = event.target.closest("input:not([type=checkbox]), textarea, select, dialog, [contenteditable]");
    if (event.defaultPrevented || isTyping) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && /^[zy]$/i.test(event.key)) {
      event.preventDefault();
      if (event.shiftKey || event.key === "y") this.saver.redo();
      else this.saver.undo();
    } else if (event.key === "x" && !event.ctrlKey && !event.metaKey && !event.altKey && this.rows.length) {
      event.preventDefault();
      const row = this.active?.parentElement ?? this.rows[0];
      this.focusCell(this.cellsOf(row)[0]);
      this.selection.toggle(row);
    }
  }

  onKey(event) {
    const cell = event.target.closest("[data-record] > *");
    if (!cell || event.target.closest(".cell-editor") || event.isComposing) return;
    if (this.editor.isOpening) return void this.editor.remember(event);
    if (cell.matches(".pick") ? this.selection.onKey(event, cell.parentElement) : this.onCommand(event, cell)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  // Whether the key was one of ours.
  onCommand(event, cell) {
    const { key, shiftKey, altKey } = event, command = event.ctrlKey || event.metaKey;
    if (altKey) return false;
    if (this.onMove(event)) return true;
    if (command) return this.clipboard.onKey(event) || this.selection.onCommand(event);
    if (key === "Enter" && event.target !== cell) return false;
    if (key === "Enter" || key === "F2") return this.editor.open(cell, key === "F2" ? "end" : "all");
    if (key === "Delete" || key === "Backspace") return this.clipboard.empty();
    if (key === "Escape") return this.focusCell(this.active), true;
    if (key === " " && shiftKey) return this.selection.toggle(cell.parentElement), true;
    if (key === " " && cell.matches(".kind-checkbox")) return this.editor.toggle(cell);
    // The browser itself writes the letter, into the control that has the focus by then.
    if ((key.length === 1 || key === "Process") && this.editor.open(cell, "typed", key)) event.stopPropagation();
    return false;
  }

  onMove(event) {
    const { key, shiftKey: extend } = event, command = event.ctrlKey || event.metaKey;
    const [row, column] = this.place(key === "Tab" || !extend ? this.active : this.head);
    const last = [this.rows.length - 1, this.cellsOf(this.rows[0]).length - 1];
    if (key === "Tab") {
      const next = column + (extend ? -1 : 1);
      // At the end of the row Tab leads on, out of the table.
      if (command || next < 0 || next > last[1]) return false;
      this.focusCell(this.at(row, next));
      return true;
    }
    const to = target(key, command, [row, column], last);
    if (!to) return false;
    this.focusCell(this.at(...to), { extend });
    return true;
  }

  step(cell, [down, right]) {
    const [row, column] = this.place(cell);
    this.focusCell(this.at(row + down, column + right));
  }
}

customElements.define("record-grid", RecordGrid);
