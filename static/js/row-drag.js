// The rows of a list, dragged by their handles ([data-handle]); `moved` is called when one has another place.

export function letDragRows(list, moved) {
  let lifted = null;
  list.addEventListener("pointerdown", (event) => {
    const row = event.target.closest("li");
    // Elsewhere in a row one selects text.
    if (row) row.draggable = Boolean(event.target.closest("[data-handle]"));
  });
  list.addEventListener("dragstart", (event) => {
    lifted = event.target.closest?.("li[draggable=true]") ?? null;
    if (!lifted) return;
    lifted.classList.add("dragged");
    event.dataTransfer.effectAllowed = "move";
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("li");
    if (!lifted) return;
    event.preventDefault();
    if (!over || over === lifted) return;
    const { top, height } = over.getBoundingClientRect();
    over[event.clientY < top + height / 2 ? "before" : "after"](lifted);
  });
  list.addEventListener("drop", (event) => event.preventDefault());
  list.addEventListener("dragend", () => {
    lifted?.classList.remove("dragged");
    if (lifted) moved(lifted);
    lifted = null;
  });
}
