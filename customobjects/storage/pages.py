"""Slices: some records of a list, one behind the other, as one text that the database has put together.

PostgreSQL sends a page as one row: for each row that it sends instead, both ends have as much to do as for the
record in it. SQLite, which sends nothing anywhere, gives row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import IntegerField, QuerySet

from salesos.db.compiled_queries import Around, CompiledQuery, Param, Values
from salesos.db.connections import Row

NUMBER = IntegerField()
WANTED = Param("wanted", NUMBER)
# One more than wanted tells whether there are more.
READ = Param("read", NUMBER)
# Documents, number, total and id of no records.
NOTHING: Row = (None, 0, 0, None)


class Slice(NamedTuple):
    """Some records: ``documents`` is JSON text with commas in between.

    ``last_id`` and ``last_keys`` are of the last record that was wanted, where there are so many. ``total`` is what a
    query that counts says of each of its rows.
    """

    documents: str
    number: int
    has_more: bool
    last_id: UUID | None
    last_keys: tuple[Any, ...]
    total: int


class SliceStatement:
    """Reads slices of one list."""

    def __init__(
        self,
        build: Callable[[], QuerySet[Any, Any]],
        *,
        keys: int,
        size: int | None = None,
        offset: Param | None = None,
        counts: bool = False,
        writes_values: bool = False,
    ) -> None:
        """``build`` gives the query of document, id and so many sort ``keys``, in its order, without a limit.

        One that ``counts`` has a column ``total`` behind them. With a ``size``, all slices are to have that many
        records. ``writes_values`` is what it is of a statement.
        """
        self._size = size
        self._keys = keys
        self._counts = counts
        self._joins = connection.vendor == "postgresql"
        limit = READ if size is None else size + 1
        around = _joined(keys, size, counts=counts) if self._joins else None
        self._statement: CompiledQuery[Any] = CompiledQuery(
            build, writes_values=writes_values, limit=limit, offset=offset, around=around, confirms=True
        )

    def read(self, values: Values, wanted: int) -> Slice:
        """The first ``wanted`` records, which are ``size`` where there is one."""
        if self._size is None:
            values = {**values, WANTED.key: wanted, READ.key: wanted + 1}
        rows = self._statement.rows(values)
        row = self._join(rows, wanted) if not self._joins else rows[0] if rows else NOTHING
        documents, count, total, id_, *keys = row
        return Slice(documents or "", min(count, wanted), count > wanted, id_, tuple(keys), total or 0)

    def _join(self, rows: Sequence[Row], wanted: int) -> Row:
        """The one row that PostgreSQL would have made of ``rows``."""
        kept = rows[:wanted]
        total = rows[0][-1] if rows and self._counts else 0
        last = kept[-1][1 : self._keys + 2] if kept and len(kept) == wanted else (None,)
        return ",".join([row[0] for row in kept]), len(rows), total, *last


def _joined(keys: int, size: int | None, *, counts: bool) -> Around:
    """One row instead of many. An aggregate over a sorted query takes its rows in that order."""
    wanted, slot = ("%s", (WANTED,)) if size is None else (str(size), ())
    last = ", ".join(f"(array_agg({name}))[{wanted}]" for name in ("id", *(f"key_{place}" for place in range(keys))))
    total = "max(total)" if counts else "0"
    head = f"SELECT array_to_string((array_agg(document))[1:{wanted}], ','), count(*), {total}, {last}"
    return Around(head, " FROM ({}) slice", slot * (keys + 2))
