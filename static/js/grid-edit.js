// A cell that is being edited. One can type at once; the control with all its rules comes from the server meanwhile.

import { clear, contentOf, controlAtOnce, controlOf, formOf, merge, textOf, toEnd } from "./grid-controls.js";
import { send } from "./session.js";

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
      this.grid.refuse(cell);
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
    box.addEventListener("keydown", (event) => this.now?.combo && this.onKeyOfChoice(event), true);
    box.addEventListener("keydown", (event) => this.onKey(event));
    box.addEventListener("pointerdown", () => (now.move = [0, 0]));
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
    const form = formOf(html);
    if (form?.querySelector("combo-box")) await import("./combobox.js");
    return form;
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
    if (!this.grid.isWritable(cell)) return this.grid.refuse(cell), true;
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
    now.combo = now.form.querySelector("combo-box");
    if (now.combo) {
      now.combo.begin(kept);
      // Who has chosen the one, has finished.
      if (!now.combo.multiple) now.combo.select.addEventListener("change", () => this.now === now && this.commit(now.move ?? [0, 0]));
    } else toEnd(control);
    if (now.then && now.combo?.text) {
      // What was typed is searched for first.
      now.move = now.then;
      now.combo.isEntered = now.then[0] ? "Enter" : "Tab";
    } else if (now.then) this.commit(now.then);
  }

  // Keys that come before their control.
  remember(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (event.key === "Escape") this.close(true);
    else if (event.key === "Enter") this.now.then = [1, 0];
    else if (event.key === "Tab") this.now.then = [0, event.shiftKey ? -1 : 1];
    else if (event.key.length === 1 && !this.now.then) this.now.kept += event.key;
  }

  // Keys in a combobox, before it has them: where one goes when it has chosen, and the ways out of the cell.
  onKeyOfChoice(event) {
    const { key, shiftKey, target } = event, { now } = this, { combo } = now;
    if (event.isComposing || target !== combo.input) return;
    if (key === "Enter") now.move = [shiftKey ? -1 : 1, 0];
    else if (key === "Tab") now.move = [0, shiftKey ? -1 : 1];
    const isFound = !combo.isAsking && combo.active?.dataset.value;
    if (key === "Escape") this.cancel();
    else if (key === "Tab" && !combo.multiple && combo.text && isFound) combo.choose(combo.active);
    else if (key === "Tab" && !combo.multiple && combo.text && combo.isAsking) combo.isEntered = key;
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  onKey(event) {
    const { key, shiftKey, target } = event, { now } = this;
    event.stopPropagation();
    if (!now || event.isComposing) return;
    now.isTouched = true;
    // Who marks all while the cell is on its way, replaces what it holds.
    if (key === "a" && (event.ctrlKey || event.metaKey)) now.how = "typed";
    const isLong = target.tagName === "TEXTAREA", isButton = target.tagName === "BUTTON";
    if (key === "Escape") this.cancel();
    else if (key === "Enter" && !isButton && !(isLong && (shiftKey || event.altKey))) this.commit([shiftKey ? -1 : 1, 0]);
    else if (key === "Tab" && !this.staysInside(target, shiftKey)) this.commit([0, shiftKey ? -1 : 1]);
    else return;
    event.preventDefault();
  }

  // Tab goes through what a cell offers beside its control: the buttons of a clash.
  staysInside(target, back) {
    const stops = [...this.now.box.querySelectorAll("button")].filter((one) => !one.closest("combo-box, date-picker"));
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
    // Who has emptied a combobox wants nothing in it.
    if (now.combo && !now.combo.multiple && !now.combo.input.value.trim()) clear(now.form);
    this.close(focus);
    if (focus) this.grid.step(now.cell, move);
    if (this.refused.has(now.cell) || this.isChanged(now)) return this.saver.save(now);
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
