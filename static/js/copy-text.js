// A text that a button copies, such as a key that is shown once.

import { toast } from "./toasts.js";

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied.");
  } catch {
    toast("It could not be copied: mark the text and copy it.", { level: "error" });
  }
}

class CopyText extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("[data-copy]");
    button.hidden = false;
    button.addEventListener("click", () => copy(this.querySelector("code").textContent));
  }
}

customElements.define("copy-text", CopyText);
