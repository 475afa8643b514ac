"""The icons that people choose from: some hundreds in categories, with words that each is found by, and all others.

``icons.txt`` has the categories, each under its heading, with lines such as ``truck: delivery transport``. The others
are those of the font, which are found by their names.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from customobjects.web.icons import icon_glyphs
from salesos import json

LIST = Path(__file__).with_name("icons.txt")
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
def icon_list() -> str:
    """The list as JSON, for the picker: ``{"categories": [[name, [[icon, words]]]], "others": [icon]}``."""
    categories = read_categories(LIST.read_text("utf-8"))
    glyphs = icon_glyphs()
    shown = {glyphs.get(name) for _title, icons in categories for name, _words in icons}
    # Of several names of one glyph, one is enough.
    others = {glyph: name for name, glyph in sorted(glyphs.items(), reverse=True) if glyph not in shown}
    return json.dumps({"categories": categories, "others": sorted(others.values())})
