// Searching as one types. The answer replaces the box, too; what was typed meanwhile stays.

import { show } from "./list-address.js";

const PAUSE = 250;
let typed = null;
let timer;

class ListSearch extends HTMLElement {
  connectedCallback() {
    const box = this.querySelector("input[type=search]");
    if (typed !== null) {
      const { text, start, end } = typed;
      // The box that this one takes the place of is still there: somebody may have marked something in it meanwhile.
      const before = document.activeElement?.closest("list-search input[type=search]");
      const [from, to] = before ? [before.selectionStart, before.selectionEnd] : [start, end];
      box.value = text;
      box.focus();
      box.setSelectionRange(from, to);
    }
    box.addEventListener("input", () => {
      typed = { text: box.value, start: box.selectionStart, end: box.selectionEnd };
      this.later(PAUSE);
    });
    box.addEventListener("blur", () => {
      // Where one has to sign in first, one goes on here.
      if (box.isConnected && !document.querySelector("#sign-in-again[open]")) typed = null;
    });
    this.addEventListener("submit", (event) => {
      event.preventDefault();
      typed = { text: box.value, start: box.selectionStart, end: box.selectionEnd };
      this.later(0);
    });
  }

  later(pause) {
    clearTimeout(timer);
    const { text } = typed;
    timer = setTimeout(() => show({ search: text }), pause);
  }
}

customElements.define("list-search", ListSearch);
