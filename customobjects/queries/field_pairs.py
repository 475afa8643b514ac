"""One field of a record held against another: ``{"closed_on__lt": {"field": "due_on"}}``."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Trunc

from customobjects.fieldtypes import ColumnKind, ValueProblem
from customobjects.queries.operators import Operator
from customobjects.queries.subjects import COMPARISONS, Subject
from customobjects.storage.dialect import IdText, NumberInOverflow
from salesos.errors import alternatives

# The operators that compare two fields. ``not`` finds what ``exact`` does not.
NOT = "not"
OPERATORS_OF_PAIRS = ("exact", NOT, "gt", "gte", "lt", "lte")


def require_pair(subject: Subject, operator: Operator, other: Subject) -> None:
    """Raises ``ValueProblem`` where an operator cannot hold values of one field against those of another."""
    if operator.key not in OPERATORS_OF_PAIRS:
        there = alternatives(OPERATORS_OF_PAIRS)
        raise ValueProblem("operator", f"compares with values only; with another field, there is {there}")
    # A record's id is no person's.
    if subject.is_id or other.is_id or not subject.type.is_comparable(other.type):
        raise ValueProblem("field", f"cannot be compared with {other.name}, whose values are of another kind")
    for one in (subject, other):
        if one.type.column is ColumnKind.MOMENT and not one.column:
            message = f"cannot be compared with another field: {one.name} has no index, which that takes of dates"
            raise ValueProblem("not_indexed", message)


def compared(subject: Subject, operator: str, other: Subject) -> Q:
    """Records whose values of two fields compare so. Where one has no value they do not; they are not equal either."""
    compares = COMPARISONS["exact" if operator == NOT else operator]
    found = Q(compares(_value(subject, other), _value(other, subject)))
    return ~found | subject.is_empty() | other.is_empty() if operator == NOT else found


def _value(subject: Subject, other: Subject) -> Any:
    """The value as it compares with the other's."""
    type_ = subject.type
    if type_.column is ColumnKind.NUMBER and not subject.column:
        return NumberInOverflow(subject.data_key)
    if type_.column is ColumnKind.MOMENT and other.type.is_day and not type_.is_day:
        # A day means all of it, as in other filters.
        return Trunc(F(subject.column), "day", tzinfo=UTC)
    if subject.field is None and type_.reference_kind is not None:
        return IdText(subject.column)
    return subject.identity()
