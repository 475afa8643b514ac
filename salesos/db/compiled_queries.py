"""Queries whose SQL Django makes once: run again with other values, they cost the database's work and little more.

Building the SQL of a small query takes Django several times as long as PostgreSQL takes to answer it. A
``CompiledQuery`` is a QuerySet with ``Param`` where its values go; it is compiled at its first run.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from salesos import beliefs
from salesos.beliefs import Beliefs
from salesos.db.connections import Row, here, literal, prepares, run_on

M = TypeVar("M", bound=Model)
Values = Mapping[Any, Any]


class Param(Expression):
    """The place in a query of a value that is given, under ``key``, when the query is run."""

    def __init__(self, key: Hashable, field: Field) -> None:
        """``field`` says what kind of value it is, and so how the database wants it."""
        super().__init__(output_field=field)
        self.key = key

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        return "%s", [self]


def _fill(params: Sequence[Any], values: Values, connection: Any) -> list[Any]:
    """The parameters of a statement, with the values in their parameters as the database wants them."""
    return [
        param.output_field.get_db_prep_value(values[param.key], connection) if isinstance(param, Param) else param
        for param in params
    ]


def _conditions(carried: Beliefs, connection: Any) -> tuple[str, list[Any]]:
    """The expression that says whether all open beliefs hold, and its parameters."""
    parts, given = [], []
    for belief in carried.open:
        sql, params = belief.condition.compiled()
        if belief.filled is None:
            belief.filled = _fill(params, belief.values, connection)
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
    connection = here()
    sql, params = _conditions(carried, connection)
    _settle(carried, run_on(connection, f"SELECT {sql}", params)[0][0])


# How many pieces of SQL are kept with values written into them.
WRITTEN = 5_000
# The places of parameters in SQL; a percent sign that is none is doubled.
PLACES = re.compile("(%%|%s)")


class _Filled(NamedTuple):
    """A piece of SQL, and the values of its parameters."""

    sql: str
    params: list[Any]


@dataclass(frozen=True, eq=False)
class _Piece:
    """A piece of SQL, and its parameters, parameters among them."""

    sql: str
    params: Sequence[Any] = ()

    @cached_property
    def parameters(self) -> list[Param]:
        """The parameters among the parameters."""
        return [param for param in self.params if isinstance(param, Param)]

    def filled(self, values: Values, connection: Any, *, write: bool) -> _Filled:
        """The piece with values in its parameters, or, where it is to ``write`` them, in the SQL itself.

        What is no slot is the same each time, and so is written into the SQL in any case: a plan for any object at
        all would be worse than one for this object, and PostgreSQL would plan each time to see whether it is.
        """
        if not (self.params and prepares(connection)):
            return _Filled(self.sql, _fill(self.params, values, connection))
        if not write:
            return _Filled(_written(self, None), _fill(self.parameters, values, connection))
        return _Filled(_written(self, tuple(values[slot.key] for slot in self.parameters)), [])


@lru_cache(maxsize=WRITTEN)
def _written(piece: _Piece, given: tuple[Any, ...] | None) -> str:
    """The SQL of a piece with its constants written into it, and what is ``given`` for its parameters."""
    connection = here()
    params, values = iter(piece.params), iter(given or ())
    parts = []
    for part in PLACES.split(piece.sql):
        param = next(params) if part == "%s" else None
        if isinstance(param, Param) and given is not None:
            param = param.output_field.get_db_prep_value(next(values), connection)
        parts.append(part if part != "%s" or isinstance(param, Param) else literal(connection, param))
    return "".join(parts)


@dataclass(frozen=True)
class _Compiled:
    """What Django made of a query. Behind the ``head`` is a place for one column more."""

    head: _Piece
    tail: _Piece
    compiler: SQLCompiler | None = None
    converters: dict[int, Any] = dataclasses.field(default_factory=dict)


NOTHING = _Compiled(_Piece(""), _Piece(""))


@dataclass(frozen=True)
class Around:
    """What stands around a query: the ``head`` of the statement, with its parameters, and ``tail``, with ``{}``."""

    head: str
    tail: str
    params: tuple[Any, ...] = ()


class CompiledQuery(Generic[M]):
    """One query, compiled once for this process."""

    def __init__(
        self,
        build: Callable[[], QuerySet[M, Any]],
        *,
        writes_values: bool = False,
        lock: str = "",
        around: Around | None = None,
        limit: int | Param | None = None,
        offset: Param | None = None,
        confirms: bool = False,
    ) -> None:
        """``build`` gives the query. One that ``confirms`` says along the way whether the request's beliefs hold.

        With ``writes_values`` PostgreSQL plans it for each set of values anew, and prepares those that come again:
        for filters, where the plan that is good for a common value may be bad for a rare one. ``lock`` is what
        follows it in a database that locks rows. At most ``limit`` rows are read, those before ``offset`` passed over.
        """
        self._build = build
        self._writes_values = writes_values
        self._lock = lock
        self._around = around
        self._limit = limit
        self._offset = offset
        self._confirms = confirms

    def rows(self, values: Values) -> list[Row]:
        """What the query selects, as tuples of Python values."""
        compiled = self._compiled
        if compiled is NOTHING:
            return []
        connection = here()
        head = compiled.head.filled(values, connection, write=self._writes_values)
        tail = compiled.tail.filled(values, connection, write=self._writes_values)
        carried = beliefs.current() if self._confirms else None
        if carried is not None and carried.open:
            sql, params = _conditions(carried, connection)
            head = _Filled(f"{head.sql}, {sql}", [*head.params, *params])
        found = run_on(connection, head.sql + tail.sql, [*head.params, *tail.params])
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
            return NOTHING
        if isinstance(self._limit, Param):
            sql, params = f"{sql} LIMIT %s", (*params, self._limit)
        elif self._limit is not None:
            # In sight of the planner, which plans few rows otherwise than all.
            sql += f" LIMIT {self._limit}"
        if self._offset is not None:
            sql, params = f"{sql} OFFSET %s", (*params, self._offset)
        if connection.features.has_select_for_update:
            sql += self._lock
        if self._around is not None:
            tail = self._around.tail.replace("{}", sql)
            return _Compiled(_Piece(self._around.head, self._around.params), _Piece(tail, tuple(params)))
        quoted = connection.ops.quote_name
        selected = [
            f"{part} AS {quoted(alias)}" if alias else part for _column, (part, _given), alias in compiler.select
        ]
        head = f"SELECT {', '.join(selected)}"
        assert sql.startswith(head), sql
        count = sum(len(given) for _column, (_part, given), _alias in compiler.select)
        return _Compiled(
            _Piece(head, tuple(params[:count])),
            _Piece(sql[len(head) :], tuple(params[count:])),
            compiler,
            compiler.get_converters([column for column, _sql, _alias in compiler.select]),
        )
