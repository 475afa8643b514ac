"""CHECKBOX: yes or no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from customobjects.fieldtypes.base import FieldType
from customobjects.fieldtypes.controls import DisplayPart, FormControl, Widget
from customobjects.fieldtypes.kinds import MATCHING, ColumnKind, ValueProblem

BOOLEANS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


class Checkbox(FieldType):
    """True or false; a new record starts with the field's default, which is false unless said."""

    key = "CHECKBOX"
    column_width = 104
    label = "Checkbox"
    icon = "check_box"
    description = "Yes or no: is it insured, has it been paid."
    place = 80
    control = "checkbox"
    schema = {"type": "boolean"}
    default = False
    column = ColumnKind.TEXT
    filter_families = MATCHING
    key_is_value = True

    def parse(self, value: object) -> bool:
        word = str(value).strip().lower() if isinstance(value, int | str) else ""
        if word not in BOOLEANS:
            raise ValueProblem("type", "must be true or false")
        return BOOLEANS[word]

    def column_key(self, value: bool) -> str:
        return self.csv(value)

    def display(self, value: bool, names: Mapping[str, str] | None = None) -> str:
        return "Yes" if value else "No"

    def parts(self, value: bool, names: Mapping[str, str] | None = None) -> Sequence[DisplayPart]:
        return [DisplayPart(text=self.display(value), icon="check_box" if value else "check_box_outline_blank")]

    def csv(self, value: bool) -> str:
        return "true" if value else "false"

    def form_control(self, value: bool | None = None) -> FormControl:
        return FormControl(widget=Widget.CHECKBOX)

    def form_value(self, value: bool) -> bool:
        return value
