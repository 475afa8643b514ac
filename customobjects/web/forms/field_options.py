"""The controls of the options that types of fields have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from customobjects.fieldtypes import Widget
from customobjects.fieldtypes.options import OneOf, Option
from customobjects.web.forms.base import ControlField
from customobjects.web.forms.choices_editor import NOWHERE, Addresses, ChoicesEditor
from customobjects.web.forms.lookup_filter import ConditionsField, ConditionsInput
from customobjects.web.languages import Language
from salesos.accounts.actor import Actor

PREFIX = "option_"
TARGET = f"{PREFIX}target"


@dataclass(frozen=True)
class OptionControls:
    """Makes the controls, for a new field or an existing one.

    ``targets`` are the objects that a lookup can have, with labels, and ``target`` is the one that it has, by id.
    ``records`` is what the records that have the field are called. ``addresses`` are those of the pages about the
    values that an existing field lists, and ``conditions`` is that of what makes the rows of a filter anew.
    """

    actor: Actor
    language: Language
    targets: Sequence[tuple[str, str]]
    target: str = ""
    is_new: bool = True
    records: str = "records"
    addresses: Addresses = NOWHERE
    conditions: str = ""

    def of(self, option: Option, value: Any) -> forms.Field:
        """The control of an option that has some value."""
        control = option.form_control()
        common: dict[str, Any] = {
            "label": option.label,
            "help_text": option.help_text,
            "initial": option.form_value(value),
            "required": False,
            "disabled": option.fixed and not self.is_new,
        }
        match control.widget:
            case Widget.CHECKBOX:
                return forms.BooleanField(**common)
            case Widget.CHOICES:
                common["widget"] = ChoicesEditor(self.addresses, stored=value)
                return forms.CharField(strip=False, **common)
            case Widget.CONDITIONS:
                return ConditionsField(PREFIX + option.name, self._conditions(value), label=option.label)
            case Widget.SELECT:
                told = (
                    option.in_words(self.records, self._target_name) if isinstance(option, OneOf) else control.choices
                )
                return forms.ChoiceField(choices=self.targets if control.choices_from else told, **common)
        given = {name: common[name] for name in ("label", "help_text", "disabled")}
        return ControlField(control, self.language, value=common["initial"], **given)

    def _conditions(self, stored: Any) -> ConditionsInput:
        # A list of one value has its first option chosen where nobody has chosen.
        target = self.target or next((id_ for id_, _name in self.targets), "")
        return ConditionsInput(
            self.actor, self.language, stored=stored, target=target, target_name=TARGET, address=self.conditions
        )

    @property
    def _target_name(self) -> str:
        name = dict(self.targets).get(self.target)
        return f"the {name}" if name else "the record that it points at"
