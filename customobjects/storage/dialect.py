"""Small expressions in which the databases differ, or that Django lacks, behind one name each."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context, Decimal
from functools import cache
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Aggregate, BooleanField, F, Func, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.sql.compiler import SQLCompiler

from customobjects.fieldtypes.keys import text_number
from customobjects.models.columns import NumberColumn

# More digits than sums of numbers that fit will ever have.
EXACT = Context(prec=100)
Compiled = list[tuple[str, tuple[Any, ...]]]


class _Condition(Func):
    """A condition that is written out by hand."""

    output_field = BooleanField()

    def parts(self, compiler: SQLCompiler) -> Compiled:
        """The SQL and the parameters of each operand."""
        return [(sql, tuple(params)) for sql, params in map(compiler.compile, self.get_source_expressions())]


class ByBytes(Func):
    """A text that compares byte by byte, as typed columns do, whatever the database's collation."""

    output_field = TextField()
    template = "%(expressions)s"

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template='(%(expressions)s) COLLATE "C"', **context)


class ListHas(_Condition):
    """Whether the list at a key of the JSON column ``data`` holds a text."""

    def __init__(self, data_key: str, value: Any) -> None:
        super().__init__(F("data"), Value(data_key), value)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        data, key, value = self.parts(compiler)
        return f"jsonb_exists({data[0]} -> {key[0]}::text, {value[0]})", (*data[1], *key[1], *value[1])

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        data, key, value = self.parts(compiler)
        listed = f"SELECT 1 FROM json_each({data[0]} -> {key[0]}) WHERE json_each.value = {value[0]}"
        return f"EXISTS ({listed})", (*data[1], *key[1], *value[1])


class Like(_Condition):
    """Whether a text fits a pattern of SQL's ``LIKE`` (see ``containing``).

    Django's own ``contains`` escapes the pattern inside the statement where it is not a constant, which keeps the
    database from looking it up in an index.
    """

    def __init__(self, text: str, pattern: Any) -> None:
        super().__init__(F(text), pattern)

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:  # type: ignore[override]
        text, pattern = self.parts(compiler)
        # In PostgreSQL the backslash escapes anyway, and a text of one means what standard_conforming_strings says.
        escape = "" if connection.vendor == "postgresql" else " ESCAPE '\\'"
        return f"{text[0]} LIKE {pattern[0]}{escape}", (*text[1], *pattern[1])


class Matches(_Condition):
    """Whether a text matches a regular expression: PostgreSQL's operator, and Python's own in SQLite.

    It is asked of what something simpler has found, and no index is looked into for it.
    """

    def __init__(self, text: str, pattern: Any) -> None:
        super().__init__(F(text), pattern)

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:  # type: ignore[override]
        text, pattern = self.parts(compiler)
        matches = "{0} || '' ~ {1}" if connection.vendor == "postgresql" else "{0} REGEXP {1}"
        return matches.format(text[0], pattern[0]), (*text[1], *pattern[1])


class RowBeyond(_Condition):
    """Whether a row of expressions lies behind (or before) a row of values, compared from left to right.

    One comparison of rows, which an index over the same expressions answers by starting there.
    """

    def __init__(self, expressions: Sequence[Any], values: Sequence[Any], *, descending: bool) -> None:
        super().__init__(*expressions, *values)
        self.operator = "<" if descending else ">"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:  # type: ignore[override]
        parts = self.parts(compiler)
        half = len(parts) // 2
        left, right = (", ".join(sql for sql, _params in side) for side in (parts[:half], parts[half:]))
        return f"({left}) {self.operator} ({right})", tuple(p for _sql, params in parts for p in params)


class ExactSum(Aggregate):
    """The sum of numbers as a text with all its digits. SQLite's own sums are binary floats."""

    function = "SUM"
    output_field = TextField()

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(function)s(%(expressions)s))::text", **context)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function=SQLITE_SUM, **context)


SQLITE_SUM = "exact_sum"


class _SQLiteSum:
    """The aggregate function that ``ExactSum`` calls in SQLite. Its numbers are ``keys.number_text``."""

    def __init__(self) -> None:
        self.sum: Decimal | None = None

    def step(self, text: str | None) -> None:
        if text is not None:
            self.sum = EXACT.add(self.sum or Decimal(0), text_number(text))

    def finalize(self) -> str | None:
        return None if self.sum is None else format(self.sum, "f")


def add_functions(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Receiver of Django's ``connection_created``: gives SQLite the functions that it lacks."""
    if connection.vendor == "sqlite":
        connection.connection.create_aggregate(SQLITE_SUM, 1, _SQLiteSum)


class NumberInOverflow(Func):
    """The number of a field that has no typed column."""

    output_field = NumberColumn()
    template = "%(expressions)s"

    def __init__(self, data_key: str) -> None:
        super().__init__(KeyTextTransform(data_key, "data"), KeyTextTransform(data_key, "overflow"))

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        sql, params = compiler.compile(self.get_source_expressions()[0])
        return f"({sql})::numeric", params

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return compiler.compile(self.get_source_expressions()[1])


@cache
def writes_what_it_sorts() -> bool:
    """Whether the database works out all that a query selects before it sorts, and not only for what is left then.

    SQLite does: there a page is chosen first, and its documents written then.
    """
    return connection.vendor == "sqlite"


@cache
def can_estimate() -> bool:
    """Whether the database's planner says how many rows it expects of a query."""
    return connection.vendor == "postgresql"


def containing(text: str) -> str:
    """The pattern of ``LIKE`` for texts that have ``text`` anywhere."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def stored_text(data_key: str) -> KeyTextTransform:
    """The value that ``data`` holds at a key, as a text."""
    return KeyTextTransform(data_key, "data")


def overflow_key(data_key: str) -> ByBytes:
    """The key of a value whose field has no typed column."""
    return ByBytes(KeyTextTransform(data_key, "overflow"))
