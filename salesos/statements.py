"""Queries whose SQL Django makes once: run again with other values, they cost the database's work and little more.

Building the SQL of a small query takes Django several times as long as PostgreSQL takes to answer it. A ``Statement``
is a QuerySet with ``Slot`` where its values go; it is compiled at its first run. On PostgreSQL it is also prepared on
the server, unless it is better planned anew for each value.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=Model)
Row = tuple[Any, ...]
Values = Mapping[Any, Any]


class Slot(Expression):
    """The place in a query of a value that is given, under ``key``, when the query is run."""

    def __init__(self, key: Hashable, field: Field) -> None:
        """``field`` says what kind of value it is, and so how the database wants it."""
        super().__init__(output_field=field)
        self.key = key

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        return "%s", [self]


def fill(params: Sequence[Any], values: Values) -> list[Any]:
    """The parameters of a statement, with the values in their slots as the database wants them."""
    return [
        param.output_field.get_db_prep_value(values[param.key], connection) if isinstance(param, Slot) else param
        for param in params
    ]


def prepared_cursor() -> CursorWrapper:
    """A cursor that has PostgreSQL prepare what it runs; elsewhere Django's own, as SQLite's driver prepares anyway."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    from django.db.backends.postgresql.base import ServerBindingCursor

    connection.ensure_connection()
    # Django uses this cursor itself, where all statements are to be bound by the server.
    raw: Any = ServerBindingCursor(connection.connection)  # type: ignore[call-arg]
    return connection.make_debug_cursor(raw) if connection.queries_logged else connection.make_cursor(raw)


class Statement(Generic[M]):
    """One query, compiled once for this process."""

    def __init__(
        self,
        build: Callable[[], QuerySet[M, Any]],
        *,
        prepare: bool = True,
        lock: str = "",
        around: str = "",
        limit: int | None = None,
        offset: Slot | None = None,
    ) -> None:
        """``build`` gives the query.

        ``lock`` is what follows it in a database that locks rows; ``around`` is a statement that has the query at
        ``{}``. At most ``limit`` rows are read, those before ``offset`` passed over.
        """
        self._build = build
        self._limit = limit
        self._offset = offset
        self._prepare = prepare
        self._lock = lock
        self._around = around
        self._compiled: tuple[str, tuple[Any, ...], Any, type[M], list[str]] | None = None

    def rows(self, values: Values) -> list[Row]:
        """What the query selects, as tuples of Python values."""
        if self._compiled is None:
            self._compile()
        assert self._compiled is not None
        sql, params, converting, _model, _names = self._compiled
        if not sql:
            return []
        with prepared_cursor() if self._prepare else connection.cursor() as cursor:
            cursor.execute(sql, fill(params, values))
            found: list[Row] = cursor.fetchall()
        if converting is not None:
            compiler, converters = converting
            found = [tuple(row) for row in compiler.apply_converters(found, converters)]
        return found

    def instances(self, values: Values) -> list[M]:
        """What a query of whole rows selects, as instances of its model."""
        rows = self.rows(values)
        assert self._compiled is not None
        _sql, _params, _converting, model, names = self._compiled
        return [model.from_db(connection.alias, names, row) for row in rows]

    def _compile(self) -> None:
        rows = self._build()
        names = [field.attname for field in rows.model._meta.concrete_fields]
        compiler = rows.query.get_compiler(connection.alias)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            self._compiled = ("", (), None, rows.model, names)
            return
        converters = compiler.get_converters([selected for selected, _sql, _alias in compiler.select])
        params = tuple(params)
        if self._limit is not None:
            sql += f" LIMIT {self._limit}"
        if self._offset is not None:
            sql, params = f"{sql} OFFSET %s", (*params, self._offset)
        if self._around:
            # Its rows are another statement's.
            sql, converters = self._around.replace("{}", sql), {}
        if connection.features.has_select_for_update:
            sql += self._lock
        self._compiled = (sql, params, (compiler, converters) if converters else None, rows.model, names)
