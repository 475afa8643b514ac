"""How many records a list has in all, without ever paying for a scan that nobody asked for.

A total is exact where counting takes some 50 ms at most: up to 10,000, of what filters find through lookups up to
5,000, and up to 150,000 where one index alone tells which records fit (400,000 on SQLite). Above, PostgreSQL looks
through a sample of the records: one page in 250 of the table, and at most four hundred. What too few of those tell of,
and what SQLite has more of, is known as "at least so many".
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from cachetools import TTLCache
from django.db.models import Q, QuerySet

from customobjects.models import Record
from customobjects.queries.access_paths import COUNT, counting_path
from customobjects.queries.selection import Count, Selection
from customobjects.storage.dialect import SAMPLE_PERCENT, can_estimate, sample_of
from salesos import json
from salesos.db.compiled_queries import CompiledQuery, Wrapper

# Totals up to this are counted each time.
MAX_EXACT_TOTAL = 10_000
# The same of what filters find through lookups: each record takes some 7 us.
MAX_TOTAL_THROUGH = 5_000
# The same of what one index tells, where a sample can tell of more, and where none can.
MAX_TOLD_TOTAL = 150_000
MAX_TOLD_WITHOUT_SAMPLE = 400_000
# So many records of a sample are enough to tell how many there are in all, within a factor of two.
MIN_SAMPLE_HITS = 40
# How long a total above that is good for, and how many are kept.
KEPT_SECONDS = 10
KEPT_TOTALS = 1_000
SAMPLE = Wrapper(f"SELECT COUNT(*), {SAMPLE_PERCENT} FROM (", ") sample")
EXPLAIN = Wrapper("EXPLAIN (FORMAT JSON) ")


@dataclass(frozen=True)
class Total:
    """How many records there are: just so many, about so many, or at least. ``number`` is None where nobody asked."""

    number: int | None
    is_estimate: bool = False
    is_lower_bound: bool = False

    def with_seen(self, number: int) -> Total:
        """The same, where so many have been seen."""
        if self.number is None or self.number >= number or not (self.is_estimate or self.is_lower_bound):
            return self
        return replace(self, number=number)


# By hashes, so that what is kept is bounded. Two that clash share a total.
_kept: TTLCache[int, Total] = TTLCache(KEPT_TOTALS, KEPT_SECONDS)
# Queries that found more than was counted, with whatever values: probably they do again.
_large_queries: TTLCache[int, bool] = TTLCache(KEPT_TOTALS, KEPT_SECONDS)
_lock = Lock()


def total_of(selection: Selection, count: Count = Count.DEFAULT) -> Total:
    """The total that ``count`` asks for. One query or two, or none."""
    if count is Count.NONE:
        return Total(None)
    if count is Count.EXACT:
        return Total(count_of(selection))
    key = hash((count, selection.schema.cache_key, selection.cache_key, tuple(selection.values.values())))
    with _lock, suppress(KeyError):
        return _kept[key]
    total = _found(selection) if count is Count.DEFAULT else Total(_estimate(selection), is_estimate=True)
    if total.is_estimate or total.is_lower_bound or (total.number or 0) > MAX_EXACT_TOTAL:
        with _lock:
            # A moment later, it may not be exact any more.
            _kept[key] = total if total.is_lower_bound else replace(total, is_estimate=True)
    return total


def _found(selection: Selection) -> Total:
    """The total, as far as it can be known quickly."""
    is_told = selection.is_told_by_index
    # No sample tells of what is behind lookups: each of its records would be followed.
    is_through = selection.is_through_lookups
    can_sample = can_estimate() and not is_through
    most = MAX_TOTAL_THROUGH if is_through else MAX_EXACT_TOTAL
    if is_told:
        most = MAX_TOLD_TOTAL if can_estimate() else MAX_TOLD_WITHOUT_SAMPLE
    query = hash((selection.schema.cache_key, selection.cache_key))
    with _lock:
        is_large = query in _large_queries
    if can_sample and not (is_large or is_told or selection.search):
        # The planner knows little of what a text has inside, and what an index tells is counted as quickly as planned.
        is_large = _estimate(selection) > MAX_EXACT_TOTAL
    sampled: int | None = None
    if samples_first := can_sample and is_large:
        sampled = _sampled(selection)
        if sampled is not None and sampled > most:
            return Total(sampled, is_estimate=True)
    counted = count_of(selection, most=most + 1)
    with _lock:
        if counted <= most:
            _large_queries.pop(query, None)
            return Total(counted)
        _large_queries[query] = True
    if can_sample and not samples_first:
        sampled = _sampled(selection)
    return Total(most, is_lower_bound=True) if sampled is None else Total(max(sampled, counted), is_estimate=True)


def records_in_words(count: int, write: Callable[[int], str] = "{:,}".format) -> str:
    """A number of records for people: ``1 record``, ``1,234 records``. ``write`` writes it in their language."""
    return f"{write(count)} record{'' if count == 1 else 's'}"


def total_in_words(total: Total, write: Callable[[int], str] = "{:,}".format) -> str:
    """How many records there are, for people: ``7 records``, or of an estimate ``about 340,000 records``."""
    number, is_exact = _rounded(total)
    return records_in_words(number, write) if is_exact else f"about {records_in_words(number, write)}"


def number_in_words(total: Total, write: Callable[[int], str]) -> str:
    """The same where it stands below a heading that says what is counted: ``7``, ``about 340,000``."""
    number, is_exact = _rounded(total)
    return write(number) if is_exact else f"about {write(number)}"


def _rounded(total: Total) -> tuple[int, bool]:
    """The number, of an estimate its first two digits, and whether it is exact."""
    number = total.number or 0
    return (round(number, 2 - len(str(number))), False) if total.is_estimate else (number, True)


def count_of(selection: Selection, *, most: int | None = None, within: Q | None = None, key: Hashable = None) -> int:
    """How many records there are, counted up to ``most``. ``key`` names a condition that they also lie ``within``."""
    selection = selection.by(counting_path(selection))
    query = _query(selection, COUNT, most=most, within=within, key=key)
    return int((query.rows(selection.values) or [(0,)])[0][0])


def _sampled(selection: Selection) -> int | None:
    """How many there are by what a sample of all records has of them; None where it has too few to say."""
    hits, percent = (_query(selection, SAMPLE).rows(selection.values) or [(0, 100)])[0]
    if hits < MIN_SAMPLE_HITS:
        return None
    found = int(hits * 100 / float(percent))
    if selection.is_everything and found / 2 <= (planned := _estimate(selection)) <= found * 2:
        # How many records each object has, the planner knows better, where its statistics are not too old.
        return planned
    return found


def _query(
    selection: Selection, wrapper: Wrapper, *, most: int | None = None, within: Q | None = None, key: Hashable = None
) -> CompiledQuery[Record]:
    def build() -> QuerySet[Record, Any]:
        records = selection.records().filter(within or Q()).order_by()
        return (sample_of(records) if wrapper is SAMPLE else records).values_list("id")

    return selection.schema.memoize(
        ("total", selection.cache_key, wrapper.before, most, key),
        # A sample is read in one way, whatever the values.
        lambda: CompiledQuery(
            build, by_values=wrapper is not SAMPLE and not selection.is_everything, limit=most, wrapper=wrapper
        ),
    )


def _estimate(selection: Selection) -> int:
    """The estimate of PostgreSQL's planner, which follows its statistics. SQLite's has none; there it is counted."""
    if not can_estimate():
        return count_of(selection)
    for (plan,) in _query(selection, EXPLAIN).rows(selection.values):
        parsed = json.loads(plan) if isinstance(plan, str) else plan
        return int(parsed[0]["Plan"]["Plan Rows"])
    return 0
