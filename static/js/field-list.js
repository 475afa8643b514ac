// The list of an object's fields: put into order by drag, or with Alt and the arrow keys; and kept as it is stored.

import { keepFocus } from "./same-place.js";
import { inWords, send } from "./session.js";
import { fetchPage } from "./shown_page.js";
import { toast } from "./toasts.js";

const ROW = "[data-row]";
const near = ({ target }) => target.closest?.(ROW);

class FieldList extends HTMLElement {
  connectedCallback() {
    this.dragged = null;
    for (const type of ["dragstart", "dragover", "drop", "dragend", "keydown", "submit", "click"]) {
      this.addEventListener(type, (event) => this[`on_${type}`](event));
    }
    this.count();
    if (location.hash === "#add") {
      history.replaceState(history.state, "", location.pathname + location.search);
      const opener = document.querySelector("main [data-key=a]");
      document.dispatchEvent(new CustomEvent("open-record", { detail: { address: opener.href, opener } }));
    }
  }

  get address() {
    return `${this.dataset.address}?filled=1`;
  }

  // How much of each field is filled in: asked for when the page is there.
  async count() {
    const { content } = await fetchPage(this.address).catch(() => ({}));
    for (const row of content?.querySelectorAll(ROW) ?? []) {
      this.row(row.dataset.row)?.querySelector("[data-filled]").replaceWith(row.querySelector("[data-filled]"));
    }
  }

  row(name) {
    return this.querySelector(`[data-row="${CSS.escape(name)}"]`);
  }

  // The list as it is stored now. The focus stays on what has it.
  async refresh() {
    try {
      const { content } = await fetchPage(this.address);
      const list = content.querySelector("field-list");
      if (list) keepFocus(this, () => this.replaceChildren(...list.childNodes));
    } catch (error) {
      toast(error.message, { level: "error" });
    }
  }

  on_dragstart(event) {
    this.dragged = near(event);
    this.before = this.order;
    this.dragged?.classList.add("dragged");
  }

  on_dragover(event) {
    const over = near(event);
    if (!this.dragged) return;
    event.preventDefault();
    if (!over || over === this.dragged) return;
    const { top, height } = over.getBoundingClientRect();
    over[event.clientY < top + height / 2 ? "before" : "after"](this.dragged);
  }

  on_drop(event) {
    if (this.dragged) event.preventDefault();
  }

  on_dragend() {
    const row = this.dragged;
    this.dragged = null;
    row?.classList.remove("dragged");
    if (!row || this.order === this.before) return;
    const [next, previous] = [row.nextElementSibling, row.previousElementSibling];
    this.place(this.dataset.address, {
      field: row.dataset.row,
      group: row.closest("[data-group]").dataset.group,
      ...(next ? { before: next.dataset.row } : { after: previous?.dataset.row ?? "" }),
    }, row.dataset.row);
  }

  get order() {
    return [...this.querySelectorAll(`${ROW}, [data-group]`)].map(({ dataset }) => dataset.row ?? "").join();
  }

  on_keydown(event) {
    const row = near(event), direction = { ArrowUp: "up", ArrowDown: "down" }[event.key];
    if (!row || !direction || !event.altKey) return;
    event.preventDefault();
    this.place(row.querySelector("form").action, { direction }, row.dataset.row);
  }

  on_submit(event) {
    const row = near(event);
    if (!row) return;
    event.preventDefault();
    this.place(event.target.action, { direction: event.submitter.value }, row.dataset.row);
  }

  on_click(event) {
    const asking = event.target.closest("[data-ask]");
    if (!asking || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    import("./field-asking.js").then(({ ask }) => ask(asking.href, () => this.refresh()));
  }

  // One after the other: what is pressed twice moves by two.
  place(address, values, name) {
    this.placing = (this.placing ?? Promise.resolve()).then(async () => {
      const body = new URLSearchParams(values);
      try {
        const answer = await send(address, { method: "POST", body, headers: { "HX-Request": "true" } });
        if (!answer.ok) throw new Error("The order could not be saved. Try again.");
      } catch (error) {
        toast(inWords(error), { level: "error" });
      }
      await this.refresh();
      this.say(name);
    });
  }

  say(name) {
    const rows = [...this.querySelectorAll(ROW)], row = this.row(name);
    const group = row?.closest("[data-group]").dataset.group;
    if (row) this.querySelector("[data-said]").textContent = `${row.dataset.label} is ${rows.indexOf(row) + 1} of ${rows.length}${group ? `, in ${group}` : ""}.`;
  }
}

customElements.define("field-list", FieldList);
