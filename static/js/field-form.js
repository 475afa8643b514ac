// The form of a field: its type is chosen from a list, its control in a record's form is shown as one designs it.

import "./combobox.js";
import "./date-picker.js";
import "./lookup-filter.js";
import { keepFocus } from "./same-place.js";
import { send } from "./session.js";
import { fetchPage } from "./shown_page.js";
import { toast } from "./toasts.js";
import "./type-picker.js";

const PAUSE_MS = 250;

class FieldForm extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    for (const type of ["input", "change"]) {
      this.addEventListener(type, ({ target }) => target.form === this.form && this.wait());
    }
    this.addEventListener("type-chosen", ({ detail }) => this.show(detail));
  }

  disconnectedCallback() {
    this.rest();
  }

  // Nothing is asked for any more: not what is typed over, and not of a field that is about to go.
  rest() {
    clearTimeout(this.timer);
    this.drawing?.abort();
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.draw(), PAUSE_MS);
  }

  // What the form would make, as it stands now.
  async draw() {
    this.rest();
    const body = new URLSearchParams(new FormData(this.form));
    const headers = { Accept: "text/html" };
    const { signal } = (this.drawing = new AbortController());
    const html = await send(this.dataset.draftAddress, { method: "POST", body, headers, signal, quiet: true })
      .then((answer) => answer.ok && answer.text())
      .catch(() => null);
    if (!html || signal.aborted || html === this.drawn) return;
    this.drawn = html;
    this.querySelector("[data-draft-place]").innerHTML = html;
    this.offer(this.querySelector("template[data-default]")?.content.firstElementChild);
  }

  // The values to choose a default from, where others are listed now.
  offer(fresh) {
    const held = this.form.elements.default_value?.closest(".field");
    const offered = (field) => [...field.querySelectorAll("option")].map(({ value, text }) => `${value} ${text}`).join();
    if (!fresh || !held || held.contains(document.activeElement) || offered(fresh) === offered(held)) return;
    held.replaceWith(fresh);
  }

  // The controls of another type. What was typed into those that both have stays.
  async show(type) {
    const address = new URL(location.href);
    address.searchParams.set("type", type);
    const number = (this.shown = (this.shown ?? 0) + 1), old = this.querySelector(".of-type");
    old.setAttribute("aria-busy", "true");
    try {
      const { content } = await fetchPage(address);
      const part = content.querySelector(".of-type");
      if (number !== this.shown || !part) return;
      history.replaceState(history.state, "", address);
      carry(old, part);
      keepFocus(this, () => old.replaceWith(part));
      this.form.elements.shown.value = content.querySelector("[name=shown]").value;
      this.draw();
    } catch (error) {
      toast(error.message, { level: "error" });
    }
    if (number === this.shown) old.removeAttribute("aria-busy");
  }
}

function carry(from, to) {
  for (const control of from.querySelectorAll("input[name]:not([type=hidden]), textarea[name]")) {
    const same = to.querySelector(`${control.localName}[name="${CSS.escape(control.name)}"]`);
    if (!same || same.type !== control.type) continue;
    if (control.type === "checkbox") same.checked = control.checked;
    else if (control.value !== control.defaultValue) same.value = control.value;
  }
}

customElements.define("field-form", FieldForm);
