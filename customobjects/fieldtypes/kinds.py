"""What kinds of values there are: how they are kept, what filters can ask of them, and how one is refused."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

# What separates the single values of a CSV cell; Salesforce exports multi-select picklists the same way.
SEPARATOR = ";"


class ColumnKind(StrEnum):
    """The kinds of typed columns that a record has."""

    TEXT = "text"
    NUMBER = "number"
    MOMENT = "moment"


class FilterFamily(StrEnum):
    """What filters can ask of a value. Each operator is for some families (``queries.operators``)."""

    EQUALITY = "equality"
    ORDER = "order"
    TEXT = "text"
    LONG_TEXT = "long text"
    MEMBERSHIP = "membership"
    PRESENCE = "presence"


MATCHING = frozenset({FilterFamily.EQUALITY, FilterFamily.PRESENCE})
ORDERED = MATCHING | {FilterFamily.ORDER}
TEXTUAL = MATCHING | {FilterFamily.TEXT}
MEMBERSHIP = frozenset({FilterFamily.MEMBERSHIP, FilterFamily.PRESENCE})


class ValueProblem(ValueError):
    """A value that its type refuses. ``message`` completes a sentence that begins with the field's name."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


# What can be worked out of many values: totals of numbers, the least and the greatest of what has an order.
AGGREGATES: Mapping[ColumnKind | None, tuple[str, ...]] = {
    ColumnKind.NUMBER: ("sum", "avg", "min", "max"),
    ColumnKind.MOMENT: ("min", "max"),
}
