"""Conditions for the records that a part of a list is read from: those that other queries find first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.sql.compiler import SQLCompiler

from customobjects.models import Record
from customobjects.storage.dialect import Condition


class AmongFirst(Condition):
    """Whether a record is in what one of ``queries`` finds, each of which gives some ids."""

    def __init__(self, queries: Sequence[QuerySet[Any, Any]]) -> None:
        super().__init__(F("id"), *(Subquery(query) for query in queries))

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self._among(compiler)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self._among(compiler)

    def _among(self, compiler: SQLCompiler) -> tuple[str, list[Any]]:
        (id_, _none), *queries = map(compiler.compile, self.get_source_expressions())
        found = " UNION ALL ".join(f"SELECT id FROM {sql} part" for sql, _params in queries)
        return f"{id_} IN ({found})", [*chain.from_iterable(params for _sql, params in queries)]


# What ``AmongFirstOfKeys`` calls the key that its queries are for.
KEY_IN_TURN = RawSQL("keys.key", ())


class AmongFirstOfKeys(Condition):
    """Whether a record is among the ``limit`` first by id of all that have one of at most ``most`` keys.

    ``first_key`` finds the first key, ``next_key`` the one behind ``KEY_IN_TURN``, and ``ids`` the first records of
    that. Of more keys, no record is found. (Where few keys are of many records, this goes from key to key in an index,
    as a "loose index scan" does, which neither database has a word for.)
    """

    def __init__(
        self,
        first_key: QuerySet[Any, Any],
        next_key: QuerySet[Any, Any],
        ids: QuerySet[Any, Any],
        *,
        most: int,
        limit: int,
        descending: bool,
    ) -> None:
        super().__init__(F("id"), Subquery(first_key), Subquery(next_key), Subquery(ids))
        self.most, self.limit, self.way = most, limit, "DESC" if descending else "ASC"

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self._among(compiler, "CROSS JOIN LATERAL {ids} one")

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self._among(compiler, f"CROSS JOIN {Record._meta.db_table} one ON one.id IN {{ids}}")

    def _among(self, compiler: SQLCompiler, join: str) -> tuple[str, list[Any]]:
        (id_, _none), *parts = map(compiler.compile, self.get_source_expressions())
        (first_key, _), (next_key, _), (ids, _) = parts
        keys = f"SELECT * FROM {first_key} first UNION ALL SELECT {next_key} FROM keys WHERE keys.key IS NOT NULL"
        sql = (
            f"{id_} IN (WITH RECURSIVE keys(key) AS ({keys}), few AS (SELECT key FROM keys LIMIT {self.most + 2}) "
            f"SELECT one.id FROM few AS keys {join.format(ids=ids)} "
            f"WHERE (SELECT count(*) FROM few) <= {self.most + 1} ORDER BY one.id {self.way} LIMIT {self.limit})"
        )
        return sql, [*chain.from_iterable(params for _sql, params in parts)]


LAST_OF_OTHERS = RawSQL("others.last", ())


class BehindOthers(Condition):
    """Whether a SQLite record lies behind all ``others`` in the order of ids, where these are the first of all.

    They are where the records up to ``LAST_OF_OTHERS``, which ``first`` finds, are just as many. Where they are not, it
    holds for any record, and without counting where one of the ``keys``, those of the first few records, is empty.
    Counting is part of the statement that reads, and so sees the same state of the database.
    """

    def __init__(
        self, keys: QuerySet[Any, Any], others: QuerySet[Any, Any], first: QuerySet[Any, Any], *, descending: bool
    ) -> None:
        super().__init__(F("id"), Subquery(keys), Subquery(others), Subquery(first))
        self.descending = descending

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        (id_, _none), *parts = map(compiler.compile, self.get_source_expressions())
        (keys, _), (others, _), (first, _) = parts
        # Ids are texts of hexadecimal digits there: each lies before "g", and behind no text at all.
        way, last, end = ("<", "min", "g") if self.descending else (">", "max", "")
        sql = (
            f"{id_} {way} coalesce(CASE WHEN NOT EXISTS (SELECT 1 FROM {keys} WHERE key IS NULL) THEN (SELECT last "
            f"FROM (SELECT {last}(id) AS last, count(*) AS number FROM {others}) others "
            f"WHERE number = (SELECT count(*) FROM {first})) END, '{end}')"
        )
        return sql, [*chain.from_iterable(params for _sql, params in parts)]


class AmongChosen(Condition):
    """Whether a record is one of the ``limit`` that a query of ids finds behind the first ``offset``."""

    def __init__(self, query: QuerySet[Any, Any], limit: Any, offset: Any) -> None:
        super().__init__(F("id"), Subquery(query), limit, offset)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self._among(compiler)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self._among(compiler)

    def _among(self, compiler: SQLCompiler) -> tuple[str, list[Any]]:
        (id_, _none), *parts = map(compiler.compile, self.get_source_expressions())
        (query, _), (limit, _), (offset, _) = parts
        params = [*chain.from_iterable(params for _sql, params in parts)]
        return f"{id_} IN ({query.removeprefix('(').removesuffix(')')} LIMIT {limit} OFFSET {offset})", params
