// What others change in the records that one looks at: an element with data-live="<address>" is told of it.
//
// It gets an event "records-changed", whose detail is the ids. Nobody is asked while the page is not looked at.

const EVERY_MS = 4000;
const host = document.querySelector("[data-live]");
let cursor = "";

async function ask() {
  if (document.hidden || !navigator.onLine) return true;
  const answer = await fetch(`${host.dataset.live}?cursor=${encodeURIComponent(cursor)}`, {
    headers: { Accept: "application/json" },
  }).catch(() => null);
  // The server is away: later. The session is over, or the object gone: never again.
  if (!answer || answer.status >= 500) return true;
  if (!answer.ok) return false;
  const told = await answer.json();
  cursor = told.cursor;
  if (told.changed.length > 0) host.dispatchEvent(new CustomEvent("records-changed", { detail: told.changed }));
  return true;
}

async function keepAsking() {
  if (await ask()) setTimeout(keepAsking, EVERY_MS);
}

if (host) keepAsking();
