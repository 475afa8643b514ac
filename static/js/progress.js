// A bar on top for whatever takes longer than half a second: the next page, or a part of this one.

const WAIT_MS = 500;
const bar = document.getElementById("progress");
let timer;
let running = 0;

function begin() {
  running += 1;
  clearTimeout(timer);
  timer = setTimeout(() => (bar.hidden = false), WAIT_MS);
}

function end() {
  running = Math.max(running - 1, 0);
  if (running > 0) return;
  clearTimeout(timer);
  bar.hidden = true;
}

document.addEventListener("htmx:beforeRequest", begin);
document.addEventListener("htmx:afterRequest", end);
window.addEventListener("beforeunload", begin);
window.addEventListener("pageshow", end);
