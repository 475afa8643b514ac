"""What the address of a list says: which records, in what order, by what grouped, with which figures below.

Where the list is that of a saved view, the view says all this, and the address only what differs: a parameter that is
there, if empty, stands in the place of the view's. What else stands in an address is passed on by every link.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict

from customobjects.queries.filter_reader import FilterReader
from customobjects.queries.ordering import MAX_SORT_KEYS, ordering
from customobjects.queries.pages import last_page
from customobjects.queries.selection import Count, RecordRequest
from customobjects.queries.steps import Steps
from customobjects.schema import Schema
from customobjects.web.lists.conditions import ALL, ANY, COLOR, NO_CONDITIONS, Conditions, read_conditions, with_colors
from customobjects.web.lists.groups import Grouping, read_grouping
from customobjects.web.search_text import search_text
from salesos import json
from salesos.accounts.actor import Actor
from salesos.errors import ValidationError

PAGE_SIZE = 100
MAX_CURSOR = 2_000
# What tells pages of one list apart, and parts of one page: no other list begins with it.
PLACE = ("page", "cursor", "after", "part", "within")
# What saved views have a word on.
VIEW_PARAMETERS = (ALL, ANY, COLOR, "search", "sort", "group", "footer", "columns", "frozen", "density")


# What a saved view says, by the parameters of its address.
Base = Mapping[str, tuple[str, ...]]
NO_BASE: Base = {}


def asked(given: QueryDict, base: Base) -> QueryDict:
    """All that is asked for: what an address says, and the saved view where the address says nothing."""
    found = given.copy()
    for name, values in base.items():
        if name not in given:
            found.setlist(name, list(values))
    return found


@dataclass(frozen=True)
class ListState:
    """What an address asks for, without what makes no sense in it. ``base`` is what holds where ``given`` is silent.

    ``after`` is how many records lie before those that a ``cursor`` leads to; it is only told. ``within`` is the group
    that is shown alone, by the text of its value: empty for records without a value, None for all.
    """

    given: QueryDict
    base: Base = field(default_factory=dict)
    search: str = ""
    sort: tuple[str, ...] = ()
    page: int = 1
    cursor: str = ""
    after: int = 0
    grouping: Grouping | None = None
    within: str | None = None
    conditions: Conditions = NO_CONDITIONS

    @property
    def is_filtered(self) -> bool:
        """Whether it shows a choice of the records."""
        return bool(self.search.strip() or self.conditions.group.parts)

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
            within=self.conditions.group,
            cursor=self.cursor,
            total=total,
        )

    def from_the_start(self) -> ListState:
        """The same list without a place in it."""
        return replace(self, page=1, cursor="", after=0)

    def link(self, **changes: Any) -> str:
        """The address of the same list with some changes, each a value or several; None takes one away.

        It says what differs from the saved view alone, and begins where lists begin.
        """
        query = self.given.copy()
        for name in PLACE:
            query.pop(name, None)
        for name, value in changes.items():
            values = [] if value is None else [str(one) for one in (value if isinstance(value, list) else [value])]
            query.pop(name, None)
            if values != list(self.base.get(name, ())):
                # An empty one stands in the place of the view's, where it says something.
                query.setlist(name, values or [""])
        return "?" + query.urlencode(safe=",:")

    @property
    def query(self) -> str:
        """What the address says, as it stands there."""
        return self.link().removeprefix("?")

    @property
    def base_json(self) -> str:
        """What the saved view says, for scripts."""
        return json.dumps({name: list(values) for name, values in self.base.items()})

    @property
    def colors_json(self) -> str:
        """What colours rows and cells, as an address writes it, for scripts."""
        return json.dumps([str(one) for one in self.conditions.colors])

    @property
    def is_changed(self) -> bool:
        """Whether the address says something else than the saved view."""
        names = [name for name in self.given if name in VIEW_PARAMETERS]
        return any(tuple(filter(None, self.given.getlist(name))) != self.base.get(name, ()) for name in names)

    @property
    def start(self) -> str:
        """The address of the list without any choice of records."""
        return self.link(search=None, filter=None, any=None)

    @property
    def others(self) -> list[tuple[str, str]]:
        """What a form that searches, or leads to another page, passes on: all but the search and the place."""
        given = self.given.lists()
        return [(name, one) for name, values in given if name not in (*PLACE, "search") for one in values]

    @property
    def passed_on(self) -> list[tuple[str, str]]:
        """What a form passes on that has nothing to do with any of it: all but the place."""
        return [(name, one) for name, values in self.given.lists() if name not in PLACE for one in values]

    def sort_link(self, name: str) -> str:
        """The address of the list sorted by ``name`` alone: ascending, or where it is so, descending."""
        return self.link(sort=f"-{name}" if self.sort[:1] == (name,) else name)

    def direction(self, name: str) -> str:
        """How a column is sorted: ``ascending``, ``descending``, or not."""
        if not name:
            return ""
        return "ascending" if name in self.sort else "descending" if f"-{name}" in self.sort else ""


def read_state(
    actor: Actor, schema: Schema, given: QueryDict, page: int, base: Base = NO_BASE, steps: Steps | None = None
) -> ListState:
    """What the parameters of an address ask for, and where they are silent, ``base``.

    A query for each lookup that filters, the sort and the group go through, unless ``steps`` know it.
    """
    every = asked(given, base)
    cursor = given.get("cursor", "")[:MAX_CURSOR]
    reader = FilterReader(actor, schema, steps)
    grouping = read_grouping(actor, schema, every.get("group", ""))
    within = given.get("within")
    if grouping is None or within is None or not grouping.has(actor, schema, within):
        within = None
    conditions = read_conditions(reader, every.getlist(ALL), every.getlist(ANY))
    return ListState(
        given=given,
        base=base,
        search=search_text(every),
        sort=_sort(actor, schema, every.get("sort", "")),
        page=page,
        cursor=cursor,
        after=_number(given.get("after", "")) if cursor else 0,
        grouping=grouping,
        within=within,
        # Colours choose no records: they do not count among the filters.
        conditions=with_colors(conditions, FilterReader(actor, schema, steps), every.getlist(COLOR)),
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
