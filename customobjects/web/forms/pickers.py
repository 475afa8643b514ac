"""Controls that choose how something looks: an icon, and a colour."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from customobjects.fieldtypes.palette import PALETTE
from customobjects.web.hues import hue_class, nearest_hue
from customobjects.web.icons import icon


class IconInput(forms.TextInput):
    """The name of an icon, typed; the script's element has one search and choose it.

    ``named_by`` is the id of the control with the name of what the icon is for: it tells which icons to suggest.
    """

    def __init__(self, *, named_by: str) -> None:
        super().__init__({"autocomplete": "off", "spellcheck": "false"})
        self.named_by = named_by

    def render(self, name: str, value: Any, *args: Any, **more: Any) -> SafeString:
        return format_html(
            '<icon-picker data-icons="{}" data-named-by="{}">{}{}</icon-picker>',
            reverse("web:icons"),
            self.named_by,
            icon(value or ""),
            super().render(name, value, *args, **more),
        )


class HueInput(forms.RadioSelect):
    """One of the twelve hues, each shown with its name. A colour that is ``held`` stands for the hue nearest to it."""

    def __init__(self, held: str = "") -> None:
        nearest = nearest_hue(held) if held else ""
        choices = [(held if name == nearest else color, name.title()) for name, color in PALETTE.items()]
        super().__init__({"class": "hues"}, choices)

    def create_option(self, name: str, value: Any, *args: Any, **more: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **more)
        option["attrs"] = {**option["attrs"], "class": hue_class(str(value))}
        return option
