// <icon-picker>: has one choose an icon for the line in it, which holds the icon's name: a button opens a list that is
// searched by names and by meanings, and gone through by arrow keys. Without this script the name is typed.

import { IconList, inWords } from "./icon-list.js";
import { place } from "./menu.js";

const RECENT = "recent-icons";
const MOST_RECENT = 8;
const EVERYTHING = "";

class IconPicker extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    if (this.button || !this.input) return;
    this.drawn = this.querySelector(".icon");
    this.button = make("button", { type: "button", class: "button icon-choice", id: `${this.input.id}-button`, "aria-haspopup": "dialog", "aria-expanded": "false" });
    for (const name of ["aria-describedby", "aria-invalid"]) {
      if (this.input.hasAttribute(name)) this.button.setAttribute(name, this.input.getAttribute(name));
    }
    const label = this.input.labels[0];
    this.label = label?.textContent.replace("*", "").trim() || "Icon";
    if (label) label.htmlFor = this.button.id;
    this.input.hidden = true;
    this.append(this.button);
    this.show(this.drawn);
    this.button.addEventListener("click", () => (this.isOpen ? this.close() : this.open()));
    this.input.addEventListener("change", () => this.show());
  }

  get isOpen() {
    return Boolean(this.popup?.matches(":popover-open"));
  }

  // The button shows the icon: as the page drew it, or by the font once another one is chosen.
  show(drawn = symbol(this.input.value)) {
    const words = inWords(this.input.value) || "Choose an icon";
    this.button.replaceChildren(drawn, make("span", {}, words));
    this.button.setAttribute("aria-label", `${this.label}: ${words}`);
  }

  async open() {
    this.popup ?? this.build();
    this.search.value = this.category.value = EVERYTHING;
    this.popup.showPopover();
    place(this.popup, this.button);
    this.search.focus();
    try {
      this.icons ??= await IconList.load(this.dataset.icons);
    } catch {
      this.status.textContent = "The icons could not be loaded. Close this, and try again.";
      return;
    }
    if (this.category.length === 1) this.category.append(...this.icons.categories.map(([name]) => new Option(name, name)));
    this.list();
    place(this.popup, this.button);
  }

  build() {
    this.popup = make("div", { class: "menu icon-popup", popover: "auto", role: "dialog", "aria-label": "Choose an icon" });
    const find = make("div", { class: "icon-find" });
    this.search = make("input", { type: "search", placeholder: "truck, money, person", "aria-label": "Search icons", autocomplete: "off" });
    this.category = make("select", { "aria-label": "Category" });
    this.category.append(new Option("All", EVERYTHING));
    this.options = make("div", { class: "icon-list", role: "listbox", "aria-label": "Icons" });
    this.status = make("p", { class: "muted small", role: "status" });
    find.append(this.search, this.category);
    this.popup.append(find, this.options, this.status);
    this.append(this.popup);
    this.popup.addEventListener("toggle", ({ newState }) => this.button.setAttribute("aria-expanded", String(newState === "open")));
    this.popup.addEventListener("focusout", ({ relatedTarget: to }) => to && !this.contains(to) && this.popup.hidePopover());
    this.popup.addEventListener("keydown", (event) => this.press(event));
    this.options.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")));
    // What is looked for is nothing that the form has asked.
    for (const type of ["input", "change"]) this.popup.addEventListener(type, (event) => event.stopPropagation());
    for (const control of [this.search, this.category]) control.addEventListener("input", () => this.list());
  }

  close() {
    this.popup.hidePopover();
    this.button.focus();
  }

  list() {
    if (!this.icons) return;
    const groups = this.icons.find(this.search.value, this.category.value, { name: this.named, recent: recent() });
    const count = groups.reduce((sum, [, names]) => sum + names.length, 0);
    this.options.replaceChildren(...groups.map(([title, names]) => this.group(title, names)));
    this.options.scrollTop = 0;
    this.all[0]?.setAttribute("tabindex", "0");
    if (!this.search.value.trim()) this.status.textContent = "Arrow keys go through the icons, Enter takes one.";
    else this.status.textContent = count ? `${count} ${count === 1 ? "icon" : "icons"}` : "No icon is called so. Try another word.";
  }

  // What the icon is for, by its control.
  get named() {
    return document.getElementById(this.dataset.namedBy)?.value ?? "";
  }

  get all() {
    return [...this.options.querySelectorAll("[role=option]")];
  }

  group(title, names) {
    const group = make("div", { class: "icon-group", role: "group", "aria-label": title });
    const options = names.map((name) => {
      const words = inWords(name);
      const option = make("div", { class: "icon-option", role: "option", tabindex: "-1", title: words, "aria-label": words, "aria-selected": String(name === this.input.value), "data-icon": name });
      option.append(symbol(name));
      return option;
    });
    group.append(make("span", { class: "small", "aria-hidden": "true" }, title), ...options);
    return group;
  }

  press(event) {
    // A dialog around it has keys of its own.
    event.stopPropagation();
    const at = event.target.closest("[role=option]");
    if (event.key === "Escape") this.close();
    else if (event.target === this.category || event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === "Enter") this.choose(at ?? (this.search.value.trim() ? this.all[0] : null));
    else if (!at && event.key === "ArrowDown") this.go(this.all[0]);
    else if (!at) return;
    else if (event.key === " ") this.choose(at);
    else if (event.key.length === 1 || event.key === "Backspace") return this.search.focus();
    else if (event.key === "ArrowUp" && !this.beside(at, event.key)) this.search.focus();
    else if (!["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"].includes(event.key)) return;
    else this.go(this.beside(at, event.key));
    event.preventDefault();
  }

  // Where a key leads from an icon: to the next ones, or to the nearest one in the line above or below.
  beside(from, key) {
    const all = this.all;
    const at = all.indexOf(from);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: all.length - 1 }[key];
    if (to !== undefined) return all[to];
    const { top, left } = from.getBoundingClientRect();
    const lines = all.map((option) => ({ option, box: option.getBoundingClientRect() }));
    const beyond = lines.filter(({ box }) => (key === "ArrowDown" ? box.top > top + 1 : box.top < top - 1));
    const line = key === "ArrowDown" ? beyond[0]?.box.top : beyond.at(-1)?.box.top;
    const near = beyond.filter(({ box }) => Math.abs(box.top - line) <= 1);
    near.sort((one, other) => Math.abs(one.box.left - left) - Math.abs(other.box.left - left));
    return near[0]?.option;
  }

  go(option) {
    if (!option) return;
    for (const one of this.options.querySelectorAll("[tabindex='0']")) one.setAttribute("tabindex", "-1");
    option.setAttribute("tabindex", "0");
    option.focus();
  }

  choose(option) {
    if (!option) return;
    this.input.value = option.dataset.icon;
    localStorage.setItem(RECENT, JSON.stringify([this.input.value, ...recent().filter((name) => name !== this.input.value)].slice(0, MOST_RECENT)));
    this.close();
    for (const type of ["input", "change"]) this.input.dispatchEvent(new Event(type, { bubbles: true }));
  }
}

customElements.define("icon-picker", IconPicker);

// The icons that were chosen last in this browser.
function recent() {
  return JSON.parse(localStorage.getItem(RECENT) ?? "[]");
}

function symbol(name) {
  return make("span", { class: "symbol", "aria-hidden": "true", translate: "no" }, name);
}

function make(name, attributes = {}, text = "") {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
}
