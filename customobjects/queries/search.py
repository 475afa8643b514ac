"""Searching the records of an object for words, whatever their case and accents.

``Record.search_text`` is a row of segments, one a value: a mark that stands for the field's number, then the folded
text. A search looks through the whole text, which an index of the database serves. Where the object has hidden
fields, whose values the text still has, each hit is checked to lie in a segment of a field that is not hidden.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from customobjects.fieldtypes.keys import search_fold
from customobjects.schema import Schema, SchemaField

# Marks are characters for private use, which no folded text has (``search_fold`` makes spaces of them).
FIRST_MARK = 0xF0000
LAST_MARK = 0xFFFFD
MAX_WORDS = 10
MAX_WORD_LENGTH = 100
# Trigrams of longer texts cost more than anyone searches for in them.
MAX_SEGMENT = 10_000


def segment(number: int, text: str) -> str:
    """The segment of the field with that ``number``; ``text`` is what its type wants the value to be found by."""
    return chr(FIRST_MARK + number) + search_fold(text[:MAX_SEGMENT])


def in_fields(fields: Iterable[SchemaField], folded: str) -> Q:
    """Records that have the folded text in one of ``fields``."""
    marks = "".join(chr(FIRST_MARK + field.number) for field in fields)
    if not marks:
        return Q(pk__in=[])
    # Python's regular expressions (which SQLite calls) and PostgreSQL's agree on what this pattern means.
    pattern = f"[{marks}][^{chr(FIRST_MARK)}-{chr(LAST_MARK)}]*{_literally(folded)}"
    return Q(search_text__contains=folded) & Q(search_text__regex=pattern)


def _literally(text: str) -> str:
    """``text`` as a pattern that matches just it: only ASCII punctuation means something in one."""
    return "".join(f"\\{c}" if c.isascii() and not c.isalnum() and c not in " _" else c for c in text)


def _words(text: str) -> list[str]:
    return [word[:MAX_WORD_LENGTH] for word in search_fold(text).split()[:MAX_WORDS]]


def words_anywhere(text: str) -> Q:
    """Records of any object that have every word of ``text``, in hidden fields too: for operators."""
    found = Q()
    for word in _words(text):
        found &= Q(search_text__contains=word)
    return found


def matching(schema: Schema, text: str) -> Q:
    """Records that have every word of ``text``, by any part of a word. Words beyond the tenth are not looked at."""
    words = _words(text)
    if words and not schema.enable_search:
        return Q(pk__in=[])
    hides = any(field.type.searchable for field in schema.hidden)
    seen = [field for field in schema.fields if field.type.searchable]
    found = words_anywhere(text)
    if hides:
        for word in words:
            found &= in_fields(seen, word)
    return found
