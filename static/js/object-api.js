// The programs of an object's API: a button copies one, and a language that is opened is open in all of them.

import { copy } from "./copy-text.js";

class ApiPrograms extends HTMLElement {
  connectedCallback() {
    for (const button of this.querySelectorAll("[data-copy]")) button.hidden = false;
    this.addEventListener("click", (event) => {
      const button = event.target.closest("[data-copy]");
      if (button) copy(button.parentElement.querySelector("code").textContent);
    });
    for (const summary of this.querySelectorAll("summary")) {
      summary.addEventListener("click", (event) => {
        event.preventDefault();
        this.choose(summary);
      });
    }
  }

  choose(summary) {
    const place = summary.getBoundingClientRect().top;
    const { language } = summary.parentElement.dataset;
    for (const details of this.querySelectorAll("details")) details.open = details.dataset.language === language;
    // What was clicked stays under the pointer.
    scrollBy(0, summary.getBoundingClientRect().top - place);
  }
}

customElements.define("api-programs", ApiPrograms);
