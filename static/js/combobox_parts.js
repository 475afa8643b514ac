// The parts of a combobox, made for a list to choose from, which is hidden then.

const PASSED_ON = ["aria-required", "aria-invalid", "aria-describedby", "disabled"];

export function make(name, attributes, text = "") {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
}

export function parts(select, label) {
  const id = select.id || `combo-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
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
  const clear = make("button", { type: "button", class: "combo-clear", "aria-label": `Empty ${label}` }, "×");
  const box = make("div", { class: "combo-control" });
  box.append(...(select.multiple ? [chips] : []), input, clear);
  const options = make("ul", { id: `${id}-options`, role: "listbox", "aria-label": label });
  if (select.multiple) options.setAttribute("aria-multiselectable", "true");
  const note = make("p", { class: "combo-note" });
  const list = make("div", { class: "combo-list", popover: "manual" });
  list.append(options, note);
  const status = make("span", { role: "status", class: "hidden" });
  return { input, chips, clear, box, options, note, list, status };
}
