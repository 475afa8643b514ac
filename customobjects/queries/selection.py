"""What a caller asks for, and selections: the records that its filters and search find, as a query with parameters."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import OrderBy, Q, QuerySet
from django.utils.functional import cached_property

from customobjects import access
from customobjects.models import Record
from customobjects.models.of_object import BY_ID
from customobjects.queries.filter_reader import FilterReader
from customobjects.queries.filters import NO_FILTERS, FilterGroup
from customobjects.queries.search import Search
from customobjects.schema import Schema
from customobjects.storage.access_path import AccessPath, KeysPath, OrderPath
from salesos.accounts.actor import Actor
from salesos.db.compiled_queries import CompiledQuery
from salesos.db.django_internals import Row

EVERYTHING = Q()


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


@dataclass
class Selection:
    """The records that fit. Selections of one ``cache_key`` are one query, each with ``values`` of its own.

    ``path`` is how the database gets at them; None is its own choice. ``counted`` are the records that an index of
    SQLite's finds, by the column (none for the index of words) and the number that it was counted up to.
    """

    actor: Actor
    schema: Schema
    filters: FilterGroup
    search: Search
    path: AccessPath | None = None
    counted: dict[tuple[str, int], int] = field(default_factory=dict)

    @classmethod
    def of(cls, actor: Actor, schema: Schema, request: RecordRequest) -> Selection:
        """Raises ``ValidationError`` for what cannot be asked."""
        return cls(actor, schema, _filters(actor, schema, request), Search(schema, request.search))

    @property
    def is_everything(self) -> bool:
        """Whether nothing is filtered or searched for."""
        return not (self.filters.parts or self.search)

    @property
    def is_told_by_index(self) -> bool:
        """Whether one index alone tells which records fit, so that these are counted without being looked at."""
        return self.filters.is_told_by_index and not self.search

    @property
    def is_through_lookups(self) -> bool:
        """Whether a filter is of what lookups point at."""
        return any(one.steps for one in self.filters.filters())

    @cached_property
    def cache_key(self) -> Hashable:
        """What tells the query from others on the same schema."""
        if self.is_everything:
            return access.rights(self.actor, self.schema)
        return access.rights(self.actor, self.schema), self.filters.cache_key, self.search.cache_key, self.path

    @cached_property
    def values(self) -> dict[Hashable, Any]:
        """The values of the query's parameters."""
        found = access.parameters(self.actor)
        if self.is_everything:
            return found
        return {**found, **self.filters.values(), **self.search.values(), **(self.path.values if self.path else {})}

    def records(
        self, behind: Q = EVERYTHING, order: Sequence[OrderBy] = (), *, by_id: bool = False
    ) -> QuerySet[Record]:
        """The records, with parameters for all values; ``by_id`` says that they will be sorted by ``BY_ID``.

        Where the path goes by the first records in an ``order``, it goes by those ``behind`` a position.
        """
        # Keys lie in the index of their column, and are looked for there.
        by_id = by_id and not isinstance(self.path, KeysPath)
        visible = access.visible_records(access.with_parameters(self.actor), self.schema, by_id=by_id)
        is_in_order = isinstance(self.path, OrderPath)
        found = visible.filter(self.filters.condition(one_by_one=is_in_order) & self.search.condition())
        if self.path is None:
            return found
        return self.path.first_of(found, visible, behind, *order) if self.path.first else self.path.read(found)

    def by(self, path: AccessPath | None) -> Selection:
        """The same records, found by a path."""
        return self if path is self.path else replace(self, path=path)

    def first(self, limit: int, *columns: str, order_by: Sequence[str | OrderBy] = BY_ID) -> list[Row]:
        """Some columns of the first ``limit`` records in an order. One query, which is not kept."""
        query: CompiledQuery[Record] = CompiledQuery(
            lambda: self.records(by_id=order_by is BY_ID).order_by(*order_by).values_list(*columns),
            by_values=True,
            limit=limit,
        )
        return query.rows(self.values)


def _filters(actor: Actor, schema: Schema, request: RecordRequest) -> FilterGroup:
    """All that a request filters by. Raises ``ValidationError``."""
    if not (request.filters or request.tree):
        return request.within
    reader = FilterReader(actor, schema)
    groups = [reader.parameters(request.filters)]
    if request.tree:
        groups.append(reader.tree(request.tree))
    if request.within.parts:
        groups.append(request.within)
    return groups[0] if len(groups) == 1 else FilterGroup("and", tuple(groups))


def matching_ids(actor: Actor, schema: Schema, request: RecordRequest, limit: int) -> list[UUID]:
    """The ids of the first ``limit`` records that fit, oldest first. Raises ``ValidationError``."""
    selection = Selection.of(actor, schema, request)
    return [id_ for (id_,) in selection.first(limit, "id")]
