"""Writing rows of records, however many at once: all go to the database as one JSON text, in one statement.

Django's own ``bulk_create`` spends several times as long in Python on a record as PostgreSQL spends on storing it.
Here the statement is made once for an object, and the values are one parameter of it. It is the one place that knows
how the databases read rows from JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db import connection

from customobjects.models import CustomObject, Record, UniqueKey
from customobjects.models.columns import ALL_COLUMNS, NumberColumn
from customobjects.models.record import column_field
from customobjects.schema import Schema
from customobjects.storage.derivation import DERIVATION
from customobjects.storage.documents import RecordDocument
from salesos import json
from salesos.db.compiled_queries import with_constants
from salesos.db.connections import execute
from salesos.db.django_internals import compile_select

# The columns that a record is written with beside its typed ones, in the order of the table.
RECORD_COLUMNS = tuple(
    field.attname
    for field in Record._meta.concrete_fields
    if field.attname not in ALL_COLUMNS and field.attname != "deleted_at"
)
CHANGING_COLUMNS = (
    "data",
    "overflow",
    "schema_version",
    "version",
    "name",
    "search_text",
    "owner_id",
    "updated_at",
    "updated_by_id",
)
JSON_COLUMNS = {"data", "overflow"}

Row = Mapping[str, Any]
Written = tuple[UUID, str]
Writers = Sequence[tuple[str, Callable[[Any], Any]]]


class _Current(NamedTuple):
    """What is read beside the rows, so that nothing is stored where the object has changed."""

    sql: str = ""
    params: Sequence[Any] = ()


_WHATEVER_OBJECT = _Current()


class _Statement(NamedTuple):
    """A statement that stores rows, its parameters behind the rows, and what writes their columns."""

    sql: str
    params: Sequence[Any]
    writers: Writers


def insert_records(schema: Schema, rows: Sequence[Row]) -> list[Written]:
    """Store new records, each a mapping from columns to values; returns id and document of each, in no order."""
    return _run(schema.memoize("insert", lambda: _insert(schema, (*RECORD_COLUMNS, *schema.columns))), rows)


def update_records(schema: Schema, rows: Sequence[Row]) -> list[Written]:
    """Store what has changed of records; returns id and document of each, in no order.

    Each row has ``id`` and all columns of ``CHANGING_COLUMNS``; a typed column that it does not have becomes empty.
    """
    return _run(schema.memoize("update", lambda: _update(schema, (*CHANGING_COLUMNS, *schema.columns))), rows)


def insert_if_current(schema: Schema, row: Row) -> Written | None:
    """As ``insert_records``, for one record, and only where the object is still as ``schema`` says: else None.

    The object stays so until the statement's transaction ends.
    """

    def make() -> _Statement:
        return _insert(schema, (*RECORD_COLUMNS, *schema.columns), _current_object(schema))

    return next(iter(_run(schema.memoize("insert if current", make), [row])), None)


def update_if_current(schema: Schema, row: Row) -> Written | None:
    """As ``update_records``, for one record, and only where the object is still as ``schema`` says: else None.

    None, too, where the record is not at the version before that of ``row``, or is deleted.
    """

    def make() -> _Statement:
        return _update(schema, (*CHANGING_COLUMNS, *schema.columns), _current_object(schema))

    return next(iter(_run(schema.memoize("update if current", make), [row])), None)


def insert_keys(keys: Iterable[tuple[UUID, str, bytes, UUID]]) -> set[tuple[str, bytes]]:
    """Store unique keys (object, name, digest, record) that nobody holds; returns name and digest of those stored.

    In the order of names and digests, so that two writers who want the same keys never wait for each other crosswise.
    """
    rows = sorted(keys, key=lambda key: (key[1], key[2]))
    table = connection.ops.quote_name(UniqueKey._meta.db_table)
    columns = [connection.ops.quote_name(name) for name in ("custom_object_id", "name", "digest", "record_id")]
    places = ", ".join(["(%s, %s, %s, %s)"] * len(rows))
    sql = (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES {places} "
        f"ON CONFLICT ({', '.join(columns[:3])}) DO NOTHING RETURNING {columns[1]}, {columns[2]}"
    )
    uuid = partial(UniqueKey._meta.get_field("record").get_db_prep_save, connection=connection)
    params = [
        value
        for object_id, name, digest, record_id in rows
        for value in (uuid(object_id), name, digest, uuid(record_id))
    ]
    return {(name, bytes(digest)) for name, digest in execute(sql, params)}


def _run(statement: _Statement, rows: Sequence[Row]) -> list[Written]:
    sql, params, writers = statement
    return [(UUID(str(id_)), document) for id_, document in execute(sql, [_as_json(rows, writers), *params])]


def _insert(schema: Schema, columns: Sequence[str], current: _Current = _WHATEVER_OBJECT) -> _Statement:
    table = connection.ops.quote_name(Record._meta.db_table)
    document, params = _document(schema)
    names = ", ".join(map(connection.ops.quote_name, columns))
    values = ", ".join(map(_value, columns))
    sql = (
        f"INSERT INTO {table} ({names}) SELECT {values} FROM {_source(columns)}{current.sql} WHERE true "
        f"RETURNING id, {document}"
    )
    return _Statement(sql, [*current.params, *params], _writers(columns))


def _update(schema: Schema, columns: Sequence[str], current: _Current = _WHATEVER_OBJECT) -> _Statement:
    table = connection.ops.quote_name(Record._meta.db_table)
    document, params = _document(schema)
    changes = ", ".join(f"{connection.ops.quote_name(name)} = {_value(name)}" for name in columns)
    read = ("id", *columns)
    sql = f"UPDATE {table} SET {changes} FROM {_source(read)}{current.sql} WHERE {table}.id = {_value('id')} "
    if current.sql:
        sql += f"AND {table}.version = {_value('version')} - 1 AND {table}.deleted_at IS NULL "
    return _Statement(f"{sql}RETURNING {table}.id, {document}", [*current.params, *params], _writers(read))


def _current_object(schema: Schema) -> _Current:
    """A row of the object, locked, where it is as ``schema`` says, and otherwise none."""
    id_, version, updated_at = schema.state
    objects = CustomObject.objects.filter(id=id_, schema_version=version, updated_at=updated_at, deleted_at=None)
    # While records are derived anew, what they hold may change without a new version.
    objects = objects.filter(derivation=DERIVATION)
    select = compile_select(objects.order_by().values_list("id"))
    assert select is not None
    # Whoever changes the schema takes the row FOR UPDATE, and so waits for us, or we for them.
    lock = " FOR KEY SHARE" if connection.features.has_select_for_update else ""
    sql, params = with_constants(f", ({select.sql}{lock}) AS object", select.params)
    return _Current(sql, params)


def _document(schema: Schema) -> tuple[str, list[Any]]:
    """The expression that writes a record's document, in terms of the row that is written."""
    select = compile_select(Record.objects.annotate(document=RecordDocument(schema)).values_list("document"))
    assert select is not None
    [document] = select.columns
    return with_constants(*document)


def _source(columns: Sequence[str]) -> str:
    if connection.vendor != "postgresql":
        return "json_each(%s) AS row"
    types = ", ".join(f"{connection.ops.quote_name(name)} {column_field(name).db_type(connection)}" for name in columns)
    return f"jsonb_to_recordset(%s::jsonb) AS row({types})"


def _value(column: str) -> str:
    """A column's value in the source."""
    if connection.vendor == "postgresql":
        return f"row.{connection.ops.quote_name(column)}"
    # -> gives the text of JSON as it was written, ->> the value of a text or a number.
    return f"row.value {'->' if column in JSON_COLUMNS else '->>'} '$.{column}'"


def _writers(columns: Iterable[str]) -> Writers:
    """What makes of each column's value what the database reads it from in JSON."""
    return [(name, _writer(name)) for name in columns]


def _as_json(rows: Sequence[Row], writers: Writers) -> str:
    return orjson.dumps(
        [{name: write(row[name]) for name, write in writers if row.get(name) is not None} for row in rows],
        option=orjson.OPT_UTC_Z,
    ).decode()


def _writer(column: str) -> Callable[[Any], Any]:
    if column in JSON_COLUMNS:
        return _fragment
    field = column_field(column)
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
    return str(connection.ops.adapt_datetimefield_value(value.astimezone(UTC)))
