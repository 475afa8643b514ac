// A bar on top for whatever takes longer than half a second: the next page, or a part of this one. Whoever waits calls
// `begin(what)` and `end(what)`, with any object of its own.

const WAIT_MS = 500;
const bar = document.getElementById("progress");
const running = new Set();
let timer;

export function begin(what) {
  // Above dialogs that are open, as a popover is.
  if (!running.size) timer = setTimeout(() => bar?.togglePopover(true), WAIT_MS);
  running.add(what);
}

export function end(what) {
  if (!running.delete(what) || running.size) return;
  clearTimeout(timer);
  bar?.togglePopover(false);
}

window.addEventListener("beforeunload", () => begin(window));
window.addEventListener("pageshow", () => end(window));
