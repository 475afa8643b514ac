// What of a page opens in the drawer, and where its records stand on the page below.

// Forms of fields, which have a drawer of their own.
export const FIELD = /^\/setup\/objects\/[^/]+\/fields\/[^/]+\/$/;
// What is shown in the drawer: pages of records, forms of new ones, and those of fields.
export const SHOWN = new RegExp(`^/o/[^/]+/(r/[^/]+|new)/|${FIELD.source}`);
export const OPENERS = [
  "record-grid tr[data-record] th a",
  ".list .empty a[href*='/new/']",
  ".related-head a[href*='/new/']",
  // Cards and entries of boards, and what makes new ones there.
  "main [data-drawer]",
].join();
// A record on the page below, and what opens it.
const PLACES = "record-grid tr[data-record], .board-card, .entry";
export const LINKS = "th a, [data-drawer]";

export function places() {
  return [...document.querySelectorAll(PLACES)];
}

// The link of the record that stands so many steps from another one: in the list, or in the column of a board.
export function nextTo(record, step) {
  const here = places().find((one) => one.dataset.record === record);
  const rows = places().filter((one) => one.closest(".cards") === here?.closest(".cards"));
  return here && rows[rows.indexOf(here) + step]?.querySelector(LINKS);
}

// Whether a form of something new has become what it made.
export function isMade(before, now) {
  return /\/new\/$/.test(before ?? "") && !/\/new\/$/.test(now);
}

// The address of a record that knows the list it was opened from, on the same tab as the one that is shown.
export function withList(link, search, shown = "") {
  const address = new URL(link.href);
  const [tab = ""] = /(related|timeline)\/(?=$|\?)/.exec(shown) ?? [];
  address.pathname += tab;
  if (search.length > 1 || !address.searchParams.has("from")) address.searchParams.set("from", search.slice(1));
  return address.href;
}
