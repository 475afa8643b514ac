// What htmx asks for goes as with `send`: a bar where it takes long, signing in where the session is over, and words where
// it fails. What was shown stays then, and can be asked for again. What stands in `data-quiet` is asked for beside what one
// does: of that nothing is said.

import { begin, end } from "./progress.js";
import { inWords, signInAgain } from "./session.js";
import { toast } from "./toasts.js";

// What issues a request again, by the object that htmx has for it alone.
const again = new WeakMap();
const isQuiet = ({ elt }) => elt.closest("[data-quiet]");

document.addEventListener("htmx:confirm", ({ detail }) => again.set(detail.etc, detail.issueRequest));
document.addEventListener("htmx:beforeSend", ({ detail }) => isQuiet(detail) || watch(detail.xhr));
for (const name of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(name, ({ detail }) => {
    // What fails the second time is told as the first time.
    const goOn = () => again.get(detail.etc)(true)?.catch(() => {});
    if (!isQuiet(detail)) fail(detail.xhr, detail.pathInfo.finalRequestPath, goOn);
  });
}

// Back and Forward.
document.addEventListener("htmx:historyCacheMiss", ({ detail: { path, xhr } }) => {
  watch(xhr);
  xhr.addEventListener("error", () => fail(xhr, path));
});
document.addEventListener("htmx:historyCacheMissLoadError", ({ detail: { path, xhr } }) => fail(xhr, path, () => location.reload()));

function watch(xhr) {
  begin(xhr);
  xhr.addEventListener("loadend", () => end(xhr));
}

async function fail({ status }, path, goOn) {
  try {
    if (!status) throw new TypeError("no connection");
    if (status !== 401) throw new Error(`The server could not do that (${status}). Try again.`);
    await signInAgain();
  } catch (error) {
    toast(inWords(error), { level: "error" });
    document.dispatchEvent(new CustomEvent("request-failed", { detail: path }));
    return;
  }
  goOn();
}
