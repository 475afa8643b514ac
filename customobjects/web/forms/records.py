"""The form of a record, made from the object's schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms

from customobjects.fieldtypes import ReferenceKind, ValueProblem
from customobjects.schema import Schema, SchemaField
from customobjects.web.forms.controls import widget_of

# Gives the records or users to choose from for a field, those of the current value among them.
ChoicesOf = Callable[[SchemaField, Any], Sequence[tuple[str, str]]]

CONTROL_PREFIX = "data-"


class RecordForm(forms.Form):
    """One control for each field. What is in them goes to the services as it is, which judge it."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        schema: Schema,
        choices_of: ChoicesOf,
        record: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.schema = schema
        held: Mapping[str, Any] = record["data"] if record else {f.api_name: f.default for f in schema.fields}
        kwargs["initial"] = {CONTROL_PREFIX + f.api_name: _initial(f, held.get(f.api_name)) for f in schema.fields}
        if record:
            kwargs["initial"]["version"] = record["version"]
        super().__init__(*args, **kwargs)
        for field in schema.fields:
            if field.type.writable:
                value = held.get(field.api_name)
                self.fields[CONTROL_PREFIX + field.api_name] = _control(field, value, choices_of)

    def values(self) -> dict[str, Any]:
        """The input by apiName, for the services. A text that its type cannot even read becomes an error here."""
        values = {}
        for field in self.schema.fields:
            name = CONTROL_PREFIX + field.api_name
            if name not in self.fields:
                continue
            raw = self.cleaned_data[name]
            if raw is False and self.initial[name] is None:
                # A box that nobody checked, of a record that says neither yes nor no.
                raw = None
            try:
                values[field.api_name] = field.type.from_text(raw) if isinstance(raw, str) else raw
            except ValueProblem as problem:
                self.add_error(name, f"{field.label} {problem.message}.")
        return values

    def controls(self) -> dict[str, str]:
        """The control that shows each problem, by the problem's path."""
        return {f"data.{field.api_name}": CONTROL_PREFIX + field.api_name for field in self.schema.fields}


def _initial(field: SchemaField, value: Any) -> Any:
    return None if value is None else field.type.form_value(value)


def _control(field: SchemaField, value: Any, choices_of: ChoicesOf) -> forms.Field:
    control = field.type.form_control(value)
    choices = choices_of(field, value) if control.choices_from else control.choices
    attributes = {}
    if field.is_required:
        attributes["aria-required"] = "true"
    if control.choices_from is ReferenceKind.RECORD:
        attributes["data-lookup"] = f"/v1/custom-objects/{field.target_id}/records"
    widget = widget_of(control, choices, attributes)
    return forms.Field(label=field.label, help_text=field.help_text, required=False, widget=widget)
