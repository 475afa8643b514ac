// A calendar: entries are dragged to other days, and a click on a day makes a new one there. One that is moved is there at
// once, and back where it was where the server refuses it.

import { pageNow, stayLive } from "./board-live.js";
import { noteChange } from "./board-undo.js";
import { letDrag, move } from "./moving.js";
import { keepFocus } from "./same-place.js";
import { toast } from "./toasts.js";

class RecordCalendar extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", ({ target }) => {
      if (!target.closest("a, .entry") && !String(getSelection())) target.closest("td[data-day]")?.querySelector(".add-entry")?.click();
    });
    this.moves = 0;
    stayLive(this, () => this.readAnew());
    if (!("movable" in this.dataset)) return;
    this.untilFree = letDrag(this, { items: ".entry", places: "[data-day]", onDrop: (entry, place) => this.drop(entry, place) });
  }

  async drop(entry, place) {
    const list = entry.parentElement;
    const next = entry.nextElementSibling;
    if (list.closest("[data-day]") === place) return;
    place.querySelector(".entries").append(entry);
    this.moves += 1;
    const said = await move(this.dataset.move, entry.dataset.record, place.dataset.day);
    if (said.ok) {
      noteChange(said.change);
      toast(said.text, { change: said.change });
      await this.readAnew();
    } else {
      list.insertBefore(entry, next);
      toast(said.text, { level: "error" });
    }
    this.querySelector("[data-said]").textContent = said.text;
  }

  // How many entries a day has beside those that are shown, and their order, the server knows. What is moved meanwhile is
  // read after that.
  async readAnew() {
    const { moves } = this;
    const page = await pageNow();
    await this.untilFree?.();
    if (!page || moves !== this.moves) return;
    keepFocus(this, () => {
      for (const part of ["table.calendar", ".without"]) {
        const found = page.querySelector(`record-calendar ${part}`);
        if (found) this.querySelector(part).replaceWith(found);
      }
    });
  }
}

customElements.define("record-calendar", RecordCalendar);
