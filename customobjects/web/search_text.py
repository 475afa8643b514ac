"""What somebody looks for, as the address of a page says it."""

from __future__ import annotations

from django.http import QueryDict

MAX_SEARCH = 200


def search_text(given: QueryDict, name: str = "search", most: int = MAX_SEARCH) -> str:
    """The text of a parameter, up to so many characters; without NUL, which no text in PostgreSQL can have."""
    return given.get(name, "").replace("\x00", "")[:most]
