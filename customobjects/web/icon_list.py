"""The icons that people choose from: some hundreds in categories, with words that each is found by, and all others.

``icons.txt`` has the categories, each under its heading, with lines such as ``truck: delivery transport``. The others
are those of the font, which are found by their names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import inflection

from customobjects.fieldtypes.palette import PALETTE
from customobjects.services.object_templates import catalogue
from customobjects.web.icons import icon_glyphs
from salesos import json

LIST = Path(__file__).with_name("icons.txt")
# The hue that what is called by an icon of a category gets.
HUES = {
    "Things and stock": "blue",
    "Machines and tools": "orange",
    "Buildings and places": "teal",
    "People": "violet",
    "Work and projects": "green",
    "Money and trade": "amber",
    "Documents and writing": "cyan",
    "Talk and service": "fuchsia",
    "Vehicles and travel": "red",
    "Computers and networks": "gray",
    "Health and science": "pink",
    "Food and leisure": "lime",
}
# Each icon's name and its words.
Icons = list[tuple[str, str]]


def read_categories(text: str) -> list[tuple[str, Icons]]:
    """The categories of a list such as that in ``icons.txt``, in their order."""
    found: list[tuple[str, Icons]] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("#"):
            found.append((line.removeprefix("#").strip(), []))
        else:
            name, _colon, words = line.partition(":")
            found[-1][1].append((name, words.strip()))
    return found


@cache
def categories() -> list[tuple[str, Icons]]:
    """The categories of ``icons.txt``."""
    return read_categories(LIST.read_text("utf-8"))


@cache
def icon_list() -> str:
    """The list as JSON, for the picker: ``{"categories": [[name, [[icon, words]]]], "others": [icon]}``."""
    glyphs = icon_glyphs()
    shown = {glyphs.get(name) for _title, icons in categories() for name, _words in icons}
    # Of several names of one glyph, one is enough.
    others = {glyph: name for name, glyph in sorted(glyphs.items(), reverse=True) if glyph not in shown}
    return json.dumps({"categories": categories(), "others": sorted(others.values())})


def look_of(name: str) -> dict[str, str]:
    """The icon and the colour that an object's name calls for, as ``objects.create_object`` takes them.

    They are those of the template of that name, or else the icon that the name's words fit best, of which the last says
    what it is: a Service Vehicle is a vehicle. Nothing where no icon is found.
    """
    template = next((one for one in catalogue().values() if one.name.casefold() == name.casefold()), None)
    if template is not None:
        return {"icon": template.icon, "color": template.color}
    *others, kind = [inflection.singularize(word) for word in re.findall(r"\w+", name.casefold())] or [""]
    best: tuple[float, str, str] = (0, "", "")
    for category, icons in categories():
        for icon, words in icons:
            known = _known(icon, words)
            score = _fit(kind, known) + sum(_fit(word, known) for word in others) / (2 * len(others) or 1)
            # Of those that fit alike, it is the first.
            best = max(best, (score, icon, category), key=lambda one: one[0])
    score, icon, category = best
    return {"icon": icon, "color": PALETTE[HUES[category]]} if score else {}


def _known(icon: str, words: str) -> list[str]:
    """The words that an icon is found by, the best first: ``location_on`` shows a location, and nothing else."""
    *others, kind = [inflection.singularize(part) for part in icon.split("_") if len(part) > 2] or [icon]
    return [*words.split(), kind] if others else [kind, *words.split()]


def _fit(word: str, known: Sequence[str]) -> float:
    """How well a word fits to an icon: the better, the earlier it stands among the icon's words."""
    return 1 - known.index(word) / (2 * len(known)) if word in known else 0
