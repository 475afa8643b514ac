// The head of a column is dragged to where the column is to stand. The menu of the column does the same.

// A hand is not still: from so far on, it drags.
const LEAST = 6;

// `owner` has the heads, and saves an order of them (see list-columns.js).
export function dragHeads(owner) {
  owner.addEventListener("dragstart", (event) => event.target.closest?.("thead") && event.preventDefault());
  owner.addEventListener("pointerdown", (event) => {
    const head = event.target.closest("thead th[data-field]");
    // The name always stands first. Fingers scroll.
    const isFixed = !head || head.matches(".name") || event.target.closest("button, [data-edge]");
    if (!isFixed && !event.button && event.pointerType !== "touch") press(owner, head, event.clientX);
  });
}

function press(owner, head, from) {
  const ending = new AbortController(), { signal } = ending;
  const others = owner.heads.filter((one) => !one.matches(".name"));
  let over = null;
  const end = () => {
    ending.abort();
    for (const one of others) one.classList.remove("dragged", "drop-before", "drop-after");
  };
  addEventListener("pointermove", ({ clientX }) => {
    if (!over && Math.abs(clientX - from) < LEAST) return;
    over = others.find((one) => clientX < one.getBoundingClientRect().right) ?? others.at(-1);
    const side = others.indexOf(over) > others.indexOf(head) ? "drop-after" : "drop-before";
    for (const one of others) one.classList.remove("drop-before", "drop-after");
    head.classList.add("dragged");
    if (over !== head) over.classList.add(side);
  }, { signal });
  addEventListener("keydown", (event) => event.key === "Escape" && end(), { signal });
  addEventListener("pointercancel", end, { signal });
  addEventListener("pointerup", () => {
    end();
    if (!over) return;
    // The click that comes of it sorts by nothing.
    const still = (event) => (event.preventDefault(), event.stopPropagation());
    addEventListener("click", still, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", still, { capture: true }));
    const names = owner.heads.map((one) => one.dataset.field);
    if (over !== head) owner.reorder(names, names.indexOf(head.dataset.field), names.indexOf(over.dataset.field));
  }, { signal });
}
