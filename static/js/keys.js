// When keys of one letter are the page's: not while somebody is in a control, nor in what lies over the page.

const OVER = ".menu, .cell-form, dialog[open], :popover-open";
// A click beside the controls of an open menu leaves the focus nowhere.
const OPEN_MENU = ":is([popover=''], [popover='auto']):popover-open";

// Whether a key that was pressed in `target` is not for `scope`, which hears keys: a part of the page, or the page.
export function isTaken(target, scope = document.body) {
  if (target.isContentEditable) return true;
  // The boxes that tick rows have no other use for letters than their list has.
  if (target.matches("input, select, textarea") && !target.closest(".pick")) return true;
  const over = target.closest(OVER) ?? document.querySelector(OPEN_MENU);
  return Boolean(over) && !over.contains(scope);
}
