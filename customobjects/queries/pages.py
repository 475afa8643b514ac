"""Lists of records: filtered, searched, sorted, page by page, as finished documents.

``GET …/records?status=active&sort=-cost&limit=50`` goes this way:

    RecordRequest          what the caller asks
    Selection              the records that fit: filters (``filter_reader``, ``operators``) and a search
    Order                  what they are sorted by, in parts: those with a cost, and behind them those without
    PageQuery              the compiled query of one part; it is run with the selection's and the cursor's values
    PageRows               what it gives: the documents as one text, and where the last of them is
    RecordPage             the answer: documents, total, the cursor to the next page
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count as CountAggregate
from django.db.models import Q, QuerySet, Window

from customobjects.models import Record
from customobjects.queries import cursors
from customobjects.queries.access_paths import access_paths, path_of, seems_to_find_many
from customobjects.queries.expansion import Expansion
from customobjects.queries.ordering import NEWEST_FIRST, Order, OrderPart, Position, ordering, ranking
from customobjects.queries.selection import Count, RecordRequest, Selection
from customobjects.queries.totals import Total, count_of, total_of
from customobjects.schema import Schema, SchemaField
from customobjects.storage.among import AmongChosen, AmongFirst
from customobjects.storage.dialect import writes_what_it_sorts
from customobjects.storage.documents import RecordDocument
from customobjects.storage.pages import OFFSET, SEPARATOR, SIZE_AND_ONE, PageQuery, PageRows
from salesos import json
from salesos.accounts.actor import Actor
from salesos.db.connections import TooManySteps
from salesos.errors import ValidationError, alternatives, quoted

# So many hits of a search are sorted by how well they fit; more than that come newest first.
MAX_RANKED_HITS = 1_000
# No page by its number lies deeper in a list: what is before it is passed over one by one, in 60 ms at most.
MAX_DEPTH = 250_000
# The same of a search: each text before it is looked into.
MAX_SEARCH_DEPTH = 5_000
# A page that lies deeper in several groups of records is not looked for in the first ones of each.
MAX_OF_A_GROUP = 1_024


@dataclass(frozen=True)
class RecordPage:
    """A page of records: how many there are in all, and the cursor to the next page.

    ``documents`` is the records' JSON text, with ``SEPARATOR`` in between.
    """

    documents: str
    total: Total
    next_cursor: str | None = None

    def records(self) -> list[dict[str, Any]]:
        """The documents, parsed, for callers that show them."""
        records: list[dict[str, Any]] = json.loads(f"[{self.documents}]")
        return records


@dataclass(frozen=True)
class _List:
    """A selection in an order, and the fields that are shown; all, where that is None.

    With ``most``, no more than so many of its records are looked at, and one more; and it is told how many they are.
    """

    selection: Selection
    order: Order
    fields: tuple[SchemaField, ...] | None
    most: int | None = None


def list_records(actor: Actor, schema: Schema, request: RecordRequest) -> RecordPage:
    """A page of records.

    One query for the page, and one for the total where the page alone does not tell it. Raises ``ValidationError``.
    """
    selection = Selection.of(actor, schema, request)
    expansion = Expansion(actor, schema, request.expand)
    order = ordering(actor, schema, request.sort, parameter=request.sort_parameter)
    fields = chosen_fields(schema, request.fields, expansion)
    digest = _digest(selection, request, order)
    after = cursors.read(request.cursor, digest) if request.cursor else None
    offset = _offset(request) if after is None else 0
    total: Total | None = None
    if selection.search and not request.sort:
        rows, end, total = _read_hits(selection, fields, request, offset=offset, after=after)
    else:
        rows, end = _read(_List(selection, order, fields), request.limit, offset=offset, after=after)
    if not rows.has_more and after is None and (rows.number or not offset):
        total = Total(offset + rows.number)
    if total is None or request.total is Count.NONE:
        total = total_of(selection, request.total)
    total = total.with_seen(offset + rows.number + rows.has_more)
    next_cursor = cursors.write(end, digest) if rows.has_more and end is not None else None
    return RecordPage(expansion.expanded(rows.documents), total, next_cursor)


def last_page(limit: int, search: str = "") -> int:
    """The last page of so many records that is found by its number, in a list or among what a search finds."""
    return max(_depth(search) // limit, 1)


def _depth(search: str) -> int:
    return MAX_SEARCH_DEPTH if search.strip() else MAX_DEPTH


def _offset(request: RecordRequest) -> int:
    """How many records lie before the page. Raises ``ValidationError`` where these are too many to be passed over."""
    if request.page > (last := last_page(request.limit, request.search)):
        message = (
            f"page must be at most {last} with limit={request.limit}, which is within the first "
            f"{_depth(request.search):,} records; go on with cursor=, the nextCursor of a page before, or narrow the "
            "list down by filters"
        )
        raise ValidationError.of(message, field="page", code="max")
    return (request.page - 1) * request.limit


def _digest(selection: Selection, request: RecordRequest, order: Order) -> str:
    """What tells this list from others, so that no cursor goes from one to another."""
    schema, within = selection.schema, request.within

    def make() -> str:
        own = [within.cache_key, *within.values().values()]
        return cursors.digest_of(schema.id, sorted(request.filters), request.tree, own, request.search, order.meaning)

    return schema.memoize(("digest", order.cache_key), make) if selection.is_everything else make()


def _read_hits(
    selection: Selection,
    fields: tuple[SchemaField, ...] | None,
    request: RecordRequest,
    *,
    offset: int,
    after: Position | None,
) -> tuple[PageRows, Position | None, Total | None]:
    """A page of a search's hits, and their number where it is known: the best first, unless there are very many.

    How the first page was sorted, the next ones are too: the cursor of a ranked one has a key.
    """
    ranked, size = ranking(selection.search), request.limit
    # A page that lies behind all that are ranked has newest ones, or none.
    if after is not None or offset >= MAX_RANKED_HITS:
        order = ranked if after is not None and after.keys else NEWEST_FIRST
        return *_read(_List(selection, order, fields), size, offset=offset, after=after), None
    if request.total is not Count.NONE and seems_to_find_many(selection):
        # Asked for anyway, and first, it may spare reading a thousand hits for nothing.
        total = total_of(selection, request.total)
        if (total.number or 0) > MAX_RANKED_HITS:
            return *_read(_List(selection, NEWEST_FIRST, fields), size, offset=offset, after=None), total
    rows, end = _read(_List(selection, ranked, fields, most=MAX_RANKED_HITS), size, offset=offset, after=None)
    if rows.total <= MAX_RANKED_HITS:
        return rows, end, Total(rows.total) if rows.number else None
    return *_read(_List(selection, NEWEST_FIRST, fields), size, offset=offset, after=None), None


def _read(list_: _List, size: int, *, offset: int, after: Position | None) -> tuple[PageRows, Position | None]:
    """The first ``size`` records of a list, from an offset or behind a position, and the position of the last."""
    selection = list_.selection
    is_ranked = list_.most is not None
    for path, steps in access_paths(selection, list_.order, records=offset + size, is_ranked=is_ranked):
        one = list_ if path is None else replace(list_, selection=selection.by(path))
        with suppress(TooManySteps):
            read, end = _read_parts(one, size, offset=offset, after=after, steps=steps)
            if read.has_more or path is None or not path.first:
                return read, end
    raise AssertionError("the last path has no limit")


def _read_parts(
    list_: _List, size: int, *, offset: int, after: Position | None, steps: int
) -> tuple[PageRows, Position | None]:
    """The same, by one path, within a number of ``steps``. Parts are read until there are enough."""
    values = list_.selection.values
    read, end = PageRows(), None
    is_deep = offset + size >= MAX_OF_A_GROUP
    for part, begins in list_.order.steps_from(after, is_deep=is_deep):
        start = None if begins is None else part.now(begins)
        if start is not None:
            values = {**values, **start.values()}
        if offset:
            values = {**values, OFFSET.key: offset}
        # Where nothing is missing any more, it is only asked whether there is more.
        missing = size - read.number
        behind = start.empties if start is not None else None
        rows = _page_query(list_, part, missing, page=size, offset=offset, behind=behind).read(
            values, missing, steps=steps
        )
        if rows.last_id is not None:
            end = Position(part.number, (*part.shared, *rows.last_keys), rows.last_id)
        read = _appended(read, rows)
        if read.has_more:
            break
        if offset:
            # Only where a page begins behind a whole part, it is asked how many records that has.
            key = list_.order.cache_key, part.name
            offset = 0 if rows.number else offset - count_of(list_.selection, within=part.condition, key=key)
    return read, end


def _appended(first: PageRows, second: PageRows) -> PageRows:
    """What was read of a list so far, and of its next part."""
    if not first.number or not second.number:
        return second if second.number else first._replace(has_more=second.has_more)
    documents = SEPARATOR.join([first.documents, second.documents])
    return second._replace(documents=documents, number=first.number + second.number)


def _page_query(
    list_: _List, part: OrderPart, size: int, *, page: int, offset: int, behind: Sequence[bool] | None
) -> PageQuery:
    """The query for ``size`` records of a ``page``, in a part: from an offset, or behind a position with such keys."""
    order, fields, most = list_.order, list_.fields, list_.most
    path = path_of(list_.selection, order, part, from_begin=behind is None)
    selection = list_.selection.by(path)
    sorts = not order.is_by_id or (path is not None and path.sorts)
    # Else the documents of all records that are passed over would be written, too.
    picks_first = most is None and bool(offset or (writes_what_it_sorts() and sorts))
    # How much is missing behind where a page begins, differs each time.
    fixed_size = size if size == page else None
    # How many of each group are looked at, by powers of two, so that pages share their statements.
    most_each = 1 << (offset + page).bit_length() if part.groups and offset + page < MAX_OF_A_GROUP else 0
    # Without filters, every plan is the same.
    is_plain = selection.is_everything and not offset and fixed_size is not None
    shown = None if fields is None else tuple(field.id for field in fields)
    start = bool(offset), behind
    key = ("page", selection.cache_key, order.cache_key, shown, most, part.name, fixed_size, start, most_each)

    def build() -> QuerySet[Record, Any]:
        beyond = Q() if behind is None else part.behind(behind)
        everything = selection.records(beyond, part.order(), by_id=part.is_by_id)
        if most_each:
            everything = everything.filter(beyond)
            groups = [everything.filter(group.condition).order_by(*group.order()) for group in part.groups]
            records = Record.objects.filter(AmongFirst([group.values("id")[:most_each] for group in groups]))
        else:
            records = part.among(everything, behind)
        counted = {}
        if most is not None:
            records = Record.objects.filter(id__in=records.order_by().values("id")[: most + 1])
            counted = {"total": Window(CountAggregate("*"))}
        if picks_first:
            limit = SIZE_AND_ONE if fixed_size is None else fixed_size + 1
            chosen = records.order_by(*part.order()).values("id")
            records = Record.objects.filter(AmongChosen(chosen, limit, OFFSET if offset else 0))
        keys = {f"key_{place}": key.expression() for place, key in enumerate(part.keys)}
        document = RecordDocument(selection.schema, fields)
        ordered = part.joined(records).order_by(*part.order()).annotate(document=document, **keys, **counted)
        return ordered.values_list("document", "id", *keys, *counted)

    return selection.schema.memoize(
        key,
        lambda: PageQuery(
            build,
            keys=len(part.keys),
            size=fixed_size,
            counts=most is not None,
            offset=OFFSET if offset and not picks_first else None,
            by_values=not is_plain,
        ),
    )


def chosen_fields(schema: Schema, names: Sequence[str] | None, expansion: Expansion) -> tuple[SchemaField, ...] | None:
    """The fields that ``names`` choose, and those that are expanded; None for all. Raises ``ValidationError``."""
    if names is None:
        return None
    found = {name: schema.find(name) for name in names}
    if unknown := [name for name, field in found.items() if field is None]:
        message = f"fields must name fields of {schema.api_name}, and {quoted(unknown[0])} is none; it has "
        raise ValidationError.of(message + alternatives(schema.by_name), field="fields", code="unknown")
    chosen = {*found.values(), *map(schema.by_name.get, expansion.fields)}
    return tuple(field for field in schema.fields if field in chosen)
