"""The form of a field: what every field has, and the options of its type."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django import forms
from django.forms.models import model_to_dict
from django.http import QueryDict

from customobjects.fieldtypes import FieldType, ValueProblem
from customobjects.fieldtypes.auto_number import MAX_NUMBER
from customobjects.fieldtypes.options import ExactNumber, OneOf, Option, OptionProblem, WholeNumber
from customobjects.models import Field
from customobjects.web.forms.base import ControlField, ServiceForm
from customobjects.web.forms.choices_editor import NOWHERE, Addresses
from customobjects.web.forms.field_default import DefaultField, default_choices
from customobjects.web.forms.field_options import PREFIX, OptionControls
from customobjects.web.forms.usual import usual_options
from customobjects.web.languages import Language
from salesos.accounts.actor import Actor
from salesos.errors import Problem, ValidationError

DEFAULT, NEXT = "default_value", "next_number"
# What every field has beside its label, whatever its type: what few fields need.
GENERAL = ("help_text", "group", "api_name")
# The id of the list of groups that there are.
GROUPS = "field-groups"
NEXT_NUMBER = WholeNumber(name="nextNumber", label="Next number", least=0, most=MAX_NUMBER, example="100")


class FieldForm(ServiceForm):
    """A new field of one type, or an existing one. ``targets`` are the objects that a lookup can have, with labels."""

    label = forms.CharField(max_length=80)
    api_name = forms.CharField(
        max_length=60,
        required=False,
        empty_value=None,
        label="API name",
        help_text="What programs call the field; it never changes. Left empty, it is made from the label.",
    )
    help_text = forms.CharField(max_length=500, required=False, help_text="Shown below the field in forms.")
    group = forms.CharField(
        max_length=80,
        required=False,
        help_text="The heading that it stands under on a record's page and in its forms. Left empty: above all others.",
    )
    is_required = forms.BooleanField(required=False, label="Required")
    is_unique = forms.BooleanField(required=False, label="Unique", help_text="No two records have the same value.")
    is_active = forms.BooleanField(
        required=False, label="Active", help_text="An inactive field is hidden everywhere and keeps its values."
    )
    number_existing = forms.BooleanField(
        required=False,
        label="Number the records that are there already",
        help_text="Those that have no number yet, the oldest first. Where there are many, it takes a while.",
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        actor: Actor,
        language: Language,
        type_: type[FieldType],
        targets: Sequence[tuple[str, str]],
        existing: Field | None = None,
        group: str = "",
        addresses: Addresses = NOWHERE,
        conditions: str = "",
        records: str = "records",
    ) -> None:
        """The controls of a type, for a new field or an existing one.

        ``group`` is the one that a new field starts with; ``addresses``, ``conditions`` and ``records`` are as
        ``OptionControls`` takes them.
        """
        super().__init__(data, language=language, is_new=existing is None)
        self.type = type_
        self.options: dict[str, Any] = {option.name: option.default for option in type_.option_list}
        if existing is None:
            self.options |= usual_options(actor, type_)
            del self.fields["is_active"]
            self.initial["group"] = group
        else:
            self.initial = model_to_dict(existing, fields=self.base_fields)
            # A field may be older than an option.
            self.options |= existing.options
            del self.fields["api_name"]
        if type_(self.options).first_number is None:
            del self.fields["number_existing"]
        elif existing is not None:
            self.fields[NEXT] = ControlField(
                NEXT_NUMBER.form_control(),
                self.language,
                value=NEXT_NUMBER.form_value(existing.counter.next_number),
                label=NEXT_NUMBER.label,
                help_text="That of the next record. Where the field is unique, numbers that are taken are passed over.",
            )
        if not type_.can_be_unique:
            del self.fields["is_unique"]
        self.default = existing.default_value if existing else type_.default
        if type_.can_have_default:
            self.fields[DEFAULT] = DefaultField(type_(self.options), self.default, self.language)
        if not type_.writable:
            del self.fields["is_required"]
        controls = OptionControls(
            actor,
            self.language,
            targets,
            target=str(existing.target_id) if existing and existing.target_id else "",
            is_new=existing is None,
            records=records,
            addresses=addresses,
            conditions=conditions,
        )
        for option in type_.option_list:
            self.fields[PREFIX + option.name] = controls.of(option, self.options[option.name])
        self.fields["group"].widget.attrs["list"] = GROUPS
        self.controls = {
            "label": "label",
            "apiName": "api_name",
            "group": "group",
            "isUnique": "is_unique",
            "isRequired": "is_required",
            "defaultValue": "default_value",
            "nextNumber": NEXT,
            **{f"options.{option.name}": PREFIX + option.name for option in type_.option_list},
        }
        self.compare()

    @property
    def general(self) -> list[forms.BoundField]:
        """The controls that stand below all others, and are rarely needed."""
        return [self[name] for name in GENERAL if name in self.fields]

    @property
    def shows_general(self) -> bool:
        """Whether one of them says something: then they are shown at once."""
        return any(one.value() or one.errors or one.name in self.clashes for one in self.general)

    @property
    def of_type(self) -> list[forms.BoundField]:
        """The controls that hang on the type: its options, and what can be asked of its values."""
        apart = {"label", *GENERAL}
        first = [self[name] for name in self.fields if name.startswith(PREFIX)]
        others = [one for one in self.visible_fields() if one.name not in apart and not one.name.startswith(PREFIX)]
        return [*first, *sorted(others, key=lambda one: one.name != DEFAULT)]

    def draft(self) -> tuple[FieldType, Any]:
        """The type with the options as they stand in the form, and the default: without what cannot be."""
        if not self.is_bound:
            return self.type(self.options), self.default
        self.is_valid()
        options = dict(self.options)
        for option in self.type.option_list:
            with suppress(KeyError, OptionProblem):
                entered = option.from_form(self.cleaned_data[PREFIX + option.name], self.options[option.name])
                options[option.name] = option.clean_or_default(entered)
        type_, default = self.type(options), None
        if text := self.cleaned_data.get(DEFAULT):
            with suppress(ValueProblem, ValidationError):
                default = type_.clean_default(self._default(text))
        return type_, default

    @property
    def lists_defaults(self) -> bool:
        """Whether the default is one of the values that an option lists."""
        return DEFAULT in self.fields and bool(self.type.merged_option)

    def offer_defaults(self) -> None:
        """Have the control of the default offer what the options of a form that was sent say."""
        if self.lists_defaults and self.is_bound:
            self.fields[DEFAULT].widget.choices = default_choices(self.draft()[0])

    def worded(self, problem: Problem) -> str:
        message = super().worded(problem)
        if not problem.field.startswith("options."):
            return message
        start, _, rest = message.partition(" ")
        for option in self.type.option_list:
            if isinstance(option, OneOf):
                choices = self.fields[PREFIX + option.name].choices  # type: ignore[attr-defined]
                words = {word: f"“{label}”" for word, label in choices}
            else:
                words = {option.name: f"“{option.label}”"} if isinstance(option, WholeNumber | ExactNumber) else {}
            for word, label in words.items():
                rest = label.join(re.split(rf"\b{re.escape(word)}\b", rest))
        return f"{start} {rest}"

    def values(self) -> dict[str, Any]:
        names = (*self.base_fields, DEFAULT, NEXT)
        values = {name: self.cleaned_data[name] for name in names if name in self.touched}
        values["options"] = {
            option.name: self._entered(option)
            for option in self.type.option_list
            if PREFIX + option.name in self.touched
        }
        if not values["options"]:
            del values["options"]
        if DEFAULT in values:
            values[DEFAULT] = self._default(values[DEFAULT]) if values[DEFAULT] else None
        if NEXT in values:
            values[NEXT] = _next_number(values[NEXT])
        return values

    def _entered(self, option: Option) -> Any:
        try:
            return option.from_form(self.cleaned_data[PREFIX + option.name], self.options[option.name])
        except OptionProblem as problem:
            message, path = f"{option.name} {problem}", f"options.{option.name}"
            raise ValidationError.of(message, field=path, code="invalid") from problem

    def _default(self, entered: str | list[str]) -> object:
        try:
            return self.type.from_text(entered) if isinstance(entered, str) else entered
        except ValueProblem as problem:
            message = f"defaultValue {problem.message}"
            raise ValidationError.of(message, field="defaultValue", code=problem.code) from problem


def _next_number(text: str) -> int:
    """The number that was asked for. Raises ``ValidationError``."""
    try:
        return NEXT_NUMBER.clean(text)
    except OptionProblem as problem:
        message = f"{NEXT_NUMBER.name} {problem}"
        raise ValidationError.of(message, field=NEXT_NUMBER.name, code="invalid") from problem
