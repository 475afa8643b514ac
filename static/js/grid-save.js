// What a table sends and hears: one change after the other for each record, rows as they are stored, and the way back.

import { escaped, fill, formOf, reasonOf, rowsIn, shownText, textOf, tint } from "./grid-controls.js";
import { NotSignedIn, send } from "./session.js";

const EMPTY = '<span class="muted" aria-label="empty">–</span>';
// As many rows as the server tells of at once.
const MOST_ROWS = 100;
const RETRY_MS = 5000;
const OFFLINE = "There is no connection. Nothing is lost: it is saved when you are connected again.";

export class Saver {
  constructor(grid) {
    this.grid = grid;
    // Of cells that are being saved or were refused: what the cell showed before, and how many saves are under way.
    this.cells = new Map();
    this.queues = new Map();
    this.undos = [];
    this.redos = [];
    this.turn = Promise.resolve();
    document.addEventListener("submit", (event) => this.onUndo(event), { signal: grid.signal });
    const live = grid.closest("[data-live]");
    live?.addEventListener("records-changed", ({ detail }) => this.refresh(detail), { signal: grid.signal });
    window.addEventListener("beforeunload", (event) => this.cells.size && event.preventDefault(), { signal: grid.signal });
  }

  // What colours rows and cells is a part of how they are shown.
  color(address) {
    for (const one of JSON.parse(this.grid.dataset.colors)) address.searchParams.append("color", one);
    return address;
  }

  address(path) {
    return new URL(path, new URL(this.grid.base, location.href));
  }

  async send(address, body, accept = "text/html") {
    // The page's own token is newer than a form's, where one has signed in again.
    body.delete("csrfmiddlewaretoken");
    try {
      return await send(address, { method: "POST", body, headers: { Accept: accept, "HX-Request": "true" } });
    } catch (error) {
      if (error instanceof NotSignedIn) return new Response("You are not signed in. Nothing is saved yet.", { status: 401 });
      return new Response(OFFLINE, { status: 503, headers: { "X-Offline": "1" } });
    }
  }

  // A record's work, one after the other: what is typed second is held against what the first has made.
  after(record, work) {
    const done = (this.queues.get(record) ?? Promise.resolve()).then(work);
    const settled = done.catch(() => undefined);
    this.queues.set(record, settled);
    settled.then(() => this.queues.get(record) === settled && this.queues.delete(record));
    return done;
  }

  idle(record) {
    return this.queues.get(record) ?? Promise.resolve();
  }

  // Show a value that is not stored yet.
  show(cell, html) {
    const state = this.cells.get(cell) ?? { before: cell.innerHTML, saves: 0 };
    state.saves += 1;
    this.cells.set(cell, state);
    fill(cell, html || EMPTY);
    Saver.calm(cell);
    cell.classList.add("saving");
    cell.setAttribute("aria-busy", "true");
    return state.before;
  }

  // The cell shows what the server said last.
  settle(cell) {
    const state = this.cells.get(cell);
    if (!state || --state.saves > 0) return;
    this.cells.delete(cell);
    fill(cell, state.before);
    Saver.calm(cell);
    this.grid.prepare(cell);
  }

  static calm(cell) {
    cell.classList.remove("saving", "refused");
    for (const name of ["aria-busy", "aria-invalid", "title"]) cell.removeAttribute(name);
  }

  // Save what is in a cell's form (see grid-edit.js). It is shown at once; what comes of it, the server says.
  save(now) {
    const { cell } = now, record = cell.parentElement.dataset.record;
    const before = this.show(cell, escaped(now.taken ? "…" : (now.text ?? shownText(now.form))));
    this.grid.editor.refused.delete(cell);
    this.did({ records: [record], cells: [[cell, before]], done: this.after(record, () => this.store(now)) });
  }

  async store(now) {
    const { cell } = now;
    await now.ready;
    if (now.problem) return void this.grid.editor.comeBack(cell, now.form, now.problem);
    const body = new URLSearchParams(new FormData(now.form));
    if (now.taken) body.append(...now.taken);
    const address = new URL(now.form.getAttribute("action"), location.href);
    address.searchParams.set("columns", this.grid.columns.join(","));
    this.color(address);
    let answer;
    while ((answer = await this.send(address, body)).headers.has("X-Offline")) {
      cell.title = OFFLINE;
      this.grid.say(OFFLINE);
      await online();
    }
    const html = await answer.text();
    if (answer.ok && answer.headers.has("X-Record-Version")) {
      this.apply(html);
      this.settle(cell);
      return answer.headers.get("X-Change-Id");
    }
    const form = formOf(html), reason = form ? reasonOf(form) : textOf(html);
    return void this.grid.editor.comeBack(cell, form ?? now.form, reason);
  }

  // The cell keeps what was typed, and says why it is not stored.
  refuse(cell, reason) {
    const state = this.cells.get(cell);
    if (state) state.saves = 1;
    Saver.calm(cell);
    cell.classList.add("refused");
    cell.setAttribute("aria-invalid", "true");
    cell.title = reason;
  }

  // Rows as the server tells of them. A cell that somebody works on keeps what they see.
  apply(html) {
    for (const row of rowsIn(html)) this.applyRow(row);
    this.grid.changed();
  }

  applyRow(made) {
    const row = this.grid.rowOf(made.dataset.record);
    if (!row || Number(row.dataset.version) > Number(made.dataset.version)) return;
    row.dataset.version = made.dataset.version;
    tint(row, made);
    for (const cell of made.querySelectorAll(":scope > [data-field]")) {
      const there = this.grid.cellOf(row, cell.dataset.field);
      if (!there) continue;
      const state = this.cells.get(there);
      if (state) state.before = cell.innerHTML;
      else fill(there, cell.innerHTML);
      tint(there, cell);
      for (const { name, value } of cell.attributes) if (name.startsWith("data-")) there.setAttribute(name, value);
      this.grid.prepare(there);
    }
  }

  // Rows that were changed elsewhere; those that are there no longer leave the table.
  async refresh(records, made = []) {
    const ids = [...new Set([...records, ...made])].filter((id) => made.includes(id) || this.grid.rowOf(id));
    for (let start = 0; start < ids.length; start += MOST_ROWS) await this.refreshSome(ids.slice(start, start + MOST_ROWS));
    if (ids.length) this.grid.changed();
  }

  async refreshSome(ids) {
    const address = this.color(this.address("rows/"));
    const body = new URLSearchParams({ ids: ids.join(","), columns: this.grid.columns.join(",") });
    const answer = await this.send(address, body);
    if (!answer.ok) return;
    const found = new Map(rowsIn(await answer.text()).map((row) => [row.dataset.record, row]));
    for (const id of ids) {
      const row = this.grid.rowOf(id);
      if (row && !found.has(id)) row.remove();
      else if (!row && found.has(id)) this.grid.addRow(found.get(id));
      else if (row) this.applyRow(found.get(id));
    }
  }

  // The way back -------------------------------------------------------------------------------------------------

  // Something was done: `done` tells the change in the end, or nothing where there is none.
  did(entry) {
    this.undos.push(entry);
    this.redos = [];
    entry.done = entry.done.then((change) => {
      entry.change = change;
      if (!change) this.undos = this.undos.filter((one) => one !== entry);
      return change;
    });
  }

  undo() {
    return this.takeBack(this.undos, this.redos, "There is nothing to undo.");
  }

  // The button of a toast: without loading the page anew.
  onUndo(event) {
    const form = event.target.closest("toast-list form");
    const entry = form && this.undos.find(({ change }) => change && form.action.includes(`/${encodeURIComponent(change)}/`));
    if (!entry) return;
    event.preventDefault();
    form.closest(".toast").remove();
    this.undos = [...this.undos.filter((one) => one !== entry), entry];
    this.undo();
    this.grid.active?.focus();
  }

  redo() {
    return this.takeBack(this.redos, this.undos, "There is nothing to redo.");
  }

  // The cells show at once what they will hold; the server does it in turn, the last change first.
  takeBack(from, to, nothing) {
    const entry = from.pop();
    if (!entry) return this.grid.say(nothing);
    const cells = entry.cells ?? [];
    const now = cells.map(([cell]) => [cell, cell.innerHTML]);
    for (const [cell, html] of cells) this.show(cell, html);
    this.turn = this.turn.then(() => this.carryOut(entry, now, to));
    return this.turn;
  }

  async carryOut(entry, now, to) {
    const change = await entry.done;
    const { text, change: made, ok } = change ? await this.undoChange(change) : { text: "", ok: false };
    // Where others have changed the same since, nothing was.
    if (ok && made) to.push({ records: entry.records, made: entry.made, cells: now, change: made, done: Promise.resolve(made) });
    await this.refresh(entry.records, entry.made);
    for (const [cell] of now) this.settle(cell);
    this.grid.changed();
    if (ok && made) this.grid.say(now.length ? "Undone." : text);
    else if (text) this.grid.complain(text);
  }

  // Where something else of the records has changed since, that stays: what this change made of them is taken back.
  async undoChange(change) {
    const address = document.querySelector("toast-list").dataset.undo.replace("CHANGE", encodeURIComponent(change));
    let answer = await this.send(address, new URLSearchParams(), "application/json");
    if (answer.status === 409) answer = await this.send(address, new URLSearchParams({ only_untouched: "on" }), "application/json");
    const isTold = answer.headers.get("Content-Type")?.includes("json");
    const told = isTold ? await answer.json() : { text: "It could not be undone. Try again." };
    return { ...told, ok: answer.ok };
  }
}

function online() {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, RETRY_MS);
    addEventListener("online", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
