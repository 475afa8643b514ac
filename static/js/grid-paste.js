// Ranges of cells from and to spreadsheets: copied as a table of texts, pasted after a look at what that changes.

import { toast } from "./toasts.js";

// What is asked about first, what is done without what is refused, and what is done as a whole or not at all.
const ASK = { path: "paste/preview/", unasked: "on" };
const SKIP = { path: "paste/", skip_refused: "on" };
const PLAIN = { path: "paste/" };

export class Clipboard {
  constructor(grid) {
    this.grid = grid;
    document.addEventListener("copy", (event) => this.onCopy(event), { signal: grid.signal });
    document.addEventListener("paste", (event) => this.onPaste(event), { signal: grid.signal });
  }

  // Whether keys of the clipboard are meant for the cells.
  get isHere() {
    const focus = document.activeElement;
    if (!this.grid.rows.length && focus?.matches("body, .table-frame, [data-new-row]")) return true;
    return focus?.closest?.("[data-record] > [data-field]") && focus.matches("td, th") && !this.grid.editor.now;
  }

  onKey({ key, shiftKey }) {
    if (shiftKey || key !== "d") return false;
    this.fillDown();
    return true;
  }

  static text(cell) {
    if (cell.querySelector(":scope > [aria-label=empty]")) return "";
    const chips = [...cell.querySelectorAll(":scope > .chip")];
    if (chips.length > 1) return chips.map((one) => one.textContent.trim()).join(";");
    const text = cell.textContent.trim().replace(/\s+/g, " ");
    // Without its unit, a spreadsheet knows that it is a number.
    return cell.dataset.number ? text.replace("−", "-").replace(/[^\d.,%+-]/g, "") : text;
  }

  onCopy(event) {
    if (!this.isHere) return;
    const rows = this.grid.range.map((cells) => cells.map(Clipboard.text));
    const table = document.createElement("table");
    for (const texts of rows) for (const [at, text] of texts.entries()) (at ? table.rows[table.rows.length - 1] : table.insertRow()).insertCell().append(text);
    event.clipboardData.setData("text/plain", written(rows.map((texts) => texts.map(quoted))));
    event.clipboardData.setData("text/html", table.outerHTML);
    event.preventDefault();
    const count = rows.flat().length;
    this.grid.say(count === 1 ? "Copied." : `${count} cells are copied.`);
  }

  onPaste(event) {
    const text = event.clipboardData.getData("text/plain");
    if (!this.isHere || !text) return;
    event.preventDefault();
    const isOne = !/[\t\n]/.test(text.replace(/\r?\n$/, "")), cells = this.grid.range;
    const size = [cells.length, cells[0]?.length ?? 0];
    if (!size[0]) return void this.addRows(text);
    // One text for all of a range.
    const table = isOne ? Array(size[0]).fill(Array(size[1]).fill(quoted(text.replace(/\r?\n$/, "")))) : null;
    const isSingle = isOne && size[0] * size[1] === 1;
    this.send(table ? written(table) : whole(text, event.clipboardData.getData("text/html")), isSingle ? SKIP : ASK);
  }

  // The first row of the range, in all the others.
  fillDown() {
    const cells = this.grid.range;
    if (cells.length < 2) return this.grid.say("Select the cells below that are to be filled.");
    return this.send(written(cells.map(() => cells[0].map((cell) => quoted(Clipboard.text(cell))))), PLAIN);
  }

  empty() {
    const cells = this.grid.range;
    if (cells.flat().length === 1) return this.grid.editor.empty(cells[0][0]);
    this.send(written(cells.map((row) => row.map(() => ""))), SKIP);
    return true;
  }

  // New records, without a cell to begin at.
  addRows(text) {
    return this.sendFrom({ text, ids: "", columns: this.grid.columns.join(",") }, ASK);
  }

  // From the upper left corner of the range on; what is below the last row makes new records.
  send(text, how) {
    const [[first]] = this.grid.range, [row] = this.grid.place(first);
    const { columns } = this.grid;
    const ids = this.grid.rows.slice(row).map((one) => one.dataset.record).join(",");
    return this.sendFrom({ text, ids, columns: columns.slice(columns.indexOf(first.dataset.field)).join(",") }, how);
  }

  async sendFrom(given, { path, ...how }) {
    const { saver } = this.grid, body = new FormData();
    for (const [name, value] of Object.entries({ ...given, ...how })) body.append(name, value);
    await Promise.all([...saver.queues.values()]);
    const { FormDialog } = await import("./form-dialog.js");
    const dialog = new FormDialog(saver, (told) => this.done(told));
    await dialog.ask(saver.address(path), body);
  }

  async done({ text, change, changed = [], made = [], refused = [] }) {
    const { grid } = this;
    if (change) {
      const [cell] = grid.range.flat(), at = changed.length && cell ? [cell.parentElement.dataset.record, cell.dataset.field] : undefined;
      grid.history.did({ records: [...changed, ...made], made, text, at, done: Promise.resolve(change) });
      toast(text, { change });
      await grid.saver.refresh(changed, made);
    } else if (!refused.length) toast(text);
    this.sayRefused(refused);
  }

  // At the first cell that was left as it is.
  sayRefused([first, ...others]) {
    const row = first && this.grid.rowOf(first.record), cell = row && this.grid.cellOf(row, first.field);
    if (!cell) return;
    this.grid.focusCell(this.grid.active ?? cell);
    const more = others.length ? ` ${others.length + 1} cells stay as they are.` : "";
    this.grid.note.show(cell, first.reason + more);
  }
}

// A text as spreadsheets write it in a cell.
export function quoted(text) {
  return /[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

// The last row, where it is a single empty text, would be taken for the end of the one before.
export function written(table) {
  const isEmptyLast = table.at(-1)?.length === 1 && !table.at(-1)[0];
  return table.map((texts) => texts.join("\t")).join("\n") + (isEmptyLast ? "\n" : "");
}

// What the web's spreadsheets copy has no line end behind the last row: so a single empty text there is none yet.
function whole(text, html) {
  return /google-sheets-html-origin/.test(html) && text.endsWith("\n") ? `${text}\n` : text;
}
