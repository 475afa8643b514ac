// What others change appears on a kanban and in a calendar.

import { send } from "./session.js";
import "./live.js";

// `renew` is called when something has changed, as long as the board is there.
export function stayLive(board, renew) {
  const host = board.closest("[data-live]");
  const listener = () => (board.isConnected ? renew() : host.removeEventListener("records-changed", listener));
  host.addEventListener("records-changed", listener);
}

// The page as it is now, or null.
export async function pageNow() {
  const answer = await send(location.href, { quiet: true }).catch(() => null);
  return answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
}

// The heads of a kanban's columns say what the server says, and those columns that are read already are to be read anew.
export async function renewHeads(kanban) {
  const page = await pageNow();
  for (const column of kanban.columns) {
    const now = page?.querySelector(`.kanban-column[data-column="${CSS.escape(column.dataset.column)}"]`);
    if (!now) continue;
    for (const part of ["[data-count]", "[data-sum]"]) column.querySelector(part).textContent = now.querySelector(part).textContent;
    if (!column.querySelector("[hx-trigger]")) kanban.stale.add(column);
  }
}
