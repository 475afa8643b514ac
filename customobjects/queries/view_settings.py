"""The settings of views: what each kind of view may say, and what of it can be used now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from customobjects.fieldtypes.choices import COLOR
from customobjects.models import ViewKind
from customobjects.queries.filters import NO_FILTERS, FilterGroup
from customobjects.queries.shapes import (
    Fitting,
    ListOf,
    ObjectOf,
    Property,
    Reading,
    Text,
    Whole,
    Word,
    exact_json,
)
from customobjects.queries.shapes_of_fields import (
    PERIODS,
    Chart,
    Conditions,
    FieldName,
    Footer,
    GroupName,
    Measure,
    SortNames,
    is_moment,
    is_number,
    sorts_into_columns,
)
from customobjects.queries.steps import Steps
from customobjects.schema import Schema
from salesos.accounts.actor import Actor

SETTINGS = "settings"
MAX_SETTINGS_BYTES = 32_000
MAX_SEARCH = 200
MAX_COLUMNS = 250
# Beside the name; in a calendar, where a day has little room.
MAX_CARD_FIELDS, MAX_ENTRY_FIELDS = 20, 2
MAX_COLORS = 20

COLUMN = ObjectOf({"field": Property(FieldName(or_property=True), is_required=True), "width": Property(Whole(48, 800))})
COLUMNS = Property(ListOf(COLUMN, MAX_COLUMNS, apart_by="field"), default=[])
FROZEN = Property(Whole(0, 20), default=1)
DENSITY = Property(Word(("compact", "comfortable")), default="compact")
COLORING = {
    "color": Property(Fitting(COLOR, "#2563eb"), is_required=True),
    "target": Property(Word(("row", "cell")), default="row"),
}
COLORS = Property(Conditions(COLORING, MAX_COLORS, apart=True), default=[])

# What all views have: which records, and in what order.
RECORDS = {
    "search": Property(Text(MAX_SEARCH, may_be_empty=True), default=""),
    "filters": Property(Conditions(), default=[]),
    "anyOf": Property(Conditions(), default=[]),
    "sort": Property(SortNames(), default=[]),
}

KINDS: Mapping[str, ObjectOf] = {
    ViewKind.GRID: ObjectOf(
        {
            **RECORDS,
            "columns": COLUMNS,
            "frozen": FROZEN,
            "group": Property(GroupName(), default=None),
            "density": DENSITY,
            "footer": Property(Footer(), default={}),
            "colors": COLORS,
        },
        always_stays=True,
    ),
    ViewKind.KANBAN: ObjectOf(
        {
            **RECORDS,
            "column": Property(FieldName(sorts_into_columns), is_required=True),
            "sum": Property(FieldName(is_number), default=None),
            "cards": Property(ListOf(FieldName(or_property=True), MAX_CARD_FIELDS), default=[]),
            "colors": COLORS,
        },
        always_stays=True,
    ),
    ViewKind.CALENDAR: ObjectOf(
        {
            **RECORDS,
            "date": Property(FieldName(is_moment), is_required=True),
            "span": Property(Word(("month", "week")), default="month"),
            "color": Property(FieldName(sorts_into_columns), default=None),
            "cards": Property(ListOf(FieldName(or_property=True), MAX_ENTRY_FIELDS), default=[]),
            "colors": COLORS,
        },
        always_stays=True,
    ),
    ViewKind.CHART: Chart(
        {
            **RECORDS,
            "type": Property(Word(("bar", "line", "pie", "number")), is_required=True),
            "group": Property(GroupName(), default=None),
            "period": Property(PERIODS, default=None),
            "measure": Property(Measure(), default={"function": "count", "field": None}),
        },
        always_stays=True,
    ),
}
# What a list is asked for, whatever the kind of view: the rest is not looked at.
_ASKED = ObjectOf(RECORDS)


@dataclass(frozen=True)
class UsableSettings:
    """Settings with all their properties, but for what cannot be used now; ``missing`` names it."""

    values: dict[str, Any]
    missing: tuple[str, ...]


def clean_settings(actor: Actor, schema: Schema, kind: str, raw: Any) -> dict[str, Any]:
    """Any input to the settings of a kind of view, defaults filled in, as they are kept.

    A query for each lookup that filters, sort and group go through, and three for each related list. Raises
    ``ValidationError`` with problems below ``settings``: filters and the like are refused as a list refuses them.
    """
    reading = Reading(actor, schema, True, Steps(actor))
    given = exact_json(raw, SETTINGS, MAX_SETTINGS_BYTES)
    found: dict[str, Any] = KINDS[kind].read(given, SETTINGS, reading)
    reading.finished()
    return found


def usable_settings(actor: Actor, schema: Schema, kind: str, kept: Any, steps: Steps | None = None) -> UsableSettings:
    """Settings that are kept, as they can be used now: fields may be gone, or not be there for this actor.

    As many queries as ``clean_settings`` takes, but for lookups that ``steps`` know already.
    """
    reading = Reading(actor, schema, False, steps or Steps(actor))
    return UsableSettings(KINDS[kind].read(kept, SETTINGS, reading), tuple(reading.missing))


def asked_records(actor: Actor, schema: Schema, settings: Mapping[str, Any]) -> tuple[dict[str, Any], FilterGroup]:
    """What settings of any kind say of which records, and in what order; and the filters of that, checked.

    What cannot be used now is left out.
    """
    reading = Reading(actor, schema, False, Steps(actor))
    own = {name: settings[name] for name in RECORDS if name in settings}
    found: dict[str, Any] = _ASKED.read(own, SETTINGS, reading)
    groups: list[Any] = list(reading.filters.get("filters", ()))
    if any_of := reading.filters.get("anyOf"):
        groups.append(FilterGroup("or", tuple(any_of)))
    return found, FilterGroup("and", tuple(groups)) if groups else NO_FILTERS


def settings_schema(kind: str, *, is_stored: bool) -> dict[str, Any]:
    """The JSON Schema of the settings of a kind of view: of what is taken, or of what ``is_stored``, as it is shown."""
    return KINDS[kind].json_schema(is_stored=is_stored)
