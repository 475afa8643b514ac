// The drawer in which fields are made and changed, over the page of an object's fields or over a list of its records.
// It stays open: behind a field that was added comes the form of the next one.

import { Drawer } from "./drawer.js";
import { ask } from "./field-asking.js";
import { isTaken } from "./keys.js";
import { hasTyped } from "./leaving.js";
import { refresh } from "./list-address.js";
import { inWords, send } from "./session.js";
import { sent } from "./shown_page.js";
import { toast } from "./toasts.js";

export class FieldDrawer extends Drawer {
  constructor() {
    super();
    this.dialog.classList.add("of-fields");
    this.added = [];
  }

  parts() {
    return import("./field-form.js");
  }

  get below() {
    return document.querySelector("field-list");
  }

  get fieldForm() {
    return this.content.querySelector("field-form");
  }

  show(shown) {
    const wasSent = this.isSent;
    this.isSent = false;
    super.show(shown);
    if (!wasSent || this.content.querySelector("form .wrong, form [role=alert]")) return;
    const { after } = this.fieldForm?.dataset ?? {};
    if (after) this.added.push({ name: after, after: this.behind });
    this.behind = after;
    this.changedBelow();
  }

  async open(address, opener) {
    if (!this.isOpen) this.behind = new URL(address, location.href).searchParams.get("after") ?? "";
    return super.open(address, opener);
  }

  // Something has changed: what is below shows it, the list of records when one comes back to it.
  changedBelow() {
    if (this.below) this.below.refresh();
    else this.hasChanged = true;
  }

  async hide() {
    this.reloads = this.hasChanged;
    this.hasChanged = false;
    return super.hide();
  }

  async reload() {
    this.reloads = this.isNew = false;
    const { added } = this;
    this.added = [];
    if (!document.querySelector("#list")) return;
    await refresh();
    this.openerNow()?.focus();
    const columns = document.querySelector("list-columns"), names = columns.heads.map(({ dataset }) => dataset.field);
    if (added.every(({ name }) => names.includes(name))) return;
    // Whoever adds a field from the list wants to see it there, whatever columns are shown.
    for (const { name, after } of added) {
      if (!names.includes(name)) names.splice(names.indexOf(after) + 1 || names.length, 0, name);
    }
    await columns.saveNames(names);
    this.openerNow()?.focus();
  }

  onSubmit(event) {
    const form = event.target;
    if (form.closest("toast-list")) {
      event.preventDefault();
      return void this.undo(form, event.submitter);
    }
    this.isSent = true;
    return super.onSubmit(event);
  }

  // What is typed into the form stays.
  async undo(form, button) {
    form.closest(".toast").remove();
    try {
      const answer = await send(form.action, sent(form, button));
      const { text, change = "" } = await answer.json();
      toast(text, answer.ok ? { change } : { level: "error" });
      if (!answer.ok) return;
      this.changedBelow();
      if (this.fieldForm?.dataset.field && !hasTyped(this.content)) this.load(location.href);
    } catch (error) {
      toast(inWords(error), { level: "error" });
    }
  }

  onClick(event) {
    const asking = event.target.closest("[data-ask]");
    if (asking && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      const done = () => {
        this.changedBelow();
        this.close();
      };
      ask(asking.href, done, () => this.fieldForm?.rest());
      return;
    }
    if (event.target.closest("[data-page]")) this.page.href = location.href;
    super.onClick(event);
  }

  // j and k go on through the fields.
  onKey(event) {
    if (event.key === "Escape") return this.onEscape(event);
    const to = { j: "a[rel=next]", k: "a[rel=prev]" }[event.key];
    if (!to || isTaken(event.target, this.content) || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return undefined;
    const link = this.content.querySelector(to);
    event.preventDefault();
    event.stopPropagation();
    if (link) this.leave(() => this.load(link.href));
    return undefined;
  }
}
