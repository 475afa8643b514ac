"""Form controls that field types describe, as Django's widgets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from customobjects.fieldtypes import FormControl, Widget

WIDGETS: Mapping[Widget, type[forms.Widget]] = {
    Widget.INPUT: forms.TextInput,
    Widget.CHECKBOX: forms.CheckboxInput,
    Widget.TEXTAREA: forms.Textarea,
}
EMPTY_CHOICE = ("", "—")


def widget_of(
    control: FormControl, choices: Iterable[tuple[str, str]] = (), attributes: Mapping[str, Any] | None = None
) -> forms.Widget:
    """The widget of a control, with ``choices`` where it has any, and ``attributes`` besides its own."""
    attrs = {**control.attributes, **(attributes or {})}
    match control.widget:
        case Widget.SELECT:
            return forms.Select(choices=[EMPTY_CHOICE, *choices], attrs=attrs)
        case Widget.SELECT_MULTIPLE:
            return forms.SelectMultiple(choices=choices, attrs=attrs)
        case Widget.CHECKBOXES:
            # The attributes would be each single box's.
            return forms.CheckboxSelectMultiple(choices=choices)
    return WIDGETS[control.widget](attrs=attrs)
