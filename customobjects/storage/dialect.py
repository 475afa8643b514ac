"""Small expressions in which the databases differ, or that Django lacks, behind one name each."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context, Decimal
from functools import cache
from itertools import chain
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Aggregate, BooleanField, F, Func, IntegerField, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.db.models.sql.compiler import SQLCompiler

from customobjects.fieldtypes.keys import text_number, wide_number_text
from customobjects.models import Record
from customobjects.models.columns import NumberColumn
from salesos.db.django_internals import read_by, sampled

# More digits than sums of numbers that fit will ever have.
SUM_CONTEXT = Context(prec=100)
SQLITE_SUM = "exact_sum"
# In ``Record.overflow``, what is before the data_key under which a text's identity is, where that is not its key.
IDENTITY_MARK = "="


class Condition(Func):
    """A condition that is written out by hand: its operands, with ``arg_joiner`` in between."""

    output_field = BooleanField()
    template = "%(expressions)s"


class ByBytes(Func):
    """A text that compares byte by byte, as typed columns do, whatever the database's collation."""

    output_field = TextField()
    template = "%(expressions)s"

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template='(%(expressions)s) COLLATE "C"', **context)


class IsAmongIds(Condition):
    """Whether a record's id is in a list: the parameter for a JSON text, one for however many there are."""

    def __init__(self, ids: Any) -> None:
        super().__init__(F("id"), ids)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self._among(compiler, "(SELECT value::uuid FROM jsonb_array_elements_text({}::jsonb))")

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self._among(compiler, "(SELECT value FROM json_each({}))")

    def _among(self, compiler: SQLCompiler, listed: str) -> tuple[str, list[Any]]:
        (id_, _none), (ids, params) = map(compiler.compile, self.get_source_expressions())
        return f"{id_} IN {listed.format(ids)}", list(params)


class ListHas(Condition):
    """Whether the list at a key of the JSON column ``data`` holds a text."""

    def __init__(self, data_key: str, value: Any) -> None:
        super().__init__(F("data"), Value(data_key), value)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self._as_format(compiler, "jsonb_exists({} -> {}::text, {})")

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self._as_format(compiler, "EXISTS (SELECT 1 FROM json_each({} -> {}) WHERE json_each.value = {})")

    def _as_format(self, compiler: SQLCompiler, form: str) -> tuple[str, list[Any]]:
        texts, params = zip(*map(compiler.compile, self.get_source_expressions()), strict=True)
        return form.format(*texts), [*chain.from_iterable(params)]


class ListValues(Func):
    """The table of the values of the list at a key of the JSON column ``data``, one a row, as texts."""

    output_field = TextField()

    def __init__(self, data_key: str) -> None:
        super().__init__(F("data"), Value(data_key), arg_joiner=" -> ")

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="LATERAL jsonb_array_elements_text(%(expressions)s)", **context
        )

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="json_each(%(expressions)s)", **context)


class Like(Condition):
    """Whether a text fits a pattern of SQL's ``LIKE`` (see ``containing``).

    Django's own ``contains`` escapes the pattern inside the statement where it is not a constant, which keeps the
    database from looking it up in an index.
    """

    arg_joiner = " LIKE "

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        # In PostgreSQL the backslash escapes anyway, and a text of one means what standard_conforming_strings says.
        return self.as_sql(compiler, connection, template="%(expressions)s ESCAPE '\\'", **context)


class Matches(Condition):
    """Whether a text matches a regular expression: PostgreSQL's operator, and Python's own in SQLite.

    It is asked of what something simpler has found, and no index is looked into for it.
    """

    arg_joiner = " REGEXP "

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self.as_sql(compiler, connection, arg_joiner=" || '' ~ ", **context)


class _Row(Func):
    """A row of expressions, to compare with another."""

    # A row has no type; without one here, Django would look for one that all its parts have.
    output_field = BooleanField()
    template = "(%(expressions)s)"


class RowBeyond(Condition):
    """Whether a row of expressions lies behind (or before) a row of values, compared from left to right.

    One comparison of rows, which an index over the same expressions answers by starting there.
    """

    def __init__(self, expressions: Sequence[Any], values: Sequence[Any], *, descending: bool) -> None:
        super().__init__(_Row(*expressions), _Row(*values), arg_joiner=" < " if descending else " > ")


class PlaceInList(Func):
    """Where a text key stands among others: a number that grows from each to the next, and NULL where it does not.

    No key has a line end in it.
    """

    output_field = IntegerField()

    def __init__(self, key: Any, keys: Sequence[str]) -> None:
        super().__init__(Value(_lines(keys)), key)

    @staticmethod
    def of(key: str, keys: Sequence[str]) -> int | None:
        """The same for a key that is known."""
        return _lines(keys).find(f"\n{key}\n") + 1 or None

    def get_group_by_cols(self) -> list[Any]:
        # It follows from the key: who groups by that need not group by this.
        return list(self.get_source_expressions()[1].get_group_by_cols())

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self._place(compiler, "nullif(strpos({}, chr(10) || {} || chr(10)), 0)")

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self._place(compiler, "nullif(instr({}, char(10) || {} || char(10)), 0)")

    def _place(self, compiler: SQLCompiler, form: str) -> tuple[str, list[Any]]:
        (keys, keys_params), (key, key_params) = map(compiler.compile, self.get_source_expressions())
        return form.format(keys, key), [*keys_params, *key_params]


def _lines(keys: Sequence[str]) -> str:
    return "\n".join(("", *keys, ""))


class IdText(Func):
    """An id as values of fields have it: a text with dashes."""

    output_field = TextField()

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template='(%(expressions)s)::text COLLATE "C"', **context)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        sql, params = compiler.compile(self.get_source_expressions()[0])
        parts = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
        return " || '-' || ".join(f"substr({sql}, {start}, {size})" for start, size in parts), [*params] * len(parts)


class ExactSum(Aggregate):
    """The sum of numbers as a text with all its digits. SQLite's own sums are binary floats."""

    function = "SUM"
    output_field = TextField()

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(function)s(%(expressions)s))::text", **context)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function=SQLITE_SUM, **context)


class SortedSum(Aggregate):
    """The sum of numbers, for sorting by it."""

    function = "SUM"
    sqlite_function = "sorted_sum"
    output_field = TextField()

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function=self.sqlite_function, **context)


class SortedAverage(SortedSum):
    """The average of numbers, for sorting by it."""

    function = "AVG"
    sqlite_function = "sorted_average"


class _SQLiteSum:
    """The aggregate function that ``ExactSum`` calls in SQLite. Its numbers are ``keys.number_text``."""

    def __init__(self) -> None:
        self.sum: Decimal | None = None
        self.count = 0

    def step(self, text: str | None) -> None:
        if text is not None:
            self.sum = SUM_CONTEXT.add(self.sum or Decimal(0), text_number(text))
            self.count += 1

    def finalize(self) -> str | None:
        return None if self.sum is None else format(self.sum, "f")


class _SQLiteSortedSum(_SQLiteSum):
    def finalize(self) -> str | None:
        return None if self.sum is None else wide_number_text(self.sum)


class _SQLiteSortedAverage(_SQLiteSum):
    def finalize(self) -> str | None:
        return None if self.sum is None else wide_number_text(SUM_CONTEXT.divide(self.sum, Decimal(self.count)))


SQLITE_AGGREGATES = {
    SQLITE_SUM: _SQLiteSum,
    SortedSum.sqlite_function: _SQLiteSortedSum,
    SortedAverage.sqlite_function: _SQLiteSortedAverage,
}


def add_functions(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Receiver of Django's ``connection_created``: gives SQLite the functions that it lacks."""
    if connection.vendor == "sqlite":
        for name, aggregate in SQLITE_AGGREGATES.items():
            connection.connection.create_aggregate(name, 1, aggregate)


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


def found_by_id(records: QuerySet[Record]) -> QuerySet[Record]:
    """Records that are to be found by their ids, from what they are joined with; PostgreSQL sees that by itself.

    SQLite, without statistics, would look through all of an object's records for each that they are joined with.
    """
    if connection.vendor != "sqlite":
        return records
    return read_by(records, f"{{table}} INDEXED BY sqlite_autoindex_{Record._meta.db_table}_1")


@cache
def plans_without_statistics() -> bool:
    """Whether the database's planner knows nothing of how many records have which values (see ``access_path``)."""
    return connection.vendor == "sqlite"


@cache
def can_estimate() -> bool:
    """Whether the database's planner says how many rows it expects of a query, and the database reads samples."""
    return connection.vendor == "postgresql"


# How much of the records PostgreSQL reads for a sample, in percent: at most four hundred of the table's pages.
SAMPLE_PERCENT = (
    "(SELECT least(0.4, 40000.0 / greatest(relpages, 1))"
    f" FROM pg_class WHERE oid = '{Record._meta.db_table}'::regclass)"
)


def sample_of(records: QuerySet[Record]) -> QuerySet[Record]:
    """Those of some records that are in PostgreSQL's sample of all; the same each time, as long as nothing changes."""
    return sampled(records, f"SYSTEM ({SAMPLE_PERCENT}) REPEATABLE (1)")


def containing(text: str) -> str:
    """The pattern of ``LIKE`` for texts that have ``text`` anywhere."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def stored_text(data_key: str) -> KeyTextTransform:
    """The value that ``data`` holds at a key, as a text."""
    return KeyTextTransform(data_key, "data")


def stored_identity(data_key: str, column: str) -> Coalesce:
    """The identity of a text: ``overflow`` has it where it is not the whole key."""
    marked = KeyTextTransform(IDENTITY_MARK + data_key, "overflow")
    return Coalesce(marked, whole_key(data_key, column), output_field=TextField())


def whole_key(data_key: str, column: str) -> Coalesce | KeyTextTransform:
    """The whole key of a text: ``overflow`` has it where a typed column has only its beginning, or there is none."""
    whole = KeyTextTransform(data_key, "overflow")
    return Coalesce(whole, F(column), output_field=TextField()) if column else whole


def rest_of_key(data_key: str) -> Coalesce:
    """What sorts texts whose typed column has the same beginning: nothing where the column has all."""
    return Coalesce(overflow_key(data_key), Value(""), output_field=TextField())


def overflow_key(data_key: str) -> ByBytes:
    """The key of a value whose field has no typed column."""
    return ByBytes(KeyTextTransform(data_key, "overflow"))
