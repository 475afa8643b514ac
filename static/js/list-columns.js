// The columns of a list: sorted by several, frozen, sized by dragging an edge, and what the menu of each does. What a
// person likes is kept on the server.

import { dragHeads } from "./column-drag.js";
import { addressWith, asked, note, read, refresh, show } from "./list-address.js";
import { send } from "./session.js";
import { toast } from "./toasts.js";

const STEP = 40;
const LEAST = 48;
const MOST = 800;
const PAGE_SIZE = 100;
const SAVE_PAUSE = 400;

class ListColumns extends HTMLElement {
  connectedCallback() {
    this.table = this.querySelector(".list-table");
    // Before the link itself hears of it, which leads to another list.
    this.addEventListener("click", (event) => this.shiftClicked(event), true);
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("pointerdown", (event) => this.pressed(event));
    dragHeads(this);
    const density = this.querySelector("[data-density-toggle]");
    if (density) density.hidden = false;
    if (!this.table) return;
    this.sheet = new CSSStyleSheet();
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, this.sheet];
    this.sizes = new ResizeObserver(() => this.freeze());
    this.sizes.observe(this.table);
    if (this.frozen > 1) this.freeze();
    this.makeRoom();
    this.addEventListener("htmx:load", () => this.tell());
  }

  disconnectedCallback() {
    this.sizes?.disconnect();
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== this.sheet);
  }

  get frozen() {
    return Number(this.dataset.frozen);
  }

  get heads() {
    return [...this.table.querySelectorAll("thead th[data-field]")];
  }

  col(name) {
    return this.table.querySelector(`col[data-field="${CSS.escape(name)}"]`);
  }

  // Groups whose rows are not there yet take as much room as they will: so only those in view are read.
  makeRoom() {
    for (const group of this.querySelectorAll("tbody.group")) {
      const cell = group.querySelector(".pending > td");
      if (cell) cell.style.height = `calc(${Math.min(Number(group.dataset.count), PAGE_SIZE)} * var(--row-height))`;
    }
  }

  // More rows have come: so many are shown now.
  tell() {
    const last = this.querySelector("[data-last]"), next = this.querySelector(".pages [data-page]");
    if (next) this.lead(next);
    if (last) last.textContent = (Number(last.dataset.last) + this.querySelectorAll("tr[data-record]").length).toLocaleString("en");
  }

  // The page behind all that is shown now.
  lead(link) {
    const number = Number(link.dataset.page) + Math.ceil(this.querySelectorAll("tr[data-record]").length / PAGE_SIZE);
    link.hidden = number > Number(link.dataset.pages);
    const address = new URL(link.href);
    address.searchParams.set("page", number);
    link.href = address.href;
  }

  // Where frozen columns stand, is known when the table is laid out. On narrow pages the name alone stays.
  freeze() {
    const heads = this.heads.slice(0, this.frozen);
    let left = 40;
    const rules = heads.map((head, place) => {
      const rule = place ? `.list-table tr > :nth-child(${place + 2}) { position: sticky; left: ${left}px; z-index: 2; background: inherit; }` : "";
      left += head.offsetWidth;
      return rule;
    });
    const over = heads.map((_head, place) => `.list-table :is(thead, tfoot) tr > :nth-child(${place + 2}) { z-index: 4; }`);
    this.sheet.replaceSync(this.frozen > 1 ? `@media (width >= 40rem) { ${[...rules, ...over].join(" ")} }` : "");
  }

  shiftClicked(event) {
    const link = event.target.closest("[data-sort-link]");
    if (!link || !event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.sortAlso(link.closest("th").dataset.sort);
  }

  clicked(event) {
    const button = event.target.closest("[data-column]");
    if (button) this.prepare(button.closest("th"));
    const action = event.target.closest("#column-menu [data-do]");
    if (action) {
      this.querySelector("#column-menu").hidePopover();
      this.act(action.dataset.do, this.head);
    }
    if (event.target.closest("[data-density-toggle]")) this.toggleDensity();
    const collapse = event.target.closest("[data-collapse]");
    if (collapse) {
      const isClosed = collapse.closest("tbody").classList.toggle("closed");
      collapse.setAttribute("aria-expanded", String(!isClosed));
    }
  }

  // The menu shows what can be done with a column.
  prepare(head) {
    this.head = head;
    const { sort, field } = head.dataset;
    const place = this.heads.indexOf(head);
    const isSorted = this.sorts().some((key) => key.replace("-", "") === sort);
    const can = {
      ascending: Boolean(sort),
      descending: Boolean(sort),
      "then-ascending": Boolean(sort) && this.sorts().length > 0 && !isSorted,
      "then-descending": Boolean(sort) && this.sorts().length > 0 && !isSorted,
      unsort: isSorted,
      group: Boolean(this.querySelector(`#group-menu [data-name="${CSS.escape(field)}"]`)),
      left: place > 1,
      right: place > 0 && place < this.heads.length - 1,
      freeze: place + 1 !== this.frozen,
      unfreeze: this.frozen > 0,
      hide: place > 0,
    };
    for (const button of this.querySelectorAll("#column-menu [data-do]")) button.hidden = can[button.dataset.do] === false;
    // A record's own properties, whose names alone have capital letters, are no fields.
    for (const link of this.querySelectorAll("#column-menu [data-to]")) {
      link.hidden = /[A-Z]/.test(field);
      link.href = link.dataset.to.replace("FIELD", field);
    }
  }

  act(action, head) {
    const { sort, field } = head.dataset;
    const names = this.heads.map((one) => one.dataset.field);
    const place = names.indexOf(field);
    const actions = {
      ascending: () => show({ sort }),
      descending: () => show({ sort: `-${sort}` }),
      "then-ascending": () => show({ sort: [...this.sorts(), sort].join(",") }),
      "then-descending": () => show({ sort: [...this.sorts(), `-${sort}`].join(",") }),
      unsort: () => show({ sort: this.sorts().filter((key) => key.replace("-", "") !== sort).join(",") }),
      group: () => show({ group: field }),
      wider: () => this.size(field, head.offsetWidth + STEP),
      narrower: () => this.size(field, head.offsetWidth - STEP),
      left: () => this.reorder(names, place, place - 1),
      right: () => this.reorder(names, place, place + 1),
      hide: () => this.saveNames(names.filter((name) => name !== field)),
      freeze: () => this.save({ frozen: place + 1 }).then(refresh),
      unfreeze: () => this.save({ frozen: 0 }).then(refresh),
    };
    actions[action]();
  }

  sorts() {
    return asked("sort").split(",").filter(Boolean);
  }

  // One more to sort by; one that is there already goes the other way.
  sortAlso(name) {
    const sorts = this.sorts();
    const at = sorts.findIndex((key) => key.replace("-", "") === name);
    if (at < 0) sorts.push(name);
    else sorts[at] = sorts[at].startsWith("-") ? name : `-${name}`;
    show({ sort: sorts.join(",") });
  }

  reorder(names, from, to) {
    names.splice(to, 0, ...names.splice(from, 1));
    return this.saveNames(names);
  }

  // Names of columns, with the widths that they have.
  saveNames(names) {
    return this.save({ columns: names.map((name) => `${name}:${this.col(name)?.width ?? ""}`) }).then(refresh);
  }

  pressed(event) {
    const edge = event.target.closest("[data-edge]");
    if (!edge || event.button) return;
    event.preventDefault();
    const head = edge.closest("th");
    const [from, width] = [event.clientX, head.offsetWidth];
    const move = (moved) => this.size(head.dataset.field, width + moved.clientX - from);
    edge.classList.add("dragged");
    edge.setPointerCapture(event.pointerId);
    edge.addEventListener("pointermove", move);
    edge.addEventListener("lostpointercapture", () => {
      edge.classList.remove("dragged");
      edge.removeEventListener("pointermove", move);
    }, { once: true });
  }

  // A column gets a width: from then on, all keep those that they have.
  size(field, width) {
    if (!this.table.classList.contains("sized")) {
      for (const head of this.heads) this.col(head.dataset.field).width = head.offsetWidth;
      this.table.classList.add("sized");
    }
    this.col(field).width = Math.round(Math.min(MOST, Math.max(LEAST, width)));
    clearTimeout(this.timer);
    const columns = this.heads.map(({ dataset }) => `${dataset.field}:${this.col(dataset.field).width}`);
    this.timer = setTimeout(() => this.save({ columns }).then(() => this.showChanged()), SAVE_PAUSE);
  }

  // Of all tables, as in the person's settings; or of the saved view.
  toggleDensity() {
    const page = this.closest(".list[data-density]") ?? document.documentElement;
    const density = page.dataset.density === "comfortable" ? "compact" : "comfortable";
    page.dataset.density = density;
    this.querySelector("[data-density-toggle]").setAttribute("aria-pressed", String(density === "comfortable"));
    this.save({ density }).then(() => this.showChanged());
  }

  // Where the rows stay as they are, the row of views alone says that the saved one has changed.
  showChanged() {
    const views = { target: "#views", select: "#views", swap: "outerHTML" };
    if (this.closest(".list").dataset.view) read(location.pathname + location.search, views);
  }

  // Keeps what the person likes. From then on, the address says nothing of columns. Of a saved view, the address says it.
  async save(values) {
    if (this.closest(".list").dataset.view) {
      const said = Object.entries(values).map(([name, value]) => [name, [value].flat().join(",")]);
      note(Object.fromEntries(said));
      return;
    }
    const body = new FormData();
    for (const [name, value] of Object.entries(values)) for (const one of [value].flat()) body.append(name, one);
    const answer = await send(this.dataset.save, { method: "POST", body, headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok) toast("The columns could not be saved.", { level: "error" });
    else if (addressWith({}).searchParams.has("columns")) note({ columns: null });
  }
}

// What the panel does is loaded when it opens.
const load = (event) => {
  if (event.target.id === "columns-panel") import("./columns-panel.js");
};
document.addEventListener("beforetoggle", load, true);

customElements.define("list-columns", ListColumns);
