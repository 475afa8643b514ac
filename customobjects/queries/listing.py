"""Listings: a selection in an order, read part by part from any place on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count as Aggregated
from django.db.models import QuerySet, Window

from customobjects.models import Record
from customobjects.queries.cursors import Position
from customobjects.queries.ordering import Order, Part
from customobjects.queries.selection import Selection
from customobjects.queries.totals import Count, Totals
from customobjects.schema import SchemaField
from customobjects.storage.dialect import writes_what_it_sorts
from customobjects.storage.documents import RecordDocument
from customobjects.storage.pages import NUMBER, Slice, SliceStatement
from salesos.db.compiled_queries import Param


@dataclass
class Read:
    """What was read of a list: slices of its parts, and where the last record is."""

    documents: str = ""
    count: int = 0
    has_more: bool = False
    end: Position | None = None
    total: int = 0

    def add(self, found: Slice, part: Part) -> None:
        """Put what was found in a part behind what is there."""
        if found.number:
            self.documents = f"{self.documents},{found.documents}" if self.documents else found.documents
            self.count += found.number
            self.total = found.total
        if found.last_id is not None:
            self.end = Position(part.number, found.last_keys, found.last_id)


@dataclass(frozen=True)
class Listing:
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
                offset=Param("offset", NUMBER) if offset and not picks_first else None,
                writes_values=not is_plain,
            ),
        )

    def read(self, wanted: int, *, offset: int, after: Position | None) -> Read:
        """The first ``wanted`` records from an offset, or behind a position."""
        values = self.selection.values
        read = Read()
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
                offset = 0 if found.number else offset - self._size(part)
        return read

    def _size(self, part: Part) -> int:
        """How many records a part has: asked only where a page begins behind all of them."""
        totals = self.selection.schema.made_once(
            ("part", self.selection.shape, self.order.shape, part.number),
            lambda: Totals(self.selection.records().filter(part.condition)),
        )
        return totals.total(Count.EXACT, self.selection.values).number or 0
