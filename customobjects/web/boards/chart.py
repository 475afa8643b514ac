"""A chart: one figure of each group of an object's records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from babel.dates import format_skeleton

from customobjects.queries.aggregates import aggregate
from customobjects.queries.figures import count_records
from customobjects.queries.groups import Group, GroupOfValues, read_groups
from customobjects.queries.metrics import COUNT, COUNT_DISTINCT, FUNCTIONS
from customobjects.queries.views import chart_aggregation, record_request
from customobjects.schema import Schema, SchemaField
from customobjects.web.cells import text_of
from customobjects.web.hues import HUES, hue_class
from customobjects.web.languages import Language
from customobjects.web.lists.columns import PROPERTIES
from customobjects.web.lists.footer import rounded
from customobjects.web.lists.groups import Grouping, read_grouping
from salesos.accounts.actor import Actor
from salesos.errors import ValidationError

# So many groups a chart shows.
MAX_BARS = 100
NUMBER, PIE = "number", "pie"
# The colour of what has none of its own.
PLAIN_HUE = "hue-blue"
WORDS: Mapping[str, str] = {
    COUNT: "Number of records",
    "sum": "Sum",
    "avg": "Average",
    "min": "Least",
    "max": "Greatest",
    COUNT_DISTINCT: "Distinct values",
}
# How many months each period has; days and weeks have none.
MONTHS: Mapping[str, int] = {"month": 1, "quarter": 3, "year": 12}
# Periods without records between others are shown, too, while there are at most so many in all.
MAX_PERIODS = 100


@dataclass(frozen=True)
class Bar:
    """A group and its figure: in words, and as the ``plain`` digits that a chart is drawn by; empty where it has none.

    ``conditions`` are the filters that find the group's records, as the address of a list writes them.
    """

    label: str
    shown: str
    plain: str
    hue: str
    conditions: tuple[str, ...]


@dataclass(frozen=True)
class Chart:
    """What a view of kind chart shows."""

    type: str
    group_label: str
    measure_label: str
    bars: Sequence[Bar]
    is_cut: bool


def chart_of(actor: Actor, schema: Schema, settings: Mapping[str, Any]) -> Chart | None:
    """The figures that settings ask for, or None where the field that they group by is not there any more.

    One query, one for each lookup that the group and the filters go through, and one for names.
    """
    type_, name = settings.get("type", NUMBER), settings["group"]
    if name is None and type_ != NUMBER:
        return None
    by = _Groups.of(actor, schema, name, settings["period"] or "") if name else None
    request = record_request(actor, schema, settings)
    measure, zone = settings["measure"], Language.current().zone
    field = schema.find(measure["field"]) if measure["field"] else None
    if by is None and measure["function"] == COUNT:
        # A count of its own costs no scan.
        rows: list[dict[str, Any]] = [{"group": {}, COUNT: count_records(actor, schema, request).number or 0}]
        is_cut = False
    else:
        rows, is_cut = aggregate(actor, schema, request, chart_aggregation(settings, limit=MAX_BARS, zone=zone))
    found = [(next(iter(row["group"].values()), None), _figure(row, measure)) for row in rows]
    if by is not None and by.period and measure["function"] in (COUNT, COUNT_DISTINCT, "sum"):
        found = _with_gaps(found, by.period)
    heads = by.heads(actor, [value for value, _figure in found]) if by else [("All records", PLAIN_HUE, ())]
    label = WORDS[measure["function"]]
    if measure["field"]:
        label = f"{label} of {field.label if field else PROPERTIES.get(measure['field'], measure['field'])}"
    bars = [
        Bar(text, _shown(figure, measure["function"], field), _plain(figure), hue, conditions)
        for (text, hue, conditions), (_value, figure) in zip(heads, found, strict=True)
    ]
    if type_ == PIE and len({bar.hue for bar in bars}) < len(bars):
        bars = [replace(bar, hue=_slice_hue(place)) for place, bar in enumerate(bars)]
    return Chart(type_, by.label if by else "", label, bars, is_cut)


@dataclass(frozen=True)
class _Groups:
    """What records are grouped by: ``grouping`` shows and finds single values, ``period`` puts dates together."""

    grouping: Grouping
    period: str

    @classmethod
    def of(cls, actor: Actor, schema: Schema, name: str, period: str) -> _Groups | None:
        grouping = read_grouping(actor, schema, name)
        if grouping is None:
            return None
        group = grouping.group
        if not period and grouping.interval:
            # Without a period, each time is a group of its own.
            try:
                [group] = read_groups(actor, schema, [name], "")
            except ValidationError:
                return None
            own = group.subject.type
            grouping = Grouping(name, replace(grouping.field, type=own), group, "")
        return cls(grouping, period)

    @property
    def label(self) -> str:
        own = self.grouping.field.label
        return f"{own}, by {self.period}" if self.period else own

    @property
    def _group(self) -> Group:
        return self.grouping.group

    def heads(self, actor: Actor, values: Sequence[Any]) -> list[tuple[str, str, tuple[str, ...]]]:
        """Of each value its label, the class of its colour, and the filters of its records. At most one query."""
        none = f"No {self.grouping.field.label}"
        if self.period:
            return [
                (_period_text(value, self.period) if value else none, PLAIN_HUE, self._conditions(value))
                for value in values
            ]
        shown = []
        for value, cell in zip(values, self.grouping.cells(actor, values), strict=True):
            text = ", ".join(part.text for part, _link in cell.parts) or none
            own = next((hue_class(part.color) for part, _link in cell.parts if part.color), PLAIN_HUE)
            shown.append((text, "hue-gray" if value is None else own, self._conditions(value)))
        return shown

    def _conditions(self, value: Any) -> tuple[str, ...]:
        name = self._group.name.replace(".", "__")
        if value is None:
            return (f"{name}__isnull:true",)
        if self.period:
            first = date.fromisoformat(value)
            after = _next(first, self.period)
            is_day = self._group.subject.type.is_day
            begin, end = (first.isoformat(), after.isoformat()) if is_day else Language.current().bounds(first, after)
            return f"{name}__gte:{begin}", f"{name}__lt:{end}"
        has = "__has" if isinstance(self._group, GroupOfValues) else ""
        return (f"{name}{has}:{self.grouping.text(value)}",)


def _slice_hue(place: int) -> str:
    """The colour of a slice that has none that tells it from others: neighbours are far apart on the circle of hues."""
    every = list(HUES)
    return f"hue-{every[(7 + place * 5) % len(every)]}"


def _figure(row: Mapping[str, Any], measure: Mapping[str, Any]) -> Any:
    if measure["function"] == COUNT:
        return row[COUNT]
    return next(iter(row[FUNCTIONS[measure["function"]]].values()))


def _with_gaps(found: list[tuple[Any, Any]], period: str) -> list[tuple[Any, Any]]:
    """Groups of periods with those between them that have no record, whose figure is nought."""
    known = {value: figure for value, figure in found if value is not None}
    if not known:
        return found
    day, last = date.fromisoformat(min(known)), date.fromisoformat(max(known))
    filled: list[tuple[Any, Any]] = []
    while day <= last and len(filled) <= MAX_PERIODS:
        filled.append((day.isoformat(), known.get(day.isoformat(), 0)))
        day = _next(day, period)
    if len(filled) > MAX_PERIODS:
        return found
    return [*filled, *((value, figure) for value, figure in found if value is None)]


def _next(day: date, period: str) -> date:
    """The day on which the period after that of a day begins; the last of all days where there is none."""
    try:
        if (count := MONTHS.get(period)) is None:
            return day + timedelta(days=7 if period == "week" else 1)
        months = day.year * 12 + day.month - 1 + count
        return date(months // 12, months % 12 + 1, 1)
    except (OverflowError, ValueError):
        return date.max


def _period_text(value: str, period: str) -> str:
    day, language = date.fromisoformat(value), Language.current()
    match period:
        case "year":
            return f"{day.year}"
        case "quarter":
            return str(format_skeleton("yQQQ", day, locale=language.locale))
        case "month":
            return str(format_skeleton("yMMM", day, locale=language.locale))
    return language.day(day)


def _shown(figure: Any, function: str, field: SchemaField | None) -> str:
    language = Language.current()
    if figure is None:
        return ""
    if function in (COUNT, COUNT_DISTINCT) or field is None:
        return language.number(figure) if isinstance(figure, int | Decimal) else str(figure)
    return text_of(field, rounded(figure) if function == "avg" else figure, {}, language)


def _plain(figure: Any) -> str:
    """The digits of a number; of what is none, nothing is drawn."""
    return str(figure) if isinstance(figure, int) else f"{figure:f}" if isinstance(figure, Decimal) else ""
