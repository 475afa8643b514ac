"""Slices: some records of a list, one behind the other, as one text that the database has put together.

PostgreSQL sends a page as one row: for each row that it sends instead, both ends have as much to do as for the
record in it. SQLite, which sends nothing anywhere, gives row by row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import IntegerField, QuerySet

from salesos.statements import Around, Slot, Statement, Values

NUMBER = IntegerField()
WANTED = Slot("wanted", NUMBER)
# One more than wanted tells whether there are more.
READ = Slot("read", NUMBER)


@dataclass(frozen=True)
class Slice:
    """Some records: ``documents`` is JSON text with commas in between.

    ``last_id`` and ``last_keys`` are of the last record that was wanted, where there are so many.
    """

    documents: str
    count: int
    has_more: bool
    last_id: UUID | None
    last_keys: tuple[Any, ...]


class SliceStatement:
    """Reads slices of one list."""

    def __init__(
        self,
        build: Callable[[], QuerySet[Any, Any]],
        *,
        keys: int,
        size: int | None = None,
        offset: Slot | None = None,
        writes_values: bool = False,
    ) -> None:
        """``build`` gives the query of document, id and so many sort ``keys``, in its order, without a limit.

        With a ``size``, all slices are to have that many records. ``writes_values`` is what it is of a statement.
        """
        self._size = size
        self._joins = connection.vendor == "postgresql"
        limit = READ if size is None else size + 1
        around = _joined(keys, size) if self._joins else None
        self.statement: Statement[Any] = Statement(
            build, writes_values=writes_values, limit=limit, offset=offset, around=around, confirms=True
        )

    def read(self, values: Values, wanted: int) -> Slice:
        """The first ``wanted`` records, which are ``size`` where there is one."""
        if self._size is None:
            values = {**values, WANTED.key: wanted, READ.key: wanted + 1}
        rows = self.statement.rows(values)
        if self._joins:
            documents, count, id_, *keys = rows[0] if rows else (None, 0, None)
            return Slice(documents or "", min(count, wanted), count > wanted, id_, tuple(keys))
        kept = rows[:wanted]
        _document, id_, *keys = kept[-1] if kept and len(kept) == wanted else ("", None)
        return Slice(",".join([row[0] for row in kept]), len(kept), len(rows) > wanted, id_, tuple(keys))


def _joined(keys: int, size: int | None) -> Around:
    """One row instead of many. An aggregate over a sorted query takes its rows in that order."""
    wanted, slot = ("%s", (WANTED,)) if size is None else (str(size), ())
    last = ", ".join(f"(array_agg({name}))[{wanted}]" for name in ("id", *(f"key_{place}" for place in range(keys))))
    head = f"SELECT array_to_string((array_agg(document))[1:{wanted}], ','), count(*), {last}"
    return Around(head, " FROM ({}) slice", slot * (keys + 2))
