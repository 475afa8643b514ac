// Lookups in forms: a box above each list of records, or of people, that searches where the list says.
// Without this script the list still offers the first of them.

const PAUSE = 200;

// Put a box above a list. `begin` searches for what is in it, and `settled` waits for what was typed last to be found.
export function searchBox(select) {
  const box = document.createElement("input");
  box.type = "search";
  box.placeholder = "Search to narrow the list";
  box.className = "lookup-search";
  box.setAttribute("aria-label", `Search ${select.labels[0]?.textContent.trim() ?? "records"}`);
  select.before(box);

  let timer, last;
  const search = {
    box,
    isSearching: false,
    begin() {
      clearTimeout(timer);
      search.isSearching = true;
      const mine = (last = offer(select, box.value, () => mine === last).finally(() => {
        if (mine === last) search.isSearching = false;
      }));
      return mine;
    },
    settled: () => (timer ? search.begin() : last),
  };
  box.addEventListener("input", () => {
    clearTimeout(timer);
    search.isSearching = true;
    timer = setTimeout(search.begin, PAUSE);
  });
  // Enter searches at once; it must not send the form.
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      search.begin();
    }
  });
  return search;
}

async function offer(select, search, isLast) {
  const address = new URL(select.dataset.lookup, location.origin);
  address.searchParams.set("search", search);
  address.searchParams.set("limit", "100");
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { data } = await answer.json();
  // Answers may come out of order.
  if (!isLast()) return;
  const kept = [...select.options].filter((option) => option.selected || option.value === "");
  const there = new Set(kept.map((option) => option.value));
  const found = data.filter((record) => !there.has(record.id));
  select.replaceChildren(...kept, ...found.map((record) => new Option(record.name || `Record ${record.id.slice(-6)}`, record.id)));
  // Whoever chooses without leaving the box, means the first that was found.
  select.dispatchEvent(new CustomEvent("found", { detail: { first: found.length ? kept.length : -1 } }));
}

for (const select of document.querySelectorAll("select[data-lookup]")) searchBox(select);
