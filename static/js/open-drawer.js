// What opens the drawer, which is loaded when it is needed first: records, forms of new ones, cells and keys.

import { OPENERS, SHOWN, withList } from "./drawer-places.js";

let loaded;

async function open(address, opener) {
  loaded ??= import("./drawer.js").then(({ Drawer }) => new Drawer());
  (await loaded).open(address, opener);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest(OPENERS);
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (!SHOWN.test(link.pathname)) return;
  event.preventDefault();
  open(link.matches("th a") ? withList(link, location.search) : link.href, link);
});

// What else leads to a record: a cell, and keys.
document.addEventListener("open-record", ({ detail }) => open(detail.address, detail.opener));
