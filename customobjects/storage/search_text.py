"""How ``Record.search_text`` is written: a row of segments, one a value.

A segment is a mark that stands for the field's number, then the folded text: a field with the number 1 and the value
"Zoë" gives ``"\U000f0001zoe"``. So one index serves the search of all fields, and a pattern still finds a text within
one field alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from customobjects.fieldtypes.folding import spaced_fold
from customobjects.schema import SchemaField

# Marks are characters for private use, which no folded text has (``spaced_fold`` makes spaces of them).
FIRST_MARK = 0xF0000
LAST_MARK = 0xFFFFD
# Trigrams of longer texts cost more than anyone searches for in them.
MAX_SEGMENT = 10_000
_SEGMENT = re.compile(f"[{chr(FIRST_MARK)}-{chr(LAST_MARK)}]?[^{chr(FIRST_MARK)}-{chr(LAST_MARK)}]*")


def segment(number: int, text: str) -> str:
    """The segment of the field with that ``number``; ``text`` is what its type wants the value to be found by."""
    return chr(FIRST_MARK + number) + spaced_fold(text[:MAX_SEGMENT])


def segments(text: str, *, without: Collection[int] = ()) -> list[str]:
    """The segments of a search text in an order of their own, without those of fields with some numbers."""
    others = {chr(FIRST_MARK + number) for number in without}
    return sorted(part for part in _SEGMENT.findall(text) if part and part[0] not in others)


def pattern_in(fields: Iterable[SchemaField], folded: str) -> str:
    """The regular expression of texts that have the folded text in a segment of one of ``fields``.

    Python's regular expressions (which SQLite calls) and PostgreSQL's agree on what it means.
    """
    marks = "".join(chr(FIRST_MARK + field.number) for field in fields)
    return f"[{marks}][^{chr(FIRST_MARK)}-{chr(LAST_MARK)}]*{literal_pattern(folded)}"


def literal_pattern(text: str) -> str:
    """``text`` as a pattern that matches just it: only ASCII punctuation means something in one."""
    return "".join(f"\\{c}" if c.isascii() and not c.isalnum() and c not in " _" else c for c in text)
