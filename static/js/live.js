// What others change in the records that one looks at: an element with data-live="<address>" is told of it.
//
// It gets an event "records-changed", whose detail is the ids. Nobody is asked while the page is not looked at.

const EVERY_MS = 4000;
// Those that are told, by the address that is asked.
const watched = new Map();

export function watch(host) {
  const { live } = host.dataset, hosts = watched.get(live);
  if (hosts) hosts.add(host);
  else {
    watched.set(live, new Set([host]));
    keepAsking(live, "");
  }
}

async function keepAsking(address, cursor) {
  const next = await ask(address, cursor);
  const isLooked = [...watched.get(address)].some((host) => host.isConnected);
  if (next === null || !isLooked) watched.delete(address);
  else setTimeout(keepAsking, EVERY_MS, address, next);
}

// Where to go on from the next time, or null for never again.
async function ask(address, cursor) {
  if (document.hidden || !navigator.onLine) return cursor;
  const answer = await fetch(`${address}?cursor=${encodeURIComponent(cursor)}`, {
    headers: { Accept: "application/json" },
  }).catch(() => null);
  // The server is away: later. The session is over, or the object gone: never again.
  if (!answer || answer.status >= 500) return cursor;
  if (!answer.ok) return null;
  const told = await answer.json().catch(() => null);
  if (!told) return cursor;
  for (const host of told.changed.length ? watched.get(address) : []) {
    // What is no longer shown, such as the record of a drawer that was closed, reads nothing.
    if (host.isConnected) host.dispatchEvent(new CustomEvent("records-changed", { detail: told.changed }));
  }
  return told.cursor;
}

for (const host of document.querySelectorAll("main [data-live]:not(record-page)")) watch(host);
