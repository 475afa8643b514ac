// Toasts: what was done, with the way back. Whoever has something to say calls `toast(text, { change, level })`; of what
// is no change, `undo` is the address that takes it back.

const SHOWN_MS = 6000;
// What can be taken back stays longer.
const UNDO_MS = 10000;
const MOST = 3;

class ToastList extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector("[role=status]");
    this.timers = new Map();
    for (const item of this.list.children) this.watch(item);
    // They lie on each other: who looks at one, looks at all.
    for (const name of ["pointerenter", "focusin"]) this.list.addEventListener(name, () => this.pause());
    for (const name of ["pointerleave", "focusout"]) this.list.addEventListener(name, () => this.wait());
    // Undo leads back to where one is when one presses it: a drawer may have been closed since.
    this.list.addEventListener("submit", ({ target }) => (target.elements.next.value = location.pathname + location.search));
    this.listener = (event) => this.add(event.detail);
    document.addEventListener("toast", this.listener);
  }

  disconnectedCallback() {
    document.removeEventListener("toast", this.listener);
  }

  add({ text, change = "", undo = "", level = "success" }) {
    // Of several requests that fail alike, one says so.
    if (level === "error") [...this.list.children].find((one) => one.querySelector("p").textContent === text)?.remove();
    const item = this.querySelector("template").content.firstElementChild.cloneNode(true);
    item.classList.add(level);
    item.querySelector("p").textContent = text;
    const form = item.querySelector("form");
    if (change || undo) {
      form.action = undo || this.dataset.undo.replace("CHANGE", encodeURIComponent(change));
    } else {
      form.remove();
    }
    this.list.append(item);
    this.watch(item);
  }

  // Closes a toast after a while, but not while it is looked at, nor an error, which nobody may miss.
  watch(item) {
    const close = item.querySelector("[data-close]");
    close.hidden = false;
    close.addEventListener("click", () => item.remove());
    const all = [...this.list.children];
    const spare = all.find((one) => !one.classList.contains("error")) ?? all[0];
    if (all.length > MOST) spare.remove();
    this.wait();
    if (item.querySelector("form")) import("./last-change.js").then(({ note }) => note(item));
  }

  pause() {
    this.timers.forEach(clearTimeout);
    this.timers.clear();
  }

  wait() {
    if (this.list.matches(":hover, :focus-within")) return;
    for (const item of this.list.children) {
      if (this.timers.has(item) || item.classList.contains("error")) continue;
      this.timers.set(item, setTimeout(() => this.close(item), item.querySelector("form") ? UNDO_MS : SHOWN_MS));
    }
  }

  close(item) {
    this.timers.delete(item);
    item.remove();
  }
}

customElements.define("toast-list", ToastList);

export function toast(text, more = {}) {
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, ...more } }));
}
