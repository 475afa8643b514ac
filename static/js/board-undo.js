// Ctrl-Z on a board takes back the last move that was made there, and Ctrl-Y makes it again.

import { refresh } from "./list-address.js";
import { forget, remember } from "./last-change.js";
import { send } from "./session.js";
import { toast } from "./toasts.js";

const undos = [];
const redos = [];
let isBusy = false;

// A change that can be taken back.
export function noteChange(change) {
  if (!change) return;
  undos.push(change);
  redos.length = 0;
}

async function takeBack(from, onto, nothing) {
  const change = from.pop();
  if (!change) return toast(nothing);
  isBusy = true;
  const told = await undo(change).finally(() => (isBusy = false));
  const text = from === redos && told.change ? "Done again." : told.text;
  if (told.change) onto.push(told.change);
  if (from === undos) forget(change);
  else if (told.change) remember(told.change, text);
  toast(text, { change: told.change ?? "", level: told.ok ? "success" : "error" });
  return refresh();
}

async function undo(change) {
  const address = document.querySelector("toast-list").dataset.undo.replace("CHANGE", encodeURIComponent(change));
  try {
    const answer = await send(address, { method: "POST", body: new URLSearchParams() });
    return { ok: answer.ok, ...(await answer.json()) };
  } catch {
    return { ok: false, text: "It could not be undone. Try again." };
  }
}

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input:not([type=checkbox]), textarea, select, dialog, [contenteditable]");
  const isAsked = (event.ctrlKey || event.metaKey) && !event.altKey && /^[zy]$/i.test(event.key);
  if (!isAsked || isTyping || event.defaultPrevented) return;
  event.preventDefault();
  if (isBusy) return;
  if (event.shiftKey || event.key.toLowerCase() === "y") takeBack(redos, undos, "There is nothing to redo.");
  else takeBack(undos, redos, "There is nothing to undo.");
});
