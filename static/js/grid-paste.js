// Ranges of cells from and to spreadsheets: copied as a table of texts, pasted after a look at what that changes.

import { toast } from "./toasts.js";

export class Clipboard {
  constructor(grid) {
    this.grid = grid;
    document.addEventListener("copy", (event) => this.onCopy(event), { signal: grid.signal });
    document.addEventListener("paste", (event) => this.onPaste(event), { signal: grid.signal });
  }

  // Whether keys of the clipboard are meant for the cells.
  get isHere() {
    const focus = document.activeElement;
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
    event.clipboardData.setData("text/plain", rows.map((texts) => texts.map(quoted).join("\t")).join("\n"));
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
    const size = [cells.length, cells[0].length];
    // One text for all of a range.
    const table = isOne ? Array(size[0]).fill(Array(size[1]).fill(quoted(text.replace(/\r?\n$/, "")))) : null;
    this.send(table ? written(table) : text, isOne && size[0] * size[1] === 1 ? "" : "preview/");
  }

  // The first row of the range, in all the others.
  fillDown() {
    const cells = this.grid.range;
    if (cells.length < 2) return this.grid.say("Select the cells below that are to be filled.");
    return this.send(written(cells.map(() => cells[0].map((cell) => quoted(Clipboard.text(cell))))), "");
  }

  empty() {
    const cells = this.grid.range;
    if (cells.flat().length === 1) return this.grid.editor.empty(cells[0][0]);
    this.send(written(cells.map((row) => row.map(() => ""))), "");
    return true;
  }

  // From the upper left corner of the range on; what is below the last row makes new records.
  async send(text, then) {
    const [[first]] = this.grid.range, [row] = this.grid.place(first);
    const { columns } = this.grid;
    const records = this.grid.rows.slice(row).map((one) => one.dataset.record);
    const body = new FormData();
    body.append("text", text);
    body.append("ids", records.join(","));
    body.append("columns", columns.slice(columns.indexOf(first.dataset.field)).join(","));
    await Promise.all([...this.grid.saver.queues.values()]);
    const { FormDialog } = await import("./form-dialog.js");
    const dialog = new FormDialog(this.grid.saver, (told) => this.done(told));
    await dialog.ask(this.grid.saver.address(`paste/${then}`), body);
  }

  async done({ text, change, changed = [], made = [] }) {
    if (!change) return void toast(text);
    this.grid.saver.did({ records: [...changed, ...made], done: Promise.resolve(change) });
    toast(text, { change });
    return this.grid.saver.refresh(changed, made);
  }
}

// A text as spreadsheets write it in a cell.
function quoted(text) {
  return /[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function written(table) {
  return table.map((texts) => texts.join("\t")).join("\n");
}
