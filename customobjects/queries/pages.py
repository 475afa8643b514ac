"""Lists of records: filtered, searched, sorted, page by page, as finished documents."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.db.models import Count as Aggregated
from django.db.models import QuerySet, Window

from customobjects import access
from customobjects.models import Record
from customobjects.queries import cursors
from customobjects.queries.conditions import condition_of, operand_values
from customobjects.queries.cursors import Position
from customobjects.queries.dialect import writes_what_it_sorts
from customobjects.queries.documents import RecordDocument
from customobjects.queries.expansion import Expansion
from customobjects.queries.filters import EVERYTHING, FilterReader, Group
from customobjects.queries.objects import find_schema
from customobjects.queries.ordering import Order, Part, ordering, ranking
from customobjects.queries.search import Search
from customobjects.queries.slices import NUMBER, Slice, SliceStatement
from customobjects.queries.totals import Count, Total, Totals
from customobjects.schema import Schema, SchemaField
from salesos.accounts.actor import Actor
from salesos.problems import InvalidError
from salesos.rest import exactjson
from salesos.statements import Slot, Statement

# So many hits of a search are sorted by how well they fit; more than that come newest first.
MOST_RANKED = 1_000
Values = dict[Hashable, Any]


@dataclass(frozen=True)
class RecordRequest:
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
    count: Count = Count.DEFAULT
    fields: tuple[str, ...] | None = None
    expand: tuple[str, ...] = ()


@dataclass(frozen=True)
class RecordPage:
    """A page of records: how many there are in all, and the cursor to the next page.

    ``documents`` is the records' JSON text, with commas in between.
    """

    documents: str
    total: Total
    next_cursor: str | None = None

    def records(self) -> list[dict[str, Any]]:
        """The documents, parsed, for callers that show them."""
        records: list[dict[str, Any]] = exactjson.loads(f"[{self.documents}]")
        return records


@dataclass
class Selection:
    """The records that fit, as a query with slots, and what goes into the slots."""

    actor: Actor
    schema: Schema
    group: Group
    search: Search
    values: Values = field(default_factory=dict)

    @classmethod
    def of(cls, actor: Actor, schema: Schema, request: RecordRequest) -> Selection:
        """Raises ``InvalidError`` for what cannot be asked."""
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
    """All that a request filters by. Raises ``InvalidError``."""
    if not (request.filters or request.tree):
        return request.within
    reader = FilterReader(schema, lambda lookup: find_schema(actor, str(lookup.target_id)))
    groups = [reader.parameters(request.filters)]
    if request.tree:
        groups.append(reader.tree(request.tree))
    if request.within.parts:
        groups.append(request.within)
    return groups[0] if len(groups) == 1 else Group("and", tuple(groups))


@dataclass
class _Read:
    """What was read of a list: slices of its parts, and where the last record is."""

    documents: str = ""
    count: int = 0
    has_more: bool = False
    end: Position | None = None
    total: int = 0

    def add(self, found: Slice, part: Part) -> None:
        """Put what was found in a part behind what is there."""
        if found.count:
            self.documents = f"{self.documents},{found.documents}" if self.documents else found.documents
            self.count += found.count
            self.total = found.total
        if found.last_id is not None:
            self.end = Position(part.number, found.last_keys, found.last_id)


@dataclass(frozen=True)
class _Listing:
    """One selection in one order, and what of its records is shown.

    With ``most``, no more than so many of its records are looked at, and one more; and it is told how many they are.
    """

    selection: Selection
    order: Order
    shown: tuple[SchemaField, ...] | None
    most: int | None = None

    def statement(self, part: Part, limit: int, *, offset: int, behind: Sequence[bool] | None) -> SliceStatement:
        """The query for ``limit`` records of a part: from an offset, or behind a position."""
        shown = None if self.shown is None else tuple(field.id for field in self.shown)
        picks_first = writes_what_it_sorts() and not self.order.is_plain and self.most is None
        # How much is missing in the later parts of a list, differs each time.
        size = limit if picks_first or not part.number else None
        # Without filters, every plan is the same.
        is_plain = not (self.selection.group.parts or self.selection.search or offset or size is None)
        where = offset if picks_first else bool(offset)
        shape = (self.selection.shape, self.order.shape, shown, self.most, part.number, size, where, behind)

        def build() -> QuerySet[Record, Any]:
            records = self.selection.records().filter(part.condition)
            if behind is not None:
                records = records.filter(part.behind(behind))
            counted = {}
            if self.most is not None:
                records = Record.objects.filter(id__in=records.order_by().values("id")[: self.most + 1])
                counted = {"total": Window(Aggregated("*"))}
            if picks_first:
                chosen = records.order_by(*part.order()).values("id")[offset : offset + limit + 1]
                records = Record.objects.filter(id__in=chosen)
            document = RecordDocument(self.selection.schema, self.shown)
            keys = {f"key_{place}": key.expression() for place, key in enumerate(part.keys)}
            ordered = records.order_by(*part.order()).annotate(document=document, **keys, **counted)
            return ordered.values_list("document", "id", *keys, *counted)

        return self.selection.schema.made_once(
            ("page", shape),
            lambda: SliceStatement(
                build,
                keys=len(part.keys),
                size=size,
                counts=self.most is not None,
                offset=Slot("offset", NUMBER) if offset and not picks_first else None,
                writes_values=not is_plain,
            ),
        )

    def read(self, wanted: int, *, offset: int, after: Position | None) -> _Read:
        """The first ``wanted`` records from an offset, or behind a position."""
        values = self.selection.values
        read = _Read()
        for part in self.order.parts:
            if after is not None and part.number < after.part:
                continue
            here = after if after is not None and after.part == part.number else None
            if here is not None:
                values |= dict(here.values())
            if offset:
                values |= {"offset": offset}
            # Where nothing is missing any more, it is only asked whether there is more.
            missing = wanted - read.count
            statement = self.statement(part, missing, offset=offset, behind=here.empties if here else None)
            found = statement.read(values, missing)
            read.add(found, part)
            if found.has_more:
                read.has_more = True
                break
            if offset:
                offset = 0 if found.count else offset - self._size(part)
        return read

    def _size(self, part: Part) -> int:
        """How many records a part has: asked only where a page begins behind all of them."""
        totals = self.selection.schema.made_once(
            ("part", self.selection.shape, self.order.shape, part.number),
            lambda: Totals(self.selection.records().filter(part.condition)),
        )
        return totals.total(Count.EXACT, self.selection.values).number or 0


def list_records(actor: Actor, schema: Schema, request: RecordRequest) -> RecordPage:
    """A page of records.

    One query for the page, and one for the total where the page alone does not tell it. Raises ``InvalidError``.
    """
    selection = Selection.of(actor, schema, request)
    expansion = Expansion(actor, schema, request.expand)
    shown = chosen_fields(schema, request.fields, expansion)
    order = ordering(schema, request.sort, parameter=request.sort_parameter)
    digest = _digest(schema, request, order)
    after = cursors.read(request.cursor, digest) if request.cursor else None
    offset = (request.page - 1) * request.limit if after is None else 0
    known: Total | None = None
    if selection.search and not request.sort:
        read, known = _found(selection, order, shown, request.limit, offset=offset, after=after)
    else:
        read = _Listing(selection, order, shown).read(request.limit, offset=offset, after=after)
    next_cursor = cursors.write(read.end, digest) if read.has_more and read.end is not None else None
    if not read.has_more and after is None and (read.count or not offset):
        known = Total(offset + read.count)
    if request.count is Count.NONE:
        known = Total(None)
    total = known or selection.totals().total(request.count, selection.values)
    return RecordPage(expansion.expanded(read.documents), total, next_cursor)


def _digest(schema: Schema, request: RecordRequest, order: Order) -> str:
    """What tells this list from others, so that no cursor goes from one to another."""
    within = [request.within.shape(), *(leaf.operands for leaf in request.within.leaves())]
    return cursors.digest_of(schema.id, sorted(request.filters), request.tree, within, request.search, order.shape)


def _found(
    selection: Selection,
    newest: Order,
    shown: tuple[SchemaField, ...] | None,
    wanted: int,
    *,
    offset: int,
    after: Position | None,
) -> tuple[_Read, Total | None]:
    """A page of a search's hits, and their number where it is known: the best first, unless there are very many.

    How the first page was sorted, the next ones are too: the cursor of a ranked one has a key.
    """
    ranked = ranking(selection.search)
    if after is not None:
        listing = _Listing(selection, ranked if after.keys else newest, shown)
        return listing.read(wanted, offset=0, after=after), None
    read = _Listing(selection, ranked, shown, most=MOST_RANKED).read(wanted, offset=offset, after=None)
    if read.total <= MOST_RANKED:
        return read, Total(read.total) if read.count else None
    return _Listing(selection, newest, shown).read(wanted, offset=offset, after=None), None


def chosen_fields(schema: Schema, names: Sequence[str] | None, expansion: Expansion) -> tuple[SchemaField, ...] | None:
    """The fields that ``names`` choose, and those that are expanded; None for all. Raises ``InvalidError``."""
    if names is None:
        return None
    if unknown := [name for name in names if name not in schema.by_name]:
        message = f"fields must name fields of {schema.api_name}, and {unknown[0][:80]!r} is none; it has "
        raise InvalidError.of(message + ", ".join(schema.by_name), field="fields", code="unknown")
    chosen = {*names, *expansion.fields}
    return tuple(known for known in schema.fields if known.api_name in chosen)


def ids_of(actor: Actor, schema: Schema, request: RecordRequest, limit: int) -> tuple[list[Any], int]:
    """The ids of the first ``limit`` records that fit, oldest first, and how many fit in all."""
    selection = Selection.of(actor, schema, replace(request, sort="", cursor=""))
    statement: Statement[Record] = Statement(
        lambda: selection.records().order_by("id").values_list("id"), writes_values=True, limit=limit
    )
    ids = [row[0] for row in statement.rows(selection.values)]
    total = len(ids) if len(ids) < limit else selection.totals().total(Count.EXACT, selection.values).number
    return ids, total or 0
