"""What filters compare with, as it comes in: lists of values, and words and days that stand for a span of time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from customobjects.fieldtypes import ColumnKind, ValueProblem
from customobjects.queries import periods
from customobjects.queries.subjects import Operand, Subject

MAX_OPERANDS = 200
# The least difference between two moments.
MICROSECOND = timedelta(microseconds=1)
ONE_OF_LIST = re.compile(r' *(?:"((?:[^"]|"")*)" *|([^",][^,]*)?)(,|$)', re.DOTALL)


def split_list(texts: Iterable[str]) -> list[str]:
    """The values of texts with commas, as a line of a CSV file has them: ``a,"Smith, John"`` are two.

    A quotation mark within quotes is written twice, and spaces behind a comma mean nothing. Raises ``ValueError`` for
    quotes that do not close.
    """
    return [value for text in texts for value in _split(text)]


def _split(text: str) -> Iterator[str]:
    position, has_more = 0, True
    while has_more:
        found = ONE_OF_LIST.match(text, position)
        if found is None:
            raise ValueError(f"quotes that do not close, at {position}")
        quoted, plain, comma = found.groups()
        yield plain or "" if quoted is None else quoted.replace('""', '"')
        position, has_more = found.end(), bool(comma)


def listed(operand: object, *, count: int | None = None) -> list[Any]:
    """The values of a list: of JSON's, or of a text with commas. Raises ``ValueProblem``."""
    parts = operand
    if isinstance(operand, str):
        try:
            parts = [part for part in split_list([operand]) if part]
        except ValueError as error:
            message = 'must have quotes only around a whole value, as in "Smith, John"'
            raise ValueProblem("operands", message) from error
    if not isinstance(parts, list) or not 0 < len(parts) <= MAX_OPERANDS:
        raise ValueProblem("operands", f"must have 1 to {MAX_OPERANDS} values, separated by commas, or a list")
    if count is not None and len(parts) != count:
        raise ValueProblem("operands", "must have two values, separated by a comma")
    return parts


def span(subject: Subject, operand: object) -> tuple[Operand, Operand] | None:
    """The first and the last moment of the time that an operand names: a period, as ``last_7_days``, or a day.

    None for every other operand, and where values are no moments.
    """
    if subject.type.column is not ColumnKind.MOMENT or not isinstance(operand, str):
        return None
    found = periods.period(operand, of_days=subject.type.is_day)
    if found is None and (day := subject.type.day(operand)):
        found = periods.moments_of(day[0].date())
    return (subject.as_operand(found[0]), subject.as_operand(found[1] - MICROSECOND)) if found else None
