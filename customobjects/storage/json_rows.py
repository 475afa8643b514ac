"""Rows that go to the database as one JSON text, a parameter of one statement, however many they are.

Django's own ``bulk_create`` spends several times as long in Python on a row as PostgreSQL spends on storing it. Here a
statement is made once, and each column knows what makes of its value what the database reads it from in JSON. It is the
one place that knows how the databases read rows from JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from operator import attrgetter
from typing import Any

import orjson
from django.db import connection
from django.db.models import Field, JSONField, Model

from customobjects.models.columns import NumberColumn
from salesos import json

Row = Mapping[str, Any]
Writers = Sequence[tuple[str, Callable[[Any], Any]]]


def column_of(model: type[Model], name: str) -> Field[Any, Any]:
    """What a column of a model's table is to Django."""
    found = model._meta.get_field(name)
    assert isinstance(found, Field)
    return found


def source(model: type[Model], columns: Sequence[str], alias: str = "row") -> str:
    """What stands behind FROM: the rows of the next parameter, by an alias."""
    if connection.vendor != "postgresql":
        return f"json_each(%s) AS {alias}"
    types = ", ".join(
        f"{connection.ops.quote_name(name)} {column_of(model, name).db_parameters(connection)['type']}"
        for name in columns
    )
    return f"jsonb_to_recordset(%s::jsonb) AS {alias}({types})"


def value(model: type[Model], column: str, alias: str = "row") -> str:
    """A column's value in the source."""
    if connection.vendor == "postgresql":
        return f"{alias}.{connection.ops.quote_name(column)}"
    # -> gives the text of JSON as it was written, ->> the value of a text or a number.
    is_json = isinstance(column_of(model, column), JSONField)
    return f"{alias}.value {'->' if is_json else '->>'} '$.{column}'"


def writers(model: type[Model], columns: Iterable[str]) -> Writers:
    """What makes of each column's value what the database reads it from in JSON."""
    return [(name, _writer(column_of(model, name))) for name in columns]


def as_json(rows: Sequence[Row], by: Writers) -> str:
    """The parameter of a source."""
    return orjson.dumps(
        [{name: write(row[name]) for name, write in by if row.get(name) is not None} for row in rows],
        option=orjson.OPT_UTC_Z,
    ).decode()


def binders(model: type[Model], columns: Iterable[str]) -> Writers:
    """What makes of each column's value what SQLite stores, bound as a parameter of its own."""
    fields = {name: column_of(model, name) for name in columns}
    return [(name, json.dumps if isinstance(field, JSONField) else _writer(field)) for name, field in fields.items()]


def bound(rows: Sequence[Row], by: Writers) -> list[list[Any]]:
    """The parameters of a statement that SQLite runs for each row, by ``binders``.

    What one row has of the row before it, the very same object, is written once: all revisions of a change have most
    of their columns in common.
    """
    columns = []
    for name, write in by:
        column, last, written = [], None, None
        for row in rows:
            value = row[name]
            if value is not last:
                last, written = value, None if value is None else write(value)
            column.append(written)
        columns.append(column)
    return list(map(list, zip(*columns, strict=True)))


def _writer(field: Field[Any, Any]) -> Callable[[Any], Any]:
    if isinstance(field, JSONField):
        return _fragment
    if isinstance(field, NumberColumn):
        return str if connection.vendor == "postgresql" else partial(field.get_db_prep_value, connection=connection)
    if connection.vendor == "postgresql":
        return _same
    if field.get_internal_type() == "DateTimeField":
        return _sqlite_moment
    return attrgetter("hex") if field.get_internal_type() in ("UUIDField", "ForeignKey") else _same


def _same(value: Any) -> Any:
    return value


def _fragment(value: Any) -> Any:
    return orjson.Fragment(json.dumps_bytes(value))


def _sqlite_moment(value: datetime) -> str:
    # As Django's own, which takes five times as long for it.
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
