"""CHECKBOX: yes or no."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from customobjects.fieldtypes.base import MATCHING, ColumnKind, FieldType, ValueProblem

WORDS = {
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
    column = ColumnKind.TEXT
    filter_families = MATCHING
    key_is_value = True

    def parse(self, value: object) -> bool:
        word = value.strip().lower() if isinstance(value, str) else value
        if isinstance(word, bool):
            return word
        if isinstance(word, int) and word in (0, 1):
            return bool(word)
        if not isinstance(word, str) or word not in WORDS:
            raise ValueProblem("type", "must be true or false")
        return WORDS[word]

    def column_key(self, value: bool) -> str:
        return self.csv(value)

    def display(self, value: bool, names: Mapping[str, str] | None = None) -> str:
        return "Yes" if value else "No"

    def csv(self, value: bool) -> str:
        return "true" if value else "false"

    def json_schema(self) -> dict[str, Any]:
        return {"type": "boolean"}
