"""What filters' operators are called by people, and which of them a value of some type is asked by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from customobjects.fieldtypes import ColumnKind, FieldType
from customobjects.queries.operators import Has, IContains, IsNull, operators_of

WORDS: Mapping[str, str] = {
    "exact": "is",
    "not": "is not",
    "in": "is any of",
    "isnull": "is empty",
    "gt": "is more than",
    "gte": "is at least",
    "lt": "is less than",
    "lte": "is at most",
    "range": "is between",
    "not_range": "is not between",
    "iexact": "is, in any case",
    "contains": "contains exactly",
    "icontains": "contains",
    "startswith": "begins with",
    "has": "has",
    "has_any": "has any of",
    "has_all": "has all of",
}
MOMENT_WORDS: Mapping[str, str] = {
    "gt": "is after",
    "gte": "is on or after",
    "lt": "is before",
    "lte": "is on or before",
}
# Whether there is a value is one operator to programs, and two to people: in forms, these stand in its place.
EMPTY, FILLED = f"{IsNull.key}:true", f"{IsNull.key}:false"
FILLED_WORD = "is not empty"
# What is asked first, where the type has it.
FIRST = (Has.key + "_any", IContains.key, "in", "range")


def operator_word(type_: FieldType, key: str, operand: str = "") -> str:
    """What an operator is called for values of a type, such as ``is after``."""
    if key == IsNull.key:
        return WORDS[key] if operand.lower() in ("true", "1") else FILLED_WORD
    words = {**WORDS, **MOMENT_WORDS} if type_.column is ColumnKind.MOMENT else WORDS
    return words.get(key, key)


def operator_choices(type_: FieldType) -> list[tuple[str, str]]:
    """The operators of a type as a form offers them: pairs of a key and its word, the one asked most often first."""
    keys = [key for key in operators_of(type_) if key != IsNull.key]
    first = _first(type_, keys)
    ordered = [*first, *(key for key in keys if key not in first)]
    return [*((key, operator_word(type_, key)) for key in ordered), (EMPTY, WORDS[IsNull.key]), (FILLED, FILLED_WORD)]


def _first(type_: FieldType, keys: Sequence[str]) -> Sequence[str]:
    if type_.column is ColumnKind.TEXT and type_.key_is_value and not type_.sorted_values and not type_.reference_kind:
        return ("exact",) if "exact" in keys else ()
    if type_.column is ColumnKind.NUMBER:
        return ("gte", "lte", "exact")
    if type_.column is ColumnKind.MOMENT:
        return ("exact", "gte", "lte")
    return tuple(key for key in FIRST if key in keys)[:1]
