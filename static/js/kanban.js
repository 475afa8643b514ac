// A kanban: cards are moved to other columns by drag, by keys, and by a menu.
//
// A moved card is there at once, and back where it was where the server refuses it. Then the column is read anew: within
// it the view's order holds.

import { renewKanban, stayLive } from "./board-live.js";
import { noteChange } from "./board-undo.js";
import { home, keepPlace, name, open } from "./kanban-parts.js";
import { letDrag, move } from "./moving.js";
import { send } from "./session.js";
import { toast } from "./toasts.js";

class KanbanBoard extends HTMLElement {
  connectedCallback() {
    keepPlace(this.querySelector(".kanban"));
    this.said = this.querySelector("[data-said]");
    this.menu = this.querySelector("#move-menu");
    this.picked = null;
    this.isPlacing = false;
    this.waiting = 0;
    this.stale = new Set();
    this.addEventListener("keydown", (event) => this.onKey(event));
    this.addEventListener("focusin", (event) => this.onFocus(event));
    this.addEventListener("focusout", () => this.onBlur());
    this.addEventListener("htmx:afterSettle", () => this.settle());
    this.settle();
    this.querySelector("[data-add-column]")?.addEventListener("change", ({ currentTarget }) => currentTarget.requestSubmit());
    this.addEventListener("click", (event) => this.onClick(event));
    stayLive(this, () => renewKanban(this));
    if (!("movable" in this.dataset)) return;
    this.untilFree = letDrag(this, {
      items: ".board-card",
      places: ".kanban-column",
      onDrop: (card, column) => this.drop(card, column, home(card)),
    });
    for (const name of ["pointerdown", "focusin"]) this.addEventListener(name, (event) => this.mark(event));
  }

  get columns() {
    return [...this.querySelectorAll(".kanban-column")];
  }

  // One card of the board can be reached by Tab, and the arrow keys lead to the others. A card is there once.
  settle() {
    const seen = new Set();
    for (const card of [...this.querySelectorAll(".board-card")].reverse()) {
      if (seen.has(card.dataset.record)) card.remove();
      seen.add(card.dataset.record);
      if (!card.hasAttribute("tabindex")) card.tabIndex = -1;
    }
    if (!this.querySelector(".board-card[tabindex='0']")) {
      const first = this.querySelector(".board-card");
      if (first) first.tabIndex = 0;
    }
  }

  onFocus({ target }) {
    if (!target.matches(".board-card")) return;
    for (const other of this.querySelectorAll(".board-card[tabindex='0']")) other.tabIndex = -1;
    target.tabIndex = 0;
  }

  // Who goes elsewhere with a card picked up, leaves it where it was.
  onBlur() {
    if (this.picked && !this.isPlacing) this.cancel();
  }

  onKey(event) {
    const card = event.target;
    if (!card.matches(".board-card") || event.altKey || event.ctrlKey || event.metaKey) return;
    if (this.picked) this.onKeyPicked(event);
    else if (event.key === " " && "movable" in this.dataset) this.pick(card);
    else if (event.key === "Enter") open(card);
    else if (event.key.startsWith("Arrow")) this.go(card, event.key);
    else return;
    event.preventDefault();
  }

  onKeyPicked(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by) this.carry(by);
    else if (event.key === " " || event.key === "Enter") this.letGo();
    else if (event.key === "Escape") this.cancel();
    else if (event.key.startsWith("Arrow")) this.say("Within a column, the order of the view holds.");
    else if (event.key === "Tab") this.cancel();
  }

  go(card, key) {
    const cards = [...card.parentElement.querySelectorAll(".board-card")];
    const at = cards.indexOf(card);
    const beside = { ArrowUp: cards[at - 1], ArrowDown: cards[at + 1] };
    let to = beside[key];
    if (!(key in beside)) {
      const filled = this.columns.filter((one) => one.contains(card) || one.querySelector(".board-card"));
      const other = filled[filled.indexOf(card.closest(".kanban-column")) + (key === "ArrowLeft" ? -1 : 1)];
      const others = other ? [...other.querySelectorAll(".board-card")] : [];
      to = others[Math.min(at, others.length - 1)];
    }
    to?.focus();
  }

  pick(card) {
    this.picked = { card, home: home(card) };
    card.classList.add("picked");
    this.say(`Picked up ${name(card)}. It is in ${this.where(card)}.`);
  }

  carry(by) {
    const { card } = this.picked;
    const columns = this.columns;
    const to = columns[columns.indexOf(card.closest(".kanban-column")) + by];
    if (!to) return this.say("There is no further column.");
    this.place(card, to);
    this.say(this.where(card));
  }

  letGo() {
    const { card, home: was } = this.picked;
    this.picked = null;
    card.classList.remove("picked");
    this.drop(card, card.closest(".kanban-column"), was);
  }

  cancel() {
    const { card, home: was } = this.picked;
    this.picked = null;
    card.classList.remove("picked");
    this.putBack(card, was);
    this.say(`${name(card)} is back in ${this.where(card)}.`);
  }

  // A card comes first in a column until the column is read anew.
  place(card, column) {
    this.keepFocus(card, () => column.querySelector(".cards").prepend(card));
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  putBack(card, was) {
    this.keepFocus(card, () => was.list.insertBefore(card, was.next?.parentElement === was.list ? was.next : was.list.firstChild));
  }

  keepFocus(card, change) {
    const hasFocus = card.contains(document.activeElement);
    this.isPlacing = true;
    change();
    if (hasFocus) card.focus();
    this.isPlacing = false;
  }

  async drop(card, column, was) {
    if (column === was.column) return this.putBack(card, was);
    if (card.closest(".kanban-column") !== column) this.place(card, column);
    this.waiting += 1;
    const said = await move(this.dataset.move, card.dataset.record, column.dataset.column);
    this.waiting -= 1;
    if (said.ok) {
      this.stale.add(column);
      noteChange(said.change);
      toast(said.text, { change: said.change });
      this.count(said.heads);
    } else {
      this.putBack(card, was);
      toast(said.text, { level: "error" });
    }
    this.say(said.text);
    await this.readAnew();
  }

  count(heads) {
    for (const column of this.columns) {
      const head = heads[column.dataset.column];
      if (!head && !column.dataset.column) continue;
      column.querySelector("[data-count]").textContent = head?.count ?? "0";
      column.querySelector("[data-sum]").textContent = head?.sum ?? "";
    }
  }

  // The columns that cards came into, when nothing is under way any more.
  async readAnew() {
    for (const column of this.stale) {
      if (this.waiting || this.picked) return;
      this.stale.delete(column);
      const address = new URL(location.href);
      address.searchParams.set("column", column.dataset.column);
      address.searchParams.delete("cursor");
      const answer = await send(address.href, { quiet: true, headers: { "HX-Request": "true" } }).catch(() => null);
      if (!answer?.ok) continue;
      const html = await answer.text();
      await this.untilFree?.();
      if (this.waiting || this.picked) this.stale.add(column);
      else this.show(column, html);
    }
  }

  show(column, html) {
    const list = column.querySelector(".cards");
    const focused = list.contains(document.activeElement) ? document.activeElement.closest(".board-card") : null;
    const template = document.createElement("template");
    template.innerHTML = html;
    const has = (card) => template.content.querySelector(`[data-record="${card.dataset.record}"]`);
    // What lies further behind stays in view.
    const more = template.content.querySelector(".more"), fresh = template.content.querySelectorAll(".board-card").length;
    const behind = [...list.querySelectorAll(".board-card")].filter((card, at) => at >= fresh || card === focused);
    for (const card of more ? behind : []) if (!has(card)) template.content.insertBefore(card, more);
    list.replaceChildren(template.content);
    window.htmx?.process(list);
    this.settle();
    if (focused) list.querySelector(`[data-record="${focused.dataset.record}"]`)?.focus();
  }

  // What opens the menu is known to what places menus.
  mark({ target }) {
    target.closest(".move")?.setAttribute("popovertarget", this.menu.id);
  }

  onClick(event) {
    const opener = event.target.closest(".move");
    const choice = event.target.closest("[data-to]");
    if (opener) {
      event.preventDefault();
      this.chosen = opener.closest(".board-card");
      this.menu.showPopover();
    } else if (choice) {
      this.menu.hidePopover();
      this.chosen.focus();
      const to = this.columns.find((column) => column.dataset.column === choice.dataset.to);
      if (to) this.drop(this.chosen, to, home(this.chosen));
    } else if (!event.target.closest("a, button") && !String(getSelection())) {
      const card = event.target.closest(".board-card");
      if (card) open(card);
    }
  }

  where(card) {
    const columns = this.columns;
    const column = card.closest(".kanban-column");
    const label = column.querySelector("[data-label]").textContent.trim();
    return `${label}, column ${columns.indexOf(column) + 1} of ${columns.length}`;
  }

  say(text) {
    this.said.textContent = text;
  }
}

customElements.define("kanban-board", KanbanBoard);
