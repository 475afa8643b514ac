// The palette: Ctrl-K (or Cmd-K) opens it anywhere. It finds records, and does things.

import { send } from "./session.js";

const PAUSE_MS = 120;

class CommandPalette extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.input = this.querySelector("input");
    this.results = this.querySelector("[role=listbox]");
    document.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
        event.preventDefault();
        this.open();
      }
    });
    document.addEventListener("click", (event) => {
      if (!event.target.closest("[data-palette]")) return;
      event.preventDefault();
      this.open();
    });
    this.input.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.search(), PAUSE_MS);
    });
    this.input.addEventListener("keydown", (event) => this.press(event));
    this.results.addEventListener("pointermove", (event) => this.choose(event.target.closest("a")));
    // A click beside it closes it.
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    this.dialog.addEventListener("close", () => this.before?.focus());
  }

  open() {
    if (this.dialog.open) return;
    this.before = document.activeElement;
    this.dialog.showModal();
    this.input.select();
    this.search();
  }

  get options() {
    return [...this.results.querySelectorAll("a")];
  }

  async search() {
    this.asked?.abort();
    const { signal } = (this.asked = new AbortController());
    const address = `${this.dataset.results}?${new URLSearchParams({ q: this.input.value, from: location.pathname })}`;
    try {
      const answer = await send(address, { signal });
      if (!answer.ok) throw new Error(answer.statusText);
      const html = await answer.text();
      if (signal.aborted) return;
      this.results.innerHTML = html;
      this.choose(this.options[0]);
    } catch (error) {
      if (error.name !== "AbortError") this.results.textContent = "The server does not answer.";
      return;
    }
    this.searched = this.input.value;
    // Enter was pressed before the answer was there.
    if (this.waiting) this.go();
  }

  press(event) {
    const at = this.options.indexOf(this.chosen);
    if (event.key === "ArrowDown") this.choose(this.options[Math.min(at + 1, this.options.length - 1)]);
    else if (event.key === "ArrowUp") this.choose(this.options[Math.max(at - 1, 0)]);
    else if (event.key === "Enter") this.go();
    else return;
    event.preventDefault();
  }

  choose(option) {
    if (!option || option === this.chosen) return;
    this.chosen?.setAttribute("aria-selected", "false");
    this.chosen = option;
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  go() {
    this.waiting = this.searched !== this.input.value;
    if (!this.waiting) this.chosen?.click();
  }
}

customElements.define("command-palette", CommandPalette);
