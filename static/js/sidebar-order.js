// The objects in the sidebar in an order of one's own: by drag, or with Alt and the arrow keys. The page of the order has
// buttons that do the same.

import { send } from "./session.js";
import { toast } from "./toasts.js";

const list = document.querySelector("[data-order]");
const items = () => [...list.querySelectorAll("[data-id]")];
const near = (event) => event.target.closest?.("[data-id]");
let dragged = null;
let before = "";

const order = () => items().map((item) => item.dataset.id).join();

async function save() {
  if (order() === before) return;
  const body = new URLSearchParams(items().map((item) => ["ids", item.dataset.id]));
  const answer = await send(list.dataset.order, { method: "POST", body }).catch(() => null);
  if (!answer?.ok) toast("The order could not be saved. Try again.", { level: "error" });
}

list?.addEventListener("dragstart", (event) => {
  dragged = near(event);
  before = order();
  dragged?.classList.add("dragged");
});
list?.addEventListener("dragover", (event) => {
  const over = near(event);
  if (!dragged) return;
  event.preventDefault();
  if (!over || over === dragged) return;
  const { top, height } = over.getBoundingClientRect();
  over[event.clientY < top + height / 2 ? "before" : "after"](dragged);
});
list?.addEventListener("drop", (event) => dragged && event.preventDefault());
list?.addEventListener("dragend", () => {
  dragged?.classList.remove("dragged");
  dragged = null;
  save();
});
list?.addEventListener("keydown", (event) => {
  const item = near(event), isUp = event.key === "ArrowUp";
  if (!item || !event.altKey || !/^Arrow(Up|Down)$/.test(event.key)) return;
  event.preventDefault();
  const other = items()[items().indexOf(item) + (isUp ? -1 : 1)];
  if (!other) return;
  before = order();
  other[isUp ? "before" : "after"](item);
  item.querySelector("a").focus();
  save();
});
