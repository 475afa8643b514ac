// Figures below columns: a menu chooses one, and the foot of the table alone is read anew.

import { addressWith, asText, note, read, refresh, words } from "./list-address.js";

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-figure]");
  if (button) prepare(button.closest("td"));
  const choice = event.target.closest?.("#figure-menu [data-function]");
  if (choice) choose(choice.dataset.function);
});

let chosen;

// The menu offers what can be worked out of the column's values.
function prepare(cell) {
  chosen = cell.dataset.field;
  const functions = cell.dataset.functions.split(" ");
  for (const choice of document.querySelectorAll("#figure-menu [data-function]")) {
    const name = choice.dataset.function;
    choice.hidden = Boolean(name) && !functions.includes(name);
    if (name === cell.dataset.function) choice.setAttribute("aria-current", "true");
    else choice.removeAttribute("aria-current");
  }
}

function footAddress() {
  const address = addressWith({ part: "foot" });
  return address.pathname + address.search;
}

// What others change has them read anew.
document.querySelector("[data-live]")?.addEventListener("records-changed", async () => (await import("./live-figures.js")).follow(footAddress));

async function choose(name) {
  document.getElementById("figure-menu").hidePopover();
  const footer = words("footer");
  if (name) footer.set(chosen, name);
  else footer.delete(chosen);
  note({ footer: asText(footer) });
  // Groups have their subtotals, which change with it.
  if (document.querySelector("#list .group")) await refresh();
  else await read(footAddress(), { target: "#list tfoot", swap: "outerHTML" });
  document.getElementById(`figure-${chosen}`)?.focus();
}
