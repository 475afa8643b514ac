// Moving records between places: by drag, and how the server is told. Kanbans and calendars share it.

import { send } from "./session.js";

// Resolves to what the server says: `ok`, a `text`, and where it is moved, the `change` that can be taken back.
export async function move(address, record, to) {
  try {
    const answer = await send(address, { method: "POST", body: new URLSearchParams({ record, to }) });
    return { ok: answer.ok, ...(await answer.json()) };
  } catch {
    return { ok: false, text: "It could not be moved: the server does not answer. It is back where it was." };
  }
}

// Lets the `items` within an element be dragged to `places`, by selectors; also those that come later. By touch, a long
// press picks one up. Returns a function: its promise resolves when nothing is held, as what is held is not to be replaced.
export function letDrag(root, { items, places, onDrop, byTouch = true }) {
  let item = null;
  let isFree = Promise.resolve();
  let letGo = () => {};
  const over = (place) => {
    for (const other of root.querySelectorAll(".over")) if (other !== place) other.classList.remove("over");
    place?.classList.add("over");
  };
  if (byTouch) import("./touch-drag.js").then(({ letTouchDrag }) => letTouchDrag(root, { items, places, over, onDrop }));
  root.addEventListener("pointerdown", (event) => {
    const near = event.target.closest(items);
    // The browser's own drag would take the long press away.
    if (near) near.draggable = event.pointerType !== "touch";
    letGo();
    if (near) isFree = new Promise((resolve) => (letGo = resolve));
  });
  // The pointer is cancelled where a drag begins.
  for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => item ?? letGo());
  root.addEventListener("dragstart", (event) => {
    item = event.target.closest?.(items) ?? null;
    if (!item) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", (item.querySelector("a") ?? item).textContent.trim());
    const at = item.getBoundingClientRect();
    event.dataTransfer.setDragImage(item, event.clientX - at.left, event.clientY - at.top);
    item.classList.add("dragged");
  });
  root.addEventListener("dragover", (event) => {
    const place = event.target.closest(places);
    if (!item || !place) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    over(place);
  });
  root.addEventListener("drop", (event) => {
    const place = event.target.closest(places);
    if (!item || !place) return;
    event.preventDefault();
    onDrop(item, place);
  });
  root.addEventListener("dragend", () => {
    item?.classList.remove("dragged");
    item = null;
    over(null);
    letGo();
  });
  return () => isFree;
}
