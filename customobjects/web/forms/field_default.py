"""The control of a field's default: that of the field in a record's form."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms

from customobjects.fieldtypes import FieldType, FormControl, Widget
from customobjects.web.forms.base import EMPTY_CHOICE, ControlField
from customobjects.web.forms.combobox import combobox_of
from customobjects.web.forms.filters import YES_OR_NO
from customobjects.web.languages import Language


class DefaultField(ControlField):
    """A default, by the control of its type. One that each record works out anew is a word, typed or chosen."""

    def __init__(self, type_: FieldType, value: Any, language: Language) -> None:
        control, is_dynamic = _control(type_), type_.is_dynamic(value)
        held = None if value is None or is_dynamic else _held(type_, value)
        told = "What a new record starts with."
        if type_.dynamic_default and control.widget is Widget.INPUT:
            told = f"{told} The word {type_.dynamic_default} stands for {type_.dynamic_default_means}."
        super().__init__(control, language, value=held, widget=_widget(control), label="Default", help_text=told)
        self.word = type_.dynamic_default
        if is_dynamic:
            self.initial = value

    def clean(self, value: Any) -> Any:
        typed = value.strip().lower() if isinstance(value, str) else None
        return typed if typed and typed == self.word else super().clean(value)


def default_choices(type_: FieldType) -> list[tuple[str, str]]:
    """What the list to choose a default from offers."""
    control = _control(type_)
    is_one = control.widget is Widget.SELECT
    return [EMPTY_CHOICE, *control.choices] if is_one else list(control.choices)


def _control(type_: FieldType) -> FormControl:
    asked = type_.form_control()
    if asked.widget is Widget.CHECKBOX:
        # In words: a box below that word would ask for something else.
        return FormControl(widget=Widget.SELECT, choices=YES_OR_NO)
    if asked.choices_from is not None:
        means = type_.dynamic_default_means
        if not means:
            return FormControl()
        # No record, and no person, is everybody's default.
        return FormControl(widget=Widget.SELECT, choices=[(type_.dynamic_default, f"{means[:1].upper()}{means[1:]}")])
    return replace(asked, help_text="")


def _widget(control: FormControl) -> forms.Widget | None:
    if control.choices is YES_OR_NO:
        return forms.Select(choices=YES_OR_NO)
    return combobox_of(control, control.choices, {})


def _held(type_: FieldType, value: Any) -> Any:
    """What the control holds for a default."""
    asked = type_.form_control()
    is_text = asked.widget is Widget.CHECKBOX or asked.choices_from is not None
    return type_.csv(value) if is_text else type_.form_value(value)
