"""Operators that look into texts."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import BooleanField, Case, Q, Value, When, lookups
from django.db.models.functions import StrIndex

from customobjects.fieldtypes import FilterFamily, ValueProblem
from customobjects.fieldtypes.folding import (
    BEHIND_KEY_END,
    MAX_KEY_LENGTH,
    fold,
    search_fold,
    spaced_fold,
    text_behind,
)
from customobjects.queries.operators.base import Comparison, Operator, part_operand, text_operand
from customobjects.queries.subjects import TEXT, Operand, Subject
from customobjects.storage.dialect import Like, Matches, containing, whole_key
from customobjects.storage.search_text import pattern_in
from salesos.db.compiled_queries import Param

MAX_PREFIX_LENGTH = 100


class IExact(Operator):
    """The same text, whatever its case and accents."""

    key = "iexact"
    families = frozenset({FilterFamily.TEXT})

    def parse(self, subject: Subject, operand: object) -> Comparison:
        text = part_operand(subject, operand)
        whole = subject.type.whole_key(text)
        if len(whole) < MAX_KEY_LENGTH:
            # With whatever folding has lost behind it.
            return Comparison((subject.as_operand(whole), subject.as_operand(whole + BEHIND_KEY_END)))
        # A column may have no more than the beginning; the whole decides.
        key = whole[:MAX_KEY_LENGTH] if subject.column else whole
        return Comparison((subject.as_operand(key), Operand(whole, TEXT)), "long")

    def condition(self, subject: Subject, comparison: Comparison, params: Sequence[Param]) -> Q:
        if comparison.variant == "long":
            found = subject.compares("exact", params[0])
            return found & Q(lookups.Exact(whole_key(subject.data_key, subject.column), params[1]))
        return subject.compares("gte", params[0]) & subject.compares("lt", params[1])

    def is_told_by_key(self, subject: Subject, comparison: Comparison) -> bool:
        return comparison.variant != "long"


class Contains(Operator):
    """A part of the text, letter by letter."""

    key = "contains"
    families = frozenset({FilterFamily.TEXT})

    def parse(self, subject: Subject, operand: object) -> Comparison:
        text = part_operand(subject, operand)
        folded = search_fold(text)
        return Comparison((*_within(subject, folded), Operand(text, TEXT)), text=folded)

    def condition(self, subject: Subject, comparison: Comparison, params: Sequence[Param]) -> Q:
        inside = lookups.GreaterThan(StrIndex(subject.text(), params[2]), 0)
        return _is_within(params) & Q(inside)


class IContains(Operator):
    """A part of the text, whatever its case and accents."""

    key = "icontains"
    families = frozenset({FilterFamily.TEXT, FilterFamily.LONG_TEXT})

    def parse(self, subject: Subject, operand: object) -> Comparison:
        folded = spaced_fold(text_operand(operand))
        if not folded.strip():
            raise ValueProblem("operands", "must have more than spaces")
        return Comparison(_within(subject, folded), text=folded)

    def condition(self, subject: Subject, comparison: Comparison, params: Sequence[Param]) -> Q:
        return _is_within(params)


class StartsWith(Operator):
    """The beginning of the text, letter by letter."""

    key = "startswith"
    families = frozenset({FilterFamily.TEXT})

    def parse(self, subject: Subject, operand: object) -> Comparison:
        text = part_operand(subject, operand)
        start = fold(text)[:MAX_PREFIX_LENGTH]
        return Comparison((subject.as_operand(start), subject.as_operand(text_behind(start)), Operand(text, TEXT)))

    def condition(self, subject: Subject, comparison: Comparison, params: Sequence[Param]) -> Q:
        at_first = When(lookups.Exact(StrIndex(subject.text(), params[2]), 1), then=Value(True))
        # Most have it who have the key. Of an equality PostgreSQL would expect one in two hundred.
        starts = Case(at_first, default=Value(False), output_field=BooleanField())
        return subject.compares("gte", params[0]) & subject.compares("lt", params[1]) & Q(starts)


def _within(subject: Subject, folded: str) -> tuple[Operand, ...]:
    """The search for a folded text in one field: for the index, and then for the field's own segment."""
    assert subject.field is not None
    return Operand(containing(folded), TEXT), Operand(pattern_in([subject.field], folded), TEXT)


def _is_within(params: Sequence[Param]) -> Q:
    return Q(Like("search_text", params[0])) & Q(Matches("search_text", params[1]))
