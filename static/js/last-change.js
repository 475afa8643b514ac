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

// A change that can be taken back, as a toast tells it. What a toast tells of an undoing is no change of its own.
export function note(item) {
  const change = changeOf(item.querySelector("form")), text = item.querySelector("p").textContent;
  if (change && place() && !/^Undone/.test(text)) remember(decodeURIComponent(change), text);
}

export function remember(change, text) {
  const entry = { change, text, records: [], isWhole: true }, history = grid();
  if (!history) return keep([...kept().filter((one) => one.change !== change), entry]);
  const isKnown = [...history.undos, ...history.redos].some((one) => one.change === change);
  return isKnown ? undefined : history.did({ ...entry, done: Promise.resolve(change) });
}

// It has been taken back.
export function forget(change) {
  if (place()) keep(kept().filter((one) => one.change !== change));
}

// Has a menu offer to take back the last change, or say that there is none.
export function offer(menu) {
  const button = menu.querySelector("[data-undo-last]"), last = (grid()?.undos ?? kept()).at(-1);
  button.hidden = false;
  button.ariaDisabled = String(!last);
  const text = button.querySelector("span") ?? label(button);
  text.classList.toggle("muted", !last);
  text.lastElementChild.textContent = last ? last.text : NOTHING;
  button.onclick = () => {
    if (!last) return;
    menu.hidePopover();
    if (grid()) grid().undo();
    else takeBack(last.change);
  };
}

// Here, as few who see a list open its menu.
function label(button) {
  const text = document.createElement("span"), what = document.createElement("small");
  what.className = "muted";
  text.append("Undo last change", document.createElement("br"), what);
  button.append(text);
  return text;
}

// As the button of the toast did it.
function takeBack(change) {
  const form = toasts().querySelector("template").content.querySelector("form").cloneNode(true);
  form.action = toasts().dataset.undo.replace("CHANGE", encodeURIComponent(change));
  form.elements.next.value = location.pathname + location.search;
  form.hidden = true;
  document.body.append(form);
  forget(change);
  form.submit();
}

document.addEventListener("submit", (event) => {
  const change = event.target.closest("toast-list form") && changeOf(event.target);
  if (change && !event.defaultPrevented) forget(decodeURIComponent(change));
});
