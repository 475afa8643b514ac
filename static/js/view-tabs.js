// The tabs of saved views: the open one is in sight where more are there than fit, and they are dragged into an order.

import { letDrag, move } from "./moving.js";
import { toast } from "./toasts.js";

const TABS = "#views .tab[data-place]";

const tab = document.querySelector("#views .tab[aria-current]");
if (tab) {
  const tabs = tab.parentElement;
  tabs.scrollLeft = tab.offsetLeft - (tabs.clientWidth - tab.offsetWidth) / 2;
}

// The list, and the tabs with it, are replaced while the page stays. By touch one scrolls; the menu moves a tab, too.
letDrag(document.body, { items: TABS, places: TABS, onDrop: drop, byTouch: false });

// Those that are shared have an order of their own, and so have one's own.
const beside = (one) => [...document.querySelectorAll(TABS)].filter((other) => other.dataset.among === one.dataset.among);

async function drop(one, place) {
  const before = beside(one);
  const from = before.indexOf(one);
  const to = before.indexOf(place);
  if (to < 0 && one !== place) return toast("Shared views stand before your own.", { level: "error" });
  if (to === from) return;
  put(one, place, to > from);
  const said = await move(one.dataset.place, "", to);
  if (said.ok) return;
  put(one, before[from + (to > from ? 1 : -1)], to < from);
  toast(said.text, { level: "error" });
}

function put(one, place, isBehind) {
  place[isBehind ? "after" : "before"](one);
}
