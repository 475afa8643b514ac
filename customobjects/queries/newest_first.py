"""Lists of what happened, from the newest on: entries of the audit log, revisions of definitions.

A cursor starts behind the time and the id of a row, which an index has in this order: it costs the same at any depth.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

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
    rows: QuerySet[M], *, asked: Iterable[object], page: int, limit: int, cursor: str = ""
) -> NewestPage[M]:
    """A page of rows that have an ``at`` and an ``id``. Two queries.

    ``asked`` is what tells this list from others, so that no cursor goes from one to another; a ``cursor`` goes before
    ``page``. Rows are counted up to ``MAX_EXACT_TOTAL``. Raises ``ValidationError`` for a cursor that is none.
    """
    digest = cursors.digest_of(*asked)
    found = rows.order_by("-at", "-id")
    start = 0
    if cursor:
        position = cursors.read(cursor, digest)
        [at] = position.keys
        # The first condition is the one that an index answers.
        found = found.filter(Q(at__lt=at) | Q(id__lt=position.id), at__lte=at)
    else:
        start = (page - 1) * limit
    listed: list[Any] = list(found[start : start + limit + 1])
    has_more = len(listed) > limit
    listed = listed[:limit]
    count = rows.order_by()[: MAX_EXACT_TOTAL + 1].count()
    total = Total(min(count, MAX_EXACT_TOTAL), is_lower_bound=count > MAX_EXACT_TOTAL)
    next_cursor = cursors.write(Position(0, (listed[-1].at,), listed[-1].id), digest) if has_more else None
    return NewestPage(listed, total, next_cursor)
