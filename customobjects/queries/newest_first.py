"""Lists of what happened, from the newest on: entries of the audit log, revisions of definitions, notes.

A cursor starts behind the time and the id of a row, which an index has in this order: it costs the same at any depth.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from customobjects.queries import cursors
from customobjects.queries.ordering import Position
from customobjects.queries.totals import MAX_EXACT_TOTAL, Total

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class NewestPage(Generic[M]):
    """A page of rows, how many there are in all, and the cursor to the next page."""

    rows: list[M]
    total: Total
    next_cursor: str | None


def newest_first(
    rows: QuerySet[M], *, asked: Iterable[object], page: int, limit: int, cursor: str = "", by: str = "at"
) -> NewestPage[M]:
    """A page of rows that have an ``id`` and, in the column ``by``, a time. Two queries.

    ``asked`` is what tells this list from others, so that no cursor goes from one to another; a ``cursor`` goes before
    ``page``. Rows are counted up to ``MAX_EXACT_TOTAL``. Raises ``ValidationError`` for a cursor that is none.
    """
    digest = cursors.digest_of(*asked)
    found = rows.order_by(f"-{by}", "-id")
    start = 0
    if cursor:
        position = cursors.read(cursor, digest)
        [at] = position.keys
        found = found.filter(older_than(at, position.id, by=by))
    else:
        start = (page - 1) * limit
    listed: list[Any] = list(found[start : start + limit + 1])
    has_more = len(listed) > limit
    listed = listed[:limit]
    last = listed[-1] if has_more else None
    next_cursor = cursors.write(Position(0, (getattr(last, by),), last.id), digest) if last else None
    return NewestPage(listed, counted(rows), next_cursor)


def older_than(at: datetime, id_: UUID, *, by: str = "at") -> Q:
    """The condition for rows behind one, in a list from the newest on: its time, in the column ``by``, and its id."""
    # The first condition is the one that an index answers.
    return Q(Q(**{f"{by}__lt": at}) | Q(id__lt=id_), **{f"{by}__lte": at})


def counted(rows: QuerySet[Any]) -> Total:
    """How many rows there are, up to ``MAX_EXACT_TOTAL``. One query."""
    count = rows.order_by()[: MAX_EXACT_TOTAL + 1].count()
    return Total(min(count, MAX_EXACT_TOTAL), is_lower_bound=count > MAX_EXACT_TOTAL)
