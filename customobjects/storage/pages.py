"""Reading some records of a list, one behind the other, as one text that the database has put together.

PostgreSQL sends a page as one row: for each row that it sends instead, both ends have as much to do as for the
record in it. SQLite, which sends nothing anywhere, gives row by row. A page of two by name, with one sort key:

    SELECT string_agg(document, ',⏎'), count(*), 0, (array_agg(id))[2], (array_agg(key_0))[2]
      FROM (SELECT … AS document, id, text_1 AS key_0 FROM … ORDER BY text_1, id LIMIT 3) page

The third row only tells that there are more; its document is cut off again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import IntegerField

from customobjects.models import Record
from salesos.db.compiled_queries import CompiledQuery, Param, Wrapper
from salesos.db.django_internals import Row, compiling_connection

NUMBER = IntegerField()
OFFSET = Param("offset", NUMBER)
SIZE = Param("size", NUMBER)
SIZE_AND_ONE = Param("size and one", NUMBER)
# Stands between documents, and in none of them: JSON texts have no line ends but escaped ones.
SEPARATOR = ",\n"


class PageRows(NamedTuple):
    """Some records: ``documents`` is JSON text with ``SEPARATOR`` in between.

    ``last_id`` and ``last_keys`` are of the last record, where there are as many as were wanted. ``total`` is what a
    query that counts says.
    """

    documents: str = ""
    number: int = 0
    has_more: bool = False
    last_id: UUID | None = None
    last_keys: tuple[Any, ...] = ()
    total: int = 0


@dataclass(eq=False)
class PageQuery(CompiledQuery[Record]):
    """Reads records of one list: ``build`` gives its query of document, id and so many sort ``keys``, without a limit.

    One that ``counts`` has a column ``total`` behind them. With a ``size``, all reads are of that many records, which
    the planner then knows.
    """

    _: KW_ONLY
    keys: int
    size: int | None = None
    counts: bool = False

    def __post_init__(self) -> None:
        self._is_joined = compiling_connection().vendor == "postgresql"
        self.limit = SIZE_AND_ONE if self.size is None else self.size + 1
        self.wrapper = _joined(self.keys, self.size, counts=self.counts) if self._is_joined else None

    def read(self, values: Mapping[Any, Any], size: int, *, steps: int = 0) -> PageRows:
        """The first ``size`` records. With a number of ``steps``, it may raise ``TooManySteps``."""
        if self.size is None:
            values = {**values, SIZE.key: size, SIZE_AND_ONE.key: size + 1}
        rows = self.stored_rows(values, steps=steps)
        if not rows:
            return PageRows()
        documents, count, total, last_id, *last_keys = rows[0] if self._is_joined else self._join(rows, size)
        documents = documents.rpartition(SEPARATOR)[0] if count > size else documents or ""
        return PageRows(documents, min(count, size), count > size, last_id, tuple(last_keys), total or 0)

    def _join(self, rows: Sequence[Row], size: int) -> Row:
        """The one row that PostgreSQL would have made of ``rows``. Only the last is needed with its Python values."""
        last: Row = (None,)
        if 0 < size <= len(rows):
            [whole] = self.converted([rows[size - 1]])
            last = whole[1 : self.keys + 2]
        return SEPARATOR.join([row[0] for row in rows]), len(rows), rows[0][-1] if self.counts else 0, *last


def _joined(keys: int, size: int | None, *, counts: bool) -> Wrapper:
    """One row instead of many. An aggregate over a sorted query takes its rows in that order."""
    wanted, params = ("%s", (SIZE,) * (keys + 1)) if size is None else (str(size), ())
    last = ", ".join(f"(array_agg({name}))[{wanted}]" for name in ("id", *(f"key_{place}" for place in range(keys))))
    total = "max(total)" if counts else "0"
    before = f"SELECT string_agg(document, '{SEPARATOR}'), count(*), {total}, {last} FROM ("
    return Wrapper(before, ") page", params)
