// <date-picker>: a calendar for the line before it. What is chosen is written there as its person writes a day; typing
// goes on as without it. It opens by its button, and by Alt and the down arrow.

import { cells, iso, read, today, written } from "./date-text.js";
import { place } from "./menu.js";

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
const DAY_MS = 86400000;
const SVG = "http://www.w3.org/2000/svg";
const SHEET = "M5 1v2H2v11h12V3h-3V1H9.6v2H6.4V1zM3.4 7h9.2v5.6H3.4zm0-2.6h9.2V6H3.4z";

class DatePicker extends HTMLElement {
  connectedCallback() {
    this.input = this.previousElementSibling;
    if (this.button || !this.input?.matches("input")) return;
    const { language } = this.dataset;
    this.names = (options) => new Intl.DateTimeFormat(`${language}-u-nu-latn-ca-gregory`, { ...options, timeZone: "UTC" });
    this.button = make("button", { type: "button", tabindex: "-1", "aria-label": "Choose a date", title: "Choose a date (Alt ↓)" });
    this.button.append(icon());
    this.popup = make("div", { class: "menu date-popup", popover: "auto", role: "dialog", "aria-label": "Choose a date" });
    this.append(this.button, this.popup);
    this.button.disabled = this.input.disabled;
    this.button.addEventListener("click", () => (this.isOpen ? this.close() : this.open()));
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown" || !event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      this.open();
    });
    this.popup.addEventListener("keydown", (event) => this.press(event));
    this.popup.addEventListener("click", (event) => this.clicked(event.target.closest("button")));
  }

  get isOpen() {
    return this.popup.matches(":popover-open");
  }

  open() {
    if (this.input.disabled || this.isOpen) return;
    this.today = today(this.dataset.zone);
    this.chosen = read(this.input.value, this.dataset.format);
    this.popup.showPopover();
    this.go(this.chosen ?? this.today);
    place(this.popup, this.input);
  }

  close() {
    this.popup.hidePopover();
    this.input.focus();
  }

  // Show the month of a day, and have the focus on it.
  go(day) {
    this.day = day;
    const [title, week] = [this.names({ month: "long", year: "numeric" }), this.names({ weekday: "short" })];
    const [whole, long] = [this.names({ weekday: "long" }), this.names({ dateStyle: "full" })];
    const head = make("div", { class: "date-head" });
    const month = make("strong", { "aria-live": "polite", id: `${this.input.id}-month` }, title.format(day));
    head.append(step("‹", -1, "Previous month"), month, step("›", 1, "Next month"));
    const weeks = cells(day, Number(this.dataset.first));
    const table = make("table", { role: "grid", "aria-labelledby": month.id });
    const names = row(weeks[0], (one) => make("th", { scope: "col", abbr: whole.format(one) }, week.format(one)));
    const body = weeks.map((days) => row(days, (one) => this.cell(one, long)));
    table.append(names, ...body);
    this.popup.replaceChildren(head, table, make("button", { type: "button", class: "nav-link", "data-day": iso(this.today) }, "Today"));
    this.popup.querySelector("[tabindex='0']").focus();
  }

  cell(one, long) {
    const isChosen = this.chosen && iso(one) === iso(this.chosen);
    const day = make("button", { type: "button", "data-day": iso(one), "aria-label": long.format(one), tabindex: iso(one) === iso(this.day) ? "0" : "-1" }, one.getUTCDate());
    if (iso(one) === iso(this.today)) day.setAttribute("aria-current", "date");
    if (one.getUTCMonth() !== this.day.getUTCMonth()) day.className = "muted";
    const cell = make("td", { role: "gridcell", "aria-selected": String(Boolean(isChosen)) });
    cell.append(day);
    return cell;
  }

  clicked(button) {
    if (!button) return;
    if (button.dataset.step) {
      const by = Number(button.dataset.step);
      this.go(inMonth(this.day, by));
      this.popup.querySelector(`[data-step="${by}"]`).focus();
    } else this.choose(new Date(button.dataset.day));
  }

  choose(day) {
    const { text, from } = written(day, this.input.value, this.dataset);
    this.input.value = text;
    this.close();
    // The time can be typed over.
    if (from) this.input.setSelectionRange(from, text.length);
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  press(event) {
    // A cell or a dialog around it has keys of its own.
    event.stopPropagation();
    if (event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape" || (event.key === "ArrowUp" && event.altKey)) this.close();
    else if (event.target.closest("td")) {
      const weekday = (this.day.getUTCDay() + 6 - Number(this.dataset.first)) % 7;
      const by = STEPS[event.key] ?? { Home: -weekday, End: 6 - weekday }[event.key];
      const months = { PageUp: -1, PageDown: 1 }[event.key];
      if (by !== undefined) this.go(new Date(this.day.getTime() + by * DAY_MS));
      else if (months) this.go(inMonth(this.day, event.shiftKey ? 12 * months : months));
      else return;
    } else return;
    event.preventDefault();
  }
}

customElements.define("date-picker", DatePicker);

function make(name, attributes = {}, text = "") {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
}

// The sheet of a calendar.
function icon() {
  const svg = document.createElementNS(SVG, "svg"), path = document.createElementNS(SVG, "path");
  for (const [name, value] of Object.entries({ class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true" })) svg.setAttribute(name, value);
  path.setAttribute("d", SHEET);
  path.setAttribute("fill-rule", "evenodd");
  svg.append(path);
  return svg;
}

function step(text, by, label) {
  return make("button", { type: "button", class: "icon-button", "data-step": by, "aria-label": label }, text);
}

function row(days, cell) {
  const found = document.createElement("tr");
  found.append(...days.map(cell));
  return found;
}

// The same day of another month, or its last one where it is shorter.
function inMonth(day, by) {
  const last = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + by + 1, 0));
  return new Date(Date.UTC(last.getUTCFullYear(), last.getUTCMonth(), Math.min(day.getUTCDate(), last.getUTCDate())));
}
