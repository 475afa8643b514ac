"""Orders: by a field or by a record's own property; empty values last, ties broken by id."""

from __future__ import annotations

from typing import Any

from django.db.models import F, OrderBy

from customobjects.fieldtypes import FieldType
from customobjects.queries.dialect import overflow_key
from customobjects.schema import Schema
from salesos.problems import InvalidError

PROPERTIES = {"id": "id", "createdAt": "created_at", "updatedAt": "updated_at"}


def is_sortable(type_: FieldType) -> bool:
    """Whether records can be sorted by fields of this type."""
    return type_.sortable and type_.column is not None


def ordering(schema: Schema, sort_by: str = "", *, descending: bool | None = None) -> list[OrderBy]:
    """The order by the field or property ``sort_by``; without one, the newest records come first.

    Raises ``InvalidError`` that lists what there is to sort by.
    """
    if not sort_by:
        return [_directed(F("id"), descending is None or descending)]
    down = bool(descending)
    if sort_by in PROPERTIES:
        columns = dict.fromkeys((PROPERTIES[sort_by], "id"))
        return [_directed(F(column), down) for column in columns]
    field = schema.by_name.get(sort_by)
    if field is None or not is_sortable(field.type):
        there = [name for name, known in schema.by_name.items() if is_sortable(known.type)]
        message = f"sortBy must be one of {', '.join([*there, *PROPERTIES])}"
        raise InvalidError.of(message, field="sortBy", code="choice")
    key = F(field.column) if field.column else overflow_key(field.data_key)
    return [_directed(key, down, nulls_last=True), _directed(F("id"), down)]


def _directed(expression: Any, descending: bool, *, nulls_last: bool | None = None) -> OrderBy:
    return OrderBy(expression, descending=descending, nulls_last=nulls_last)
