// Keys for what a page offers: an element with data-key="n" is clicked, or focused where it is a control, by that key.

import { isTaken } from "./keys.js";

const sheet = document.getElementById("shortcuts");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTaken(event.target)) return;
  if (document.querySelector("dialog:modal")) return;
  if (event.key === "?") {
    event.preventDefault();
    sheet.showModal();
    return;
  }
  const element = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!element) return;
  event.preventDefault();
  if (element.matches("input, select, textarea")) element.focus();
  else element.click();
});

for (const button of document.querySelectorAll("[data-shortcuts]")) {
  button.hidden = false;
  button.addEventListener("click", () => sheet.showModal());
}
