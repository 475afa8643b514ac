"""All that this project uses of Django beside its documented interfaces.

``tests/db/test_django_internals.py`` says which of it a new version of Django has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import DO_NOTHING, ForeignObject, Model, QuerySet
from django.db.models.sql.datastructures import BaseTable
from django.http.response import HttpResponseBase

Row = tuple[Any, ...]
M = TypeVar("M", bound=Model)


# Headers as a response of Django's keeps them.
Headers = dict[str, tuple[str, str]]


def constant_headers(headers: Mapping[str, str]) -> Headers:
    """Headers to give to many responses with ``give_headers``."""
    return {name.lower(): (name, value) for name, value in headers.items()}


def give_headers(response: HttpResponseBase, headers: Headers) -> None:
    """Give a response headers where it has none of these names: in 0.2 µs, where one by one each takes one."""
    response.headers._store = {**headers, **response.headers._store}


class JoinedBy(ForeignObject):
    """Rows of another table that have the same value in a field: for joins, without a column or a migration."""

    requires_unique_target = False

    def __init__(self, to: Any, field: str) -> None:
        super().__init__(to, DO_NOTHING, from_fields=[field], to_fields=[field], related_name="+")

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = True, **options: Any) -> None:
        super().contribute_to_class(cls, name, private_only=private_only, **options)


class CompiledSelect(NamedTuple):
    """The SQL of a query, and what makes Python values of the rows that it gives.

    ``columns`` are the SQL and the parameters of each expression that it selects; ``converters`` are the positions
    of those that Django converts, each with its functions and the expression they are called with.
    """

    sql: str
    params: tuple[Any, ...]
    columns: tuple[tuple[str, tuple[Any, ...]], ...]
    converters: tuple[tuple[int, Sequence[Callable[..., Any]], Any], ...]

    def convert(self, rows: Iterable[Row]) -> list[Row]:
        """The rows as Django would return them."""
        if not self.converters:
            return list(rows)
        connection = compiling_connection()
        converted = []
        for row in map(list, rows):
            for place, functions, expression in self.converters:
                for function in functions:
                    row[place] = function(row[place], expression, connection)
            converted.append(tuple(row))
        return converted


@cache
def compiling_connection() -> BaseDatabaseWrapper:
    """A connection that is never opened, for compiling: that asks for the kind of database only.

    What is kept of a query refers to the connection that it was compiled with. A thread's own would stay open after
    the thread has ended.
    """
    return connections.create_connection(DEFAULT_DB_ALIAS)


def compile_select(queryset: QuerySet[Any, Any]) -> CompiledSelect | None:
    """The compiled form of a query, or None where Django knows that it gives no rows."""
    compiler = queryset.query.get_compiler(connection=compiling_connection())
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    columns = tuple((part, tuple(given)) for _column, (part, given), _alias in compiler.select)
    converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])
    return CompiledSelect(
        sql, tuple(params), columns, tuple((place, *found) for place, found in sorted(converters.items()))
    )


class _SampledTable(BaseTable):
    """A table in a query, of which only a part is read."""

    def __init__(self, table: BaseTable, sampling: str) -> None:
        super().__init__(table.table_name, table.table_alias)
        self.sampling = sampling

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        sql, params = super().as_sql(compiler, connection)
        return f"{sql} TABLESAMPLE {self.sampling}", params


def sampled(queryset: QuerySet[M], sampling: str) -> QuerySet[M]:
    """The query over a sample of its own table, as SQL's ``TABLESAMPLE`` says it; not of others that it asks."""
    part = queryset.all()
    alias = part.query.get_initial_alias()
    table = part.query.alias_map[alias]
    assert isinstance(table, BaseTable)
    part.query.alias_map[alias] = _SampledTable(table, sampling)
    return part


def server_cursor(connection: BaseDatabaseWrapper) -> Any:
    """A cursor of psycopg's that binds parameters in PostgreSQL. Django's own cursors bind them in Python."""
    from django.db.backends.postgresql.base import ServerBindingCursor

    return ServerBindingCursor(connection.connection)  # type: ignore[call-arg]
