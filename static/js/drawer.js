// The drawer: a record, or the form of a new one, over the list, or over the record that a new one is to point at. Its
// address is the page's own, so that Back closes it, a reload shows the page, and a link to it can be sent. Without this
// script there are pages.

import { Draft, settle } from "./drafts.js";
import { LINKS, SHOWN, isMade, nextTo, places, withList } from "./drawer-places.js";
import { isTaken } from "./keys.js";
import { askToLeave, hasTyped } from "./leaving.js";
import { refresh } from "./list-address.js";
import { Loading } from "./loading.js";
import { fetchPage, sent } from "./shown_page.js";
import { toast } from "./toasts.js";

const FORMS = "form[method=post]";

export class Drawer {
  constructor() {
    this.dialog = Object.assign(document.createElement("dialog"), { className: "drawer" });
    this.dialog.setAttribute("aria-labelledby", "record-title");
    // While there is no title.
    this.dialog.setAttribute("aria-label", "Details");
    this.bar = document.createElement("div");
    this.bar.className = "drawer-bar";
    this.page = Object.assign(document.createElement("a"), { className: "button quiet", textContent: "Open as page" });
    this.page.dataset.page = "";
    const close = Object.assign(document.createElement("button"), { className: "icon-button", type: "button", textContent: "×" });
    close.setAttribute("aria-label", "Close");
    close.addEventListener("click", () => this.leave(() => this.close()));
    this.bar.append(this.page, close);
    this.content = document.createElement("div");
    this.content.className = "drawer-content";
    this.loading = new Loading(this.content);
    this.dialog.append(this.bar, this.content, this.loading.status);
    this.dialog.addEventListener("cancel", (event) => (event.preventDefault(), this.back()));
    this.dialog.addEventListener("click", (event) => this.onClick(event));
    this.dialog.addEventListener("submit", (event) => this.onSubmit(event));
    this.dialog.addEventListener("keydown", (event) => this.onKey(event));
    this.dialog.addEventListener("record-changed", (event) => this.changed.add(event.detail.id));
    addEventListener("popstate", () => this.isOpen && this.hide());
    this.changed = new Set();
  }

  get isOpen() {
    return this.dialog.open;
  }

  async open(address, opener) {
    if (!this.isOpen) {
      this.opener = opener;
      this.title = document.title;
      this.list = location.href;
      this.changed.clear();
      this.isNew = this.isDeleted = false;
      this.tab = this.record = null;
      document.body.append(this.dialog);
      // Toasts are told above it.
      const toasts = document.querySelector("toast-list");
      this.toastsPlace = toasts?.parentElement;
      if (toasts) this.dialog.append(toasts);
      history.pushState({ drawer: true }, "", address);
      this.dialog.showModal();
      this.content.replaceChildren();
    }
    await this.load(address);
  }

  parts() {
    return import("./record.js");
  }

  async load(address, options) {
    const number = (this.asked = (this.asked ?? 0) + 1);
    this.loading.begin();
    try {
      // What works on the pages of records comes with the first of them.
      const [shown] = await Promise.all([fetchPage(address, options), this.parts()]);
      if (number === this.asked && this.isOpen) this.show(shown);
    } catch (error) {
      toast(error.message, { level: "error" });
      // Where nothing has been shown yet, the page below is what one goes on with.
      if (number === this.asked && this.isOpen && this.loading.isEmpty) this.close();
    } finally {
      if (number === this.asked) this.loading.end();
    }
  }

  show({ address, content, title }) {
    const { pathname, search } = new URL(address);
    // Where something was deleted, its list is what is left.
    this.isDeleted = !SHOWN.test(pathname) && (content.querySelector("#list") !== null || !content.querySelector("form"));
    if (this.isDeleted) return this.close(true);
    if (isMade(this.address, pathname)) this.isNew = true;
    this.address = pathname;
    history.replaceState({ drawer: true }, "", pathname + search);
    document.title = title.trim().replace(/\s+/g, " ");
    this.page.href = pathname + search;
    this.content.replaceChildren(...content.childNodes);
    this.dialog.scrollTop = 0;
    const record = this.content.querySelector("record-page");
    if (record) {
      this.record = record.dataset.record;
      this.tab = pathname + search;
      this.mark();
    }
    const form = this.content.querySelector("form[data-draft]");
    if (this.sentDraft) settle(this.sentDraft, form);
    this.sentDraft = null;
    if (form) new Draft(form, () => this.load(location.href));
    const first = this.content.querySelector(".wrong input, .wrong textarea, [autofocus]") ?? this.firstControl() ?? this.content.querySelector("h1");
    first?.focus();
    return undefined;
  }

  firstControl() {
    return this.content.querySelector(".record-form .field input:not([type=hidden]), .record-form .field textarea");
  }

  // The row of the list below whose record is shown.
  mark() {
    for (const row of document.querySelectorAll("record-grid tr[aria-current]")) row.removeAttribute("aria-current");
    const row = this.isOpen && this.record && document.querySelector(`record-grid tr[data-record="${CSS.escape(this.record)}"]`);
    if (!row) return;
    row.setAttribute("aria-current", "true");
  }

  // From a form to the record that it is of, and from there to the list.
  back() {
    const isForm = !this.content.querySelector("record-page");
    this.leave(() => (isForm && this.tab ? this.load(this.tab) : this.close()));
  }

  // What was typed is not left without a question.
  leave(go) {
    if (hasTyped(this.content)) askToLeave(this.content, go);
    else go();
  }

  // `isChanged`: the list is another one than before.
  close(isChanged = false) {
    this.reloads = isChanged;
    // Leads to `hide`.
    history.back();
  }

  async hide() {
    this.asked += 1;
    this.loading.end();
    const toasts = this.dialog.querySelector("toast-list");
    this.dialog.close();
    if (toasts) this.toastsPlace.append(toasts);
    this.dialog.remove();
    this.mark();
    document.title = this.title;
    const grid = document.querySelector("record-grid");
    const next = this.isDeleted && (nextTo(this.record, 1) ?? nextTo(this.record, -1));
    if (next) this.record = next.closest("[data-record]").dataset.record;
    this.focusBelow();
    if (this.isNew || this.reloads || (this.changed.size && !grid && places().length)) {
      await this.reload();
      if (next) this.focusBelow();
    } else if (this.changed.size) await grid?.saver?.refresh([...this.changed]);
  }

  // The record's place on the page below, or else what has opened it. In a row beside what was deleted it is the cell
  // that ticks the row: letters are the page's there.
  focusBelow() {
    const isGrid = document.querySelector("record-grid")?.focusCell;
    const row = places().find((one) => one.dataset.record === this.record)?.querySelector(LINKS);
    const opener = this.openerNow();
    const target = row || opener;
    const pick = this.isDeleted && target?.closest("tr")?.querySelector(":scope > .pick");
    const cell = pick || target?.closest(isGrid ? "th[data-field]" : ".board-card");
    (cell ?? target)?.focus({ preventScroll: target === opener });
  }

  // What has opened it; where the page below was shown anew, what stands there in its place.
  openerNow() {
    const { opener } = this;
    if (!opener || opener.isConnected) return opener;
    return document.getElementById(opener.id) ?? document.querySelector(`a[href="${CSS.escape(opener.getAttribute("href") ?? "")}"]`);
  }

  reload() {
    this.reloads = this.isNew = false;
    const below = document.querySelector("record-page, field-list");
    if (below) return below.refresh();
    return document.querySelector("#list") ? refresh() : undefined;
  }

  onClick(event) {
    if (event.target === this.dialog) return void this.leave(() => this.close());
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || link.target) return;
    if ("list" in link.dataset || "cancel" in link.dataset) {
      event.preventDefault();
      if ("cancel" in link.dataset && this.tab) this.load(this.tab);
      else this.close();
    } else if (!("page" in link.dataset) && link.origin === location.origin && SHOWN.test(link.pathname)) {
      event.preventDefault();
      this.load(link.href);
    }
  }

  onSubmit(event) {
    const form = event.target;
    if (event.defaultPrevented || !form.matches(FORMS)) return;
    event.preventDefault();
    if (form.dataset.sending) return;
    form.dataset.sending = "true";
    event.submitter?.setAttribute("aria-busy", "true");
    if (this.record) this.changed.add(this.record);
    this.sentDraft = Draft.of(form)?.key;
    const isToast = form.closest("toast-list");
    this.load(form.action || location.href, sent(form, event.submitter)).finally(() => {
      delete form.dataset.sending;
      event.submitter?.removeAttribute("aria-busy");
      if (isToast) form.closest(".toast")?.remove();
    });
  }

  // j and k go on through the rows of the list that is below.
  onKey(event) {
    if (event.key === "Escape") return this.onEscape(event);
    const step = { j: 1, k: -1 }[event.key];
    if (!step || isTaken(event.target, this.content) || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return undefined;
    event.preventDefault();
    event.stopPropagation();
    // A form is left by who wants to leave it.
    if (!this.content.querySelector("record-page")) return undefined;
    const next = nextTo(this.record, step);
    const told = this.content.querySelector(step > 0 ? "a[rel=next]" : "a[rel=prev]");
    const onward = next?.matches("th a") ? withList(next, new URL(this.list).search, this.tab) : next?.href;
    const address = onward ?? told?.href;
    if (address) this.leave(() => this.load(address));
    return undefined;
  }

  // Browsers ask a dialog once whether it may close, and close it the second time.
  onEscape(event) {
    const isOfPage = this.content.querySelector("record-page :is(.record-menu[open], .cell-form)");
    if (event.defaultPrevented || isOfPage) return;
    event.preventDefault();
    event.stopPropagation();
    this.back();
  }
}
