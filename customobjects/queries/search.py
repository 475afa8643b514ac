"""Searching the records of an object for words, whatever their case and accents.

A search looks through the whole ``Record.search_text``, which an index of the database serves. Where the object has
hidden fields, whose values the text still has, each hit is checked to lie in a segment of a field that is not hidden.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When
from django.utils.functional import cached_property

from customobjects.fieldtypes.folding import search_fold
from customobjects.queries.subjects import TEXT
from customobjects.schema import Schema, SchemaField
from customobjects.storage import search_index
from customobjects.storage.dialect import Like, Matches, containing
from customobjects.storage.search_text import FIRST_MARK, LAST_MARK, literal_pattern, pattern_in
from salesos.db.compiled_queries import Param

MAX_WORDS = 10
MAX_WORD_LENGTH = 100


def words_of(text: str) -> tuple[str, ...]:
    """The folded words that a search for ``text`` looks for. Those beyond the tenth it does not look at."""
    return tuple(word[:MAX_WORD_LENGTH] for word in search_fold(text).split()[:MAX_WORDS])


def words_anywhere(text: str) -> Q:
    """Records of any object that have every word of ``text``, in hidden fields too: for operators."""
    words = words_of(text)
    found = search_index.having_anywhere(words)
    for word in words:
        found &= Q(search_text__contains=word)
    return found


class Search:
    """A search within one object: records that have every word, by any part of it."""

    def __init__(self, schema: Schema, text: str) -> None:
        self.words = words_of(text) if text else ()
        self.is_off = bool(self.words) and not schema.enable_search
        self._schema = schema
        self._primary = schema.primary

    @cached_property
    def _hides(self) -> bool:
        # Until the background is done, texts have what another field was searched by that named the records before.
        is_changing = any(field.fills_text for field in self._schema.kept)
        return any(is_changing or field.type.searchable for field in self._schema.hidden)

    @cached_property
    def _seen(self) -> list[SchemaField]:
        return [field for field in self._schema.fields if self._schema.is_searched(field)]

    @property
    def cache_key(self) -> Hashable:
        """What tells conditions of searches on one schema apart."""
        return len(self.words), self.is_off

    def __bool__(self) -> bool:
        return bool(self.words)

    def condition(self) -> Q:
        """The records that have the words, with parameters for these."""
        if self.is_off or (self.words and self._hides and not self._seen):
            return Q(pk__in=[])
        found = Q()
        for place in range(len(self.words)):
            found &= Q(Like("search_text", Param(("word", place), TEXT)))
            if self._hides:
                found &= Q(Matches("search_text", Param(("word in", place), TEXT)))
        return found

    def rank(self) -> Case:
        """How well a record fits, from 0: the primary field begins with the text, has a word that begins with it, has
        it; another field has a word that begins with it; has it."""
        grades: list[Any] = [Like("search_text", Param("rank 0", TEXT))]
        grades += [Matches("search_text", Param(f"rank {grade}", TEXT)) for grade in (1, 2, 3)]
        cases = [When(Q(fits), then=Value(grade)) for grade, fits in enumerate(grades)]
        return Case(*cases, default=Value(len(cases)), output_field=IntegerField())

    def values(self) -> dict[Hashable, Any]:
        """The values of the parameters of ``condition`` and ``rank``."""
        if not self.words:
            return {}
        first = literal_pattern(self.words[0])
        mark = chr(FIRST_MARK + self._primary.number) if self._primary else chr(LAST_MARK)
        inside = f"[^{chr(FIRST_MARK)}-{chr(LAST_MARK)}]*"
        found: dict[Hashable, Any] = {("word", place): containing(word) for place, word in enumerate(self.words)}
        if self._hides and self._seen:
            found |= {("word in", place): pattern_in(self._seen, word) for place, word in enumerate(self.words)}
        return found | {
            "rank 0": containing(mark + " ".join(self.words)),
            "rank 1": f"{mark}({inside} )?{first}",
            "rank 2": f"{mark}{inside}{first}",
            "rank 3": f"[{chr(FIRST_MARK)}-{chr(LAST_MARK)} ]{first}",
        }
