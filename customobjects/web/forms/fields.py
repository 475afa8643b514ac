"""The form of a field: what every field has, and the options of its type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from customobjects.fieldtypes import FieldType, ValueProblem, Widget
from customobjects.fieldtypes.options import Option
from customobjects.models import Field
from customobjects.web.forms.controls import widget_of

PREFIX = "option_"


class FieldForm(forms.Form):
    """A new field of one type, or an existing one. The services judge what is in it."""

    label = forms.CharField(max_length=80)
    api_name = forms.CharField(
        max_length=60,
        required=False,
        label="API name",
        help_text="The name for programs; it never changes. Left empty, it is made from the label.",
    )
    help_text = forms.CharField(max_length=500, required=False, help_text="Shown below the field in forms.")
    is_required = forms.BooleanField(required=False, label="Required")
    is_unique = forms.BooleanField(required=False, label="Unique", help_text="No two records have the same value.")
    is_active = forms.BooleanField(
        required=False, label="Active", help_text="An inactive field is hidden everywhere and keeps its values."
    )
    default_value = forms.CharField(required=False, label="Default", help_text="What a new record starts with.")

    def __init__(
        self,
        *args: Any,
        type_: type[FieldType],
        targets: Sequence[tuple[str, str]],
        existing: Field | None = None,
        **kwargs: Any,
    ) -> None:
        self.type = type_
        self.existing = existing
        if existing is not None:
            kwargs["initial"] = self._initial(existing)
        super().__init__(*args, **kwargs)
        for option in type_.option_list:
            self.fields[PREFIX + option.name] = self._control(option, targets)
        if existing is None:
            del self.fields["is_active"]
        else:
            del self.fields["api_name"]
        if not type_.can_be_unique:
            del self.fields["is_unique"]
        if not type_.can_have_default:
            del self.fields["default_value"]
        if not type_.writable:
            del self.fields["is_required"]

    def _initial(self, field: Field) -> dict[str, Any]:
        names = ("label", "help_text", "is_required", "is_unique", "is_active")
        initial = {name: getattr(field, name) for name in names}
        if field.default_value is not None:
            initial["default_value"] = self.type(field.options).csv(field.default_value)
        options = {PREFIX + o.name: o.form_value(field.options[o.name]) for o in self.type.option_list}
        return initial | options

    def _control(self, option: Option, targets: Sequence[tuple[str, str]]) -> forms.Field:
        control = option.form_control()
        common: dict[str, Any] = {
            "label": option.label,
            "help_text": control.help_text,
            "initial": option.form_value(option.default),
            "required": False,
            "disabled": self.existing is not None and option.fixed,
        }
        if control.widget is Widget.CHECKBOX:
            return forms.BooleanField(**common)
        if control.widget is Widget.SELECT:
            return forms.ChoiceField(choices=targets if control.choices_from else control.choices, **common)
        return forms.CharField(strip=False, widget=widget_of(control), **common)

    def values(self) -> dict[str, Any]:
        """The properties for the services. A default that cannot even be read becomes an error of the form."""
        names = ("label", "help_text", "is_required", "is_unique", "is_active")
        values = {name: self.cleaned_data[name] for name in names if name in self.fields}
        if self.cleaned_data.get("api_name"):
            values["api_name"] = self.cleaned_data["api_name"]
        values["options"] = {option.name: self._value(option) for option in self.type.option_list}
        if "default_value" in self.fields:
            text = self.cleaned_data["default_value"]
            values["default_value"] = self._default(text) if text else None
        return values

    def _default(self, text: str) -> object:
        try:
            return self.type.from_text(text)
        except ValueProblem as problem:
            self.add_error("default_value", f"Default {problem.message}.")
            return None

    def _value(self, option: Option) -> object:
        current = self.existing.options[option.name] if self.existing else None
        return option.from_form(self.cleaned_data[PREFIX + option.name], current)

    def controls(self) -> dict[str, str]:
        """The control that shows each problem, by the problem's path."""
        own = {
            "label": "label",
            "apiName": "api_name",
            "isUnique": "is_unique",
            "isRequired": "is_required",
            "defaultValue": "default_value",
        }
        return own | {f"options.{option.name}": PREFIX + option.name for option in self.type.option_list}
