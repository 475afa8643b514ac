// The type of a new field: a list to choose from. Letters find a type, in the open list as on its closed button.

import { Popup } from "./popup.js";

const FORGET_MS = 700;
// All types are seen at once, where there is room.
const MOST = 900;

class TypePicker extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.list = this.querySelector("[role=listbox]");
    this.popup = new Popup(this.button, this.list, MOST);
    this.typed = "";
    this.button.addEventListener("click", () => (this.popup.isOpen ? this.close() : this.open()));
    this.addEventListener("keydown", (event) => this.onKey(event));
    this.list.addEventListener("pointermove", ({ target }) => this.activate(target.closest("[role=option]")));
    this.list.addEventListener("click", ({ target }) => {
      const option = target.closest("[role=option]");
      if (option) this.choose(option);
    });
    this.list.addEventListener("toggle", ({ newState }) => {
      this.button.setAttribute("aria-expanded", String(newState === "open"));
      if (newState === "closed") this.popup.close();
    });
  }

  get input() {
    return this.parentElement.querySelector("[name=type]");
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  get chosen() {
    return this.list.querySelector("[aria-selected=true]");
  }

  open() {
    this.popup.open();
    this.list.focus();
    this.activate(this.chosen);
  }

  close() {
    this.popup.close();
    this.button.focus();
  }

  activate(option) {
    if (!option || option === this.active) return;
    this.active?.classList.remove("active");
    this.active = option;
    option.classList.add("active");
    option.scrollIntoView({ block: "nearest" });
    this.list.setAttribute("aria-activedescendant", option.id);
  }

  choose(option) {
    const isOther = option !== this.chosen;
    this.chosen?.setAttribute("aria-selected", "false");
    option.setAttribute("aria-selected", "true");
    this.input.value = option.dataset.key;
    this.button.querySelector(".badge").replaceChildren(option.querySelector(".icon").cloneNode(true));
    const [name, told] = this.button.querySelectorAll(".type-words > *");
    const [ofName, ofTold] = option.querySelectorAll(".type-words > *");
    [name.textContent, told.textContent] = [ofName.textContent, ofTold.textContent];
    if (this.popup.isOpen) this.close();
    if (isOther) this.dispatchEvent(new CustomEvent("type-chosen", { bubbles: true, detail: option.dataset.key }));
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey) return;
    const isOpen = this.popup.isOpen, all = this.options, at = all.indexOf(this.active ?? this.chosen);
    const isLetter = event.key.length === 1 && (event.key !== " " || this.typed);
    const step = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (isLetter && !event.altKey) this.find(event.key);
    else if (!isOpen && /^Arrow(Up|Down)$/.test(event.key)) this.open();
    else if (!isOpen) return;
    else if (step !== undefined) this.activate(all[Math.min(Math.max(step, 0), all.length - 1)]);
    else if (event.key === "Enter" || event.key === " ") this.choose(this.active);
    else if (event.key === "Escape") this.close();
    else if (event.key === "Tab") return void this.choose(this.active);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // The next type whose name, or a word of it, begins with what was typed.
  find(letter) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.typed = ""), FORGET_MS);
    this.typed += letter.toLowerCase();
    const name = (option) => option.querySelector(".type-name").textContent.toLowerCase();
    const begins = (option) => name(option).startsWith(this.typed);
    const has = (option) => name(option).split(/[\s-]/).some((word) => word.startsWith(this.typed));
    const found = this.options.find(begins) ?? this.options.find(has);
    if (!found) return;
    this.activate(found);
    if (!this.popup.isOpen) this.choose(found);
  }
}

customElements.define("type-picker", TypePicker);
