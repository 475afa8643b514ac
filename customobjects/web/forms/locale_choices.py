"""What people choose from where they say how numbers and dates are written, and in which time zone they are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import groupby
from typing import Any

from babel.core import Locale

from customobjects.web.formats import ENGLISH
from salesos.accounts.profiles import LANGUAGES, time_zones

# How a form writes the last day of 2026 and a number, and in which languages. Written down, as each language whose data
# are loaded stays in memory; a test compares it with what the languages write.
_WRITTEN: Mapping[str, str] = {
    "12/31/2026 · 1,550.95": "en_US",
    "31/12/2026 · 1,550.95": "en_GB en_AU en_IE en_IN en_NZ es_MX es_US ar hi",
    "2026-12-31 · 1,550.95": "en_CA",
    "2026/12/31 · 1,550.95": "ja zh_CN zh_TW",
    "2026. 12. 31 · 1,550.95": "ko",
    "31.12.2026 · 1,550.95": "he",
    "31.12.2026 · 1.550,95": "de de_AT da is ro tr",
    "31/12/2026 · 1.550,95": "es it nl_BE pt_BR el id vi",
    "31-12-2026 · 1.550,95": "nl",
    "31. 12. 2026 · 1.550,95": "hr sl sr",
    "31.12.2026 · 1’550.95": "de_CH it_CH",
    "31/12/2026 · 1 550,95": "fr fr_BE pt_PT",
    "31.12.2026 · 1 550,95": "fr_CH nb fi pl cs bg uk ru et lv",
    "2026-12-31 · 1 550,95": "fr_CA sv lt",
    "2026/12/31 · 1 550,95": "en_ZA",
    "31. 12. 2026 · 1 550,95": "sk",
    "2026. 12. 31 · 1 550,95": "hu",
}
EXAMPLES: Mapping[str, str] = {name: text for text, names in _WRITTEN.items() for name in names.split()}
# Names of zones that are of no place, and older ones of places that have another.
NOT_PLACES = ("Etc/", "SystemV/", "US/", "Canada/", "Brazil/", "Chile/", "Mexico/")
# As Django takes them: a name and its label, or a group's label and such pairs.
Choices = list[tuple[str, Any]]


@cache
def format_choices() -> Choices:
    """The formats of numbers and dates: by the English names of languages, in their order, each with an example."""
    names = ((str(Locale.parse(name).get_display_name(ENGLISH)), tag, name) for tag, name in LANGUAGES.items())
    return [(tag, f"{label}: {EXAMPLES[name]}") for label, tag, name in sorted(names)]


def zone_choices(held: str) -> Choices:
    """The time zones to choose from; the one that is held among them, though it is of no place."""
    others = {"UTC", held} - {name for _area, pairs in _places() for name, _label in pairs} - {""}
    return [*((name, name) for name in sorted(others)), *_places()]


@cache
def _places() -> Choices:
    """The time zones of places, by continent."""
    names = sorted(name for name in time_zones() if "/" in name and not name.startswith(NOT_PLACES))
    grouped = groupby(names, key=lambda name: name.partition("/")[0])
    return [(area, [(name, name.partition("/")[2].replace("_", " ")) for name in of_area]) for area, of_area in grouped]
