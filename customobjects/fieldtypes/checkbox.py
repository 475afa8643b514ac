"""CHECKBOX: yes or no."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from customobjects.fieldtypes.base import MATCHING, ColumnKind, FieldType, ValueProblem
from customobjects.fieldtypes.controls import FormControl, Widget

BOOLEAN_TEXTS = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


class Checkbox(FieldType):
    """True or false; a new record starts with the field's default, which is false unless said."""

    key = "CHECKBOX"
    label = "Checkbox"
    icon = "check_box"
    description = "Yes or no: is it insured, has it been paid."
    place = 80
    control = "checkbox"
    default = False
    column = ColumnKind.TEXT
    filter_families = MATCHING
    key_is_value = True

    def parse(self, value: object) -> bool:
        word = value.strip().lower() if isinstance(value, str) else value
        if isinstance(word, bool):
            return word
        if isinstance(word, int) and word in (0, 1):
            return bool(word)
        if not isinstance(word, str) or word not in BOOLEAN_TEXTS:
            raise ValueProblem("type", "must be true or false")
        return BOOLEAN_TEXTS[word]

    def column_key(self, value: bool) -> str:
        return self.csv(value)

    def display(self, value: bool, names: Mapping[str, str] | None = None) -> str:
        return "Yes" if value else "No"

    def csv(self, value: bool) -> str:
        return "true" if value else "false"

    def json_schema(self) -> dict[str, Any]:
        return {"type": "boolean"}

    def form_control(self, value: bool | None = None) -> FormControl:
        return FormControl(widget=Widget.CHECKBOX)

    def form_value(self, value: bool) -> bool:
        return value
