"""Records as finished JSON documents, built by the database: Python parses no record to list it.

This is the one place that knows how the databases write a record's document. Both give the same: ids as texts with
dashes, times in ISO 8601 with microseconds and ``Z``, every active field in ``data``, null where it is empty, numbers
digit for digit.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, F, TextField
from django.db.models.sql.compiler import SQLCompiler

from customobjects.schema import Schema, SchemaField

Sql = tuple[str, list[Any]]
Writer = Callable[[str], str]

# A record's own properties in the order of the document: the column that each comes from, and its kind.
PROPERTIES = {
    "id": ("id", "uuid"),
    "customObjectId": ("custom_object_id", "uuid"),
    "name": ("name", "plain"),
    "data": ("data", "data"),
    "version": ("version", "plain"),
    "ownerId": ("owner_id", "uuid"),
    "createdAt": ("created_at", "moment"),
    "updatedAt": ("updated_at", "moment"),
    "createdBy": ("created_by_id", "uuid"),
    "updatedBy": ("updated_by_id", "uuid"),
}

# Chains of || nest one level an operand, and SQLite refuses expressions deeper than 1,000.
SQLITE_GROUP = 40
SQLITE_COMMA = " || ',' || "


class RecordDocument(Expression):
    """The document of a record of ``schema``, as JSON text."""

    output_field = TextField()

    def __init__(self, schema: Schema) -> None:
        super().__init__()
        self.schema = schema
        self.columns: list[Any] = [F(column) for column, _kind in PROPERTIES.values()]

    def get_source_expressions(self) -> list[Any]:
        return self.columns

    def set_source_expressions(self, exprs: Any) -> None:
        self.columns = list(exprs)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        def moment(column: str) -> str:
            return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"

        pairs, params = self._pairs(compiler, uuid=str, moment=moment, data=self._postgresql_data)
        return f"json_build_object({pairs})::text", params

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        def uuid(column: str) -> str:
            slices = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
            return " || '-' || ".join(f"substr({column}, {start}, {length})" for start, length in slices)

        def moment(column: str) -> str:
            return f"substr(replace({column}, ' ', 'T') || '.000000', 1, 26) || 'Z'"

        pairs, params = self._pairs(compiler, uuid=uuid, moment=moment, data=self._sqlite_data)
        return f"json_object({pairs})", params

    def _pairs(
        self, compiler: SQLCompiler, *, uuid: Writer, moment: Writer, data: Callable[[str], Sql]
    ) -> tuple[str, list[Any]]:
        pairs: list[str] = []
        params: list[Any] = []
        writers: dict[str, Writer] = {"uuid": uuid, "moment": moment, "plain": str}
        for (name, (_column, kind)), expression in zip(PROPERTIES.items(), self.columns, strict=True):
            column, _none = compiler.compile(expression)
            if kind == "data":
                value, params = data(column)
            else:
                value = writers[kind](column)
            pairs.append(f"'{name}', {value}")
        return ", ".join(pairs), params

    def _postgresql_data(self, data: str) -> Sql:
        """Nulls for every field, then what the record holds, less what nobody may see.

        One merge instead of a look-up for each field: it reads (and where it is large, unpacks) the column once.
        """
        blank = json.dumps({field.api_name: None for field in self.schema.fields})
        moved = [field for field in self.schema.fields if field.data_key != field.api_name]
        removed = [field.data_key for field in (*self.schema.hidden, *moved)]
        sql, params = f"%s::jsonb || ({data} - %s::text[])", [blank, removed]
        for field in moved:
            sql += f" || jsonb_build_object(%s::text, {data} -> %s::text)"
            params += [field.api_name, field.data_key]
        return sql, params

    def _sqlite_data(self, data: str) -> Sql:
        """The text of an object, value by value: ``->`` gives each as it was written, with all its digits."""
        fields = self.schema.fields
        value = f"%s || coalesce({data} -> %s, 'null')"
        groups = [fields[start : start + SQLITE_GROUP] for start in range(0, len(fields), SQLITE_GROUP)]
        texts = [f"({SQLITE_COMMA.join([value] * len(group))})" for group in groups]
        return f"json('{{' || {SQLITE_COMMA.join(texts)} || '}}')", [
            part for field in fields for part in self._sqlite_entry(field)
        ]

    @staticmethod
    def _sqlite_entry(field: SchemaField) -> tuple[str, str]:
        return f"{json.dumps(field.api_name)}:", f'$."{field.data_key}"'
