"""The form of a saved view that is no table: its name, and what its kind shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from customobjects.models import View, ViewKind
from customobjects.queries.aggregates import INTERVALS
from customobjects.queries.metrics import COUNT, COUNT_DISTINCT
from customobjects.queries.ordering import MAX_SORT_KEYS, is_sortable
from customobjects.queries.shapes_of_fields import is_moment, is_number, sorts_into_columns
from customobjects.queries.view_settings import MAX_CARD_FIELDS, MAX_ENTRY_FIELDS
from customobjects.schema import Schema, SchemaField
from customobjects.web.boards.chart import WORDS
from customobjects.web.forms.base import ServiceForm
from customobjects.web.languages import Language
from customobjects.web.lists.columns import PROPERTIES
from customobjects.web.lists.conditions import ALL, ANY, COLOR
from customobjects.web.lists.groups import group_names
from customobjects.web.lists.taken import keep

# What people call the list whose values a record goes through, one after the other: boards are of it first.
STAGES = ("stage", "status", "state", "phase")
# So many fields a new kanban's cards show.
FIRST_CARDS = 3
NOTHING = ("", "—")
PRIVATE, SHARED = "private", "shared"
Choices = Sequence[tuple[str, str]]
# What a new view takes over from a list, by the parameter of the list's address: the label, and what is said of it.
TAKEN: Mapping[str, tuple[str, str]] = {
    ALL: ("Filters of the list", "The view shows no other records than these. Untick what it is not to keep."),
    ANY: ("Match any of these", "Records that fit none of them are not shown. Untick what it is not to keep."),
    COLOR: ("Colours of the list", "Untick what it is not to keep."),
}


class ViewForm(ServiceForm):
    """A new view of a kind, or an existing one with its ``settings`` as they can be used now.

    What it has no control for, such as filters, stays as it is.
    """

    name = forms.CharField(
        max_length=80,
        help_text="What it is called among the views: By stage, Due dates.",
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        language: Language,
        schema: Schema,
        kind: str,
        organization: str,
        existing: View | None = None,
        settings: Mapping[str, Any] | None = None,
        start: Mapping[str, Any] | None = None,
        taken: Mapping[str, Choices] | None = None,
    ) -> None:
        """``organization`` is what that is called whose people see what is shared.

        ``start`` is what a new one takes over from a list, and ``taken`` what of that can be left out, as
        ``taken_over`` tells it.
        """
        super().__init__(data, language=language, is_new=existing is None)
        self.kind, self.schema = kind, schema
        self.kept = dict(existing.settings if existing else start or {})
        held = settings or {}
        if existing is not None:
            self.initial = {"name": existing.name}
        is_shared = existing is not None and existing.owner_id is None
        who = ((PRIVATE, "Only me"), (SHARED, f"Everybody in {organization}"))
        self.fields["sharing"] = forms.ChoiceField(
            label="Who sees it", choices=who, initial=SHARED if is_shared else PRIVATE, required=False
        )
        kept = {f"keep_{name}": _kept(*TAKEN[name], choices) for name, choices in (taken or {}).items()}
        self.fields |= kept
        self.taken = list(kept)
        own = CONTROLS[kind](schema, held)
        self.fields |= own
        if kind != ViewKind.CHART:
            order = (held if existing is not None else self.kept).get("sort", [])
            self.fields["sort"] = _choice("Sorted by", [NOTHING, *_orders(schema)], ",".join(order[:1]))
        self.own = [*own, *(["sort"] if kind != ViewKind.CHART else [])]
        self.controls = {"name": "name", "isShared": "sharing", **{f"settings.{name}": name for name in self.own}}
        self.controls |= {"settings.measure.field": "measure_field", "settings.measure.function": "measure"}
        self.compare()

    def values(self) -> dict[str, Any]:
        values: dict[str, Any] = {name: self.cleaned_data[name] for name in ("name",) if name in self.touched}
        if "sharing" in self.touched:
            values["is_shared"] = self.cleaned_data["sharing"] == SHARED
        touched = [name for name in self.own if name in self.touched]
        if touched or self.is_new:
            values["settings"] = self._settings(touched)
        return values

    def _settings(self, touched: Iterable[str]) -> dict[str, Any]:
        given = {name: self.cleaned_data[name] for name in touched}
        settings = dict(self.kept)
        if self.taken:
            settings = keep(settings, {key for name in self.taken for key in self.cleaned_data[name]})
        for name, value in given.items():
            if name == "sort":
                settings["sort"] = [*([value] if value else []), *settings.get("sort", [])[1:]][:MAX_SORT_KEYS]
                settings["sort"] = list(dict.fromkeys(settings["sort"]))
            elif name not in ("measure", "measure_field"):
                settings[name] = value if isinstance(value, list) else value or None
        if self.kind == ViewKind.CHART:
            function = self.cleaned_data["measure"]
            field = self.cleaned_data["measure_field"] if function != COUNT else None
            settings["measure"] = {"function": function, "field": field or None}
        # What must be there, and is not, the service says in its words.
        return {name: value for name, value in settings.items() if value is not None}


def _kept(label: str, help_text: str, choices: Choices) -> forms.MultipleChoiceField:
    """Boxes that are all ticked: what is unticked is not taken over."""
    return forms.MultipleChoiceField(
        label=label,
        choices=choices,
        initial=[key for key, _words in choices],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=help_text,
    )


def _choice(label: str, choices: Choices, initial: Any = "", help_text: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, initial=initial, required=False, help_text=help_text)


def _fields(schema: Schema, fits: Any) -> list[tuple[str, str]]:
    return [(field.api_name, field.label) for field in schema.fields if fits(field.type)]


def _named(schema: Schema, reference: str | None) -> str:
    """The apiName of a field that settings name, maybe by its id."""
    found: SchemaField | None = schema.find(reference) if reference else None
    return found.api_name if found else reference or ""


def _first_column(schema: Schema) -> str:
    """The field that a new board is of: a list of stages, else the first list, else what else sorts into columns."""
    lists = [field for field in schema.fields if sorts_into_columns(field.type) and field.type.sorted_values]
    stages = [field for field in lists if _is_of_stages(field)]
    every = [field.api_name for field in (*stages, *lists)]
    return next(iter([*every, *(name for name, _label in _fields(schema, sorts_into_columns))]), "")


def _is_of_stages(field: SchemaField) -> bool:
    return any(word in STAGES for word in field.label.lower().split())


def _orders(schema: Schema) -> list[tuple[str, str]]:
    sortable = [*_fields(schema, is_sortable), ("createdAt", PROPERTIES["createdAt"])]
    sortable.append(("updatedAt", PROPERTIES["updatedAt"]))
    return [pair for name, label in sortable for pair in ((name, f"{label} ↑"), (f"-{name}", f"{label} ↓"))]


def _kanban(schema: Schema, held: Mapping[str, Any]) -> dict[str, forms.Field]:
    cards = [_named(schema, name) for name in held.get("cards", [])]
    column = _named(schema, held.get("column"))
    if not held:
        short = [f for f in schema.fields if not f.type.is_long and f != schema.primary]
        column = _first_column(schema)
        cards = [field.api_name for field in short if field.api_name != column][:FIRST_CARDS]
    return {
        "column": _choice("Columns by", _fields(schema, sorts_into_columns), column),
        "sum": _choice(
            "Sum in the columns' heads", [NOTHING, *_fields(schema, is_number)], _named(schema, held.get("sum"))
        ),
        "cards": _cards(schema, "On the cards", cards, f"At most {MAX_CARD_FIELDS}. The name is always there."),
    }


def _cards(schema: Schema, label: str, held: Sequence[str], help_text: str) -> forms.MultipleChoiceField:
    """What a view shows of each record beside its name."""
    offered = [*_fields(schema, lambda _type: True), *PROPERTIES.items()]
    if schema.primary is not None:
        offered = [pair for pair in offered if pair[0] != schema.primary.api_name]
    return forms.MultipleChoiceField(
        label=label,
        choices=offered,
        initial=held,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=help_text,
    )


def _calendar(schema: Schema, held: Mapping[str, Any]) -> dict[str, forms.Field]:
    colors = [NOTHING, *_fields(schema, sorts_into_columns)]
    dates = _fields(schema, is_moment)
    first = next(iter(dates), NOTHING)[0]
    return {
        "date": _choice("Dates", dates, _named(schema, held.get("date")) if held else first),
        "span": _choice("Begins with", (("month", "A month"), ("week", "A week")), held.get("span", "month")),
        "color": _choice("Coloured by", colors, _named(schema, held.get("color"))),
        "cards": _cards(
            schema,
            "Below the name",
            [_named(schema, name) for name in held.get("cards", [])],
            f"At most {MAX_ENTRY_FIELDS}, in small letters.",
        ),
    }


def _chart(schema: Schema, held: Mapping[str, Any]) -> dict[str, forms.Field]:
    types = (("bar", "Bars"), ("line", "A line"), ("pie", "A pie"), ("number", "One number"))
    measure = held.get("measure", {"function": COUNT, "field": None})
    numbers = _fields(schema, is_number)
    others = [pair for pair in _fields(schema, lambda type_: type_.column is not None) if pair not in numbers]
    groups = [NOTHING, *group_names(schema)]
    group = _named(schema, held.get("group")) if held else _first_column(schema)
    if group and group not in dict(groups):
        # Such as one through a lookup, which programs can choose.
        groups.append((group, group))
    periods = [NOTHING, *((name, name.capitalize()) for name in INTERVALS)]
    return {
        "type": _choice("Shown as", types, held.get("type", "bar")),
        "measure": _choice("Figure", list(WORDS.items()), measure["function"]),
        "measure_field": _choice(
            "Of",
            [NOTHING, *numbers, *others],
            _named(schema, measure["field"]),
            f"A number; for {WORDS[COUNT_DISTINCT].lower()}, any field. Not for the number of records.",
        ),
        "group": _choice("For each", groups, group, "Not needed for one number."),
        "period": _choice("Period", periods, held.get("period") or "", "Where it is for each date: how long each is."),
    }


CONTROLS: Mapping[str, Callable[[Schema, Mapping[str, Any]], dict[str, forms.Field]]] = {
    ViewKind.KANBAN: _kanban,
    ViewKind.CALENDAR: _calendar,
    ViewKind.CHART: _chart,
}
