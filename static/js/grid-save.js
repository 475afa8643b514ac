// What a table sends and hears: one change after the other for each record, rows as they are stored, and the way back.

import { escaped, fill, formOf, reasonOf, rowsIn, shownText, textOf, tint } from "./grid-controls.js";
import { markMove } from "./grid-groups.js";
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
    // Of rows that have left the table: where they stood.
    this.places = new Map();
    const live = grid.closest("[data-live]");
    live?.addEventListener("records-changed", ({ detail }) => this.refresh(detail, [], true), { signal: grid.signal });
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

  async send(address, body, accept = "text/html", quiet = false) {
    // The page's own token is newer than a form's, where one has signed in again.
    body.delete("csrfmiddlewaretoken");
    try {
      return await send(address, { method: "POST", body, quiet, headers: { Accept: accept, "HX-Request": "true" } });
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
    const { cell } = now, row = cell.parentElement, { record } = row.dataset, { grid } = this;
    const text = `${grid.labelOf(cell)} of ${row.querySelector("th a")?.textContent.trim()}`;
    const html = escaped(now.taken ? "…" : (now.text ?? shownText(now.form))), link = cell.querySelector(":scope > a");
    // What names a record leads to it while it is saved, too.
    const before = this.show(cell, html && link && cell.matches("th") ? `<a href="${escaped(link.getAttribute("href"))}" tabindex="-1">${html}</a>` : html);
    grid.editor.refused.delete(cell);
    const done = this.after(record, () => this.store(now));
    grid.history.did({ records: [record], cells: [[cell, before]], text, at: [record, cell.dataset.field], done });
  }

  async store(now) {
    const { cell } = now;
    await now.ready;
    if (now.problem) return void this.giveBack(now, now.form, now.problem);
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
    return void this.giveBack(now, form, reason);
  }

  // What was refused comes back into its cell. Where nothing was typed, the cell says why it is as it was.
  giveBack(now, form, reason) {
    const { cell } = now;
    if (now.box || form?.querySelector(".clash")) return this.grid.editor.comeBack(cell, form ?? now.form, reason);
    this.settle(cell);
    return this.grid.note.show(cell, reason);
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
      // What is the same stays, with the hand that may be on it.
      else if (there.textContent !== cell.textContent || there.dataset.number !== cell.dataset.number) fill(there, cell.innerHTML);
      tint(there, cell);
      for (const { name, value } of cell.attributes) if (name.startsWith("data-")) there.setAttribute(name, value);
      this.grid.prepare(there);
    }
    markMove(this.grid, row);
  }

  // Rows that were changed elsewhere; those that are there no longer leave the table. `quiet` is for what nobody asked for.
  async refresh(records, made = [], quiet = false) {
    const ids = [...new Set([...records, ...made])].filter((id) => made.includes(id) || this.grid.rowOf(id));
    this.order = this.grid.rows.map((row) => row.dataset.record);
    for (let start = 0; start < ids.length; start += MOST_ROWS) await this.refreshSome(ids.slice(start, start + MOST_ROWS), quiet);
    if (ids.length) this.grid.changed();
  }

  async refreshSome(ids, quiet) {
    const address = this.color(this.address("rows/"));
    const body = new URLSearchParams({ ids: ids.join(","), columns: this.grid.columns.join(",") });
    const answer = await this.send(address, body, "text/html", quiet);
    if (!answer.ok) return;
    const found = new Map(rowsIn(await answer.text()).map((row) => [row.dataset.record, row]));
    for (const id of ids) {
      const row = this.grid.rowOf(id);
      if (row && !found.has(id)) this.remove(row);
      else if (!row && found.has(id)) this.add(found.get(id));
      else if (row) this.applyRow(found.get(id));
    }
  }

  remove(row) {
    this.places.set(row.dataset.record, { order: this.order, body: row.parentElement });
    row.remove();
  }

  // A row comes back to where it stood; a new one is the last.
  add(row) {
    const { grid } = this, place = this.places.get(row.dataset.record);
    if (!place?.body.isConnected) {
      const last = grid.rows.at(-1);
      if (last) last.after(row);
      else grid.table.querySelector("tbody").prepend(row);
    } else {
      const { order, body } = place, earlier = order.slice(0, order.indexOf(row.dataset.record)).reverse();
      const before = earlier.map((id) => grid.rowOf(id)).find((one) => one?.parentElement === body) ?? body.querySelector(".group-head");
      if (before) before.after(row);
      else body.prepend(row);
    }
    grid.prepareRow(row);
  }
}

function online() {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, RETRY_MS);
    addEventListener("online", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
