// The filter of a lookup in the form of a field: rows of conditions. The server makes the controls of a field and of an
// operator that are chosen, and all rows anew where the lookup is to another object.

import "./combobox.js";
import { keepFocus } from "./same-place.js";
import { inWords, send } from "./session.js";
import { toast } from "./toasts.js";

const FIELD = "select[name$=f-field]", OPERATOR = "select[name$=f-operator]", TARGET = "[name=option_target]";
const TEXT = ".condition-value :is(input:not([type=hidden], [type=checkbox], combo-box *), textarea)";

class LookupFilter extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.asked = 0;
    this.addEventListener("change", (event) => this.changed(event));
    this.addEventListener("click", ({ target }) => target.closest("[data-remove]") && this.drop(target.closest(".condition")));
    this.onTarget = ({ target }) => target.matches(TARGET) && this.renew();
    this.form.addEventListener("change", this.onTarget);
  }

  disconnectedCallback() {
    this.form.removeEventListener("change", this.onTarget);
  }

  get rows() {
    return [...this.querySelectorAll(".condition:not([hidden])")];
  }

  changed({ target }) {
    const row = target.closest(".condition");
    if (!row || !target.matches(`${FIELD}, ${OPERATOR}`)) return;
    if (target.matches(FIELD) && !target.value) {
      if (!row.classList.contains("is-new")) this.drop(row);
    } else this.ask(row, target.matches(FIELD) ? OPERATOR : TEXT);
  }

  // The rows as the server makes them of what is in the form.
  async fetched() {
    const number = (this.asked += 1);
    const body = new URLSearchParams(new FormData(this.form));
    try {
      const answer = await send(this.dataset.address, { method: "POST", body, headers: { Accept: "text/html" } });
      const html = await answer.text();
      if (number !== this.asked) return null;
      if (!answer.ok) throw new Error(html);
      return new DOMParser().parseFromString(html, "text/html").querySelector("lookup-filter");
    } catch (error) {
      toast(inWords(error), { level: "error" });
      return null;
    }
  }

  // The controls of another field, or of another operator, in the place of a row's; the focus goes on to what is asked
  // next. What is typed while they are asked for stays.
  async ask(row, next) {
    const made = await this.fetched();
    const fresh = made?.querySelector(`[data-row="${row.dataset.row}"]`);
    if (!fresh) return;
    const typed = row.querySelector(TEXT)?.value, last = made.querySelector(".condition.is-new");
    // Whoever is somewhere else already stays there.
    const isHere = document.activeElement === document.body || row.contains(document.activeElement);
    if (row.classList.contains("is-new") && last) row.after(last);
    row.replaceWith(fresh);
    asTyped(fresh);
    const text = fresh.querySelector(TEXT);
    if (text && typed && next === TEXT) text.value = typed;
    if (isHere) focus(fresh.querySelector(next) ?? fresh.querySelector(".condition-value :is(select, input:not([type=hidden]))") ?? fresh.querySelector(OPERATOR));
  }

  async renew() {
    this.setAttribute("aria-busy", "true");
    const made = await this.fetched();
    if (made) keepFocus(this, () => this.replaceChildren(...made.childNodes));
    this.removeAttribute("aria-busy");
  }

  // It has no field any more, which is none to the server. What is left is known as typed so.
  drop(row) {
    const { rows } = this, place = rows.indexOf(row);
    for (const control of row.querySelectorAll("input, textarea")) control.disabled = true;
    row.querySelector(FIELD).value = "";
    row.hidden = true;
    const next = rows[place + 1] ?? rows[place - 1];
    focus(next.querySelector("[data-remove]") ?? next.querySelector(FIELD));
    this.querySelector("[data-said]").textContent = "The condition is removed.";
    row.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

// What came from the server as it was chosen is not what the page has shown: whoever leaves it is asked.
function asTyped(row) {
  const select = row.querySelector(FIELD), { value } = select;
  for (const option of select.options) option.defaultSelected = false;
  select.value = value;
}

function focus(control) {
  (control?.closest("combo-box")?.input ?? control)?.focus();
}

customElements.define("lookup-filter", LookupFilter);
