// What others change, changes figures below columns; not under the hand of who chooses one.

import { whenShown } from "./list-address.js";
import { send } from "./session.js";

// `addressOf` says where the foot is read, for the list as it is then.
export function follow(addressOf) {
  whenShown("foot", () => readQuietly(addressOf()));
}

async function readQuietly(address) {
  const headers = { Accept: "text/html", "HX-Request": "true" };
  const answer = await send(address, { quiet: true, headers }).catch(() => null);
  const made = document.createElement("template"), foot = document.querySelector("#list tfoot");
  if (!answer?.ok || !foot || foot.contains(document.activeElement) || document.querySelector("#figure-menu:popover-open")) return;
  made.innerHTML = await answer.text();
  foot.replaceWith(made.content);
}
