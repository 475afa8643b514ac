// <choices-editor>: makes rows of the lines in it, one for each value of a picklist. What is changed in a row is written
// into the lines at once, and they are what the form sends. Without this script they are there as they are.

import { pastedLabels, read, valueOf, write } from "./choice-lines.js";
import { Rows } from "./choice-row.js";
import { fold } from "./combobox_source.js";
import { place } from "./menu.js";
import { letDragRows } from "./row-drag.js";
import { send } from "./session.js";

const MOST = 1000;
// So many are seen at once, without searching.
const FEW = 8;
// So many are named that were passed over.
const NAMED = 3;

const lower = (text) => text.toLowerCase();

class ChoicesEditor extends HTMLElement {
  connectedCallback() {
    this.lines = this.querySelector("textarea");
    if (!this.lines || this.list) return;
    const [stored, colors, turns] = [...this.querySelectorAll("script[type='application/json']")].map((one) => JSON.parse(one.text));
    this.list = this.querySelector("ol");
    this.menu = this.querySelector(".hue-menu");
    this.said = this.querySelector("[role=status]");
    [this.find, this.add, this.total] = ["find", "add", "total"].map((name) => this.querySelector(`[data-${name}]`));
    for (const radio of this.menu.querySelectorAll("[data-hue]")) colors[radio.value] = radio.dataset.hue;
    this.of = new Rows(this.querySelector("template").content.firstElementChild, new Set(stored), colors, turns);
    for (const label of this.lines.labels) label.removeAttribute("for");
    this.lines.hidden = this.querySelector("[data-plain]").hidden = true;
    this.querySelector("[data-editor]").hidden = false;
    this.show();
    this.listen();
    this.count();
  }

  listen() {
    this.lines.addEventListener("change", () => this.show());
    this.lines.form?.addEventListener("reset", () => setTimeout(() => this.show()));
    this.addEventListener("input", (event) => this.typed(event.target));
    this.addEventListener("click", (event) => this.clicked(event.target.closest("button")));
    this.addEventListener("keydown", (event) => this.pressed(event));
    this.addEventListener("paste", (event) => this.pasted(event));
    this.list.addEventListener("change", (event) => this.changed(event.target));
    this.menu.addEventListener("change", (event) => this.paint(event.target));
    // Arrow keys choose, too, and go on from there.
    this.menu.addEventListener("click", (event) => event.detail && event.target.matches("input") && this.menu.hidePopover());
    letDragRows(this.list, () => this.keep());
  }

  get rows() {
    return [...this.list.children];
  }

  // Make rows of the lines.
  show() {
    this.list.replaceChildren(...read(this.lines.value).map((choice) => this.of.make(choice)));
    this.search();
  }

  // Write the rows as lines.
  keep() {
    this.lines.value = write(this.rows.map((row) => row.choice).filter(({ label, value }) => label || value));
    this.lines.dispatchEvent(new Event("input", { bubbles: true }));
  }

  tell() {
    const rows = this.rows;
    const found = rows.filter((row) => !row.hidden).length;
    const words = `${rows.length.toLocaleString()} ${rows.length === 1 ? "value" : "values"}`;
    this.find.hidden = rows.length <= FEW && !this.find.value;
    this.total.textContent = found < rows.length ? `${found.toLocaleString()} of ${words}` : words;
  }

  say(text) {
    this.said.textContent = text;
  }

  search() {
    const words = fold(this.find.value).split(/\s+/).filter(Boolean);
    for (const row of this.rows) {
      const text = words.length ? fold(`${row.choice.label} ${row.choice.value}`) : "";
      row.hidden = !words.every((word) => text.includes(word));
    }
    this.tell();
  }

  // How many records hold each value, which takes a moment where they are many.
  async count() {
    if (!this.dataset.held) return;
    const answer = await send(this.dataset.held, { quiet: true }).catch(() => null);
    if (!answer?.ok) return;
    this.of.counts = (await answer.json()).counts;
    for (const row of this.rows) this.of.count(row);
  }

  typed(control) {
    const row = control.closest("li");
    if (control === this.find) this.search();
    if (!row) return;
    if (control.matches("[data-label]")) this.of.rename(row, control.value.trim());
    else if (control.matches("[data-value]")) {
      row.choice.value = control.value.trim();
      row.follows = !row.choice.value;
    } else return;
    this.of.name(row);
    this.keep();
  }

  changed(control) {
    const row = control.closest("li");
    if (control.matches("[data-active]")) {
      this.of.activate(row, control.checked);
      this.keep();
    } else {
      const { value } = row.choice;
      const isTwice = value && this.rows.some((other) => other !== row && other.choice.value === value);
      this.say(isTwice ? `There is a value ${value} already. Give this one another label, or another value for programs.` : "");
    }
  }

  clicked(button) {
    const row = button?.closest("li");
    if (button?.matches("[data-append]")) this.append();
    else if (!row) return;
    else if (button.dataset.move) this.move(row, Number(button.dataset.move), button);
    else if (button.matches("[data-remove]")) this.remove(row);
    else this.choose(row, button);
  }

  pressed(event) {
    const row = event.target.closest("li");
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (row && step && event.altKey) this.move(row, step, event.target);
    else if (event.key !== "Enter" || event.ctrlKey || event.metaKey || !event.target.matches("input")) return;
    else if (event.target === this.add) this.append();
    else if (this.menu.contains(event.target)) this.menu.hidePopover();
    else if (event.target.matches("[data-label]") && row.choice.label) this.insert(row);
    event.preventDefault();
  }

  // A row for one more value behind another one.
  insert(row) {
    const made = this.of.make({ label: "", value: "", color: this.of.painter(this.rows)(), isActive: true });
    row.after(made);
    made.querySelector("[data-label]").focus();
    this.tell();
  }

  append() {
    if (this.add.value.trim()) this.take([this.add.value.trim()], null);
    this.add.value = "";
    this.add.focus();
    this.list.lastElementChild?.scrollIntoView({ block: "nearest" });
  }

  pasted(event) {
    const text = event.clipboardData.getData("text/plain");
    const row = event.target.closest("li");
    if (!(event.target === this.add || event.target.matches("[data-label]")) || !/[\r\n\t]/.test(text.trim())) return;
    event.preventDefault();
    this.take(pastedLabels(text), row);
    if (row && !row.choice.label) row.remove();
    this.keep();
    this.tell();
  }

  // Make rows of labels, behind a row or all of them; what is there already is passed over.
  take(labels, behind) {
    const rows = this.rows;
    const known = new Set(rows.flatMap(({ choice }) => [lower(choice.label), lower(choice.value)]));
    const next = this.of.painter(rows);
    const over = [];
    const made = [];
    let room = MOST - this.list.children.length;
    let left = 0;
    for (const label of labels) {
      const value = valueOf(label);
      if (known.has(lower(label)) || known.has(lower(value))) over.push(label);
      else if (room-- > 0) made.push(this.of.make({ label, value, color: next(), isActive: true }));
      else left += 1;
      known.add(lower(label)).add(lower(value));
    }
    if (behind) behind.after(...made);
    else this.list.append(...made);
    const names = over.slice(0, NAMED).join(", ") + (over.length > NAMED ? " and others" : "");
    const isFull = left ? ` ${left} did not fit: a picklist has at most ${MOST.toLocaleString()} values.` : "";
    this.say(`${made.length} added.${over.length ? ` ${over.length} there already: ${names}.` : ""}${isFull}`);
    this.keep();
    this.tell();
  }

  move(row, step, focused) {
    let beside = row;
    do beside = step < 0 ? beside.previousElementSibling : beside.nextElementSibling;
    while (beside?.hidden);
    if (!beside) return;
    beside[step < 0 ? "before" : "after"](row);
    focused.focus();
    row.scrollIntoView({ block: "nearest" });
    this.say(`${row.choice.label} is number ${this.rows.indexOf(row) + 1} of ${this.list.children.length}.`);
    this.keep();
  }

  remove(row) {
    const [held, { label }] = [this.of.held(row), row.choice];
    if (held) {
      this.of.activate(row, false);
      this.say(`${held.toLocaleString()} ${held === 1 ? "record holds" : "records hold"} ${label}, so it stays on them and can no longer be chosen.`);
    } else {
      const next = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      (next?.querySelector("[data-remove]") ?? this.add).focus();
      this.say(`${label || "The new value"} is taken out.`);
      this.tell();
    }
    this.keep();
  }

  choose(row, button) {
    this.painted = row;
    const color = row.choice.color.toLowerCase();
    const radios = [...this.menu.querySelectorAll("input")];
    for (const radio of radios) radio.checked = radio.value === color || (color && radio.dataset.hue === this.of.colors[color]);
    this.menu.querySelector("legend").textContent = `Colour of ${row.choice.label}`;
    this.menu.showPopover();
    place(this.menu, button);
    (radios.find((radio) => radio.checked) ?? radios[0]).focus();
  }

  paint(radio) {
    this.of.paint(this.painted, radio.value);
    this.keep();
  }
}

customElements.define("choices-editor", ChoicesEditor);
