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
from django.db.models import DO_NOTHING, Expression, ForeignObject, Model, QuerySet, TextField
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.constants import LOUTER
from django.db.models.sql.datastructures import BaseTable
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

Row = tuple[Any, ...]
M = TypeVar("M", bound=Model)
Q = TypeVar("Q", bound=QuerySet[Any, Any])


# Headers as a response of Django's keeps them.
Headers = dict[str, tuple[str, str]]


def constant_headers(headers: Mapping[str, str]) -> Headers:
    """Headers to give to many responses with ``give_headers``."""
    return {name.lower(): (name, value) for name, value in headers.items()}


def give_headers(response: HttpResponseBase, headers: Headers) -> None:
    """Give a response headers where it has none of these names: in 0.2 µs, where one by one each takes one."""
    response.headers._store = {**headers, **response.headers._store}


def conditional_response(request: HttpRequest, response: HttpResponse, *, same_as: Iterable[str]) -> HttpResponse:
    """The response, or 304 or 412 in its place, by what the request says of its ``ETag``.

    A tag that the request names with one of ``same_as`` at its end is the same as the one without it.
    """
    etag = response["ETag"]
    longer = [f"{etag[:-1]}{end}" for end in same_as]
    named = request.META.get("HTTP_IF_NONE_MATCH", "") + request.META.get("HTTP_IF_MATCH", "")
    tag = next((tag for tag in longer if tag in named), etag)
    found = get_conditional_response(request, etag=tag, response=response)
    assert found is not None
    if found is not response:
        found["ETag"] = tag
    return found


class JoinedBy(ForeignObject):
    """Rows of another table that have the same value in a field: for joins, without a column or a migration."""

    requires_unique_target = False

    def __init__(self, to: Any, field: str) -> None:
        super().__init__(to, DO_NOTHING, from_fields=[field], to_fields=[field], related_name="+")

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = True, **options: Any) -> None:
        super().contribute_to_class(cls, name, private_only=private_only, **options)


class TableBy(BaseTable):
    """A query's table as it stands behind FROM, in a form of ours: SQL with ``{table}`` (and its alias) and ``{name}``
    (what its columns are called by), with parameters."""

    table_alias: str

    def __init__(self, table: str, alias: str, form: str, params: Sequence[Any]) -> None:
        super().__init__(table, alias)
        self.form = form
        self.params = params

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        table, _none = super().as_sql(compiler, connection)
        name = compiler.quote_name_unless_alias(self.table_alias)
        return self.form.format(table=table, name=name), tuple(self.params)

    def relabeled_clone(self, change_map: Mapping[Any, str]) -> TableBy:  # type: ignore[override]
        alias = change_map.get(self.table_alias, self.table_alias)
        return TableBy(self.table_name, alias, self.form, self.params)


def read_by(queryset: Q, form: str, *params: Any) -> Q:
    """The query with its own table in another form (see ``TableBy``)."""
    return _read_from(queryset, lambda table, alias: TableBy(table, alias, form, params))


class TableOf(BaseTable):
    """A query's table with those rows alone that another query of the same model finds, in its order."""

    table_alias: str

    def __init__(self, table: str, alias: str, rows: QuerySet[Any, Any]) -> None:
        super().__init__(table, alias)
        self.rows = rows

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        sql, params = self.rows.query.get_compiler(connection=connection).as_sql()
        return f"({sql}) {compiler.quote_name_unless_alias(self.table_alias)}", tuple(params)

    def relabeled_clone(self, change_map: Mapping[Any, str]) -> TableOf:  # type: ignore[override]
        return TableOf(self.table_name, change_map.get(self.table_alias, self.table_alias), self.rows)


def read_among(queryset: Q, rows: Q) -> Q:
    """The query, where only the ``rows`` of its model are in its table, in their order: one with a limit, say."""
    return _read_from(queryset, lambda table, alias: TableOf(table, alias, rows))


def _read_from(queryset: Q, make: Callable[[str, str], BaseTable]) -> Q:
    """The query with what ``make`` gives for its own table and the alias of that."""
    found = queryset.all()
    alias = found.query.get_initial_alias()
    found.query.alias_map[alias] = make(queryset.model._meta.db_table, alias)
    return found


class _FunctionJoin:
    """Rows of a table function, joined to each row of a query that they are worked out of; none leave it as it is."""

    join_type, parent_alias, filtered_relation = LOUTER, None, None

    def __init__(self, alias: str, function: Expression) -> None:
        self.table_name = self.table_alias = alias
        self.function = function

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Sequence[Any]]:
        sql, params = compiler.compile(self.function)
        return f"LEFT JOIN {sql} {connection.ops.quote_name(self.table_alias)} ON TRUE", params


def join_function(rows: Q, alias: str, function: Expression) -> Q:
    """A query with the rows of a table function, under an alias for ``FunctionColumn``. It is no subquery of others."""
    joined = rows.all()
    # Resolved first: it refers to the table of the query, which is then there.
    resolved = function.resolve_expression(joined.query)
    joined.query.alias_map[alias] = _FunctionJoin(alias, resolved)  # type: ignore[assignment]
    joined.query.alias_refcount[alias] = 1
    return joined


class FunctionColumn(Expression):
    """A text column of what ``join_function`` has joined."""

    output_field = TextField()

    def __init__(self, alias: str, name: str) -> None:
        super().__init__()
        self.alias, self.name = alias, name

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        return ".".join(map(connection.ops.quote_name, (self.alias, self.name))), []


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
