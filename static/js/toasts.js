// Toasts: what was done, with the way back. Whoever has something to say calls `toast(text, { change, level })`; of what
// is no change, `undo` is the address that takes it back.

const SHOWN_MS = 8000;

class ToastList extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector("[role=status]");
    for (const item of this.list.children) this.watch(item);
    this.listener = (event) => this.add(event.detail);
    document.addEventListener("toast", this.listener);
  }

  disconnectedCallback() {
    document.removeEventListener("toast", this.listener);
  }

  add({ text, change = "", undo = "", level = "success" }) {
    const item = this.querySelector("template").content.firstElementChild.cloneNode(true);
    item.classList.add(level);
    item.querySelector("p").textContent = text;
    const form = item.querySelector("form");
    if (change || undo) {
      form.action = undo || this.dataset.undo.replace("CHANGE", encodeURIComponent(change));
      form.elements.next.value = location.pathname + location.search;
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
    if (item.classList.contains("error")) return;
    let timer;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => item.remove(), SHOWN_MS);
    };
    item.addEventListener("pointerenter", () => clearTimeout(timer));
    item.addEventListener("focusin", () => clearTimeout(timer));
    item.addEventListener("pointerleave", wait);
    item.addEventListener("focusout", wait);
    wait();
  }
}

customElements.define("toast-list", ToastList);

export function toast(text, more = {}) {
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, ...more } }));
}
