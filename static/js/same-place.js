// The focus stays where it is when a part of the page is shown anew: what stands there now has it.

export function keepFocus(root, change) {
  const held = document.activeElement, path = root.contains(held) && pathOf(held);
  change();
  if (path && !held.isConnected) root.querySelector(path)?.focus({ preventScroll: true });
}

// What tells a control from the others of its page, whatever else is in it.
function pathOf(control) {
  if (control.id) return `#${CSS.escape(control.id)}`;
  const { row, field } = control.closest("[data-row], [data-field]")?.dataset ?? {};
  const action = !row && !field && control.form?.getAttribute("action")?.split("?")[0], href = control.getAttribute("href");
  const around = [["data-row", row], ["data-field", field], ["action^", action]].map(attribute).join("");
  return `${around} ${control.localName}${attribute(href ? ["href", href] : ["value", control.value])}`;
}

function attribute([name, value]) {
  return value ? `[${name}="${CSS.escape(value)}"]` : "";
}
