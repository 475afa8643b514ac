"""Lines to type into, with what stands beside them: a calendar to choose a day from, or the unit of a number.

Both stand behind the line, so that it works without them, and a table's cell can have a line of its own before them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString

from customobjects.fieldtypes import Notation
from customobjects.web.languages import Language


class DayInput(forms.TextInput):
    """A day, or a moment of one, typed as the person writes it; the script's element chooses the day."""

    def __init__(self, language: Language, notation: Notation, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", **(attrs or {})})
        self.language = language
        self.is_moment = notation is Notation.MOMENT

    def render(self, *args: Any, **more: Any) -> SafeString:
        """The line, and behind it what the calendar needs to know of the person's language and time zone."""
        language = self.language
        return format_html(
            '{}<date-picker data-format="{}" data-time="{}" data-first="{}" data-language="{}" data-zone="{}">'
            "</date-picker>",
            super().render(*args, **more),
            language.form_day_pattern,
            language.time_pattern if self.is_moment else "",
            language.locale.first_week_day,
            language.name.replace("_", "-"),
            language.zone_name,
        )


class UnitInput(forms.TextInput):
    """A number of a unit, such as dollars, which is written at the line's end."""

    def __init__(self, unit: str, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(dict(attrs or {}))
        self.unit = unit

    def render(self, *args: Any, **more: Any) -> SafeString:
        return format_html('{}<span class="unit">{}</span>', super().render(*args, **more), self.unit)
