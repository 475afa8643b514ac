"""What the address of a list says: which records, in what order, by what grouped, with which figures below.

What else stands in an address, such as filters, is passed on by every link.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from customobjects.queries.filters import NO_FILTERS, FilterGroup
from customobjects.queries.ordering import MAX_SORT_KEYS, ordering
from customobjects.queries.pages import last_page
from customobjects.queries.selection import Count, RecordRequest
from customobjects.schema import Schema
from customobjects.web.lists.groups import Grouping, read_grouping
from salesos.accounts.actor import Actor
from salesos.errors import ValidationError

PAGE_SIZE = 100
MAX_SEARCH = 200
MAX_CURSOR = 2_000
# What tells pages of one list apart, and parts of one page: no other list begins with it.
PLACE = ("page", "cursor", "after", "part", "within")


@dataclass(frozen=True)
class ListState:
    """What an address asks for, without what makes no sense in it.

    ``after`` is how many records lie before those that a ``cursor`` leads to; it is only told. ``within`` is the group
    that is shown alone, by the text of its value: empty for records without a value, None for all.
    """

    given: QueryDict
    search: str = ""
    sort: tuple[str, ...] = ()
    page: int = 1
    cursor: str = ""
    after: int = 0
    grouping: Grouping | None = None
    within: str | None = None
    filters: FilterGroup = NO_FILTERS

    @property
    def is_filtered(self) -> bool:
        """Whether it shows a choice of the records."""
        return bool(self.search.strip() or self.filters.parts)

    @property
    def before(self) -> int:
        """How many records lie before the page."""
        return self.after if self.cursor else (self.page - 1) * PAGE_SIZE

    @property
    def is_last_by_number(self) -> bool:
        """Whether no page behind it is found by its number."""
        return not self.cursor and self.page >= last_page(PAGE_SIZE, self.search)

    def request(self, total: Count = Count.DEFAULT) -> RecordRequest:
        """The page of records that is asked for."""
        return RecordRequest(
            page=self.page,
            limit=PAGE_SIZE,
            sort=",".join(self.sort),
            search=self.search,
            tree=self.grouping.tree(self.within) if self.grouping and self.within is not None else None,
            within=self.filters,
            cursor=self.cursor,
            total=total,
        )

    def from_the_start(self) -> ListState:
        """The same list without a place in it."""
        return replace(self, page=1, cursor="", after=0)

    def link(self, **changes: Any) -> str:
        """The address of the same list with some changes; None takes a parameter away. It begins where lists begin."""
        query = self.given.copy()
        for name in PLACE:
            query.pop(name, None)
        for name, value in changes.items():
            if value is None:
                query.pop(name, None)
            else:
                query[name] = str(value)
        return "?" + query.urlencode(safe=",:")

    @property
    def others(self) -> list[tuple[str, str]]:
        """What a form that searches, or leads to another page, passes on: all but the search and the place."""
        given = self.given.lists()
        return [(name, one) for name, values in given if name not in (*PLACE, "search") for one in values]

    def sort_link(self, name: str) -> str:
        """The address of the list sorted by ``name`` alone: ascending, or where it is so, descending."""
        return self.link(sort=f"-{name}" if self.sort[:1] == (name,) else name)

    def direction(self, name: str) -> str:
        """How a column is sorted: ``ascending``, ``descending``, or not."""
        if not name:
            return ""
        return "ascending" if name in self.sort else "descending" if f"-{name}" in self.sort else ""


def read_state(
    actor: Actor, schema: Schema, given: QueryDict, page: int, filters: FilterGroup = NO_FILTERS
) -> ListState:
    """What the parameters of an address ask for. Lookups that the sort goes through take a query each."""
    cursor = given.get("cursor", "")[:MAX_CURSOR]
    grouping = read_grouping(actor, schema, given.get("group", ""))
    within = given.get("within")
    if grouping is None or within is None or not grouping.has(actor, schema, within):
        within = None
    return ListState(
        given=given,
        search=given.get("search", "")[:MAX_SEARCH],
        sort=_sort(actor, schema, given.get("sort", "")),
        page=page,
        cursor=cursor,
        after=_number(given.get("after", "")) if cursor else 0,
        grouping=grouping,
        within=within,
        filters=filters,
    )


def _sort(actor: Actor, schema: Schema, text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if len(names) > MAX_SORT_KEYS:
        return ()
    with suppress(ValidationError):
        ordering(actor, schema, ",".join(names))
        return names
    return ()


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def read_words(text: str) -> Mapping[str, str]:
    """``cost:sum,area:avg`` as names and words."""
    pairs = (part.partition(":") for part in text.split(","))
    return {name: word for name, colon, word in pairs if name and colon}
