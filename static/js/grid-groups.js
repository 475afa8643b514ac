// A row that does not belong to the group that it stands in any more says so, until the list is read anew.

// Of these, a group has one value, which its head shows as the cells do.
const KINDS = [".kind-picklist", ".kind-lookup", ".kind-user", ".kind-checkbox"].join();

export function markMove(grid, row) {
  const cell = grid.dataset.group && grid.cellOf(row, grid.dataset.group);
  const head = row.closest(".group")?.querySelector(".group-name > a");
  if (!head || !cell?.matches(KINDS)) return;
  const [now, here] = [cell, head].map((one) => one.textContent.trim().replace(/\s+/g, " "));
  const name = row.querySelector(".name");
  if (now === here) delete name.dataset.moves;
  else name.dataset.moves = cell.querySelector("[aria-label=empty]") ? "will move to those without" : `will move to ${now}`;
}
