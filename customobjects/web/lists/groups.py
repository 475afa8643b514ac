"""A list in groups: the head of each, with how many records it has and its figures, and how its records are found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.utils.dateparse import parse_date

from customobjects.fieldtypes import TYPES, ColumnKind, ReferenceKind
from customobjects.queries import records as queries
from customobjects.queries.aggregates import Aggregation, aggregate
from customobjects.queries.filter_reader import FilterReader
from customobjects.queries.groups import Group, GroupOfValues, read_groups
from customobjects.queries.metrics import COUNT, FUNCTIONS
from customobjects.queries.selection import RecordRequest
from customobjects.schema import Schema, SchemaField
from customobjects.web.cells import Cell, cells
from customobjects.web.languages import Language
from customobjects.web.lists.columns import PROPERTIES, Column, Columns, property_field
from customobjects.web.lists.footer import Figure, figure
from salesos.accounts.actor import Actor
from salesos.errors import ValidationError

MAX_GROUPS = 100
# Times are grouped by the day that they lie in where the person is, which is shown as a date.
MOMENT_INTERVAL, DAYS = "day", "DATE"


@dataclass(frozen=True)
class GroupHead:
    """A group: its value as a ``cell``, the ``text`` by which an address names it, and how many records it has.

    ``figures`` are its subtotals: what stands below each column, empty where nothing does.
    """

    text: str
    cell: Cell
    count: int
    figures: Sequence[Figure]


@dataclass(frozen=True)
class Grouping:
    """What a list is grouped by. ``field`` shows the values; ``interval`` is what moments are put together by."""

    name: str
    field: SchemaField
    group: Group
    interval: str

    def tree(self, text: str) -> dict[str, Any]:
        """The filter that finds a group's records, by its text."""
        name = self.group.name.replace(".", "__")
        if text and self.interval and (day := read_day(text)):
            return dict(
                zip((f"{name}__gte", f"{name}__lt"), Language.current().bounds(day, next_day(day)), strict=True)
            )
        if text:
            return {f"{name}__has" if isinstance(self.group, GroupOfValues) else name: text}
        # Who has no lookup to go through has no value behind it, either.
        return {"not": {f"{name}__isnull": False}} if "." in self.group.name else {f"{name}__isnull": True}

    def has(self, actor: Actor, schema: Schema, text: str) -> bool:
        """Whether there can be a group of that text. A query where it goes through a lookup."""
        try:
            FilterReader(actor, schema).tree(self.tree(text))
        except ValidationError:
            return False
        return True

    def text(self, value: Any) -> str:
        """The text that names a group in an address."""
        return "" if value is None else self.field.type.csv(value)

    def cells(self, actor: Actor, values: Sequence[Any]) -> list[Cell]:
        """Values of groups as they are shown. At most one query."""
        ids = [str(value) for value in values if value is not None]
        names: dict[str, str] = {}
        match self.field.type.reference_kind:
            case ReferenceKind.RECORD:
                names = queries.names_of_records(actor, ids)
            case ReferenceKind.USER:
                names = queries.names_of_users(actor, ids)
        return [cells((self.field,), {self.field.api_name: value}, names)[0] for value in values]


def read_day(text: str) -> date | None:
    """The day that a text names as ISO 8601 does, or None."""
    try:
        return parse_date(text) if text.isascii() else None
    except ValueError:
        return None


def next_day(day: date) -> date:
    """The day behind a day; of the last of all days, that itself."""
    return day + timedelta(days=1) if day < date.max else day


def read_grouping(actor: Actor, schema: Schema, name: str) -> Grouping | None:
    """What a name groups by, or None where it is none to group by. A query where it goes through a lookup."""
    if not name:
        return None
    try:
        [group] = read_groups(actor, schema, [name], "")
        type_ = group.subject.type
        is_moment = type_.column is ColumnKind.MOMENT and not type_.is_day and bool(group.subject.column)
        interval = MOMENT_INTERVAL if is_moment else ""
        [group] = read_groups(actor, schema, [name], interval, zone=Language.current().zone)
    except ValidationError:
        return None
    shown = group.subject.field or property_field(name, PROPERTIES.get(name, name), type_)
    days = TYPES[DAYS]
    return Grouping(name, replace(shown, type=days(days.clean_options({})) if interval else type_), group, interval)


def group_names(schema: Schema) -> list[tuple[str, str]]:
    """What lists of an object can be grouped by: names and labels."""
    fields = [(f.api_name, f.label) for f in schema.fields if f.type.column is not None or f.type.multiple]
    return [*fields, *PROPERTIES.items()]


def group_heads(
    actor: Actor,
    schema: Schema,
    request: RecordRequest,
    grouping: Grouping,
    columns: Columns,
    wanted: Mapping[str, str],
) -> tuple[list[GroupHead], bool]:
    """The first groups of the records that a request finds, and whether there are more.

    ``wanted`` are the functions that the foot of the table has, by columns' names; ``FILLED`` and ``EMPTY`` are left
    out. One query, and one for names.
    """
    metrics = {name: function for name, function in wanted.items() if function in FUNCTIONS}
    asked = Aggregation(
        (grouping.name,),
        (COUNT, *(f"{function}:{name}" for name, function in metrics.items())),
        grouping.interval,
        limit=MAX_GROUPS,
        zone=grouping.group.zone,
    )
    rows, is_cut = aggregate(actor, schema, request, asked)
    values = [next(iter(row["group"].values())) for row in rows]
    return [
        GroupHead(
            grouping.text(value),
            cell,
            row[COUNT],
            [_subtotal(column, metrics.get(column.name, ""), row) for column in columns.shown],
        )
        for value, cell, row in zip(values, grouping.cells(actor, values), rows, strict=True)
    ], is_cut


def _subtotal(column: Column, function: str, row: Mapping[str, Any]) -> Figure:
    return figure(column, function, row[FUNCTIONS[function]].get(column.name)) if function else Figure(column, ())
