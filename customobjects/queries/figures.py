"""Figures of whole columns: of all records that a list finds, what stands at the foot of its table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from customobjects.fieldtypes import ColumnKind
from customobjects.queries.aggregates import Aggregation, aggregate
from customobjects.queries.metrics import COUNT_DISTINCT, FUNCTIONS
from customobjects.queries.selection import RecordRequest, Selection
from customobjects.queries.subjects import Subject, find_subject
from customobjects.queries.totals import Total, count_of, total_of
from customobjects.schema import Schema
from salesos.accounts.actor import Actor

# How many records have a value, and how many have none.
FILLED, EMPTY = "filled", "empty"


def functions_of(schema: Schema, name: str) -> tuple[str, ...]:
    """What can be worked out of a field's values, or a property's: in the order in which it is offered."""
    subject = find_subject(schema, name)
    if subject is None:
        return ()
    metrics = subject.type.aggregates if subject.field is not None else ()
    if subject.type.column is ColumnKind.MOMENT and not subject.column:
        metrics = ()
    distinct = (COUNT_DISTINCT,) if subject.type.column is not None else ()
    presence = (FILLED, EMPTY) if subject.field is not None else ()
    return (*metrics, *presence, *distinct)


def figures(actor: Actor, schema: Schema, request: RecordRequest, wanted: Mapping[str, str]) -> dict[str, Any]:
    """One figure of each of some columns, by their names; ``wanted`` has the function of each.

    Of ``request`` the filters and the search count. What ``functions_of`` does not have is left out. One query for all
    but ``FILLED`` and ``EMPTY``, which take one each. Raises ``ValidationError`` for what the request cannot ask.
    """
    usable = {name: function for name, function in wanted.items() if function in functions_of(schema, name)}
    metrics = {name: f"{function}:{name}" for name, function in usable.items() if function in FUNCTIONS}
    found: dict[str, Any] = {}
    if metrics:
        [row], _is_cut = aggregate(actor, schema, request, Aggregation(metrics=tuple(metrics.values())))
        for name in metrics:
            subject = find_subject(schema, name)
            found[name] = row[FUNCTIONS[usable[name]]][subject.name if subject else name]
    selection = Selection.of(actor, schema, request)
    for name, function in usable.items():
        subject = find_subject(schema, name)
        if subject is not None and function in (FILLED, EMPTY):
            found[name] = _count(selection, subject, is_empty=function == EMPTY)
    return found


def count_records(actor: Actor, schema: Schema, request: RecordRequest) -> Total:
    """How many records a request finds. One query or two. Raises ``ValidationError``."""
    return total_of(Selection.of(actor, schema, request), request.total)


def _count(selection: Selection, subject: Subject, *, is_empty: bool) -> int:
    condition = subject.is_empty() if is_empty else ~subject.is_empty()
    return count_of(selection, within=condition, key=("presence", subject.cache_key, is_empty))
