"""How many records a list has in all, without ever paying for a scan that nobody asked for."""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import QuerySet

from customobjects.models import Record
from customobjects.storage.dialect import can_estimate
from salesos import json
from salesos.db.compiled_queries import Around, CompiledQuery, Values

# Totals up to this are counted, and above it estimated where the database's planner can.
EXACT_TOTAL = 10_000
# Seconds that an estimate is good for, and how many are kept.
STALE = 10
KEPT = 1_000
COUNT = Around("SELECT COUNT(*)", " FROM ({}) counted")
EXPLAIN = Around("EXPLAIN (FORMAT JSON) ", "{}")


class Count(StrEnum):
    """What a caller wants to know of the total. Without a word: exact up to 10,000, and an estimate above."""

    EXACT = "exact"
    ESTIMATED = "estimated"
    NONE = "none"
    DEFAULT = ""


@dataclass(frozen=True)
class Total:
    """How many records there are; ``number`` is None where nobody asked."""

    number: int | None
    is_estimate: bool = False


class Totals:
    """Counts the records of one query, with parameters for its values."""

    def __init__(self, records: QuerySet[Record], *, most: int = EXACT_TOTAL, plan_first: bool = False) -> None:
        """``most`` is how far ``few`` counts. With ``plan_first`` the planner is asked before anything is counted."""
        self._plan_first = plan_first
        ids = records.order_by().values_list("id")
        self._few = CompiledQuery(lambda: ids, writes_values=True, limit=most + 1, around=COUNT)
        self._every = CompiledQuery(lambda: ids, writes_values=True, around=COUNT)
        self._plan = CompiledQuery(lambda: ids, writes_values=True, around=EXPLAIN)
        # Whether there were many the last time: then, too.
        self._was_large = False
        self._estimates: dict[Hashable, tuple[float, int]] = {}

    def total(self, count: Count, values: Values) -> Total:
        """The total that ``count`` asks for. One query or two, or none."""
        if count is Count.NONE:
            return Total(None)
        if count is Count.EXACT:
            return Total(self._number(self._every, values))
        if count is Count.ESTIMATED:
            return Total(self._estimate(values), is_estimate=True)
        estimate = self._estimate(values) if self._was_large or (self._plan_first and can_estimate()) else 0
        if estimate > EXACT_TOTAL:
            return Total(estimate, is_estimate=True)
        counted = self.few(values)
        self._was_large = counted > EXACT_TOTAL
        if not self._was_large:
            return Total(counted)
        return Total(max(estimate or self._estimate(values), EXACT_TOTAL + 1), is_estimate=True)

    def few(self, values: Values) -> int:
        """How many records there are, counted up to one more than ``most``."""
        return self._number(self._few, values)

    @staticmethod
    def _number(statement: CompiledQuery[Record], values: Values) -> int:
        [(number,)] = statement.rows(values) or [(0,)]
        return int(number)

    def _estimate(self, values: Values) -> int:
        """The planner's estimate, which follows its statistics: what it said a moment ago, it would say again.

        SQLite's planner has none; there it is what was counted a moment ago.
        """
        key = tuple(values.values())
        asked, estimate = self._estimates.get(key, (-STALE, 0))
        if time.monotonic() - asked >= STALE:
            estimate = self._planned(values) if can_estimate() else self._number(self._every, values)
            if len(self._estimates) >= KEPT:
                self._estimates.clear()
            self._estimates[key] = (time.monotonic(), estimate)
        return estimate

    def _planned(self, values: Values) -> int:
        rows = self._plan.rows(values)
        if not rows:
            return 0
        plan = rows[0][0] if not isinstance(rows[0][0], str) else json.loads(rows[0][0])
        return int(plan[0]["Plan"]["Plan Rows"])
