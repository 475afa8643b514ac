// Figures of what is selected in a table: of a range of cells, or of ticked rows in the columns that have a figure below.

const WORDS = { sum: "Sum", avg: "Average", min: "Least", max: "Greatest" };
// What is not a part of a number as people write it.
const UNIT = /[^\d\s.,'’−-]+/g;
const MOST_DECIMALS = 10;

// "Sum $12.50 · Average $6.25": of one column of a range all four, of several their sums, each by the column's name. Of
// ticked rows, the figures that the foot has.
export function figuresOf(grid, rows) {
  const columns = rows.length ? ticked(grid, rows) : ranged(grid);
  const told = columns.flatMap(({ cells, functions }) => {
    const name = rows.length || columns.length > 1 ? `${grid.labelOf(cells[0])}: ` : "";
    return functions.map((one) => name + figure(cells, one));
  });
  return told.join(" · ");
}

function ranged(grid) {
  const columns = byColumn(grid.range.flat());
  return columns.map((cells) => ({ cells, functions: columns.length > 1 ? ["sum"] : Object.keys(WORDS) }));
}

function ticked(grid, rows) {
  const chosen = [...grid.table.querySelectorAll("tfoot [data-function]")].map(({ dataset }) => [dataset.field, dataset.function]);
  const functions = new Map(chosen.filter(([, one]) => one in WORDS));
  const columns = byColumn(rows.flatMap((row) => [...row.cells].filter(({ dataset }) => functions.has(dataset.field))));
  return columns.map((cells) => ({ cells, functions: [functions.get(cells[0].dataset.field)] }));
}

// The cells that have numbers, of columns with at least two.
function byColumn(cells) {
  const columns = new Map();
  for (const cell of cells.filter(({ dataset }) => dataset.number)) {
    columns.set(cell.dataset.field, [...(columns.get(cell.dataset.field) ?? []), cell]);
  }
  return [...columns.values()].filter((column) => column.length > 1);
}

// One figure in words, with the unit of its cells.
function figure(cells, name) {
  const numbers = cells.map((cell) => Number(cell.dataset.number)), unit = cells[0].textContent.trim().match(UNIT)?.join("");
  const decimals = Math.min(Math.max(...cells.map(({ dataset }) => dataset.number.split(".")[1]?.length ?? 0)), MOST_DECIMALS);
  const sum = numbers.reduce((total, one) => total + one, 0);
  const value = { sum, avg: sum / numbers.length, min: Math.min(...numbers), max: Math.max(...numbers) }[name];
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: name === "avg" ? Math.max(decimals, 2) : decimals };
  const written = new Intl.NumberFormat(document.documentElement.lang, digits).format(value);
  if (!unit) return `${WORDS[name]} ${written}`;
  // It stands where it stands in the cells.
  const text = cells[0].textContent.trim().replace(/^[-−]/, ""), space = /^\s|\s$/.test(text.replace(unit, "")) ? "\u00a0" : "";
  return `${WORDS[name]} ${text.startsWith(unit) ? unit + space + written : written + space + unit}`;
}
