// One row of <choices-editor>: the controls of one value, and what they are called.

import { valueOf } from "./choice-lines.js";

const NAMES = {
  "[data-label]": ({ value, label }) => `Label of ${value || label || "the new value"}`,
  "[data-value]": ({ label }) => `Value of ${label || "the new value"} for programs`,
  "[data-color]": ({ label }) => `Colour of ${label || "the new value"}`,
  "[data-active]": ({ label }) => `${label || "The new value"} is active`,
  '[data-move="-1"]': ({ label }) => `Move ${label || "the new value"} up`,
  '[data-move="1"]': ({ label }) => `Move ${label || "the new value"} down`,
  "[data-remove]": ({ label }) => `Delete ${label || "the new value"}`,
};

export class Rows {
  // `stored` are the values that there are already; `colors` has the class of each colour, and `turns` are those that
  // new values get, in their order.
  constructor(template, stored, colors, turns) {
    this.turns = turns;
    this.template = template;
    this.stored = stored;
    this.colors = colors;
    this.counts = null;
  }

  make(choice) {
    const row = this.template.cloneNode(true);
    row.choice = choice;
    row.isStored = this.stored.has(choice.value);
    // What programs call it follows the label, until somebody says otherwise.
    row.follows = !row.isStored && choice.value === valueOf(choice.label);
    const value = row.querySelector("[data-value]");
    row.querySelector("[data-label]").value = choice.label;
    value.value = choice.value;
    // What is stored is called so for ever.
    if (row.isStored) value.replaceWith(Object.assign(document.createElement("span"), { className: value.className, textContent: choice.value }));
    this.activate(row, choice.isActive);
    this.paint(row, choice.color);
    this.name(row);
    this.count(row);
    return row;
  }

  rename(row, label) {
    row.choice.label = label;
    if (row.follows) row.choice.value = row.querySelector("[data-value]").value = valueOf(label);
  }

  activate(row, isActive) {
    row.choice.isActive = row.querySelector("[data-active]").checked = isActive;
    row.classList.toggle("off", !isActive);
  }

  paint(row, color) {
    row.choice.color = color;
    row.querySelector(".dot").className = `dot ${color ? (this.colors[color.toLowerCase()] ?? "hue-gray") : "none"}`;
  }

  // Gives a colour for each new value beside some rows: of those in turn, one that the fewest have. None where there are
  // rows, and none has a colour.
  painter(rows) {
    const times = new Map();
    const note = (hue) => times.set(hue, (times.get(hue) ?? 0) + 1);
    const held = rows.map(({ choice }) => choice.color.toLowerCase());
    for (const color of held) note(this.colors[color]);
    const often = (color) => times.get(this.colors[color]) ?? 0;
    return () => {
      if (held.length && !held.some(Boolean)) return "";
      const color = this.turns.reduce((best, one) => (often(one) < often(best) ? one : best));
      note(this.colors[color]);
      return color;
    };
  }

  // What a screen reader calls the controls.
  name(row) {
    for (const [name, text] of Object.entries(NAMES)) {
      const control = row.querySelector(name);
      if (control) control.ariaLabel = text(row.choice);
    }
  }

  // How many records hold the value; null where nobody knows.
  held(row) {
    return row.isStored && this.counts ? (this.counts[row.choice.value] ?? 0) : row.isStored ? null : 0;
  }

  count(row) {
    const held = this.held(row);
    const words = `${held?.toLocaleString()} ${held === 1 ? "record" : "records"}`;
    row.querySelector("[data-count]").textContent = row.isStored ? (held === null ? "" : words) : "new";
  }
}
