// The parts of a combobox, made for a list to choose from, which is hidden then. `isHeld`: it had the focus.

import { marked } from "./combobox_source.js";

const PASSED_ON = ["aria-required", "aria-invalid", "aria-describedby", "autofocus", "disabled"];

export function make(name, attributes, text = "") {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
}

export function parts(select, label) {
  const isHeld = document.activeElement === select;
  // A copy of one that was made already has the id of its list.
  const id = select.id.replace(/-values$/, "") || `combo-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
  select.id = `${id}-values`;
  select.hidden = true;
  const input = make("input", {
    id,
    type: "text",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    dir: "auto",
    placeholder: select.dataset.choices ? "Search…" : "Choose…",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": `${id}-options`,
  });
  for (const name of PASSED_ON) if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  // The label is the input's now, which has the id that it is for.
  if (!document.querySelector(`label[for="${CSS.escape(id)}"]`)) input.setAttribute("aria-label", label);
  const chips = make("ul", { class: "combo-chips", "aria-label": `${label}: chosen` });
  // By keyboard, Backspace and Delete in the empty control do it: Tab goes on to the next one.
  const clear = make("button", { type: "button", class: "combo-clear", tabindex: "-1", "aria-label": `Empty ${label}` }, "×");
  const chevron = make("span", { class: "combo-chevron", "aria-hidden": "true" });
  const box = make("div", { class: "combo-control" });
  box.append(...(select.multiple ? [chips] : []), input, clear, chevron);
  const options = make("ul", { id: `${id}-options`, role: "listbox", "aria-label": label });
  if (select.multiple) options.setAttribute("aria-multiselectable", "true");
  const note = make("p", { class: "combo-note" });
  const list = make("div", { class: "combo-list", popover: "manual" });
  list.append(options, note);
  const status = make("span", { role: "status", class: "hidden" });
  return { input, chips, clear, chevron, box, options, note, list, status, isHeld };
}

// What a list offers for a text: what was found, and making it where it is not there. `chosen` has the values that are.
export function itemsOf(found, text, chosen) {
  const items = found.data.map(({ id, name }) => {
    const item = make("li", { role: "option", "data-value": id, "aria-selected": String(chosen.has(id)), dir: "auto" });
    item.append(marked(name, text));
    return item;
  });
  const isThere = found.data.some(({ name }) => name.toLowerCase() === text.toLowerCase());
  if (text && !isThere && (found.create || found.new)) {
    const item = make("li", { role: "option", "data-create": text, "aria-selected": "false", dir: "auto" }, `Create ‘${text}’`);
    if (!found.create) item.append(make("span", { class: "muted" }, " in a new tab"));
    items.push(item);
  }
  return items;
}
