// The line for a new record at the end of a table: one types what names it, and goes on with its other values. Without
// this script it is a link to the form.

import { quoted } from "./grid-paste.js";

export class NewRow {
  constructor(grid) {
    this.grid = grid;
    this.link = grid.querySelector("[data-new-row]");
    const [name] = grid.columns;
    // What the server names is not typed.
    if (!this.link || !grid.writable.includes(name)) return;
    this.name = name;
    this.link.addEventListener("click", (event) => {
      event.preventDefault();
      this.open();
    });
  }

  open() {
    const input = Object.assign(document.createElement("input"), { className: "new-name", placeholder: this.link.dataset.newRow });
    input.setAttribute("aria-label", this.link.dataset.newRow);
    input.addEventListener("keydown", (event) => this.onKey(event, input));
    input.addEventListener("paste", (event) => this.onPaste(event));
    input.addEventListener("blur", () => input.value.trim() || this.close(false));
    this.link.hidden = true;
    this.link.after(input);
    this.input = input;
    input.focus();
  }

  close(focus = true) {
    this.input?.remove();
    this.input = null;
    this.link.hidden = false;
    if (focus) this.link.focus();
  }

  onKey(event, input) {
    if (event.isComposing) return;
    event.stopPropagation();
    if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && input.value.trim()) this.make(input.value.trim());
    else if (event.key === "ArrowUp" && this.grid.rows.length) {
      this.close(false);
      this.grid.focusCell(this.grid.at(this.grid.rows.length - 1, 1));
    } else return;
    event.preventDefault();
  }

  // Several rows, or several cells, make as many records.
  onPaste(event) {
    const text = event.clipboardData.getData("text/plain");
    if (!/[\t\n]/.test(text.trimEnd())) return;
    event.preventDefault();
    this.close();
    this.grid.clipboard.addRows(text);
  }

  async make(typed) {
    const { grid, input } = this;
    if (input.readOnly) return;
    input.readOnly = true;
    input.setAttribute("aria-busy", "true");
    const body = new FormData();
    for (const [name, value] of Object.entries({ text: quoted(typed), ids: "", columns: this.name })) body.append(name, value);
    const answer = await grid.saver.send(grid.saver.address("paste/"), body, "text/html, application/json");
    input.readOnly = false;
    input.removeAttribute("aria-busy");
    if (!answer.headers.get("Content-Type")?.includes("json")) return void this.refused(await answer.text(), typed);
    const { change, made } = await answer.json();
    grid.history.did({ records: made, made, text: typed, done: Promise.resolve(change) });
    grid.saver.order = [];
    await grid.saver.refresh([], made);
    document.querySelector(".list > list-columns > .empty")?.remove();
    this.close(false);
    const row = grid.rowOf(made[0]);
    if (row) grid.focusCell(grid.cellsOf(row)[2] ?? grid.cellsOf(row)[1]);
  }

  // Where other values are needed, too, the form asks for them; it has the name already.
  refused(html, typed) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const reasons = [...page.querySelectorAll(".errorlist li")].map((one) => one.textContent.trim().replace(/^.*?: /, ""));
    const isOfName = page.querySelector("td.is-refused");
    this.grid.note.show(this.input, reasons.join(" ") || page.body.textContent.trim());
    if (isOfName || !reasons.length) return;
    const address = new URL(this.link.href);
    address.searchParams.set(this.name, typed);
    this.close(false);
    document.dispatchEvent(new CustomEvent("open-record", { detail: { address: address.href, opener: this.link } }));
  }
}
