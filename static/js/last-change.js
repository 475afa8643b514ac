// What was changed last in an object's records, which the menu of its pages takes back. It outlives the page, for as long
// as its tab is open, in the list that Ctrl-Z goes through (see grid-history.js).

const KEPT = 30;
const NOTHING = "There is nothing to undo in this tab.";

const toasts = () => document.querySelector("toast-list");
const grid = () => document.querySelector("record-grid")?.history;
const changeOf = (form) => /\/changes\/([^/]+)\/undo\//.exec(form?.getAttribute("action") ?? "")?.[1];

// Under what the changes of the object that the page is of are kept; nothing on other pages.
function place() {
  const object = /^\/o\/([^/]+)\//.exec(location.pathname)?.[1];
  return object && `undo:${toasts().dataset.person}:${decodeURIComponent(object)}`;
}

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(place()) ?? "[]");
  } catch {
    return [];
  }
}

function keep(entries) {
  try {
    sessionStorage.setItem(place(), JSON.stringify(entries.slice(-KEPT)));
  } catch {
    // There is no room for it: then it cannot be taken back here.
  }
}

// What was undone last, to be done again: the `text` of the change, and when its undoing is told, the `change` that this is.
// It counts while `last` is the last change of the object.
function undone() {
  try {
    const found = JSON.parse(sessionStorage.getItem(`${place()}:undone`));
    return found && found.last === (kept().at(-1)?.change ?? "") ? found : null;
  } catch {
    return null;
  }
}

function keepUndone(text, change = "") {
  try {
    sessionStorage.setItem(`${place()}:undone`, JSON.stringify({ text, change, last: kept().at(-1)?.change ?? "" }));
  } catch {
    // Then it cannot be done again here.
  }
}

// A change that can be taken back, as a toast tells it. What a toast tells of an undoing is no change of its own.
export function note(item) {
  const change = changeOf(item.querySelector("form")), text = item.querySelector("p").textContent;
  if (!change || !place()) return;
  const named = decodeURIComponent(change), before = undone();
  if (!/^Undone/.test(text)) remember(named, text);
  else if (before && !before.change) keepUndone(before.text, named);
}

export function remember(change, text) {
  const entry = { change, text, records: [], isWhole: true }, history = grid();
  if (!history) return keep([...kept().filter((one) => one.change !== change), entry]);
  const isKnown = [...history.undos, ...history.redos].some((one) => one.change === change);
  return isKnown ? undefined : history.did({ ...entry, done: Promise.resolve(change) });
}

// It has been taken back.
export function forget(change) {
  if (!place()) return;
  const all = kept(), gone = all.find((one) => one.change === change);
  keep(all.filter((one) => one !== gone));
  if (gone) keepUndone(gone.text);
  else sessionStorage.removeItem(`${place()}:undone`);
}

// Has a menu offer to take back the last change, or say that there is none; and to do it again where one has done so.
export function offer(menu) {
  const button = menu.querySelector("[data-undo-last]"), last = (grid()?.undos ?? kept()).at(-1);
  const again = grid() ? grid().redos.at(-1) : undone();
  button.hidden = false;
  button.ariaDisabled = String(!last);
  const text = button.querySelector("span") ?? label(button, "Undo last change");
  text.classList.toggle("muted", !last);
  text.lastElementChild.textContent = last ? last.text : NOTHING;
  button.onclick = () => {
    if (!last) return;
    menu.hidePopover();
    if (grid()) grid().undo();
    else takeBack(last.change);
  };
  menu.querySelector("[data-redo]")?.remove();
  if (again?.change) offerAgain(menu, button, again);
}

function offerAgain(menu, undo, { change, text }) {
  const button = undo.cloneNode();
  button.removeAttribute("data-undo-last");
  button.dataset.redo = "";
  button.ariaDisabled = null;
  // The arrow of undoing, the other way.
  button.append(undo.querySelector("svg").cloneNode(true));
  button.firstElementChild.style.scale = "-1 1";
  label(button, "Redo").lastElementChild.textContent = text;
  button.onclick = () => {
    menu.hidePopover();
    if (grid()) grid().redo();
    else takeBack(change, { again: "on" });
  };
  undo.after(button);
}

// Here, as few who see a list open its menu.
function label(button, words) {
  const text = document.createElement("span"), what = document.createElement("small");
  what.className = "muted";
  text.append(words, document.createElement("br"), what);
  button.append(text);
  return text;
}

// As the button of the toast did it, with more fields where there are any.
function takeBack(change, fields = {}) {
  const form = toasts().querySelector("template").content.querySelector("form").cloneNode(true);
  form.action = toasts().dataset.undo.replace("CHANGE", encodeURIComponent(change));
  form.elements.next.value = location.pathname + location.search;
  for (const [name, value] of Object.entries(fields)) form.append(Object.assign(document.createElement("input"), { name, value }));
  form.hidden = true;
  document.body.append(form);
  forget(change);
  form.submit();
}

document.addEventListener("submit", (event) => {
  const change = event.target.closest("toast-list form") && changeOf(event.target);
  if (change && !event.defaultPrevented) forget(decodeURIComponent(change));
});
