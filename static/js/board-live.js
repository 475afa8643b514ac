// What others change appears on a kanban and in a calendar.

import { refresh, whenShown } from "./list-address.js";
import "./live.js";
import { send } from "./session.js";

// `renew` is called when something has changed, as long as the board is there.
export function stayLive(board, renew) {
  const host = board.closest("[data-live]");
  const listener = () => (board.isConnected ? whenShown("board", renew) : host.removeEventListener("records-changed", listener));
  host.addEventListener("records-changed", listener);
}

// The page as it is now, or null.
export async function pageNow() {
  const answer = await send(location.href, { quiet: true }).catch(() => null);
  return answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
}

// The heads of a kanban's columns say what the server says, and those columns that are read already are to be read anew.
// Where there are other columns, nothing stays as it is.
export async function renewHeads(kanban) {
  const page = await pageNow();
  const [held, now] = [kanban, page ?? kanban].map((one) => [...one.querySelectorAll(".kanban-column")].map(({ dataset }) => dataset.column));
  if (held.join("\n") !== now.join("\n") && !kanban.picked && !kanban.waiting) {
    await kanban.untilFree?.();
    return refresh();
  }
  for (const column of kanban.columns) {
    const now = page?.querySelector(`.kanban-column[data-column="${CSS.escape(column.dataset.column)}"]`);
    if (!now) continue;
    for (const part of ["[data-count]", "[data-sum]"]) column.querySelector(part).textContent = now.querySelector(part).textContent;
    if (!column.querySelector("[hx-trigger]")) kanban.stale.add(column);
  }
  return kanban.readAnew();
}
