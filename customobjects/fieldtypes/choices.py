"""PICKLIST and MULTI_PICKLIST: values from a list that an administrator keeps."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from customobjects.fieldtypes.base import FieldType
from customobjects.fieldtypes.choice_lines import NotReadableLineError, read_choices, write_choices
from customobjects.fieldtypes.controls import DisplayPart, FormControl, Widget
from customobjects.fieldtypes.folding import MAX_KEY_LENGTH, caseless, composed, single_line
from customobjects.fieldtypes.kinds import MATCHING, MEMBERSHIP, SEPARATOR, ColumnKind, ValueProblem
from customobjects.fieldtypes.lists import parse_list, split_text
from customobjects.fieldtypes.options import Option, OptionProblem, storable
from customobjects.fieldtypes.text import parse_line
from salesos.errors import MAX_QUOTED, alternatives, quoted

MAX_CHOICES = 1_000
# The color of a chip whose choice has none.
NEUTRAL = "neutral"
COLOR = re.compile(r"#[0-9a-fA-F]{6}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Choices(Option):
    """The values of a picklist in their order: ``[{"value", "label", "color", "isActive"}]``."""

    def clean(self, raw: object) -> list[dict[str, Any]]:
        if not isinstance(raw, list) or not 0 < len(raw) <= MAX_CHOICES:
            raise OptionProblem(f"must be a list of 1 to {MAX_CHOICES} values")
        choices = [self._choice(entry) for entry in raw]
        values = [choice["value"] for choice in choices]
        if len(set(values)) < len(values):
            twice = next(value for value in values if values.count(value) > 1)
            raise OptionProblem(f"must not list {twice!r} twice")
        return choices

    def _choice(self, entry: object) -> dict[str, Any]:
        if isinstance(entry, str):
            entry = {"value": entry}
        if not isinstance(entry, Mapping):
            raise OptionProblem('must hold texts or objects such as {"value": "new", "label": "New"}')
        if unknown := set(entry) - {"value", "label", "color", "isActive"}:
            raise OptionProblem(f"has values with an unknown property {quoted(min(map(str, unknown)))}")
        value = self._text(entry.get("value"), "value")
        if SEPARATOR in value or value != value.strip() or any(c in value for c in "\r\n"):
            raise OptionProblem("must hold values without ';', line breaks, and spaces at their ends")
        label = entry.get("label")
        color = entry.get("color")
        active = entry.get("isActive", True)
        if color is not None and not (isinstance(color, str) and COLOR.fullmatch(color)):
            raise OptionProblem("must hold colors such as #2563eb")
        if not isinstance(active, bool):
            raise OptionProblem("must hold values whose isActive is true or false")
        return {
            "value": value,
            "label": value if label is None else single_line(self._text(label, "label")),
            "color": color,
            "isActive": active,
        }

    @staticmethod
    def _text(raw: object, name: str) -> str:
        text = composed(raw) if isinstance(raw, str) else ""
        if not 0 < len(text) <= MAX_KEY_LENGTH or not storable(text):
            raise OptionProblem(f"must hold values whose {name} is a text of 1 to {MAX_KEY_LENGTH} characters")
        return text

    def schema(self) -> dict[str, Any]:
        text = {"type": "string", "minLength": 1, "maxLength": MAX_KEY_LENGTH}
        properties = {
            "value": text,
            "label": text,
            "color": {"type": ["string", "null"], "pattern": f"^{COLOR.pattern}$"},
            "isActive": {"type": "boolean"},
        }
        entry = {"type": "object", "properties": properties, "required": ["value"], "additionalProperties": False}
        return {"type": "array", "items": entry, "minItems": 1, "maxItems": MAX_CHOICES}

    def form_control(self) -> FormControl:
        return FormControl(widget=Widget.CHOICES)

    def form_value(self, value: list[dict[str, Any]]) -> str:
        return write_choices(value)

    def from_form(self, entered: str, current: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
        try:
            return read_choices(entered)
        except NotReadableLineError as problem:
            raise OptionProblem(str(problem)) from problem

    def taken_out(self, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[str]:
        left = {choice["value"] for choice in after}
        return [choice["value"] for choice in before if choice["value"] not in left]

    def with_kept(
        self, before: list[dict[str, Any]], after: list[dict[str, Any]], kept: Container[str]
    ) -> list[dict[str, Any]]:
        return after + [{**choice, "isActive": False} for choice in before if choice["value"] in kept]


class _Choosing(FieldType):
    """What both picklists share: one value of the list, or several."""

    searchable = True
    merged_option = "values"
    option_list: ClassVar[tuple[Option, ...]] = (Choices(name="values", label="Values", required=True, default=[]),)

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self.labels: dict[str, str] = {choice["value"]: choice["label"] for choice in options["values"]}
        self.colors: dict[str, str | None] = {choice["value"]: choice["color"] for choice in options["values"]}
        self.active = [choice["value"] for choice in options["values"] if choice["isActive"]]

    def parts(self, value: Any, names: Mapping[str, str] | None = None) -> list[DisplayPart]:
        return [
            DisplayPart(text=self.labels.get(part, part), color=self.colors.get(part) or NEUTRAL)
            for part in self.members(value)
        ]

    def display(self, value: Any, names: Mapping[str, str] | None = None) -> str:
        return ", ".join(part.text for part in self.parts(value))

    def from_cell(self, text: str) -> object:
        """The values whose value or label a text has, in any case. What is none of them, is told by ``check``."""
        whole = self._values_called(text)
        if not self.multiple or whole:
            return self._one(text, whole)
        parts = split_text(text)
        if len(parts) == 1:
            # As ``display`` writes it.
            parts = [part.strip() for part in text.split(",") if part.strip()]
        return [self._one(part, self._values_called(part)) for part in parts]

    def _values_called(self, text: str) -> list[str]:
        """The values that a text names: the one that is spelled so, or else all that are called so in any case."""
        word = single_line(composed(text))
        if word in self.labels:
            return [word]
        called = caseless(word)
        return [value for value, label in self.labels.items() if called in (caseless(value), caseless(label))]

    def _one(self, text: str, values: list[str]) -> str:
        if len(values) > 1:
            # Of those that are called the same, what may be chosen is meant.
            values = [value for value in values if value in self.active] or values
        if len(values) > 1:
            raise ValueProblem("ambiguous", f"has several values called {quoted(text)}: {alternatives(values)}")
        return values[0] if values else text

    def shows_as(self, before: FieldType) -> bool:
        assert isinstance(before, _Choosing)
        values = self.labels.keys() | before.labels.keys()
        return all(self.labels.get(value, value) == before.labels.get(value, value) for value in values)

    def form_control(self, value: Any = None) -> FormControl:
        # What a record holds can be kept, though its choice is deactivated.
        offered = dict.fromkeys([*self.active, *self.members(value)])
        choices = [(part, self.labels.get(part, part)) for part in offered]
        return FormControl(widget=Widget.CHECKBOXES if self.multiple else Widget.SELECT, choices=choices)

    def check(self, value: Any, current: Any = None) -> None:
        for part in self.members(value):
            if part not in self.active and part not in self.members(current):
                shown = alternatives(choice[:MAX_QUOTED] for choice in self.active)
                raise ValueProblem("choice", f"must be one of {shown}, and {quoted(part)} is not")

    def json_schema(self) -> dict[str, Any]:
        # Any text will do while the list is empty.
        one = {"type": "string", "enum": list(self.labels)} if self.labels else {"type": "string"}
        return {"type": "array", "items": one, "uniqueItems": True} if self.multiple else one


class Picklist(_Choosing):
    """One value of a list. A deactivated value stays valid on the records that hold it."""

    key = "PICKLIST"
    column_width = 148
    label = "Picklist"
    icon = "arrow_drop_down_circle"
    description = "One of a list of values: a status, a stage, an industry."
    place = 90
    control = "select"
    column = ColumnKind.TEXT
    filter_families = MATCHING
    can_be_unique = True
    key_is_value = True

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self.sorted_values = tuple(self.labels)

    def parse(self, value: object) -> str:
        return parse_line(value)

    def column_key(self, value: str) -> str:
        return value


class MultiPicklist(_Choosing):
    """Any number of values of a list, kept in the list's order, each once."""

    key = "MULTI_PICKLIST"
    label = "Multi-select picklist"
    icon = "checklist"
    description = "Any number of a list of values: tags, skills, regions."
    place = 100
    control = "multiselect"
    sortable = False
    filter_families = MEMBERSHIP
    multiple = True

    def single(self) -> FieldType:
        return Picklist(self.options)

    def parse(self, value: object) -> list[str]:
        order = {value: place for place, value in enumerate(self.labels)}
        return sorted(parse_list(value, parse_line, "texts"), key=lambda part: order.get(part, len(order)))

    def is_canonical(self, value: object) -> bool:
        # The list may have another order since.
        try:
            parts = self.parse(value)
        except ValueProblem:
            return False
        return isinstance(value, list) and sorted(parts) == sorted(value) and bool(value)
