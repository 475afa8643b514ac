"""What a new view takes over from a list: its search, filters and colours in words, each of which can be left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.text import Truncator

from customobjects.models import ViewKind
from customobjects.web.lists.conditions import ALL, ANY, COLOR, Coloring, Condition
from customobjects.web.lists.filter_bar import TARGET_WORDS
from customobjects.web.lists.state import ListState

SEARCH = "search"
MAX_WORDS = 160
# Which settings keep the conditions that a parameter of an address has.
SETTINGS: Mapping[str, str] = {ALL: "filters", ANY: "anyOf", COLOR: "colors"}
Choices = list[tuple[str, str]]


def taken_over(state: ListState, names: Mapping[str, str], kind: str) -> dict[str, Choices]:
    """By the parameter of an address, what a new view of a kind takes over: a key of each, and what people read.

    The search stands before the filters that all hold. What there is none of is left out; charts have no colours.
    """
    found = {
        parameter: [
            (_key(parameter, place), _told(one, names)) for place, one in enumerate(state.conditions.of(parameter))
        ]
        for parameter in SETTINGS
        if parameter != COLOR or kind != ViewKind.CHART
    }
    if state.search.strip():
        found[ALL].insert(0, (SEARCH, f"Search for “{state.search.strip()}”"))
    return {parameter: choices for parameter, choices in found.items() if choices}


def keep(settings: Mapping[str, Any], keys: Collection[str]) -> dict[str, Any]:
    """The settings that are taken over from a list with no other search, filters and colours than those of the keys."""
    found = dict(settings)
    for parameter, name in SETTINGS.items():
        if name in found:
            found[name] = [one for place, one in enumerate(found[name]) if _key(parameter, place) in keys]
    if SEARCH not in keys:
        found[SEARCH] = ""
    return found


def _key(parameter: str, place: int) -> str:
    return f"{parameter}.{place}"


def _told(one: Condition, names: Mapping[str, str]) -> str:
    target = f"{TARGET_WORDS[one.target]}: " if isinstance(one, Coloring) else ""
    return Truncator(target + one.told(names)).chars(MAX_WORDS)
