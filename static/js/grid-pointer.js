// The mouse in a table: it marks cells and opens them. The name of a record is a link like any other; what else leads
// somewhere is first of all a cell, and is followed with Ctrl, or by the sign that stands in the cell.

const RECORD = /^\/o\/[^/]+\/r\//;

export class Pointer {
  constructor(grid) {
    this.grid = grid;
    const heard = { pointerdown: "onPointer", pointerover: "onOver", dblclick: "onDoubleClick", click: "onClick", dragstart: "onDragStart" };
    for (const [name, method] of Object.entries(heard)) grid.table.addEventListener(name, (event) => this[method](event));
    this.sign = Object.assign(document.createElement("a"), { className: "cell-open", textContent: "↗", tabIndex: -1, hidden: true });
    this.sign.addEventListener("click", (event) => follow(event, this.sign, this.cell));
    grid.append(this.sign);
    document.addEventListener("scroll", () => this.point(null), { capture: true, passive: true, signal: grid.signal });
    grid.addEventListener("pointerleave", () => this.point(grid.active));
  }

  onPointer(event) {
    const cell = event.target.closest("[data-record] > *");
    if (!cell || event.button !== 0 || event.target.closest(".cell-editor, th a, input, button, summary")) return;
    this.isDragging = event.pointerType === "mouse";
    addEventListener("pointerup", () => (this.isDragging = false), { once: true });
    event.preventDefault();
    this.grid.focusCell(cell, { extend: event.shiftKey });
  }

  onOver(event) {
    const cell = event.target.closest("[data-record] > [data-field]"), { grid } = this;
    if (this.isDragging && cell && cell !== grid.head) grid.focusCell(cell, { extend: true });
    else if (!this.isDragging) this.point(cell?.querySelector(":scope > a") ? cell : grid.active);
  }

  onDoubleClick(event) {
    const cell = event.target.closest("[data-record] > [data-field]");
    if (cell && !event.target.closest(".cell-editor, th a")) this.grid.editor.open(cell, "end");
  }

  onClick(event) {
    const link = event.target.closest("[data-record] > td > a");
    if (!link) return;
    if (event.ctrlKey || event.metaKey) follow(event, link, link.closest("td"));
    else event.preventDefault();
  }

  // Cells are marked by dragging, and links not dragged away: a hand that is not still would lose its click.
  onDragStart(event) {
    if (event.target.closest?.("[data-record] > *")) event.preventDefault();
  }

  // Where the keys are: what the cell leads to.
  follow(cell) {
    const link = cell.querySelector(":scope > a");
    if (!link) return false;
    const event = new Event("click", { cancelable: true });
    follow(event, link, cell);
    if (!event.defaultPrevented) open(link.href, "_blank", "noopener");
    return true;
  }

  // The sign stands in a cell that leads somewhere: the one below the mouse, or the active one.
  point(cell) {
    const link = cell?.matches("td") && !cell.classList.contains("editing") && cell.querySelector(":scope > a");
    this.sign.hidden = !link;
    if (!link) return;
    this.cell = cell;
    this.sign.href = link.href;
    this.sign.target = RECORD.test(link.pathname) ? "" : "_blank";
    this.sign.setAttribute("aria-label", `Open ${link.textContent.trim()}`);
    const { right, top, height } = cell.getBoundingClientRect();
    this.sign.style.left = `${right - 26}px`;
    this.sign.style.top = `${top + height / 2 - 12}px`;
  }
}

// A record is shown in the drawer; what else there is, as the browser likes.
function follow(event, link, opener) {
  if (link.origin !== location.origin || !RECORD.test(link.pathname)) return;
  event.preventDefault();
  document.dispatchEvent(new CustomEvent("open-record", { detail: { address: link.href, opener } }));
}
