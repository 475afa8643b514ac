"""The form of a field: what every field has, and the options of its type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from customobjects.fieldtypes import FieldType, ValueProblem
from customobjects.fieldtypes.choices import Choices
from customobjects.fieldtypes.options import ExactNumber, Flag, OneOf, Option, WholeNumber
from customobjects.models import Field
from customobjects.services.fields import FIXED_OPTIONS

PREFIX = "option_"
WORDS = {"restrict": "Refuse", "set_null": "Empty this field", "cascade": "Delete this record too"}


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
        for option in self.type.option_list:
            value = field.options[option.name]
            if isinstance(option, Choices):
                value = "\n".join(choice["value"] for choice in value if choice["isActive"])
            initial[PREFIX + option.name] = value
        return initial

    def _control(self, option: Option, targets: Sequence[tuple[str, str]]) -> forms.Field:
        fixed = self.existing is not None and option.name in FIXED_OPTIONS.get(self.type.key, ())
        common: dict[str, Any] = {"label": option.label, "required": False, "disabled": fixed}
        if not isinstance(option, Choices):
            common["initial"] = option.default
        if isinstance(option, Choices):
            help_text = "One a line. A value that is taken out stays on the records that have it."
            return forms.CharField(widget=forms.Textarea(attrs={"rows": 6}), help_text=help_text, **common)
        if isinstance(option, Flag):
            return forms.BooleanField(**common)
        if isinstance(option, OneOf):
            return forms.ChoiceField(choices=[(word, WORDS.get(word, word)) for word in option.words], **common)
        if option.name == "target":
            return forms.ChoiceField(choices=targets, **common)
        if isinstance(option, WholeNumber | ExactNumber):
            return forms.CharField(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **common)
        return forms.CharField(strip=False, **common)

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
        if self.type.key != "JSON":
            return text
        try:
            return self.type({}).from_text(text)
        except ValueProblem as problem:
            self.add_error("default_value", f"Default {problem.message}.")
            return None

    def _value(self, option: Option) -> object:
        value = self.cleaned_data[PREFIX + option.name]
        if isinstance(option, Choices):
            return self._choices(value)
        return None if value == "" else value

    def _choices(self, text: str) -> list[dict[str, Any]]:
        """The listed values in their order, and behind them, inactive, those that were taken out."""
        held = {choice["value"]: choice for choice in self.existing.options["values"]} if self.existing else {}
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        listed = [{**held.get(line, {"value": line}), "isActive": True} for line in lines]
        return listed + [{**choice, "isActive": False} for value, choice in held.items() if value not in lines]

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
