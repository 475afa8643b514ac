"""What a caller asks a list of records for."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from customobjects.queries.filters import NO_FILTERS, FilterGroup


class Count(StrEnum):
    """What a caller wants to know of the total. Without a word: exact up to 10,000, and an estimate above."""

    EXACT = "exact"
    ESTIMATED = "estimated"
    NONE = "none"
    DEFAULT = ""


class RecordRequest(NamedTuple):
    """A page of which records, in what order, showing what.

    ``filters`` are parameters, ``tree`` is the same as JSON, ``within`` are filters of ours; all of them hold.
    ``sort_parameter`` is what the caller calls ``sort``. A ``cursor`` goes on where its page ended, and ``page``
    counts for nothing then. ``fields`` are the only ones that are shown, ``expand`` the references sent along.
    """

    page: int = 1
    limit: int = 20
    sort: str = ""
    sort_parameter: str = "sort"
    search: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    tree: Mapping[str, Any] | None = None
    within: FilterGroup = NO_FILTERS
    cursor: str = ""
    total: Count = Count.DEFAULT
    fields: tuple[str, ...] | None = None
    expand: tuple[str, ...] = ()
