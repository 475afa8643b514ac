// Lookups in forms: a box above each list of records, or of people, that searches where the list says.
// Without this script the list still offers the first of them.

const PAUSE = 200;

document.querySelectorAll("select[data-lookup]").forEach(addBox);
document.addEventListener("htmx:load", (event) => event.target.querySelectorAll?.("select[data-lookup]").forEach(addBox));

function addBox(select) {
  if (select.previousElementSibling?.matches(".lookup-search")) return;
  const box = document.createElement("input");
  box.type = "search";
  box.placeholder = "Search to narrow the list";
  box.className = "lookup-search";
  box.setAttribute("aria-label", `Search ${select.labels[0]?.textContent.trim() ?? "records"}`);
  select.before(box);

  let timer;
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => offer(select, box.value), PAUSE);
  });
  // Enter searches at once; it must not send the form.
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      offer(select, box.value);
    }
  });
}

async function offer(select, search) {
  const address = new URL(select.dataset.lookup, location.origin);
  address.searchParams.set("search", search);
  address.searchParams.set("limit", "100");
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { data } = await answer.json();
  const kept = [...select.options].filter((option) => option.selected || option.value === "");
  const there = new Set(kept.map((option) => option.value));
  const found = data.filter((record) => !there.has(record.id));
  select.replaceChildren(...kept, ...found.map((record) => new Option(record.name || `Record ${record.id.slice(-6)}`, record.id)));
}
