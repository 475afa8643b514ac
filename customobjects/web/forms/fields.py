"""The form of a field: what every field has, and the options of its type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms.models import model_to_dict

from customobjects.fieldtypes import FieldType, ValueProblem, Widget
from customobjects.fieldtypes.auto_number import MAX_NUMBER
from customobjects.fieldtypes.options import Option
from customobjects.models import Field
from customobjects.web.forms.base import ServiceForm, widget_of
from salesos.errors import ValidationError

PREFIX = "option_"


class FieldForm(ServiceForm):
    """A new field of one type, or an existing one. ``targets`` are the objects that a lookup can have, with labels."""

    label = forms.CharField(max_length=80)
    api_name = forms.CharField(
        max_length=60,
        required=False,
        empty_value=None,
        label="API name",
        help_text="The name for programs; it never changes. Left empty, it is made from the label.",
    )
    help_text = forms.CharField(max_length=500, required=False, help_text="Shown below the field in forms.")
    is_required = forms.BooleanField(required=False, label="Required")
    is_unique = forms.BooleanField(required=False, label="Unique", help_text="No two records have the same value.")
    is_active = forms.BooleanField(
        required=False, label="Active", help_text="An inactive field is hidden everywhere and keeps its values."
    )
    default_value = forms.CharField(
        required=False, empty_value=None, label="Default", help_text="What a new record starts with."
    )
    next_number = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=MAX_NUMBER,
        # What it was when the form was made: records may have been numbered since.
        show_hidden_initial=True,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text="The number of the next record. Where the field is unique, numbers that are taken are passed over.",
    )
    number_existing = forms.BooleanField(
        required=False,
        label="Number the records that have none",
        help_text="In the order of their creation, in the background.",
    )

    def __init__(
        self,
        data: Any = None,
        *,
        type_: type[FieldType],
        targets: Sequence[tuple[str, str]],
        existing: Field | None = None,
    ) -> None:
        super().__init__(data)
        self.type = type_
        self.options: dict[str, Any] = {option.name: option.default for option in type_.option_list}
        if existing is None:
            del self.fields["is_active"], self.fields["next_number"]
        else:
            self.initial = model_to_dict(existing, fields=self.base_fields)
            if existing.default_value is not None:
                self.initial["default_value"] = type_(existing.options).csv(existing.default_value)
            self.options = existing.options
            del self.fields["api_name"]
        if type_(self.options).first_number is None:
            self._drop("next_number", "number_existing")
        elif existing is not None:
            self.initial["next_number"] = existing.counter.next_number
        if not type_.can_be_unique:
            del self.fields["is_unique"]
        if not type_.can_have_default:
            del self.fields["default_value"]
        if not type_.writable:
            del self.fields["is_required"]
        for option in type_.option_list:
            disabled = option.fixed and existing is not None
            self.fields[PREFIX + option.name] = _control(option, self.options[option.name], targets, disabled)
        self.controls = {
            "label": "label",
            "apiName": "api_name",
            "isUnique": "is_unique",
            "isRequired": "is_required",
            "defaultValue": "default_value",
            "nextNumber": "next_number",
            **{f"options.{option.name}": PREFIX + option.name for option in type_.option_list},
        }

    def _drop(self, *names: str) -> None:
        for name in names:
            self.fields.pop(name, None)

    def values(self) -> dict[str, Any]:
        values = {name: self.cleaned_data[name] for name in self.base_fields if name in self.fields}
        values["options"] = {
            option.name: option.from_form(self.cleaned_data[PREFIX + option.name], self.options[option.name])
            for option in self.type.option_list
        }
        if "next_number" not in self.changed_data:
            values.pop("next_number", None)
        if values.get("default_value") is not None:
            values["default_value"] = self._default(values["default_value"])
        return values

    def _default(self, text: str) -> object:
        try:
            return self.type.from_text(text)
        except ValueProblem as problem:
            message = f"defaultValue {problem.message}"
            raise ValidationError.of(message, field="defaultValue", code=problem.code) from problem


def _control(option: Option, value: Any, targets: Sequence[tuple[str, str]], disabled: bool) -> forms.Field:
    control = option.form_control()
    common: dict[str, Any] = {
        "label": option.label,
        "help_text": control.help_text,
        "initial": option.form_value(value),
        "required": False,
        "disabled": disabled,
    }
    if control.widget is Widget.CHECKBOX:
        return forms.BooleanField(**common)
    if control.widget is Widget.SELECT:
        return forms.ChoiceField(choices=targets if control.choices_from else control.choices, **common)
    return forms.CharField(strip=False, widget=widget_of(control), **common)
