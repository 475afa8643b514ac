"""Selections: the records that a request asks for, in no order, as one compiled query for each shape of request."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import QuerySet

from customobjects import access
from customobjects.models import Record
from customobjects.queries.conditions import condition_of, operand_values
from customobjects.queries.filters import EVERYTHING, FilterReader, Group
from customobjects.queries.objects import find_schema
from customobjects.queries.search import Search
from customobjects.queries.totals import Count, Totals
from customobjects.schema import Schema
from salesos.accounts.actor import Actor
from salesos.db.compiled_queries import CompiledQuery

Values = dict[Hashable, Any]


class RecordRequest(NamedTuple):
    """What a caller asks a list of records for.

    ``filters`` are parameters, ``tree`` is the same as JSON, ``within`` a condition of ours; all of them hold.
    ``sort_parameter`` is what the caller calls ``sort``. A ``cursor`` goes on where its page
    ended, and ``page`` counts for nothing then.
    """

    page: int = 1
    limit: int = 20
    sort: str = ""
    sort_parameter: str = "sort"
    search: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    tree: Mapping[str, Any] | None = None
    within: Group = EVERYTHING
    cursor: str = ""
    total: Count = Count.DEFAULT
    fields: tuple[str, ...] | None = None
    expand: tuple[str, ...] = ()


@dataclass
class Selection:
    """The records that fit, as a query with parameters, and what goes into the parameters."""

    actor: Actor
    schema: Schema
    group: Group
    search: Search
    values: Values = field(default_factory=dict)

    @classmethod
    def of(cls, actor: Actor, schema: Schema, request: RecordRequest) -> Selection:
        """Raises ``ValidationError`` for what cannot be asked."""
        group = _filters(actor, schema, request)
        search = Search(schema, request.search)
        if not (group.parts or search):
            return cls(actor, schema, group, search)
        return cls(actor, schema, group, search, dict(operand_values(group)) | dict(search.values()))

    @cached_property
    def shape(self) -> Hashable:
        """Selections of one shape are one query."""
        return access.reach(self.actor, self.schema), self.group.shape(), self.search.shape

    def records(self) -> QuerySet[Record]:
        """The records, in no order."""
        visible = access.visible_records(self.actor, self.schema)
        return visible.filter(condition_of(self.actor, self.group) & self.search.condition())

    def totals(self) -> Totals:
        """What counts them."""
        # The planner knows little of what a text has inside, and much of what columns hold.
        plan_first = bool(self.group.parts) and not self.search
        return self.schema.made_once(("totals", self.shape), lambda: Totals(self.records(), plan_first=plan_first))


def _filters(actor: Actor, schema: Schema, request: RecordRequest) -> Group:
    """All that a request filters by. Raises ``ValidationError``."""
    if not (request.filters or request.tree):
        return request.within
    reader = FilterReader(schema, lambda lookup: find_schema(actor, str(lookup.target_id)))
    groups = [reader.parameters(request.filters)]
    if request.tree:
        groups.append(reader.tree(request.tree))
    if request.within.parts:
        groups.append(request.within)
    return groups[0] if len(groups) == 1 else Group("and", tuple(groups))


def ids_of(actor: Actor, schema: Schema, request: RecordRequest, limit: int) -> tuple[list[Any], int]:
    """The ids of the first ``limit`` records that fit, oldest first, and how many fit in all."""
    selection = Selection.of(actor, schema, request._replace(sort="", cursor=""))
    statement: CompiledQuery[Record] = CompiledQuery(
        lambda: selection.records().order_by("id").values_list("id"), writes_values=True, limit=limit
    )
    ids = [row[0] for row in statement.rows(selection.values)]
    total = len(ids) if len(ids) < limit else selection.totals().total(Count.EXACT, selection.values).number
    return ids, total or 0
