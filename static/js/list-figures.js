// Figures below columns: a menu chooses one, and the foot of the table alone is read anew.

import { addressWith, asText, note, read, refresh, whenShown, words } from "./list-address.js";
import { send } from "./session.js";

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

// What others change, changes figures; not under the hand of who chooses one.
document.querySelector("[data-live]")?.addEventListener("records-changed", () => whenShown("foot", readQuietly));

async function readQuietly() {
  const headers = { Accept: "text/html", "HX-Request": "true" };
  const answer = await send(footAddress(), { quiet: true, headers }).catch(() => null);
  const made = document.createElement("template"), foot = document.querySelector("#list tfoot");
  if (!answer?.ok || !foot || foot.contains(document.activeElement) || document.querySelector("#figure-menu:popover-open")) return;
  made.innerHTML = await answer.text();
  foot.replaceWith(made.content);
}

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
