"""The foot of a list's table: which figures stand there, and how they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

from customobjects.queries.figures import EMPTY, FILLED, functions_of
from customobjects.queries.metrics import COUNT_DISTINCT
from customobjects.schema import Schema
from customobjects.web.cells import Cell, cells
from customobjects.web.lists.columns import Column

# What each function is called, in the order in which it is offered.
WORDS: Mapping[str, str] = {
    "sum": "Sum",
    "avg": "Average",
    "min": "Least",
    "max": "Greatest",
    FILLED: "Filled",
    EMPTY: "Empty",
    COUNT_DISTINCT: "Distinct",
}
# Whose figures are numbers of records, or of values.
COUNTS = (FILLED, EMPTY, COUNT_DISTINCT)
# An average is shown with so many digits behind the point; a smaller one with so many that say something.
AVERAGE_STEP, AVERAGE_DIGITS = Decimal("0.01"), 3
MAX_FIGURES = 20


@dataclass(frozen=True)
class Figure:
    """What stands below a column: the function's word, and its value as ``count`` or ``cell``; neither while unknown.

    ``functions`` are what there is to choose from, by their keys.
    """

    column: Column
    functions: tuple[str, ...]
    function: str = ""
    count: int | None = None
    cell: Cell | None = None

    @property
    def word(self) -> str:
        return WORDS.get(self.function, "")


def wanted_figures(schema: Schema, words: Mapping[str, str]) -> dict[str, str]:
    """Those of some functions, by columns' names, that there are."""
    usable = {name: word for name, word in words.items() if word in functions_of(schema, name)}
    return dict(list(usable.items())[:MAX_FIGURES])


def footer(
    schema: Schema, columns: Sequence[Column], wanted: Mapping[str, str], values: Mapping[str, Any] | None
) -> list[Figure]:
    """What stands below each column. ``values`` is as ``queries.figures`` gives them, or None before they are known."""
    found = []
    for column in columns:
        functions, function = functions_of(schema, column.name), wanted.get(column.name, "")
        if function and values is not None:
            found.append(figure(column, function, values.get(column.name), functions))
        else:
            found.append(Figure(column, functions, function))
    return found


def figure(column: Column, function: str, value: Any, functions: tuple[str, ...] = ()) -> Figure:
    """A function's value, ready to be shown below a column."""
    if function in COUNTS:
        return Figure(column, functions, function, count=value or 0)
    shown = rounded(value) if function == "avg" and value is not None else value
    cell = cells((column.field,), {column.name: shown}, {})[0]
    return Figure(column, functions, function, cell=cell)


def rounded(value: Any) -> Decimal:
    """An average as people read it."""
    exact = Decimal(value)
    with localcontext(prec=50):
        short = exact.quantize(AVERAGE_STEP, rounding=ROUND_HALF_EVEN)
        if short == 0 != exact:
            step = Decimal(1).scaleb(exact.adjusted() - AVERAGE_DIGITS + 1)
            short = exact.quantize(step, rounding=ROUND_HALF_EVEN)
        return short.normalize() if short == short.to_integral() else short
