// The way back: what somebody has changed in a list, the last change first. It outlives the page, for as long as its tab
// is open: so Ctrl-Z works after a reload, or when the list was filtered anew.

import { refresh } from "./list-address.js";
import { toast } from "./toasts.js";

const KEPT = 30;
// Of changes of more records, the list is read anew when they are taken back.
const MOST_RECORDS = 200;
// By object, as long as the page: the list that is read anew has a new history.
const redos = {};

export class History {
  constructor(grid) {
    this.grid = grid;
    this.key = `undo:${grid.dataset.person}:${grid.dataset.object}`;
    this.undos = this.kept();
    this.redos = redos[this.key] ??= [];
    this.turn = Promise.resolve();
    document.addEventListener("submit", (event) => this.onUndo(event), { signal: grid.signal });
    document.addEventListener("focusin", (event) => this.onFocus(event), { signal: grid.signal });
  }

  kept() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.key) ?? "[]");
      return kept.map((entry) => ({ ...entry, done: Promise.resolve(entry.change) }));
    } catch {
      return [];
    }
  }

  keep() {
    const told = this.undos.filter(({ change }) => change).slice(-KEPT);
    const entries = told.map(({ change, text, at, records, made = [], isWhole }) => {
      // Where rows stood that come back, another page does not know.
      const whole = isWhole || made.length > 0 || records.length > MOST_RECORDS;
      return { change, text, at, records: whole ? [] : records, isWhole: whole };
    });
    try {
      sessionStorage.setItem(this.key, JSON.stringify(entries));
    } catch {
      // There is no room for it: then it lasts as long as the page.
    }
  }

  // Something was done: `done` tells the change in the end, or nothing where there is none. `text` says what it was, `at`
  // is the record and the field to go back to; `isWhole`, that nobody knows which of the rows it was about.
  did(entry) {
    this.undos.push(entry);
    this.redos.length = 0;
    entry.done = entry.done.then((change) => {
      entry.change = change;
      if (!change) this.undos = this.undos.filter((one) => one !== entry);
      this.keep();
      return change;
    });
  }

  undo() {
    return this.takeBack(this.undos, this.redos, "undo");
  }

  redo() {
    return this.takeBack(this.redos, this.undos, "redo");
  }

  // From where one comes to the toasts.
  onFocus({ target, relatedTarget }) {
    if (!relatedTarget?.closest("toast-list")) this.before = target.closest("toast-list") && relatedTarget;
  }

  // The button of a toast: without leaving the page, also where it is of a change that the list knows nothing of.
  onUndo(event) {
    const form = event.target.closest("toast-list form");
    const change = form && /\/changes\/([^/]+)\/undo\//.exec(form.action)?.[1];
    if (!change || event.defaultPrevented) return;
    event.preventDefault();
    const named = decodeURIComponent(change), text = form.closest(".toast").querySelector("p").textContent;
    const known = this.undos.find((one) => one.change === named);
    const entry = known ?? { change: named, done: Promise.resolve(named), records: [], text, isWhole: true };
    this.before?.focus();
    form.closest(".toast").remove();
    this.undos = [...this.undos.filter((one) => one !== entry), entry];
    this.undo();
  }

  // The cells show at once what they will hold; the server does it in turn, the last change first.
  takeBack(from, to, what) {
    const entry = from.pop();
    if (!entry) return void toast(`There is nothing to ${what}.`);
    const { saver } = this.grid;
    const cells = (entry.cells ?? []).filter(([cell]) => cell.isConnected);
    const now = cells.map(([cell]) => [cell, cell.innerHTML]);
    for (const [cell, html] of cells) saver.show(cell, html);
    this.goTo(entry);
    this.turn = this.turn.then(() => this.carryOut(entry, now, to, what));
    return this.turn;
  }

  // The cell that a change was about, for who is on a cell: elsewhere keys are the page's, and stay so.
  goTo({ at }) {
    if (!at || !document.activeElement.matches("record-grid [data-record] > *")) return;
    const grid = document.querySelector("record-grid"), row = grid.rowOf(at[0]);
    if (row) grid.focusCell(grid.cellOf(row, at[1]));
  }

  async carryOut(entry, now, to, what) {
    const { saver } = this.grid, { records, made, text, at, isWhole } = entry;
    const change = await entry.done;
    if (change) document.querySelector(`toast-list form[action*="/${CSS.escape(encodeURIComponent(change))}/"]`)?.closest(".toast").remove();
    const told = change ? await this.undoChange(change) : { text: "", ok: false };
    const isDone = told.ok && Boolean(told.change);
    if (isDone) to.push({ records, made, text, at, isWhole, cells: now, change: told.change, done: Promise.resolve(told.change) });
    this.keep();
    if (isWhole) await refresh();
    else await saver.refresh(records, made);
    for (const [cell] of now) saver.settle(cell);
    if (this.grid.isConnected) this.grid.changed();
    if (isDone) this.goTo(entry);
    this.tell(told, isDone, what, text);
  }

  // Where others have changed the same since, it says who and what.
  tell({ text, refusal }, isDone, what, deed) {
    const word = what === "undo" ? "Undone" : "Done again";
    if (refusal) toast(`${isDone ? text : "Not undone."} ${refusal}`, { level: "error" });
    else if (isDone) toast(`${word}: ${(deed || text.replace(/^Undone:? ?/, "")).replace(/\.$/, "") || "the last change"}.`);
    else if (text) toast(text, { level: "error" });
  }

  // Where something else of the records has changed since, that stays: what this change made of them is taken back.
  async undoChange(change) {
    const { saver } = this.grid;
    const address = document.querySelector("toast-list").dataset.undo.replace("CHANGE", encodeURIComponent(change));
    let answer = await saver.send(address, new URLSearchParams(), "application/json"), refusal = "";
    if (answer.status === 409) {
      refusal = (await answer.json()).text;
      answer = await saver.send(address, new URLSearchParams({ only_untouched: "on" }), "application/json");
    }
    if (answer.status === 404) return { ok: false, text: "It has been undone already, or cannot be undone any more." };
    const isTold = answer.headers.get("Content-Type")?.includes("json");
    const told = isTold ? await answer.json() : { text: "It could not be undone. Try again." };
    // What else has changed in the record was in nobody's way.
    if (answer.ok && !/changed since/.test(told.text)) refusal = "";
    return { ...told, ok: answer.ok, refusal };
  }
}
