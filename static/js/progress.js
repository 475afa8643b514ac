// A bar on top for whatever takes longer than half a second: the next page, or a part of this one. Whoever waits calls
// `begin(what)` and `end(what)`, with any object of its own.

const WAIT_MS = 500;
const running = new Set();
let timer;

export function begin(what) {
  if (!running.size) timer = setTimeout(show, WAIT_MS, true);
  running.add(what);
}

export function end(what) {
  if (!running.delete(what) || running.size) return;
  clearTimeout(timer);
  show(false);
}

// Above dialogs that are open, as a popover is. Back and Forward bring another one.
function show(isShown) {
  document.getElementById("progress")?.togglePopover(isShown);
}

window.addEventListener("beforeunload", () => begin(window));
window.addEventListener("pageshow", () => end(window));
