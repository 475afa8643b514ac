"""Queries whose SQL Django makes once: run again with other values, they cost the database's work and little more.

Building the SQL of a small query takes Django several times as long as PostgreSQL takes to answer it. A compiled query
is a QuerySet with bind parameters in the places of its values:

    email = Param("email", User._meta.get_field("email"))
    BY_EMAIL = CompiledQuery(lambda: User.objects.filter(email=email).values_list("id", "name"))
    BY_EMAIL.rows({"email": "ada@example.com"})      # [(UUID("…"), "Ada")]

It is compiled at its first run, by whichever thread comes first, and keeps nothing of that thread.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from threading import RLock
from typing import Any, Generic, NamedTuple, TypeVar

from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from salesos.db.connections import execute
from salesos.db.django_internals import CompiledSelect, Row, compile_select, compiling_connection

M = TypeVar("M", bound=Model)
Values = Mapping[Hashable, Any]

# What a compiled query takes beside its SQL, about.
OVERHEAD_BYTES = 2_000
# The places of parameters in SQL; a percent sign that is none is doubled.
PLACEHOLDERS = re.compile("(%%|%s)")

_compiling = RLock()


class Param(Expression):
    """A bind parameter: the place in a query of the value that is given, under ``key``, when the query is run."""

    def __init__(self, key: Hashable, field: Field) -> None:
        """``field`` says what kind of value it is, and so how the database wants it."""
        super().__init__(output_field=field)
        self.key = key

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        return "%s", [self]

    def adapted(self, values: Values) -> Any:
        """Its value as the database wants it."""
        return self.output_field.get_db_prep_value(values[self.key], compiling_connection())


class Wrapper(NamedTuple):
    """What stands around a query in its statement: SQL before and behind it, and the parameters of what is before."""

    before: str
    behind: str = ""
    params: tuple[Param, ...] = ()


class _Statement(NamedTuple):
    """What is sent. ``select`` is None where Django knows that there are no rows."""

    sql: str = ""
    params: Sequence[Any] = ()
    select: CompiledSelect | None = None


@dataclass(eq=False)
class CompiledQuery(Generic[M]):
    """One query, compiled once for this process: ``build`` gives it, and is called once.

    ``by_values`` is for filters: PostgreSQL plans for each set of values anew (see ``salesos.db.connections``).
    ``lock`` follows the query in a database that locks rows. At most ``limit`` rows are read, those before ``offset``
    passed over; a ``limit`` that is a number is in the planner's sight.
    """

    build: Callable[[], QuerySet[M, Any]] | None
    _: KW_ONLY
    by_values: bool = False
    lock: str = ""
    wrapper: Wrapper | None = None
    limit: int | Param | None = None
    offset: Param | None = None
    _compiled: _Statement | None = field(default=None, init=False)

    def rows(self, values: Values, *, steps: int = 0) -> list[Row]:
        """What the query selects, as tuples of Python values. Raises Django's database errors.

        With a number of ``steps``, ``TooManySteps`` where SQLite is not done after so many.
        """
        return self.converted(self.stored_rows(values, steps=steps))

    def stored_rows(self, values: Values, *, steps: int = 0) -> list[Row]:
        """The same rows with what the database gives: an id in SQLite is a text there."""
        sql, params, select = self._statement()
        if select is None:
            return []
        given = [param.adapted(values) if isinstance(param, Param) else param for param in params]
        return execute(sql, given, by_values=self.by_values, steps=steps)

    def converted(self, rows: list[Row]) -> list[Row]:
        """Some of the ``stored_rows`` with Python values."""
        select = self._statement().select
        return rows if select is None or self.wrapper is not None else select.convert(rows)

    @property
    def size_bytes(self) -> int:
        """About how much memory the query takes."""
        return OVERHEAD_BYTES + len(self._statement().sql)

    def _statement(self) -> _Statement:
        if self._compiled is None:
            with _compiling:
                if self.build is not None:
                    self._compiled = self._compile(self.build())
                    # What the query was built from is needed no more.
                    self.build = None
        assert self._compiled is not None
        return self._compiled

    def _compile(self, queryset: QuerySet[M, Any]) -> _Statement:
        select = compile_select(queryset)
        if select is None:
            return _Statement()
        sql, params = select.sql, list(select.params)
        for word, number in (("LIMIT", self.limit), ("OFFSET", self.offset)):
            if isinstance(number, Param):
                sql, params = f"{sql} {word} %s", [*params, number]
            elif number is not None:
                sql += f" {word} {number}"
        if compiling_connection().features.has_select_for_update:
            sql += self.lock
        if self.wrapper is not None:
            sql = f"{self.wrapper.before}{sql}{self.wrapper.behind}"
            params = [*self.wrapper.params, *params]
        return _Statement(*with_constants(sql, params), select)


def with_constants(sql: str, params: Sequence[Any]) -> tuple[str, list[Any]]:
    """A statement with all that is no bind parameter, and so always the same, written into it for PostgreSQL.

    These are ids and names of ours, never input. A plan for any object at all would be worse than one for this
    object, and PostgreSQL would plan each time anew to see whether it is.
    """
    if compiling_connection().vendor != "postgresql":
        return sql, list(params)
    from psycopg import sql as psycopg_sql

    given = iter(params)
    parts = []
    for part in PLACEHOLDERS.split(sql):
        param = next(given) if part == "%s" else None
        is_constant = part == "%s" and not isinstance(param, Param)
        parts.append(psycopg_sql.Literal(param).as_string().replace("%", "%%") if is_constant else part)
    return "".join(parts), [param for param in params if isinstance(param, Param)]
