"""How many records a list has in all, without ever paying for a scan that nobody asked for."""

from __future__ import annotations

from collections.abc import Hashable
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock

from cachetools import TTLCache
from django.db.models import Q

from customobjects.models import Record
from customobjects.queries.selection import Count, Selection
from customobjects.storage.dialect import can_estimate
from salesos import json
from salesos.db.compiled_queries import CompiledQuery, Wrapper

# Totals up to this are counted, and above it estimated where the database's planner can.
MAX_EXACT_TOTAL = 10_000
# How long an estimate is good for, and how many are kept.
ESTIMATE_SECONDS = 10
ESTIMATES_CACHE_SIZE = 1_000
COUNT = Wrapper("SELECT COUNT(*) FROM (", ") counted")
EXPLAIN = Wrapper("EXPLAIN (FORMAT JSON) ")


@dataclass(frozen=True)
class Total:
    """How many records there are; ``number`` is None where nobody asked."""

    number: int | None
    is_estimate: bool = False


# By hashes, so that what is kept is bounded. Two that clash share an estimate.
_estimates: TTLCache[int, int] = TTLCache(ESTIMATES_CACHE_SIZE, ESTIMATE_SECONDS)
# Queries that found more than was counted, with whatever values: probably they do again.
_large_queries: TTLCache[int, bool] = TTLCache(ESTIMATES_CACHE_SIZE, ESTIMATE_SECONDS)
_lock = Lock()


def total_of(selection: Selection, count: Count = Count.DEFAULT) -> Total:
    """The total that ``count`` asks for. One query or two, or none."""
    if count is Count.NONE:
        return Total(None)
    if count is Count.EXACT:
        return Total(count_of(selection))
    if count is Count.ESTIMATED:
        return Total(_estimate(selection), is_estimate=True)
    query = hash((selection.schema.cache_key, selection.cache_key))
    with _lock:
        was_large = query in _large_queries
    # The planner knows little of what a text has inside, and much of what columns hold.
    plans_first = can_estimate() and bool(selection.filters.parts) and not selection.search
    estimate = _estimate(selection, asks=plans_first or was_large)
    if estimate > MAX_EXACT_TOTAL:
        return Total(estimate, is_estimate=True)
    counted = count_of(selection, most=MAX_EXACT_TOTAL + 1)
    with _lock:
        if counted <= MAX_EXACT_TOTAL:
            _large_queries.pop(query, None)
            return Total(counted)
        _large_queries[query] = True
    return Total(max(estimate or _estimate(selection), MAX_EXACT_TOTAL + 1), is_estimate=True)


def records_in_words(count: int) -> str:
    """A number of records for people: ``1 record``, ``1,234 records``."""
    return f"{count:,} record{'' if count == 1 else 's'}"


def count_of(selection: Selection, *, most: int | None = None, within: Q | None = None, key: Hashable = None) -> int:
    """How many records there are, counted up to ``most``. ``key`` names a condition that they also lie ``within``."""
    query = _query(selection, COUNT, most=most, within=within, key=key)
    return int((query.rows(selection.values) or [(0,)])[0][0])


def _query(
    selection: Selection, wrapper: Wrapper, *, most: int | None = None, within: Q | None = None, key: Hashable = None
) -> CompiledQuery[Record]:
    return selection.schema.memoize(
        ("total", selection.cache_key, wrapper.before, most, key),
        lambda: CompiledQuery(
            lambda: selection.records().filter(within or Q()).order_by().values_list("id"),
            by_values=not selection.is_everything,
            limit=most,
            wrapper=wrapper,
        ),
    )


def _estimate(selection: Selection, *, asks: bool = True) -> int:
    """The planner's estimate, which follows its statistics: what it said a moment ago, it would say again.

    SQLite's planner has none; there it is what was counted a moment ago. Where it ``asks`` nothing, 0 is unknown.
    """
    key = hash((selection.schema.cache_key, selection.cache_key, tuple(selection.values.values())))
    with _lock, suppress(KeyError):
        return _estimates[key]
    if not asks:
        return 0
    known = _planned(selection) if can_estimate() else count_of(selection)
    with _lock:
        _estimates[key] = known
    return known


def _planned(selection: Selection) -> int:
    for (plan,) in _query(selection, EXPLAIN).rows(selection.values):
        parsed = json.loads(plan) if isinstance(plan, str) else plan
        return int(parsed[0]["Plan"]["Plan Rows"])
    return 0
