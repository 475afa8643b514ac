"""Why a search found a record, as people read it: the field's label, and the part of its text that has the words."""

from __future__ import annotations

from typing import NamedTuple

from customobjects.queries.search_reasons import Reason
from customobjects.web.cells import text_of
from customobjects.web.languages import Language

# Characters of a text that are shown, and how many of them stand before the first word that was searched for.
MAX_LENGTH, BEFORE = 100, 30


class ShownReason(NamedTuple):
    """A field's label, and a piece of its value."""

    label: str
    text: str


def shown_reason(reason: Reason, search: str) -> ShownReason:
    """A reason in the current language."""
    text = " ".join(text_of(reason.field, reason.value, {}, Language.current()).split())
    return ShownReason(reason.field.label, excerpt(text, search))


def excerpt(text: str, search: str) -> str:
    """At most ``MAX_LENGTH`` characters of a text, around the first of the words of ``search``; else its beginning."""
    if len(text) <= MAX_LENGTH:
        return text
    lower = text.lower()
    places = [place for word in search.lower().split() if (place := lower.find(word)) >= 0]
    start = max(0, min(places, default=0) - BEFORE)
    # From the beginning of a word, where one is near.
    space = text.find(" ", start, start + BEFORE) if start else -1
    start = space + 1 if space >= 0 else start
    end = start + MAX_LENGTH
    return f"{'… ' if start else ''}{text[start:end].rstrip()}{' …' if end < len(text) else ''}"
