"""The values of a picklist, in an editor of rows. Without its script they are lines of text, which is what is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from customobjects.fieldtypes.palette import PALETTE, TURNS
from customobjects.web.hues import hue_class

ROWS = 8


@dataclass(frozen=True)
class Addresses:
    """Of what tells how many records hold each value, and of the page that merges two; empty for a new field."""

    held: str = ""
    merge: str = ""


NOWHERE = Addresses()


class ChoicesEditor(forms.Textarea):
    """Lines of text, within the script's element. ``stored`` are the values of which the names for programs stay."""

    def __init__(self, addresses: Addresses, *, stored: Iterable[Mapping[str, Any]]) -> None:
        super().__init__({"rows": ROWS, "spellcheck": "false"})
        self.addresses, self.stored = addresses, list(stored)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The lines, and behind them what the script makes rows of."""
        colors = {color.lower() for choice in self.stored if (color := choice["color"])}
        known = {color: f"hue-{name}" for name, color in PALETTE.items()}
        context = {
            "lines": super().render(name, value, attrs, renderer),
            "addresses": self.addresses,
            "stored": [choice["value"] for choice in self.stored],
            "hues": [(color, name.capitalize(), f"hue-{name}") for name, color in PALETTE.items()],
            # Those of programs, and the hue that each is shown in.
            "colors": {color: hue_class(color) for color in sorted(colors - known.keys())},
            "turns": TURNS,
            "id": (attrs or {}).get("id", name),
        }
        return render_to_string("web/choices_editor.html", context)
