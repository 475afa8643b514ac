// A cell that is being edited. One can type at once; the control with all its rules comes from the server meanwhile.

import { clear, contentOf, controlAtOnce, controlOf, formOf, merge, textOf } from "./grid-controls.js";
import { searchBox } from "./lookup.js";
import { send } from "./session.js";

const MOST_SHOWN = 8;
const SPELL_MS = 1000;

export class Editor {
  constructor(grid) {
    this.grid = grid;
    this.now = null;
    // What was refused, with the form that has what was typed.
    this.refused = new Map();
    const { signal } = grid, capture = true;
    for (const name of ["scroll", "resize"]) addEventListener(name, () => this.now && this.place(), { capture, signal, passive: true });
    document.addEventListener("pointerdown", ({ target }) => this.now && !this.now.box.contains(target) && this.commit([0, 0], false), { capture, signal });
  }

  get saver() {
    return this.grid.saver;
  }

  // Whether a control is on its way, and keys have to be kept for it.
  get isOpening() {
    return this.now !== null && !this.now.control;
  }

  // `how`: all that is there is marked, or the cursor stands at its end, or what is `typed` replaces it.
  open(cell, how, typed = "") {
    if (!this.grid.isWritable(cell)) {
      if (how !== "typed") this.grid.say("This cell cannot be changed here.");
      return false;
    }
    if (this.now) this.commit([0, 0], false);
    const box = Object.assign(document.createElement("div"), { className: "cell-editor", popover: "manual" });
    const now = (this.now = { cell, box, how, kept: how === "typed" && typed.length === 1 ? typed : "", control: null, original: null });
    const refused = this.refused.get(cell);
    if (!refused && (now.control = controlAtOnce(cell, this.grid.labelOf(cell)))) {
      now.form = Object.assign(document.createElement("form"), { className: "cell-form" });
      now.form.append(now.control);
      box.append(now.form);
    }
    box.addEventListener("keydown", (event) => this.onKey(event));
    box.addEventListener("submit", (event) => this.onSubmit(event));
    box.addEventListener("focusout", ({ relatedTarget }) => this.onLeave(now, relatedTarget));
    cell.append(box);
    cell.classList.add("editing");
    box.showPopover();
    this.place();
    now.control?.focus({ preventScroll: true });
    now.ready = refused ? Promise.resolve(this.adopt(now, refused)) : this.fetch(now);
    return true;
  }

  place() {
    const { cell, box } = this.now, { left, top, bottom, width } = cell.getBoundingClientRect();
    box.style.minWidth = `${width}px`;
    const room = box.getBoundingClientRect();
    box.style.left = `${Math.max(4, Math.min(left, innerWidth - room.width - 4))}px`;
    box.style.top = `${top + room.height > innerHeight - 4 ? Math.max(4, bottom - room.height) : top}px`;
  }

  path(cell) {
    return this.saver.address(`r/${cell.parentElement.dataset.record}/cell/${encodeURIComponent(cell.dataset.field)}/`);
  }

  // The control of a cell, when what the page has sent of the record is stored.
  async load(cell) {
    await this.saver.idle(cell.parentElement.dataset.record);
    let answer;
    try {
      answer = await send(this.path(cell), { headers: { Accept: "text/html", "HX-Request": "true" } });
    } catch {
      throw new Error("There is no connection.");
    }
    const html = await answer.text();
    if (!answer.ok) throw new Error(textOf(html));
    return formOf(html);
  }

  async fetch(now) {
    try {
      this.adopt(now, await this.load(now.cell));
    } catch (error) {
      now.problem = error.message;
      if (this.now !== now) return;
      if (now.control?.value) return void this.complainAt(now);
      this.close(true);
      this.grid.complain(now.problem);
    }
  }

  complainAt(now) {
    now.form.append(Object.assign(document.createElement("p"), { className: "error", role: "alert", textContent: now.problem }));
  }

  // Change a cell without opening it: `put` changes the control, `text` is what is shown meanwhile.
  change(cell, text, put) {
    if (!this.grid.isWritable(cell)) return this.grid.say("This cell cannot be changed here."), true;
    const now = { cell, text };
    now.ready = this.load(cell).then(
      (form) => put((now.form = form), (now.control = controlOf(form))),
      (error) => (now.problem = error.message),
    );
    this.saver.save(now);
    return true;
  }

  toggle(cell) {
    const wanted = cell.textContent.trim() !== "Yes";
    return this.change(cell, wanted ? "Yes" : "No", (_form, control) => (control.checked = wanted));
  }

  empty(cell) {
    return this.change(cell, "", clear);
  }

  // Take over the server's form. A control that somebody types into stays the one it is.
  adopt(now, form) {
    const theirs = controlOf(form);
    now.original ??= contentOf(form);
    form.querySelectorAll("[role=alert]").forEach((one) => this.grid.say(one.textContent));
    if (now.control && now.form !== form && !this.refused.has(now.cell)) {
      const { control } = now, typed = control.value, held = theirs.value;
      merge(form, control, theirs);
      if (now.how === "end" || (now.how === "all" && !typed && !now.isTouched)) control.value = held + typed;
      if (now.how === "all" && !typed) control.select();
    } else {
      now.form = form;
      now.control = theirs;
      now.box.replaceChildren(form);
      this.ready(now);
    }
    if (this.now === now) this.place();
  }

  // A control that keys have been kept for: they go into it now.
  ready(now) {
    const { control, kept } = now;
    for (const one of now.form.querySelectorAll("select")) {
      one.size = Math.min(MOST_SHOWN, Math.max(2, one.options.length));
      if (one.dataset.lookup) now.search = searchBox(one);
    }
    if (now.search) now.search.box.value = kept;
    if (now.search && !control.multiple) {
      control.addEventListener("found", ({ detail }) => now.search.box.value && detail.first >= 0 && (control.selectedIndex = detail.first));
    }
    (now.search?.box ?? control).focus({ preventScroll: true });
    if (now.search && kept) now.search.begin();
    else if (kept && control.tagName === "SELECT") this.choose(control, "");
    control.addEventListener("click", ({ target }) => target.tagName === "OPTION" && !control.multiple && this.commit([0, 0]));
    if (now.then) this.commit(now.then);
  }

  // In a list one goes to what begins with the letters typed; those that came before it count, too.
  choose(select, letter) {
    const { now } = this, time = performance.now();
    now.kept = time - (now.at ?? time) > SPELL_MS ? letter : now.kept + letter;
    now.at = time;
    const beginning = now.kept;
    const found = [...select.options].find(({ text }) => text.toLowerCase().startsWith(beginning.toLowerCase()));
    if (found) select.value = found.value;
  }

  // Keys that come before their control.
  remember(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (event.key === "Escape") this.close(true);
    else if (event.key === "Enter") this.now.then = [1, 0];
    else if (event.key === "Tab") this.now.then = [0, event.shiftKey ? -1 : 1];
    else if (event.key.length === 1) this.now.kept += event.key;
  }

  onKey(event) {
    const { key, shiftKey, target } = event, { now } = this;
    event.stopPropagation();
    if (!now || event.isComposing) return;
    now.isTouched = true;
    const select = now.form?.querySelector("select");
    const isLong = target.tagName === "TEXTAREA", isButton = target.tagName === "BUTTON";
    if (key === "Escape") this.cancel();
    else if (key === "Enter" && !isButton && !(isLong && (shiftKey || event.altKey))) this.commit([shiftKey ? -1 : 1, 0]);
    else if (key === "Tab" && !this.staysInside(target, shiftKey)) this.commit([0, shiftKey ? -1 : 1]);
    else if (/^Arrow(Up|Down)$/.test(key) && now.search?.box === target) {
      select.selectedIndex = Math.max(0, Math.min(select.options.length - 1, select.selectedIndex + (key === "ArrowDown" ? 1 : -1)));
    } else if (target.tagName === "SELECT" && key.length === 1 && !event.ctrlKey && !event.metaKey && !target.multiple) this.choose(target, key);
    else return;
    event.preventDefault();
  }

  // Tab goes through what a cell offers beside its control: the buttons of a clash.
  staysInside(target, back) {
    const stops = [...this.now.box.querySelectorAll("button")];
    if (!stops.length) return false;
    const at = stops.indexOf(target);
    return back ? at >= 0 : at < stops.length - 1;
  }

  onSubmit(event) {
    event.preventDefault();
    if (event.submitter?.name) this.now.taken = [event.submitter.name, event.submitter.value];
    this.commit([0, 0]);
  }

  onLeave(now, to) {
    if (this.now === now && to && !now.box.contains(to)) this.commit([0, 0], false);
  }

  cancel() {
    const { cell } = this.now;
    this.close(true);
    if (this.refused.delete(cell)) this.saver.settle(cell);
  }

  close(focus) {
    const { cell, box } = this.now;
    this.now = null;
    cell.classList.remove("editing");
    box.remove();
    if (focus) this.grid.focusCell(cell);
  }

  async commit(move, focus = true) {
    const { now } = this;
    if (!now.control) return this.close(focus);
    if (now.search?.isSearching) await now.search.settled();
    if (this.now !== now) return undefined;
    this.close(focus);
    if (focus) this.grid.step(now.cell, move);
    const isChanged = this.refused.has(now.cell) || this.isChanged(now);
    return isChanged ? this.saver.save(now) : undefined;
  }

  // A value that was refused comes back into its cell, unless its person types into another one by now.
  comeBack(cell, form, reason) {
    this.refused.set(cell, form);
    this.saver.refuse(cell, reason);
    const focus = document.activeElement;
    if (!this.now && (focus === document.body || this.grid.contains(focus))) this.open(cell, "end");
    else this.grid.complain(`${this.grid.labelOf(cell)}: ${reason}`);
  }

  isChanged(now) {
    if (now.taken || now.original === null) return now.taken || now.isTouched || now.control.value !== "";
    return contentOf(now.form) !== now.original;
  }
}
