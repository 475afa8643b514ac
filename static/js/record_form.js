// The form of a record: tells, while one types, which unique values other records have already.

import "./date-picker.js";
import { mentionable } from "./mentions.js";
import { send } from "./session.js";

const PAUSE = 400;

class RecordForm extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    if (!this.form || this.isReady) return;
    this.isReady = true;
    this.asked = 0;
    if (!this.dataset.duplicates) return;
    this.addEventListener("input", () => this.wait());
    this.addEventListener("change", () => this.wait());
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    const number = (this.asked += 1);
    const body = new URLSearchParams(new FormData(this.form));
    body.set("record", this.dataset.record);
    const answer = await send(this.dataset.duplicates, { method: "POST", body, quiet: true }).catch(() => null);
    if (!answer?.ok || number !== this.asked) return;
    const { data } = await answer.json();
    if (number !== this.asked) return;
    const told = new Map(data.map(({ control, html }) => [control, html]));
    for (const old of this.querySelectorAll(".duplicate")) if (!told.has(old.dataset.control)) old.remove();
    for (const [control, html] of told) this.tell(control, html);
  }

  tell(name, html) {
    const field = this.form.elements[name]?.closest?.(".field");
    if (!field) return;
    let note = field.querySelector(".duplicate");
    if (!note) {
      note = Object.assign(document.createElement("p"), { className: "error duplicate" });
      note.dataset.control = name;
      note.setAttribute("role", "status");
      field.append(note);
    }
    if (note.innerHTML !== html) note.innerHTML = html;
  }
}

customElements.define("record-form", RecordForm);

for (const area of document.querySelectorAll("main form [data-mentions]")) mentionable(area);
