"""Lists of single values, as they come in: from JSON, or in one text."""

from __future__ import annotations

from collections.abc import Callable

from customobjects.fieldtypes.kinds import SEPARATOR, ValueProblem


def split_text(text: str) -> list[str]:
    """The single values that a text has, without those that are empty."""
    return [part.strip() for part in text.split(SEPARATOR) if part.strip()]


def parse_list(value: object, parse: Callable[[object], str], what: str) -> list[str]:
    """A list, or a text with separators, to canonical single values, each kept once. Raises ``ValueProblem``."""
    if isinstance(value, str):
        value = split_text(value)
    if not isinstance(value, list):
        raise ValueProblem("type", f"must be a list of {what}")
    return list(dict.fromkeys(map(parse, value)))
