// The page of a record: values are edited where they stand, its menu, and keys. Without it there are links and forms.

import "./combobox.js";
import "./field-groups.js";
import { isInPlace, sendInPlace } from "./in-place.js";
import { isTaken } from "./keys.js";
import { hasTyped } from "./leaving.js";
import { watch } from "./live.js";
import { mentionable } from "./mentions.js";
import "./record_form.js";
import { keepFocus } from "./same-place.js";
import { inWords, send } from "./session.js";
import { fetchPage, sent } from "./shown_page.js";
import { toast } from "./toasts.js";

// What a page of a record is made of.
const PARTS = [
  ".record-head, .key-values, .tabs, .record-values > div, .record-made, .compose, .record-beside > section",
  ".timeline, .pages, .related",
].join();

class RecordPage extends HTMLElement {
  connectedCallback() {
    if (this.isReady) return;
    this.isReady = true;
    this.addEventListener("records-changed", ({ detail }) => detail.includes(this.dataset.record) && this.refresh({ quiet: true }));
    watch(this);
    this.prepare();
    this.addEventListener("click", (event) => this.onClick(event));
    this.addEventListener("submit", (event) => this.onSubmit(event));
    this.addEventListener("keydown", (event) => this.onKey(event));
    this.listener = (event) => this.onPageKey(event);
    document.addEventListener("keydown", this.listener);
    // What one opens to write into, one writes into.
    this.addEventListener("toggle", ({ target }) => {
      if (target.matches(".compose[open]") && this.isOpening) target.querySelector("[name=title], [name=text]")?.focus();
      this.isOpening = false;
    }, true);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.listener);
  }

  prepare() {
    for (const button of this.querySelectorAll("[data-copy], [data-print]")) button.hidden = false;
    for (const area of this.querySelectorAll("[data-mentions]")) mentionable(area);
  }

  get base() {
    return new URL(this.dataset.address, location.origin).pathname;
  }

  onClick(event) {
    const { target } = event;
    const copy = target.closest("[data-copy]");
    if (target.closest("[data-compose]")) this.isOpening = true;
    if (copy) return this.copy(new URL(copy.dataset.copy, location.origin).href);
    if (target.closest("[data-print]")) return this.print();
    const place = target.closest("[data-field]");
    const isEdit = target.closest(".edit-value");
    if (!place || target.closest(".cell-form") || (target.closest("a") && !isEdit) || event.ctrlKey || event.metaKey) return undefined;
    // Whoever marks a text to copy it, edits nothing.
    if (!isEdit && getSelection().toString()) return undefined;
    event.preventDefault();
    event.stopPropagation();
    return this.edit(place);
  }

  async copy(address) {
    this.closeMenu();
    try {
      await navigator.clipboard.writeText(address);
      toast("The link is copied.");
    } catch {
      toast(`It could not be copied: ${address}`, { level: "error" });
    }
  }

  print() {
    this.closeMenu();
    print();
  }

  closeMenu() {
    this.querySelector(".record-menu")?.removeAttribute("open");
  }

  // Values --------------------------------------------------------------------------------------------------------

  async edit(place) {
    if (place.querySelector(".cell-form")) return;
    place.setAttribute("aria-busy", "true");
    try {
      const { content, status } = await fetchPage(`${this.base}cell/${encodeURIComponent(place.dataset.field)}/`);
      const form = content.querySelector("form.cell-form");
      if (!form) throw new Error(content.textContent.trim() || `It cannot be changed now (${status}).`);
      this.showForm(place, form);
    } catch (error) {
      toast(error.message, { level: "error" });
    }
    place.removeAttribute("aria-busy");
  }

  showForm(place, form) {
    const value = place.querySelector("dd");
    value.hidden = true;
    place.querySelector(".value-control")?.remove();
    const actions = Object.assign(document.createElement("div"), { className: "cell-actions" });
    const save = Object.assign(document.createElement("button"), { className: "button primary", textContent: "Save" });
    const cancel = Object.assign(document.createElement("button"), { className: "button quiet", type: "button", textContent: "Cancel" });
    cancel.addEventListener("click", () => this.leave(place));
    actions.append(save, cancel);
    form.append(actions);
    // A list of values has nothing but terms and what they mean.
    const around = Object.assign(document.createElement("dd"), { className: "value-control" });
    around.append(form);
    value.after(around);
    const control = form.querySelector("combo-box input") ?? form.querySelector("input:not([type=hidden]), select, textarea");
    control?.focus();
    control?.select?.();
  }

  leave(place, focus = true) {
    place.querySelector(".value-control")?.remove();
    place.querySelector("dd").hidden = false;
    if (focus) place.querySelector(".edit-value")?.focus();
  }

  async onSubmit(event) {
    const form = event.target.closest(".cell-form");
    if (!form && isInPlace(event.target)) {
      event.preventDefault();
      return void sendInPlace(this, event.target, event.submitter);
    }
    if (!form) return undefined;
    event.preventDefault();
    event.stopPropagation();
    if (form.getAttribute("aria-busy")) return undefined;
    const place = form.closest("[data-field]");
    form.setAttribute("aria-busy", "true");
    try {
      const answer = await send(form.action, { ...sent(form, event.submitter), headers: { "HX-Request": "true" } });
      const html = await answer.text();
      if (answer.ok) return await this.saved(place, answer.headers.get("X-Change-Id") ?? "");
      const page = new DOMParser().parseFromString(html, "text/html");
      const again = page.querySelector("form.cell-form");
      if (!again) throw new Error(page.body.textContent.trim());
      this.showForm(place, again);
    } catch (error) {
      toast(inWords(error), { level: "error" });
    }
    form.removeAttribute("aria-busy");
    return undefined;
  }

  async saved(place, change) {
    const { field } = place.dataset;
    const label = place.querySelector("dt").textContent.trim();
    this.leave(place);
    await this.refresh();
    if (change) toast(`${label} of “${this.querySelector("h1 bdi").textContent}” is saved.`, { change });
    this.dispatchEvent(new CustomEvent("record-changed", { bubbles: true, detail: { id: this.dataset.record } }));
  }

  // The page as it is stored now.
  async refresh(options) {
    const number = this.nextNumber();
    const { content, status } = await fetchPage(this.dataset.address, options).catch(() => ({}));
    // Whoever sends something here sees what comes of it, and goes on from there.
    if (number !== this.asked || this.querySelector("form[data-sending]")) return;
    const page = content?.querySelector("record-page");
    if (page) this.show(page);
    // It was deleted: the page says so, and what to do.
    else if (status === 404 && !hasTyped(this)) this.replaceChildren(...content.childNodes);
  }

  // Of what is asked for, the last is shown.
  nextNumber() {
    return (this.asked = (this.asked ?? 0) + 1);
  }

  // Show another state of it, part by part. What somebody is about to write stays.
  show(page) {
    const held = [...this.querySelectorAll(PARTS)], now = [...page.querySelectorAll(PARTS)];
    keepFocus(this, () => {
      if (held.length === now.length) held.forEach((part, at) => isOpen(part) || part.replaceWith(now[at]));
      else if (!held.some(isOpen)) this.replaceChildren(...page.childNodes);
    });
    this.prepare();
  }

  // Keys ----------------------------------------------------------------------------------------------------------

  onKey(event) {
    const place = event.target.closest(".cell-form")?.closest("[data-field]");
    if (place && event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.leave(place);
    } else if (place && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      place.querySelector(".cell-form").requestSubmit();
    }
  }

  onPageKey(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key !== "Escape" && isTaken(event.target, this)) return;
    if (event.target.closest("input, textarea, select, [contenteditable], .cell-form")) return;
    // What is over the page has the keys.
    const dialog = document.querySelector("dialog[open]");
    if (dialog && !dialog.contains(this)) return;
    if (event.key === "Escape" && this.querySelector(".record-menu[open]")) {
      event.preventDefault();
      this.closeMenu();
      return;
    }
    const open = event.key === "Escape" && this.querySelector(".cell-form");
    if (open) {
      event.preventDefault();
      this.leave(open.closest("[data-field]"));
      return;
    }
    const link = { j: "a[rel=next]", k: "a[rel=prev]", e: "a[href$='/edit/']", m: "[data-compose=note]", a: "[data-compose=activity]", Escape: "a[data-list]" }[event.key];
    const found = link && this.querySelector(link);
    if (!found || (event.key === "Escape" && this.closest("dialog"))) return;
    event.preventDefault();
    // What is open already is not closed.
    if (found.closest(".compose[open]")) found.parentElement.querySelector("[name=title], [name=text]").focus();
    else found.click();
  }
}

// Whether somebody writes, or chooses, in a part of the page.
function isOpen(part) {
  return hasTyped(part) || part.querySelector(".cell-form, .record-menu[open]") !== null || part.matches(".compose[open]:not(.always)");
}

customElements.define("record-page", RecordPage);
