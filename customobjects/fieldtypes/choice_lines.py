"""The values of a picklist as lines of text, which people write and read where there is no editor for them.

One value a line: its label, and behind semicolons what programs call it, its colour, and ``inactive``:

    New
    In progress; in_progress; #2563eb
    Lost; ; #c42b1c; inactive

What is left out is as for a new value: it is called as its label, and has no colour. A part with a semicolon or quotes
in it stands in quotes, which are doubled within, as in a CSV file. ``static/js/choice-lines.js`` does the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from customobjects.fieldtypes.kinds import SEPARATOR

INACTIVE = "inactive"
PARTS = 4
SPACES = " \t"
PART = re.compile(r'[ \t]*(?:"((?:[^"]|"")*)"[ \t]*|([^;]*))(;|$)')


class NotReadableLineError(ValueError):
    """A line that says no value. ``str()`` completes a sentence that begins with what the lines are."""


def write_choices(choices: Iterable[Mapping[str, Any]]) -> str:
    """The lines of some values."""
    return "\n".join(map(_line, choices))


def read_choices(text: str) -> list[dict[str, Any]]:
    """The values that lines say, with all their properties, not judged yet. Raises ``NotReadableLineError``."""
    lines = (line.strip(SPACES) for line in text.replace("\r\n", "\n").split("\n"))
    return [_choice(line, number) for number, line in enumerate(lines, 1) if line]


def value_of_label(label: str) -> str:
    """What programs call a new value: its label, without what separates several values in a text."""
    return label.replace(SEPARATOR, ",").strip(SPACES)


def _line(choice: Mapping[str, Any]) -> str:
    label, value = choice["label"], choice["value"]
    is_called_so = value == value_of_label(label)
    parts = [label, "" if is_called_so else value, choice["color"] or "", "" if choice["isActive"] else INACTIVE]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return "; ".join(map(_quoted, parts))


def _quoted(part: str) -> str:
    if any(mark in part for mark in ';"') or part != part.strip(SPACES):
        return '"' + part.replace('"', '""') + '"'
    return part


def _choice(line: str, number: int) -> dict[str, Any]:
    parts: list[str] = []
    at = 0
    while len(parts) <= PARTS:
        found = PART.match(line, at)
        # The second way to write a part fits whatever there is.
        assert found is not None
        quoted, plain, end = found.groups()
        parts.append(plain.strip(SPACES) if quoted is None else quoted.replace('""', '"'))
        at = found.end()
        if not end:
            break
    label, value, color, state, *more = [*parts, "", "", ""][: max(len(parts), PARTS)]
    if more or state.lower() not in ("", INACTIVE):
        raise NotReadableLineError(
            f"must be a label, and behind semicolons a value, a color and the word {INACTIVE}; line {number} is not"
        )
    return {
        "value": value or value_of_label(label),
        "label": label or value,
        "color": color or None,
        "isActive": not state,
    }
