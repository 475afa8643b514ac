// The address of a list: which other list is to be shown, and where it is read from.

// What says where in a list one is: another list begins at its beginning.
const PLACE = ["page", "cursor", "after", "within"];

// What the saved view says: the address has what differs from it.
const base = () => JSON.parse(document.getElementById("list")?.dataset.base || "{}");

// What is shown: a parameter of the address, or else of the saved view.
export function asked(name) {
  const { searchParams } = new URL(location.href);
  return searchParams.has(name) ? searchParams.get(name) : (base()[name]?.[0] ?? "");
}

// The address with some parameters changed; what is null or empty is taken away, or stands in the place of the view's.
export function addressWith(changes, { keepsPlace = false } = {}) {
  const address = new URL(location.href);
  if (!keepsPlace) for (const name of PLACE) address.searchParams.delete(name);
  for (const [name, value] of Object.entries(changes)) {
    if ((value ?? "") === (base()[name]?.[0] ?? "")) address.searchParams.delete(name);
    else address.searchParams.set(name, value ?? "");
  }
  return address;
}

// The list that is shown, and its address, while another one is asked for.
let left;

// Shows another list; Back leads to the one before.
export function show(changes) {
  const address = addressWith(changes);
  if (!left?.list.isConnected) left = { list: document.getElementById("list"), address: location.href };
  if (address.href !== location.href) {
    history.replaceState({ htmx: true }, "", location.href);
    history.pushState({ htmx: true }, "", address);
  }
  return refresh();
}

// Changes the address without a step to go back to.
export function note(changes) {
  history.replaceState({ htmx: true }, "", addressWith(changes, { keepsPlace: true }));
}

// Where the other list does not come, the address is again that of the one that is still there.
document.addEventListener("request-failed", ({ detail }) => {
  if (left?.list.isConnected && detail === location.pathname + location.search) history.replaceState({ htmx: true }, "", left.address);
});

// Reads a part of the page. What fails, htmx-requests.js says.
export async function read(address, options) {
  await window.htmx.ajax("GET", address, options).catch(() => {});
}

// Back and Forward read a list from the server. Of several at once, only the last one is shown.
let reading;
document.addEventListener("htmx:historyCacheMiss", ({ detail }) => {
  reading?.abort();
  reading = detail.xhr;
});

// Calls when the address is the list's: while a drawer is over it, it is that of what the drawer shows. Only the last call
// of one name is made then.
const later = new Map();
export function whenShown(name, call) {
  if (history.state?.drawer) later.set(name, call);
  else call();
}
addEventListener("popstate", () => {
  if (history.state?.drawer) return;
  for (const call of later.values()) call();
  later.clear();
});

// Reads the list anew, with scroll and focus where they were.
export async function refresh() {
  const left = document.querySelector("#list .table-frame")?.scrollLeft ?? 0;
  const cell = document.activeElement.closest("td, th");
  await read(location.pathname + location.search, { target: "#list", swap: "outerHTML show:none" });
  const frame = document.querySelector("#list .table-frame");
  if (frame) frame.scrollLeft = left;
  if (cell) document.querySelector(`tr[data-record="${cell.parentElement.dataset.record}"]`)?.cells[cell.cellIndex]?.focus();
}

// What the address says of the foot, or of anything else that is written so: `cost:sum,area:avg`.
export function words(name) {
  return new Map(asked(name).split(",").filter(Boolean).map((part) => part.split(":")));
}

export function asText(pairs) {
  return [...pairs].map(([name, word]) => `${name}:${word}`).join(",");
}
