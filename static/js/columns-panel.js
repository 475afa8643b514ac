// The panel of columns: what is ticked is shown, in the order of the panel. Rows are moved by buttons, by Alt and arrow
// keys, or dragged.

import { refresh } from "./list-address.js";

const PAUSE = 600;

class ColumnsPanel extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector("ul");
    this.addEventListener("change", () => this.changed());
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("keydown", (event) => this.pressed(event));
    this.addEventListener("dragstart", (event) => this.lift(event));
    this.addEventListener("dragover", (event) => this.drag(event));
    this.addEventListener("dragend", () => this.drop());
    // What was ticked before this was here.
    if ([...this.querySelectorAll("[type=checkbox]")].some((box) => box.checked !== box.defaultChecked)) this.changed();
    this.closest("[popover]").addEventListener("toggle", (event) => {
      if (event.newState === "closed" && this.timer) this.save();
    });
  }

  clicked(event) {
    const button = event.target.closest("[data-move]");
    if (button) this.move(button.closest("li"), Number(button.dataset.move), button);
  }

  pressed(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const item = event.target.closest("li");
    if (!step || !item || !event.altKey) return;
    event.preventDefault();
    this.move(item, step, event.target);
  }

  move(item, step, focused) {
    const beside = step < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (!beside) return;
    if (step < 0) beside.before(item);
    else beside.after(item);
    focused.focus();
    this.changed();
  }

  lift(event) {
    this.lifted = event.target.closest("li");
    this.lifted?.classList.add("dragged");
    event.dataTransfer.effectAllowed = "move";
  }

  drag(event) {
    const over = event.target.closest("li");
    if (!this.lifted || !over) return;
    event.preventDefault();
    const { top, height } = over.getBoundingClientRect();
    if (event.clientY < top + height / 2) over.before(this.lifted);
    else over.after(this.lifted);
  }

  drop() {
    this.lifted?.classList.remove("dragged");
    if (this.lifted) this.changed();
    this.lifted = null;
  }

  changed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  // Keeps the columns, and shows the table anew below the panel, which stays open.
  async save() {
    clearTimeout(this.timer);
    this.timer = null;
    const owner = this.closest("list-columns");
    const chosen = [...this.querySelectorAll("[name=columns]:checked")].map((box) => box.value);
    const name = owner.table?.querySelector("th.name")?.dataset.field;
    await owner.save({ columns: chosen.length || !name ? chosen : [name] });
    const focus = document.activeElement?.closest?.("columns-panel li")?.dataset.field;
    const isOpen = this.closest("[popover]").matches(":popover-open");
    await refresh();
    if (isOpen) this.reopen(focus);
  }

  reopen(field) {
    const panel = document.getElementById("columns-panel");
    const button = document.querySelector("[popovertarget=columns-panel]");
    button.click();
    panel.querySelector(`li[data-field="${CSS.escape(field ?? "")}"] input`)?.focus();
  }
}

customElements.define("columns-panel", ColumnsPanel);
