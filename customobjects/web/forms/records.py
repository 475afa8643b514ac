"""The form of a record, made from the object's schema."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from contextlib import suppress
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse

from customobjects.fieldtypes import ReferenceKind, ValueProblem
from customobjects.queries.lookup_filters import filter_of
from customobjects.schema import Schema, SchemaField
from customobjects.web.field_groups import Group, in_groups, is_wide
from customobjects.web.forms.base import ControlField, ServiceForm
from customobjects.web.forms.combobox import combobox_of, people_for_fields
from customobjects.web.languages import Language

# Gives the records or users to choose from for a field, those of the current value among them.
ChoicesOf = Callable[[SchemaField, Any], Sequence[tuple[str, str]]]

CONTROL_PREFIX = "data-"
# The parameter that says for which lookup choices are asked for, where it is filtered.
LOOKUP = "lookup"


class ValueField(ControlField):
    """The control of one value. What is in it goes to the service as it is, unless its type cannot even read it."""

    def __init__(self, field: SchemaField, value: Any, choices_of: ChoicesOf, language: Language) -> None:
        control = field.type.form_control(value)
        attributes = {}
        if field.is_required:
            attributes["aria-required"] = "true"
        if control.choices_from is ReferenceKind.RECORD:
            attributes["data-choices"] = reverse("web:choices", args=[field.target_id])
            if filter_of(field):
                attributes["data-choices"] += f"?{LOOKUP}={field.id}"
        elif control.choices_from is ReferenceKind.USER:
            attributes["data-choices"] = people_for_fields()
        choices = choices_of(field, value) if control.choices_from else control.choices
        super().__init__(
            control,
            language,
            value=None if value is None else field.type.form_value(value),
            widget=combobox_of(control, choices, attributes),
            attributes=attributes,
            label=field.label,
            help_text=field.help_text,
        )
        self.type = field.type
        self.is_wide = is_wide(field)

    def clean(self, value: Any) -> Any:
        if value is False and self.initial is None:
            # A box that nobody checked, of a record that says neither yes nor no.
            return None
        value = super().clean(value)
        try:
            return self.type.from_text(value) if isinstance(value, str) else value
        except ValueProblem as problem:
            raise forms.ValidationError(f"{self.label} {problem.message}.") from problem


class RecordForm(ServiceForm):
    """A new record, or an existing one: one control for each field."""

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        language: Language,
        schema: Schema,
        choices_of: ChoicesOf,
        start: Mapping[str, Any],
        record: Mapping[str, Any] | None = None,
        only: Container[str] | None = None,
    ) -> None:
        """``start`` has what a new record starts with, by the fields' ``data_key``. ``only`` names the fields that are
        asked for, where it is not all."""
        super().__init__(data, language=language, is_new=record is None)
        held: Mapping[str, Any] = (
            record["data"] if record else {f.api_name: start.get(f.data_key) for f in schema.fields}
        )
        self.schema, self.choices_of = schema, choices_of
        asked = [f for f in schema.fields if f.type.writable and (only is None or f.api_name in only)]
        self.names = {f.api_name: CONTROL_PREFIX + f.api_name for f in asked}
        self.controls = {f"data.{api_name}": name for api_name, name in self.names.items()}
        for api_name, name in self.names.items():
            field = schema.by_name[api_name]
            self.fields[name] = ValueField(field, held.get(api_name), choices_of, self.language)
        if data is not None:
            self._offer(data)
        self.compare()

    @property
    def groups(self) -> list[Group[forms.BoundField]]:
        """The controls in the groups of their fields. A wide one has the whole width."""
        return in_groups((self.schema.by_name[api_name], self[name]) for api_name, name in self.names.items())

    def fill(self, sent: QueryDict) -> None:
        self._offer(sent)
        super().fill(sent)

    def _offer(self, sent: QueryDict) -> None:
        """Have each list offer what was chosen in it, also where the page's script had found that."""
        for field in self.schema.references:
            name = self.names.get(field.api_name, "")
            chosen = [value for value in sent.getlist(name) if value]
            if not chosen:
                continue
            widget = self.fields[name].widget
            assert isinstance(widget, forms.Select)
            with suppress(ValueProblem):
                value = field.type.parse(chosen if field.type.multiple else chosen[-1])
                missing = set(field.type.ids(value)).difference(str(offered) for offered, _label in widget.choices)
                if missing:
                    pairs = [pair for pair in self.choices_of(field, value) if pair[0] in missing]
                    widget.choices = [*widget.choices, *pairs]

    def values(self) -> dict[str, Any]:
        return {api_name: self.cleaned_data[name] for api_name, name in self.names.items() if name in self.touched}
