"""A kanban: the records of an object in columns by the value of one field, as cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from customobjects import access
from customobjects.fieldtypes import ReferenceKind
from customobjects.queries import records as queries
from customobjects.queries.aggregates import Aggregation, aggregate
from customobjects.queries.metrics import COUNT
from customobjects.queries.objects import as_uuid
from customobjects.queries.pages import list_records
from customobjects.queries.selection import Count, RecordRequest
from customobjects.queries.views import record_request
from customobjects.schema import Schema, SchemaField
from customobjects.web.boards.values import fields_to_read, filled_values, names_shown, shown_values
from customobjects.web.cells import Cell, cells, text_of
from customobjects.web.forms.combobox import people_for_fields
from customobjects.web.languages import Language
from customobjects.web.lists.colors import WHOLE_ROW, row_hues
from customobjects.web.lists.columns import Columns
from customobjects.web.lists.conditions import Coloring
from customobjects.web.lists.groups import Grouping, read_grouping
from salesos.accounts.actor import Actor
from salesos.errors import ValidationError

# So many columns there are at most, and the cards of so many are read with the page; the others when they are seen.
MAX_COLUMNS, MAX_READ_COLUMNS = 100, 10
# So many cards of a column are read at once.
MAX_CARDS = 20
MAX_ADDED = 20


@dataclass(frozen=True)
class Card:
    """A record in a column: its id and name, and the values that cards show, without those that are empty.

    ``hue`` is the class of the card's colour; each value has that of its own behind it.
    """

    id: str
    name: str
    cells: Sequence[tuple[Cell, str]]
    hue: str = ""


@dataclass(frozen=True)
class Column:
    """A column: its value as a ``cell``, and the ``text`` by which addresses and moves name it; empty for no value.

    ``sum`` is that of the view's number field, in words. ``cards`` is None where they are not read yet; ``cursor``
    leads to more of them. One that ``is_added`` has no record yet, and is there as the address names it.
    """

    text: str
    label: str
    cell: Cell
    count: int = 0
    sum: str = ""
    cards: Sequence[Card] | None = None
    cursor: str = ""
    is_added: bool = False


@dataclass(frozen=True)
class Kanban:
    """What a view of kind kanban shows, as somebody sees it; ``settings`` are those that can be used now.

    ``added`` are records or people, by their ids, that have a column though no record is there yet. ``colors`` are
    conditions that colour cards and values.
    """

    actor: Actor
    schema: Schema
    settings: Mapping[str, Any]
    grouping: Grouping
    field: SchemaField
    added: Sequence[str] = ()
    colors: Sequence[Coloring] = ()

    @classmethod
    def of(
        cls,
        actor: Actor,
        schema: Schema,
        settings: Mapping[str, Any],
        added: Sequence[str] = (),
        colors: Sequence[Coloring] = (),
    ) -> Kanban | None:
        """None where the field of the columns is not there any more. One query where columns are added."""
        field = schema.find(settings.get("column", ""))
        grouping = read_grouping(actor, schema, field.api_name) if field else None
        if field is None or grouping is None:
            return None
        return cls(actor, schema, settings, grouping, field, _known(actor, field, added), colors)

    @property
    def choices(self) -> str:
        """Where a combobox finds what columns can be added for; empty where all columns are there."""
        match self.field.type.reference_kind:
            case ReferenceKind.USER:
                return people_for_fields()
            case ReferenceKind.RECORD:
                return reverse("web:choices", args=[self.field.target_id])
        return ""

    @property
    def can_move(self) -> bool:
        return self.schema.is_active and self.field.type.writable and access.can_write(self.actor, self.schema)

    @property
    def number(self) -> SchemaField | None:
        """The field that is summed up."""
        return self.schema.find(self.settings["sum"]) if self.settings["sum"] else None

    @property
    def shown(self) -> Columns:
        """What cards show, in the form of columns of a list."""
        return shown_values(self.schema, self.settings)

    def heads(self) -> tuple[list[Column], bool]:
        """The columns with their counts and sums, without cards; and whether there are more than are shown.

        One query, and one for names of records or people.
        """
        number = self.number
        metrics = (COUNT, f"sum:{number.api_name}") if number else (COUNT,)
        asked = Aggregation((self.grouping.name,), metrics, limit=MAX_COLUMNS)
        rows, is_cut = aggregate(self.actor, self.schema, self._request(), asked)
        found = {self.grouping.text(value := next(iter(row["group"].values()))): (value, row) for row in rows}
        values = {value: value for value, _label in self.field.type.form_control().choices}
        values |= {text: value for text, (value, _row) in found.items()}
        added = [text for text in self.added if text not in values]
        values |= {text: text for text in added}
        # A list's values come in its order, those that were taken out of it behind them; no value comes last.
        order = [text for text in values if text]
        if "" in found or not self.field.is_required:
            order.append("")
        shown = self.grouping.cells(self.actor, [values.get(text) for text in order])
        return [
            Column(
                text,
                ", ".join(part.text for part, _link in cell.parts) or f"No {self.field.label}",
                cell,
                found[text][1][COUNT] if text in found else 0,
                self._sum(found[text][1]) if text in found else "",
                is_added=text in added,
            )
            for text, cell in zip(order, shown, strict=True)
        ], is_cut

    def _sum(self, row: Mapping[str, Any]) -> str:
        number = self.number
        return text_of(number, row["sum"][number.api_name], {}, Language.current()) if number else ""

    def columns(self) -> tuple[list[Column], bool]:
        """The columns with their first cards, those of the first ``MAX_READ_COLUMNS`` that have any.

        Those of ``heads``, a query for each column whose cards are read, two for what cards name, and one where there
        are colours.
        """
        heads, is_cut = self.heads()
        pages: dict[str, tuple[list[dict[str, Any]], str]] = {}
        for head in heads:
            if not head.count:
                pages[head.text] = [], ""
            elif sum(bool(records) for records, _cursor in pages.values()) < MAX_READ_COLUMNS:
                pages[head.text] = self._page(head.text, "")
        cards = self._cards([record for records, _cursor in pages.values() for record in records])
        return [
            replace(head, cards=[cards[record["id"]] for record in pages[head.text][0]], cursor=pages[head.text][1])
            if head.text in pages
            else head
            for head in heads
        ], is_cut

    def column(self, text: str, cursor: str = "") -> Column:
        """One column by its text, with some of its cards, from a ``cursor`` on.

        A query for the records, two for what cards name, and one where there are colours. Raises ``ValidationError``
        for what is no column.
        """
        try:
            records, next_cursor = self._page(text, cursor)
        except ValidationError:
            if not cursor:
                raise
            # A cursor of another column, or of what the view was before: it begins anew.
            records, next_cursor = self._page(text, "")
        cards = self._cards(records)
        cell = cells((self.grouping.field,), {}, {})[0]
        return Column(text, "", cell, cards=[cards[record["id"]] for record in records], cursor=next_cursor)

    def _page(self, text: str, cursor: str) -> tuple[list[dict[str, Any]], str]:
        request = self._request()._replace(
            tree=self.grouping.tree(text),
            cursor=cursor,
            limit=MAX_CARDS,
            total=Count.NONE,
            fields=fields_to_read(self.shown),
        )
        page = list_records(self.actor, self.schema, request)
        return page.records(), page.next_cursor or ""

    def _request(self) -> RecordRequest:
        return record_request(self.actor, self.schema, self.settings)

    def _cards(self, records: Sequence[Mapping[str, Any]]) -> dict[str, Card]:
        shown = self.shown
        names = names_shown(self.actor, self.schema, shown, records)
        hues = row_hues(self.actor, self.schema, self.colors, records)
        return {record["id"]: _card(shown, record, names, hues.get(record["id"], {})) for record in records}


def _card(shown: Columns, record: Mapping[str, Any], names: Mapping[str, str], hues: Mapping[str, str]) -> Card:
    found = [(cell, hues.get(name, "")) for name, cell in filled_values(shown, record, names)]
    return Card(
        record["id"], record["name"] or "(no name)", found, hues.get(WHOLE_ROW) or hues.get(shown.name.name, "")
    )


def _known(actor: Actor, field: SchemaField, references: Sequence[str]) -> list[str]:
    """Those of some ids that are of records or people whom the actor knows of, once each."""
    ids = list(dict.fromkeys(str(id_) for id_ in map(as_uuid, references[:MAX_ADDED]) if id_ is not None))
    kind = field.type.reference_kind
    if not ids or kind not in (ReferenceKind.USER, ReferenceKind.RECORD):
        return []
    names = (queries.names_of_users if kind is ReferenceKind.USER else queries.names_of_records)(actor, ids)
    return [id_ for id_ in ids if id_ in names]
