"""Lists to choose from. Their script makes comboboxes of them, in which one searches as one types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from customobjects.fieldtypes import FormControl, Widget
from customobjects.web.forms.base import EMPTY_CHOICE

# The parameter by which people are asked for who can be the value of a field.
FOR_FIELD = "field"


def people_for_fields() -> str:
    """Where a combobox finds the people that fields can name."""
    return f"{reverse('web:people')}?{FOR_FIELD}=on"


class Combobox(forms.Select):
    """One of a list, within the script's element."""

    def render(self, *args: Any, **more: Any) -> SafeString:
        return format_html("<combo-box>{}</combo-box>", super().render(*args, **more))


class MultipleCombobox(Combobox, forms.SelectMultiple):
    """Any number of a list."""


def combobox_of(
    control: FormControl, choices: Iterable[tuple[str, str]], attributes: Mapping[str, Any]
) -> forms.Widget | None:
    """The widget of a control to choose with, or None for another control."""
    attrs = {**control.attributes, **attributes}
    if control.widget is Widget.SELECT:
        return Combobox(choices=[EMPTY_CHOICE, *choices], attrs=attrs)
    if control.widget in (Widget.SELECT_MULTIPLE, Widget.CHECKBOXES):
        return MultipleCombobox(choices=choices, attrs=attrs)
    return None
