"""Lists of records: filtered, searched, sorted, page by page, as finished documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from customobjects.queries import cursors
from customobjects.queries.cursors import Position
from customobjects.queries.expansion import Expansion
from customobjects.queries.listing import Listing, Read
from customobjects.queries.ordering import Order, ordering, ranking
from customobjects.queries.selection import RecordRequest, Selection
from customobjects.queries.totals import Count, Total
from customobjects.schema import Schema, SchemaField
from salesos import json
from salesos.accounts.actor import Actor
from salesos.errors import ValidationError

# So many hits of a search are sorted by how well they fit; more than that come newest first.
MOST_RANKED = 1_000


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
        records: list[dict[str, Any]] = json.loads(f"[{self.documents}]")
        return records


def list_records(actor: Actor, schema: Schema, request: RecordRequest) -> RecordPage:
    """A page of records.

    One query for the page, and one for the total where the page alone does not tell it. Raises ``ValidationError``.
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
        read = Listing(selection, order, shown).read(request.limit, offset=offset, after=after)
    next_cursor = cursors.write(read.end, digest) if read.has_more and read.end is not None else None
    if not read.has_more and after is None and (read.count or not offset):
        known = Total(offset + read.count)
    if request.total is Count.NONE:
        known = Total(None)
    total = known or selection.totals().total(request.total, selection.values)
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
) -> tuple[Read, Total | None]:
    """A page of a search's hits, and their number where it is known: the best first, unless there are very many.

    How the first page was sorted, the next ones are too: the cursor of a ranked one has a key.
    """
    ranked = ranking(selection.search)
    if after is not None:
        listing = Listing(selection, ranked if after.keys else newest, shown)
        return listing.read(wanted, offset=0, after=after), None
    read = Listing(selection, ranked, shown, most=MOST_RANKED).read(wanted, offset=offset, after=None)
    if read.total <= MOST_RANKED:
        return read, Total(read.total) if read.count else None
    return Listing(selection, newest, shown).read(wanted, offset=offset, after=None), None


def chosen_fields(schema: Schema, names: Sequence[str] | None, expansion: Expansion) -> tuple[SchemaField, ...] | None:
    """The fields that ``names`` choose, and those that are expanded; None for all. Raises ``ValidationError``."""
    if names is None:
        return None
    if unknown := [name for name in names if name not in schema.by_name]:
        message = f"fields must name fields of {schema.api_name}, and {unknown[0][:80]!r} is none; it has "
        raise ValidationError.of(message + ", ".join(schema.by_name), field="fields", code="unknown")
    chosen = {*names, *expansion.fields}
    return tuple(known for known in schema.fields if known.api_name in chosen)
