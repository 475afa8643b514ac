// Menus that open at what they belong to, and are gone through by arrow keys. A menu is a popover with `data-menu`;
// with `data-menu="end"` it is aligned to the end of its button.

const GAP = 4;
// Controls that have their own use for these keys.
const TYPED = "select, textarea, input:not([type=checkbox], [type=radio])";
let invoker = null;

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[popovertarget]");
  if (button) invoker = button;
}, true);

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!(menu instanceof HTMLElement) || !menu.matches("[data-menu]")) return;
  const isOpen = event.newState === "open";
  const button = isOpen ? invoker : menu.invoker;
  if (!button) return;
  menu.invoker = isOpen ? button : null;
  button.setAttribute("aria-expanded", String(isOpen));
  if (!isOpen) return;
  place(menu, button);
  if (!menu.contains(document.activeElement)) stops(menu)[0]?.focus();
  if (menu.id === "object-menu") import("./last-change.js").then(({ offer }) => (offer(menu), place(menu, button)));
}, true);

addEventListener("resize", () => {
  for (const menu of document.querySelectorAll("[data-menu]:popover-open")) if (menu.invoker) place(menu, menu.invoker);
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("[data-menu]");
  if (!menu || event.altKey || event.ctrlKey || event.metaKey || event.target.matches(TYPED)) return;
  const all = stops(menu);
  const at = all.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to === undefined || !all.length) return;
  event.preventDefault();
  all[(to + all.length) % all.length].focus();
});

function stops(menu) {
  return [...menu.querySelectorAll("a, button, input:not([type=hidden])")].filter((one) => one.checkVisibility() && !one.disabled);
}

// Puts a menu at its button, within the window: below it, or above; where it fits nowhere, it is as high as there is room.
export function place(menu, button) {
  const at = button.getBoundingClientRect();
  const room = Math.max(innerHeight - at.bottom, at.top) - 2 * GAP;
  menu.style.maxHeight = "";
  // From where all of its width has room.
  menu.style.left = 0;
  if (menu.offsetHeight > room) menu.style.maxHeight = `${room}px`;
  const { offsetWidth: width, offsetHeight: height } = menu;
  const start = menu.dataset.menu === "end" ? at.right - width : at.left;
  const isBelow = at.bottom + GAP + height <= innerHeight || at.top < height;
  menu.style.left = `${Math.max(GAP, Math.min(start, innerWidth - width - GAP))}px`;
  menu.style.top = `${Math.max(GAP, Math.min(isBelow ? at.bottom + GAP : at.top - height - GAP, innerHeight - height - GAP))}px`;
}
