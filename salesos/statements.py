"""Queries whose SQL Django makes once: run again with other values, they cost the database's work and little more.

Building the SQL of a small query takes Django several times as long as PostgreSQL takes to answer it. A ``Statement``
is a QuerySet with ``Slot`` where its values go; it is compiled at its first run. On PostgreSQL it is also prepared on
the server, unless it is better planned anew for each value.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.utils import CursorWrapper
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from salesos import beliefs
from salesos.beliefs import Beliefs

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


def _fill(params: Sequence[Any], values: Values, here: Any) -> list[Any]:
    """The parameters of a statement, with the values in their slots as the database wants them."""
    return [
        param.output_field.get_db_prep_value(values[param.key], here) if isinstance(param, Slot) else param
        for param in params
    ]


def run(sql: str, params: Sequence[Any], *, prepare: bool = True) -> list[Row]:
    """Run a statement, and read all its rows. PostgreSQL prepares it, unless it is better planned anew each time.

    SQLite's driver prepares by itself. Where statements are logged none are prepared, so that the log shows their
    values.
    """
    return _run(connections[DEFAULT_DB_ALIAS], sql, params, prepare=prepare)


def _run(here: Any, sql: str, params: Sequence[Any], *, prepare: bool) -> list[Row]:
    if not prepare or here.vendor != "postgresql" or here.queries_logged:
        with here.cursor() as cursor:
            cursor.execute(sql, params)
            return list(cursor.fetchall())
    cursor = _preparing_cursor(here)
    cursor.execute(sql, params)
    return list(cursor.fetchall())


def _preparing_cursor(here: Any) -> CursorWrapper:
    """The cursor that a connection keeps for statements that are prepared."""
    from django.db.backends.postgresql.base import ServerBindingCursor

    here.ensure_connection()
    kept: tuple[Any, CursorWrapper] | None = getattr(here, "statement_cursor", None)
    if kept is None or kept[0] is not here.connection:
        # Django uses this class itself, where all statements are to be bound by the server.
        raw: Any = ServerBindingCursor(here.connection)  # type: ignore[call-arg]
        kept = here.statement_cursor = (here.connection, here.make_cursor(raw))
    return kept[1]


def _conditions(carried: Beliefs, here: Any) -> tuple[str, list[Any]]:
    """The expression that says whether all open beliefs hold, and its parameters."""
    parts, given = [], []
    for belief in carried.open:
        sql, params = belief.condition.compiled()
        if belief.filled is None:
            belief.filled = _fill(params, belief.values, here)
        parts.append(sql)
        given += belief.filled
    return f"({' AND '.join(parts)})", given


def _settle(carried: Beliefs, held: object) -> None:
    if not held:
        raise beliefs.OutdatedError
    carried.open.clear()


def confirm() -> None:
    """Ask whether the request's beliefs hold, where no statement has said so yet. Raises ``OutdatedError``."""
    carried = beliefs.current()
    if carried is None or not carried.open:
        return
    here = connections[DEFAULT_DB_ALIAS]
    sql, params = _conditions(carried, here)
    _settle(carried, _run(here, f"SELECT {sql}", params, prepare=True)[0][0])


@dataclass(frozen=True)
class _Compiled:
    """What Django made of a query."""

    sql: str
    params: tuple[Any, ...] = ()
    # Where in the SQL and in the parameters the list of selected columns ends.
    columns_end: int = 0
    columns_params: int = 0
    compiler: SQLCompiler | None = None
    converters: dict[int, Any] = dataclasses.field(default_factory=dict)

    def with_column(self, column: str, given: list[Any], filled: list[Any]) -> tuple[str, list[Any]]:
        """The SQL, and its filled parameters, with one column more behind the others. Those may be named by place."""
        sql = f"{self.sql[: self.columns_end]}, {column}{self.sql[self.columns_end :]}"
        return sql, [*filled[: self.columns_params], *given, *filled[self.columns_params :]]


@dataclass(frozen=True)
class Around:
    """What stands around a query: the ``head`` of the statement, with its parameters, and ``tail``, with ``{}``."""

    head: str
    tail: str
    params: tuple[Any, ...] = ()

    def compiled(self, sql: str, params: tuple[Any, ...]) -> _Compiled:
        """The whole statement. Its columns end where the head does."""
        whole = self.head + self.tail.replace("{}", sql)
        return _Compiled(whole, (*self.params, *params), len(self.head), len(self.params))


class Statement(Generic[M]):
    """One query, compiled once for this process."""

    def __init__(
        self,
        build: Callable[[], QuerySet[M, Any]],
        *,
        prepare: bool = True,
        lock: str = "",
        around: Around | None = None,
        limit: int | Slot | None = None,
        offset: Slot | None = None,
        confirms: bool = False,
    ) -> None:
        """``build`` gives the query. One that ``confirms`` says along the way whether the request's beliefs hold.

        ``lock`` is what follows it in a database that locks rows. At most ``limit`` rows are read, those before
        ``offset`` passed over.
        """
        self._build = build
        self._prepare = prepare
        self._lock = lock
        self._around = around
        self._limit = limit
        self._offset = offset
        self._confirms = confirms

    def rows(self, values: Values) -> list[Row]:
        """What the query selects, as tuples of Python values."""
        compiled = self._compiled
        if not compiled.sql:
            return []
        # Looked up once: each attribute of Django's ``connection`` is a look-up of its own.
        here = connections[DEFAULT_DB_ALIAS]
        sql, given = compiled.sql, _fill(compiled.params, values, here)
        carried = beliefs.current() if self._confirms else None
        if carried is not None and carried.open:
            sql, given = compiled.with_column(*_conditions(carried, here), given)
        found = _run(here, sql, given, prepare=self._prepare)
        # Without a row nothing is confirmed, and the beliefs stay open.
        if carried is not None and carried.open and found:
            _settle(carried, found[0][-1])
            found = [row[:-1] for row in found]
        if compiled.compiler is not None and compiled.converters:
            found = [tuple(row) for row in compiled.compiler.apply_converters(found, compiled.converters)]
        return found

    def instances(self, values: Values) -> list[M]:
        """What a query of whole rows selects, as instances of its model."""
        model = self._model
        names = [field.attname for field in model._meta.concrete_fields]
        return [model.from_db(connection.alias, names, row) for row in self.rows(values)]

    @cached_property
    def _model(self) -> type[M]:
        return self._build().model

    @cached_property
    def _compiled(self) -> _Compiled:
        compiler = self._build().query.get_compiler(connection.alias)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return _Compiled("")
        if isinstance(self._limit, Slot):
            sql, params = f"{sql} LIMIT %s", (*params, self._limit)
        elif self._limit is not None:
            # In sight of the planner, which plans few rows otherwise than all.
            sql += f" LIMIT {self._limit}"
        if self._offset is not None:
            sql, params = f"{sql} OFFSET %s", (*params, self._offset)
        if connection.features.has_select_for_update:
            sql += self._lock
        if self._around is not None:
            return self._around.compiled(sql, tuple(params))
        quoted = connection.ops.quote_name
        selected = [
            f"{part} AS {quoted(alias)}" if alias else part for _column, (part, _given), alias in compiler.select
        ]
        columns = f"SELECT {', '.join(selected)}"
        assert sql.startswith(columns), sql
        return _Compiled(
            sql,
            tuple(params),
            len(columns),
            sum(len(given) for _column, (_part, given), _alias in compiler.select),
            compiler,
            compiler.get_converters([column for column, _sql, _alias in compiler.select]),
        )
