"""The form of a record, made from the object's schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms

from customobjects.fieldtypes import ValueProblem
from customobjects.fieldtypes.choices import MultiPicklist, Picklist
from customobjects.fieldtypes.references import Lookup
from customobjects.schema import Schema, SchemaField

Choices = Sequence[tuple[str, str]]
# Gives the records or users to choose from for a field, those of the current value among them.
ChoicesOf = Callable[[SchemaField, Any], Choices]

CONTROL_PREFIX = "data-"
INPUT_TYPES = {"number", "date", "datetime-local", "email", "tel", "url"}


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
            try:
                values[field.api_name] = field.type.from_text(raw) if isinstance(raw, str) else raw
            except ValueProblem as problem:
                self.add_error(name, f"{field.label} {problem.message}.")
        return values

    def controls(self) -> dict[str, str]:
        """The control that shows each problem, by the problem's path."""
        return {f"data.{field.api_name}": CONTROL_PREFIX + field.api_name for field in self.schema.fields}


def _initial(field: SchemaField, value: Any) -> Any:
    if value is None or field.type.control == "checkbox":
        return value
    if isinstance(field.type, MultiPicklist) or (isinstance(field.type, Lookup) and field.type.multiple):
        return value
    text = field.type.csv(value)
    return text.removesuffix("Z") if field.type.control == "datetime-local" else text


def _control(field: SchemaField, value: Any, choices_of: ChoicesOf) -> forms.Field:
    attributes = {key: text for key, text in field.type.control_attributes().items() if key != "maxlength"}
    if field.is_required:
        attributes["aria-required"] = "true"
    return forms.Field(
        label=field.label,
        help_text=field.help_text,
        required=False,
        widget=_widget(field, value, attributes, choices_of),
    )


def _widget(field: SchemaField, value: Any, attributes: dict[str, Any], choices_of: ChoicesOf) -> forms.Widget:
    control = field.type.control
    if control == "checkbox":
        return forms.CheckboxInput(attrs=attributes)
    if control in ("textarea", "json"):
        return forms.Textarea(attrs={"rows": 4, **attributes})
    if isinstance(field.type, MultiPicklist):
        offered = dict.fromkeys([*field.type.active, *(value or [])])
        labels = field.type.labels
        return forms.CheckboxSelectMultiple(choices=[(part, labels.get(part, part)) for part in offered])
    if isinstance(field.type, Picklist):
        offered = dict.fromkeys([*field.type.active, *([value] if value else [])])
        labels = field.type.labels
        return forms.Select(
            choices=[("", "—"), *((part, labels.get(part, part)) for part in offered)], attrs=attributes
        )
    if control in ("lookup", "user"):
        return _reference_widget(field, value, attributes, choices_of)
    # A browser's own control for moments cannot hold microseconds, and would lose them.
    exact = control == "datetime-local" and isinstance(value, str) and "." in value
    kind = control if control in INPUT_TYPES and not exact else "text"
    return forms.TextInput(attrs={"type": kind, **attributes})


def _reference_widget(
    field: SchemaField, value: Any, attributes: dict[str, Any], choices_of: ChoicesOf
) -> forms.Widget:
    choices = list(choices_of(field, value))
    if field.target_id is not None:
        attributes["data-lookup"] = f"/v1/custom-objects/{field.target_id}/records"
    if isinstance(field.type, Lookup) and field.type.multiple:
        return forms.SelectMultiple(choices=choices, attrs={"size": 6, **attributes})
    return forms.Select(choices=[("", "—"), *choices], attrs=attributes)
