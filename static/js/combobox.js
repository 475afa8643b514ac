// <combo-box>: makes of the list in it a control in which one searches as one types, by ARIA's pattern of comboboxes.
// Without this script the list is there as it is. What is chosen is chosen in the list, which is what forms send.

import { itemsOf, make, parts } from "./combobox_parts.js";
import { Source } from "./combobox_source.js";
import { Popup } from "./popup.js";
import { toast } from "./toasts.js";

const PAUSE = 120;
const EMPTYING = ["Enter", "Backspace", "Delete"];

class ComboBox extends HTMLElement {
  connectedCallback() {
    this.select = this.querySelector("select");
    if (!this.select || this.input) return;
    this.multiple = this.select.multiple;
    this.canBeEmpty = this.multiple || [...this.select.options].some((option) => !option.value);
    this.source = new Source(this.select);
    this.label = this.select.labels[0]?.textContent.replace("*", "").trim() || "Choice";
    Object.assign(this, parts(this.select, this.label));
    this.replaceChildren(this.select, this.box, this.list, this.status);
    if (this.isHeld) this.input.focus();
    this.popup = new Popup(this.box, this.list);
    this.show();
    this.select.addEventListener("change", () => this.show());
    this.select.form?.addEventListener("reset", () => setTimeout(() => this.show()));
    this.listen();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    this.source?.stop();
    this.popup?.close();
  }

  listen() {
    this.input.addEventListener("input", () => this.ask(PAUSE));
    // What is searched for is no value: the list alone tells of another one.
    this.input.addEventListener("change", (event) => event.stopPropagation());
    this.input.addEventListener("click", () => this.isOpen || this.open());
    this.input.addEventListener("focus", () => !this.multiple && this.input.select());
    this.input.addEventListener("keydown", (event) => this.press(event));
    this.addEventListener("focusout", ({ relatedTarget: to }) => this.contains(to) || to?.closest("#sign-in-again") || this.leave());
    // The list takes no focus: that stays where one types.
    for (const part of [this.list, this.chevron]) part.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")));
    this.box.addEventListener("click", (event) => event.target === this.box && this.input.focus());
    this.chevron.addEventListener("click", () => (this.isOpen ? this.leave() : this.begin()));
    this.clear.addEventListener("click", () => this.set(null));
    this.chips.addEventListener("click", (event) => {
      const chip = event.target.closest("button")?.closest("li");
      if (chip) this.set(chip.dataset.value, chip.textContent, false);
    });
  }

  get isOpen() {
    return this.popup.isOpen;
  }

  get chosen() {
    return [...this.select.selectedOptions].filter((option) => option.value);
  }

  // What is typed, where that is not what is chosen.
  get text() {
    const typed = this.input.value.trim();
    return !this.multiple && typed === (this.chosen[0]?.text ?? "").trim() ? "" : typed;
  }

  // Whether nothing is left of the one that is chosen.
  get isEmptied() {
    return !this.multiple && this.canBeEmpty && this.chosen.length > 0 && !this.input.value.trim();
  }

  show() {
    const chosen = this.chosen;
    if (!this.multiple) this.input.value = chosen[0]?.text ?? "";
    else this.chips.replaceChildren(...chosen.map((option) => this.chip(option)));
    this.clear.hidden = this.multiple || !this.canBeEmpty || !chosen.length || this.input.disabled;
    this.chips.hidden = !chosen.length;
  }

  chip(option) {
    const chip = make("li", { class: "chip", "data-value": option.value });
    chip.append(make("bdi", {}, option.text));
    if (!this.input.disabled) chip.append(make("button", { type: "button", tabindex: "-1", "aria-label": `Remove ${option.text}` }, "×"));
    return chip;
  }

  open() {
    if (!this.input.disabled) this.ask(0);
  }

  // Begin to search for what somebody has typed elsewhere.
  begin(typed = "") {
    this.input.focus({ preventScroll: true });
    if (typed) this.input.value = typed;
    this.open();
  }

  // Ask for what fits, when nothing was typed for a while.
  ask(pause) {
    clearTimeout(this.timer);
    // An answer that is on its way is none to what is typed now.
    this.source.stop();
    this.activate(null);
    this.isAsking = true;
    this.timer = setTimeout(() => this.find(), pause);
  }

  async find() {
    const text = this.text;
    // What takes long says so.
    const late = setTimeout(() => this.tell("Searching…"), 500);
    try {
      const found = await this.source.find(text);
      if (!found || document.activeElement !== this.input) return;
      this.found = found;
      this.fill(found, text);
    } catch (error) {
      this.options.replaceChildren();
      this.tell(error.message);
    } finally {
      clearTimeout(late);
    }
    this.isAsking = false;
    this.popup.open();
    this.popup.place();
    this.input.setAttribute("aria-expanded", "true");
    // Tab, where it waits for what is found, makes nothing.
    const isMeant = this.isEntered === "Tab" ? this.active?.dataset.value : this.isEntered;
    this.isEntered = false;
    if (isMeant) this.choose(this.active);
  }

  fill(found, text) {
    const items = itemsOf(found, text, new Set(this.chosen.map((option) => option.value)));
    items.forEach((item, number) => (item.id = `${this.options.id}-${number}`));
    this.options.replaceChildren(...items);
    this.options.hidden = !items.length;
    const empty = text ? `Nothing fits “${text}”.` : "There is nothing to choose from yet.";
    this.tell(found.data.length ? found.note ?? (found.more ? "There are more: type to narrow them down." : "") : empty);
    if (found.data.length) this.status.textContent = `${found.data.length} to choose from`;
    this.activate(text ? items[0] : (items.find((item) => item.ariaSelected === "true" && !this.multiple && this.input.value) ?? null));
  }

  tell(text) {
    this.note.textContent = text;
    this.note.hidden = !text;
    this.status.textContent = text;
    if (text) this.popup.open();
  }

  get active() {
    return this.options.querySelector(".active");
  }

  activate(item) {
    this.active?.classList.remove("active");
    item?.classList.add("active");
    item?.scrollIntoView({ block: "nearest" });
    if (item) this.input.setAttribute("aria-activedescendant", item.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  press(event) {
    const items = [...this.options.children];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const end = { Home: 0, End: items.length - 1 }[event.key];
    if (step && event.altKey) step > 0 ? this.open() : this.leave();
    else if (step && !this.isOpen) this.open();
    else if (step && items.length) this.activate(items.at((items.indexOf(this.active) + step + (this.active || step > 0 ? 0 : 1)) % items.length));
    else if (end !== undefined && this.isOpen && !event.shiftKey && items.length) this.activate(items[end]);
    else if (event.key === "Enter" && this.isAsking && this.text) this.isEntered = event.key;
    else if (event.key === "Enter" && this.isOpen && this.active) this.choose(this.active);
    else if (EMPTYING.includes(event.key) && this.isEmptied) this.set(null);
    else if (event.key === "Escape" && (this.isOpen || this.text)) this.leave();
    else if (event.key === "Tab" && this.isOpen && this.text && this.active?.dataset.value) return void this.choose(this.active);
    else if (event.key === "Backspace" && this.multiple && !this.input.value) this.dropLast();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  dropLast() {
    const last = this.chosen.at(-1);
    if (last) this.set(last.value, last.text, false);
  }

  choose(item) {
    if (!item) return;
    if (item.dataset.create) this.create(item.dataset.create);
    else this.set(item.dataset.value, item.textContent, !this.multiple || item.ariaSelected !== "true");
  }

  // Choose a value, or with `isChosen` false no longer; null is none at all.
  set(value, name = "", isChosen = true) {
    if (value !== null) {
      const there = [...this.select.options].find((option) => option.value === value);
      const option = there ?? new Option(name, value);
      // Several are kept in the order in which they were chosen.
      if (!there || (this.multiple && this.source.address && isChosen)) this.select.append(option);
      option.selected = isChosen;
    } else for (const option of this.select.options) option.selected = option.value === "";
    this.leave();
    this.input.focus();
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
    this.status.textContent = value === null ? `${this.label} is empty` : `${name} ${isChosen ? "chosen" : "removed"}`;
  }

  async create(name) {
    if (!this.found.create) {
      this.leave();
      // It is looked for again when one comes back from there.
      addEventListener("focus", () => { this.input.focus(); this.input.value = name; this.ask(0); }, { once: true });
      const address = this.found.new.endsWith("=") ? this.found.new + encodeURIComponent(name) : this.found.new;
      return void open(address, "_blank", "noopener");
    }
    this.tell("Saving…");
    try {
      const made = await this.source.create(name);
      this.set(made.id, made.name);
      toast(made.text, { change: made.change });
    } catch (error) {
      this.tell(error.message);
    }
  }

  // Close the list; what was typed and not chosen is gone.
  leave() {
    clearTimeout(this.timer);
    this.isAsking = this.isEntered = false;
    this.source.stop();
    this.popup.close();
    this.input.setAttribute("aria-expanded", "false");
    this.activate(null);
    if (this.multiple) this.input.value = "";
    // Who has emptied the control wants nothing in it.
    else if (this.isEmptied && document.activeElement !== this.input) return this.empty();
    this.show();
  }

  empty() {
    for (const option of this.select.options) option.selected = option.value === "";
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
    this.status.textContent = `${this.label} is empty`;
  }
}

customElements.define("combo-box", ComboBox);
