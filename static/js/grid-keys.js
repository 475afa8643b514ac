// Where keys lead in a table, as in a spreadsheet.

export const ROWS_A_PAGE = 15;

// The row and the column that a key leads to from a place, or nothing. `command` is whether Ctrl is held.
export function target(key, command, [row, column], [lastRow, lastColumn]) {
  return {
    ArrowUp: [command ? 0 : row - 1, column],
    ArrowDown: [command ? lastRow : row + 1, column],
    ArrowLeft: [row, command ? 0 : column - 1],
    ArrowRight: [row, command ? lastColumn : column + 1],
    Home: [command ? 0 : row, 0],
    End: [command ? lastRow : row, lastColumn],
    PageUp: [row - ROWS_A_PAGE, column],
    PageDown: [row + ROWS_A_PAGE, column],
  }[key];
}

// How far the first of a row's cells reach, which stay in view: another cell is not to stand below them.
export function frozenWidth(cells, cell) {
  const end = cells.findIndex((one) => getComputedStyle(one).position !== "sticky");
  return cells.indexOf(cell) < end ? 0 : cells.slice(0, end).reduce((width, one) => width + one.offsetWidth, 0);
}
