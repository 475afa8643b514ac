"""Small expressions in which the databases differ, behind one name each."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.sql.compiler import SQLCompiler


class ByBytes(Func):
    """A text that compares byte by byte, as typed columns do, whatever the database's collation."""

    output_field = TextField()
    template = "%(expressions)s"

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template='(%(expressions)s) COLLATE "C"', **context)


class ListHas(Func):
    """Whether the list at a key of the JSON column ``data`` holds a text."""

    output_field = BooleanField()

    def __init__(self, data_key: str, value: str) -> None:
        super().__init__(F("data"), Value(data_key), Value(value))

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        data, key, value = self._parts(compiler)
        return f"jsonb_exists({data[0]} -> {key[0]}::text, {value[0]})", (*data[1], *key[1], *value[1])

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        data, key, value = self._parts(compiler)
        listed = f"SELECT 1 FROM json_each({data[0]} -> {key[0]}) WHERE json_each.value = {value[0]}"
        return f"EXISTS ({listed})", (*data[1], *key[1], *value[1])

    def _parts(self, compiler: SQLCompiler) -> list[tuple[str, tuple[Any, ...]]]:
        return [(sql, tuple(params)) for sql, params in map(compiler.compile, self.get_source_expressions())]


def stored_text(data_key: str) -> KeyTextTransform:
    """The value that ``data`` holds at a key, as a text."""
    return KeyTextTransform(data_key, "data")


def overflow_key(data_key: str) -> ByBytes:
    """The key of a value whose field has no typed column."""
    return ByBytes(KeyTextTransform(data_key, "overflow"))
