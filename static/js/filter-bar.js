// The bar of filters: its panel opens at the field and goes on to the operator and the value, a chip is changed in it or
// taken away, and the focus stays in the bar.

import { read } from "./list-address.js";
import { place } from "./menu.js";

// The controls of the panel, in the order in which one goes through them.
const STEPS = ["[name=f-field]", "[name=f-operator]", "#filter-value :is(input:not([type=hidden]), textarea)"];

// What is focused when the list comes back.
let next = null;

class FilterBar extends HTMLElement {
  connectedCallback() {
    this.panel = this.querySelector("#filter-panel");
    this.button = this.querySelector("#add-filter");
    this.empty = this.panel.firstElementChild.cloneNode(true);
    if (next !== null) {
      const chips = this.querySelectorAll(".filter-text");
      (chips[next] ?? this.button).focus();
      next = null;
    }
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("keydown", (event) => this.pressed(event));
    this.addEventListener("submit", () => (next = Infinity));
    this.panel.addEventListener("change", ({ target }) => (this.done = STEPS.findIndex((step) => target.matches(step))));
    this.panel.addEventListener("toggle", (event) => this.toggled(event));
    // What is typed while the operator's controls are asked for, stays.
    this.panel.addEventListener("htmx:beforeSwap", () => (this.typed = this.text?.value));
    this.panel.addEventListener("htmx:afterSwap", () => this.swapped());
    // What came is longer, or says what is wrong.
    this.panel.addEventListener("htmx:afterSettle", () => this.settled());
  }

  get chips() {
    return [...this.querySelectorAll(".filter-chip")];
  }

  clicked(event) {
    const edit = event.target.closest("[data-edit]");
    if (edit && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      this.change(edit);
    }
    const remove = event.target.closest("[data-remove]");
    if (remove) next = this.chips.indexOf(remove.closest(".filter-chip"));
    if (event.target.closest(".ready-made a")) next = Infinity;
  }

  control(step) {
    const found = this.panel.querySelector(STEPS[step]);
    return found?.closest("combo-box")?.input ?? found;
  }

  // The line or the lines of a value that is typed.
  get text() {
    return this.panel.querySelector("#filter-value :is(input:not([type=hidden], [type=checkbox], combo-box *), textarea)");
  }

  pressed(event) {
    const step = event.key === "Enter" ? [0, 1].find((one) => event.target === this.control(one)) : undefined;
    const after = step === undefined ? null : this.control(step + 1);
    // Nothing to compare with, as with "is empty": Enter applies then.
    if (after) {
      event.preventDefault();
      after.focus();
    }
    const chip = event.target.closest(".filter-chip");
    if (!chip || !["Backspace", "Delete"].includes(event.key)) return;
    event.preventDefault();
    chip.querySelector("[data-remove]").click();
  }

  change(link) {
    this.asked = link;
    read(link.getAttribute("href"), { target: "#filter-editor", swap: "outerHTML" });
  }

  async toggled(event) {
    this.asked = null;
    if (event.newState === "open") {
      this.done = -1;
      await this.upgraded();
      if (this.panel.matches(":popover-open")) ((this.invoker && (this.control(2) ?? this.control(1))) || this.control(0)).focus();
      return;
    }
    // Whoever opened it by its key alone had the focus nowhere.
    const now = document.activeElement;
    const isNowhere = now === document.body || this.panel.contains(now);
    (this.invoker ?? (isNowhere ? this.button : null))?.focus({ preventScroll: isNowhere });
    this.invoker = null;
    const fresh = this.empty.cloneNode(true);
    this.panel.replaceChildren(fresh);
    window.htmx.process(fresh);
  }

  // What is chosen from is loaded when it is needed first.
  async upgraded() {
    if (this.panel.querySelector("combo-box")) await import("./combobox.js");
  }

  swapped() {
    const { text, typed } = this;
    if (text && typed && this.done > 0) text.value = typed;
    // The filter that is to be changed is there.
    if (!this.asked) return;
    [this.invoker, this.asked] = [this.asked, null];
    this.button.click();
  }

  async settled() {
    await this.upgraded();
    if (!this.panel.matches(":popover-open")) return;
    place(this.panel, this.button);
    const error = this.panel.querySelector(".error");
    if (!error) {
      // Whoever is at another control already stays there.
      const isHere = [document.body, this.control(this.done)].includes(document.activeElement);
      if (isHere && (this.done === 0 || this.done === 1)) this.control(this.done + 1)?.focus();
      this.done = -1;
      return;
    }
    next = null;
    error.closest(".field").querySelector("input, select")?.focus();
  }
}

customElements.define("filter-bar", FilterBar);
