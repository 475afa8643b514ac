// The controls of cells: which can be there at once, what comes of the server's form, and what it says in words.

// What is typed as a text, in one line or in several. Everything else waits for its control.
const TYPED = ["text", "number", "currency", "percent", "date", "datetime", "email", "phone", "url"];
const LONG = ["textarea", "json"];
const KEYBOARDS = { email: "email", url: "url", tel: "tel" };

// A control that one can type into before the server's is there, or nothing for what is chosen.
export function controlAtOnce(cell, label) {
  const kind = [...cell.classList].find((name) => name.startsWith("kind-"))?.slice(5) ?? "text";
  if (!TYPED.includes(kind) && !LONG.includes(kind)) return null;
  const control = document.createElement(LONG.includes(kind) ? "textarea" : "input");
  control.setAttribute("aria-label", label);
  return control;
}

export function controlOf(form) {
  return form.querySelector("input:not([type=hidden]), select, textarea");
}

export function formOf(html) {
  return new DOMParser().parseFromString(html, "text/html").querySelector("form.cell-form");
}

export function contentOf(form) {
  return new URLSearchParams(new FormData(form)).toString();
}

// Give a control that somebody types into all that the server's has, but for its value, and its form what surrounds it.
export function merge(form, control, theirs) {
  const own = control.form;
  for (const { name, value } of theirs.attributes) if (!["type", "value"].includes(name)) control.setAttribute(name, value);
  control.removeAttribute("aria-label");
  if (control.tagName === "INPUT") control.inputMode = KEYBOARDS[theirs.type] ?? "";
  for (const { name, value } of form.attributes) own.setAttribute(name, value);
  const nodes = [...form.childNodes], place = nodes.indexOf(theirs);
  nodes.forEach((node, at) => (at < place ? control.before(node) : at > place && own.append(node)));
}

// The cursor behind what is there; of controls that have none, all is marked.
export function toEnd(control) {
  control.focus({ preventScroll: true });
  try {
    control.setSelectionRange?.(control.value.length, control.value.length);
  } catch {
    control.select();
  }
}

// Empty the control, whatever it is.
export function clear(form) {
  for (const one of form.querySelectorAll("input:not([type=hidden]), textarea")) {
    if (one.type === "checkbox") one.checked = false;
    else one.value = "";
  }
  for (const option of form.querySelectorAll("option")) option.selected = option.value === "";
}

// What is in a form's control, as the cell shows it until the server does.
export function shownText(form) {
  const control = controlOf(form);
  if (control.tagName === "SELECT") return [...control.selectedOptions].filter((one) => one.value).map((one) => one.text).join(", ");
  if (control.type !== "checkbox") return control.value.trim();
  if (!form.querySelector("fieldset")) return control.checked ? "Yes" : "No";
  return [...form.querySelectorAll(":checked")].map((one) => one.labels[0]?.textContent.trim() ?? one.value).join(", ");
}

// Why the server refuses what is in a form, in words.
export function reasonOf(form) {
  return [...form.querySelectorAll(".error, .clash p, .errorlist li")].map((one) => one.textContent.trim().replace(/\s+/g, " ")).join(" ");
}

export function textOf(html) {
  return new DOMParser().parseFromString(html, "text/html").body.textContent.trim().replace(/\s+/g, " ");
}

// What a cell shows, around the control that may be open in it.
export function fill(cell, html) {
  const box = cell.querySelector(":scope > .cell-editor");
  for (const node of [...cell.childNodes]) if (node !== box) node.remove();
  if (box) box.insertAdjacentHTML("beforebegin", html);
  else cell.innerHTML = html;
}

export function escaped(text) {
  return Object.assign(document.createElement("p"), { textContent: text }).innerHTML;
}

// The rows of records that the server tells of.
export function rowsIn(html) {
  const template = document.createElement("template");
  template.innerHTML = `<table><tbody>${html}</tbody></table>`;
  return [...template.content.querySelectorAll("tr[data-record]")];
}

// Gives an element the colour of another, or none.
export function tint(element, like) {
  const isTint = (name) => name === "tinted" || name.startsWith("hue-");
  element.classList.remove(...[...element.classList].filter(isTint));
  element.classList.add(...[...like.classList].filter(isTint));
}
