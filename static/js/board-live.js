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

// A kanban says what the server says: the heads of its columns, and the cards of those that are read already. Of columns
// that the page leaves for who comes to them, these are asked for. Where there are other columns, nothing stays as it is.
export async function renewKanban(kanban) {
  const page = await pageNow();
  await kanban.untilFree?.();
  if (!page) return undefined;
  const isBusy = kanban.waiting || kanban.picked;
  const [held, now] = [kanban, page].map((one) => [...one.querySelectorAll(".kanban-column")].map(({ dataset }) => dataset.column));
  if (held.join("\n") !== now.join("\n") && !isBusy) return refresh();
  for (const column of kanban.columns) {
    const fresh = page.querySelector(`.kanban-column[data-column="${CSS.escape(column.dataset.column)}"]`);
    if (!fresh) continue;
    for (const part of ["[data-count]", "[data-sum]"]) column.querySelector(part).textContent = fresh.querySelector(part).textContent;
    if (!isRead(column)) continue;
    if (isRead(fresh) && !isBusy) kanban.show(column, fresh.querySelector(".cards").innerHTML);
    else kanban.stale.add(column);
  }
  return kanban.readAnew();
}

// Whether its cards are there, or would be: what stands for those that are not asks for them when it is seen.
function isRead(column) {
  return !column.querySelector("[hx-trigger]");
}
