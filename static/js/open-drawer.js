// What opens the drawer, which is loaded when it is needed first: records, forms of new ones, cells and keys.

import { FIELD, OPENERS, SHOWN, withList } from "./drawer-places.js";

const ofRecords = () => import("./drawer.js").then(({ Drawer }) => new Drawer());
const ofFields = () => import("./field-drawer.js").then(({ FieldDrawer }) => new FieldDrawer());
const loaded = new Map();

async function open(address, opener) {
  const load = FIELD.test(new URL(address, location.href).pathname) ? ofFields : ofRecords;
  if (!loaded.has(load)) loaded.set(load, load());
  (await loaded.get(load)).open(address, opener);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest(OPENERS);
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (!SHOWN.test(link.pathname)) return;
  event.preventDefault();
  // What stands in a menu is gone when the drawer closes: the menu's button is there.
  const opener = link.closest("[data-menu]")?.invoker ?? link;
  open(link.matches("tr[data-record] th a") ? withList(link, location.search) : link.href, opener);
});

// What else leads to a record: a cell, and keys.
document.addEventListener("open-record", ({ detail }) => open(detail.address, detail.opener));
