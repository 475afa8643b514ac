"""Records as finished JSON documents, built by the database: Python parses no record to list it.

This is the one place that knows how the databases write a record's document. Both give the same: ids as texts with
dashes, times in ISO 8601 with microseconds and ``Z``, every active field in ``data``, null where it is empty, numbers
digit for digit.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, F, TextField
from django.db.models.sql.compiler import SQLCompiler

from customobjects.schema import Schema, SchemaField

Sql = tuple[str, list[Any]]

# A record's own properties in the order of the document: the column that each comes from, and its kind.
DOCUMENT_COLUMNS = {
    "id": ("id", "uuid"),
    "customObjectId": ("custom_object_id", "uuid"),
    "name": ("name", "text"),
    "data": ("data", "data"),
    "version": ("version", "number"),
    "ownerId": ("owner_id", "uuid or null"),
    "createdAt": ("created_at", "moment"),
    "updatedAt": ("updated_at", "moment"),
    "createdBy": ("created_by_id", "uuid or null"),
    "updatedBy": ("updated_by_id", "uuid or null"),
}

# How each database writes a column of a kind as JSON.
POSTGRESQL_FORMATS = {
    "uuid": "'\"' || {0} || '\"'",
    "uuid or null": "coalesce('\"' || {0} || '\"', 'null')",
    "text": "to_json({0})",
    "number": "{0}",
    "moment": """'"' || to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || 'Z"'""",
}
_SQLITE_UUID = (
    "'\"' || substr({0}, 1, 8) || '-' || substr({0}, 9, 4) || '-' || substr({0}, 13, 4) || '-' || "
    "substr({0}, 17, 4) || '-' || substr({0}, 21, 12) || '\"'"
)
SQLITE_FORMATS = {
    "uuid": _SQLITE_UUID,
    "uuid or null": f"coalesce({_SQLITE_UUID}, 'null')",
    "text": "json_quote({0})",
    "number": "{0}",
    "moment": "'\"' || substr(replace({0}, ' ', 'T') || '.000000', 1, 26) || 'Z\"'",
}
# Chains of || nest one level an operand, and SQLite refuses expressions deeper than 1,000.
SQLITE_GROUP_FIELDS = 40
SQLITE_COMMA = " || ',' || "


class RecordDocument(Expression):
    """The document of a record of ``schema``, as JSON text; with ``fields``, only those in ``data``.

    It is put together with ``||``, which PostgreSQL does faster than ``json_build_object``, and of which its planner
    knows that so many take time: it writes the documents of the rows that are returned, and not of all it sorts.
    """

    output_field = TextField()

    def __init__(self, schema: Schema, fields: Sequence[SchemaField] | None = None) -> None:
        super().__init__()
        self.schema = schema
        self.fields = schema.fields if fields is None else tuple(fields)
        self.is_whole = fields is None
        self.columns: list[Any] = [F(column) for column, _kind in DOCUMENT_COLUMNS.values()]

    def get_source_expressions(self) -> list[Any]:
        return self.columns

    def set_source_expressions(self, exprs: Any) -> None:
        self.columns = list(exprs)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        return self._joined(compiler, POSTGRESQL_FORMATS, self._postgresql_data)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        return self._joined(compiler, SQLITE_FORMATS, self._sqlite_data)

    def _joined(self, compiler: SQLCompiler, formats: Mapping[str, str], data: Callable[[str], Sql]) -> Sql:
        texts: list[str] = []
        params: list[Any] = []
        for (name, (_column, kind)), expression in zip(DOCUMENT_COLUMNS.items(), self.columns, strict=True):
            column, _none = compiler.compile(expression)
            sql, given = data(column) if kind == "data" else (formats[kind].format(column), [])
            texts.append(f"'{',' if texts else '{'}\"{name}\":' || {sql}")
            params += given
        # Constants that meet become one: less for the database to join in each record.
        return f"({' || '.join(texts)} || '}}')".replace("' || '", ""), params

    def _postgresql_data(self, data: str) -> Sql:
        # Names have letters, digits and underscores only, and so stand in the statement as they are.
        if not self.is_whole:
            pairs = (f"'{field.api_name}', {data} -> '{field.data_key}'" for field in self.fields)
            return f"jsonb_build_object({', '.join(pairs)})", []
        # Nulls for every field, then what the record holds, less what nobody may see. One merge instead of a look-up
        # for each field: it reads (and where it is large, unpacks) the column once.
        moved = [field for field in self.fields if field.data_key != field.api_name]
        removed = [field.data_key for field in (*self.schema.hidden, *moved)]
        sql = f"'{json.dumps({field.api_name: None for field in self.fields})}'::jsonb"
        sql += f" || ({data} - '{{{','.join(removed)}}}'::text[])" if removed else f" || {data}"
        for field in moved:
            sql += f" || jsonb_build_object('{field.api_name}', {data} -> '{field.data_key}')"
        return f"({sql})", []

    def _sqlite_data(self, data: str) -> Sql:
        """The text of an object, value by value: ``->`` gives each as it was written, with all its digits."""
        fields = self.fields
        value = f"%s || coalesce({data} -> %s, 'null')"
        groups = [fields[start : start + SQLITE_GROUP_FIELDS] for start in range(0, len(fields), SQLITE_GROUP_FIELDS)]
        texts = [f"({SQLITE_COMMA.join([value] * len(group))})" for group in groups]
        params = [part for field in fields for part in (f"{json.dumps(field.api_name)}:", f'$."{field.data_key}"')]
        return f"'{{' || {SQLITE_COMMA.join(texts) or repr('')} || '}}'", params
