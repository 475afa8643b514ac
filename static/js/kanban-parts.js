// What a kanban asks of its cards, and where it is scrolled to.

// On a page as narrow as this, a column fills it.
const NARROW = "(max-width: 45rem)";
// Where the board was scrolled to, when another one comes in its place.
let scrolled = null;

// Scrolls a board to where the one before it was; on a narrow page, the first column with cards is in sight at first.
export function keepPlace(board) {
  if (scrolled) {
    board.scrollTo(scrolled);
  } else if (matchMedia(NARROW).matches) {
    const first = board.querySelector(".board-card")?.closest(".kanban-column");
    if (first) board.scrollLeft = first.offsetLeft - board.offsetLeft;
  }
  board.addEventListener("scroll", () => {
    if (board.isConnected) scrolled = { left: board.scrollLeft, top: board.scrollTop };
  });
}

// Where a card is, to be put back there.
export function home(card) {
  return { list: card.parentElement, next: card.nextElementSibling, column: card.closest(".kanban-column") };
}

export function name(card) {
  return card.querySelector("a").textContent.trim();
}

// The drawer shows what its link leads to.
export function open(card) {
  card.querySelector("[data-drawer]").click();
}
