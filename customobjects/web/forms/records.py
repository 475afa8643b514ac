"""The form of a record, made from the object's schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms

from customobjects.fieldtypes import ReferenceKind, ValueProblem
from customobjects.schema import Schema, SchemaField
from customobjects.web.forms.base import ServiceForm, widget_of

# Gives the records or users to choose from for a field, those of the current value among them.
ChoicesOf = Callable[[SchemaField, Any], Sequence[tuple[str, str]]]

CONTROL_PREFIX = "data-"


class ValueField(forms.Field):
    """The control of one value. What is in it goes to the service as it is, unless its type cannot even read it."""

    def __init__(self, field: SchemaField, value: Any, choices_of: ChoicesOf) -> None:
        control = field.type.form_control(value)
        choices = choices_of(field, value) if control.choices_from else control.choices
        attributes = {}
        if field.is_required:
            attributes["aria-required"] = "true"
        if control.choices_from is ReferenceKind.RECORD:
            attributes["data-lookup"] = f"/v1/custom-objects/{field.target_id}/records"
        super().__init__(
            label=field.label,
            help_text=field.help_text,
            required=False,
            initial=None if value is None else field.type.form_value(value),
            widget=widget_of(control, choices, attributes),
        )
        self.type = field.type

    def clean(self, value: Any) -> Any:
        if value is False and self.initial is None:
            # A box that nobody checked, of a record that says neither yes nor no.
            return None
        try:
            return self.type.from_text(value) if isinstance(value, str) else value
        except ValueProblem as problem:
            raise forms.ValidationError(f"{self.label} {problem.message}.") from problem


class RecordForm(ServiceForm):
    """A new record, or an existing one: one control for each field."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, schema: Schema, choices_of: ChoicesOf, record: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial={"version": record["version"]} if record else None)
        held: Mapping[str, Any] = record["data"] if record else {f.api_name: f.default for f in schema.fields}
        self.names = {f.api_name: CONTROL_PREFIX + f.api_name for f in schema.fields if f.type.writable}
        self.controls = {f"data.{api_name}": name for api_name, name in self.names.items()}
        for api_name, name in self.names.items():
            self.fields[name] = ValueField(schema.by_name[api_name], held.get(api_name), choices_of)

    def values(self) -> dict[str, Any]:
        return {api_name: self.cleaned_data[name] for api_name, name in self.names.items()}
