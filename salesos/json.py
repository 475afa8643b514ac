"""JSON whose numbers keep their exact decimal digits, in both directions.

``loads`` gives integers of up to 64 bits as ``int`` and every other number as ``Decimal``; ``dumps`` writes them back
digit for digit.
A binary float never appears, so 0.1 and 12345678901234567890.123 come back as they were sent.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any, NoReturn

import orjson


class NotJSONError(ValueError):
    """The text is not JSON, or JSON that nobody sends in earnest (too deep, numbers of thousands of digits)."""


# More nesting than this is an attack or a mistake; orjson itself ends at 254.
MAX_DEPTH = 100
# Beyond this exponent a short text such as 1e999999999 would become gigabytes of digits.
MAX_EXPONENT = 400
# A value of two characters, as in [[],[],…], takes 60 bytes as a Python value.
MAX_VALUES = 200_000
# Strings, whose commas separate nothing, and what comes before or between values. It never looks back.
_TOKENS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|([,\[{])', re.DOTALL)
# PostgreSQL has no more than 16,383 places behind the point.
MAX_NUMBER_CHARACTERS = 1_000


def exact_number(text: str) -> Decimal | None:
    """The number that a text spells out; None where it is none, not finite, or longer than any that is meant."""
    if len(text) > MAX_NUMBER_CHARACTERS:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        # Also for exponents that no decimal has, as in 1e1000000000000000000.
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= MAX_EXPONENT else None


def _decimal(text: str) -> Decimal:
    number = exact_number(text)
    if number is None:
        raise NotJSONError("a number is out of range")
    return number


def _integer(text: str) -> int | Decimal:
    # 18 digits always fit into 64 bits, which is all that orjson writes as an integer.
    return int(text) if len(text) <= 18 else _decimal(text)


def _refuse_constant(name: str) -> NoReturn:
    raise NotJSONError(f"{name} is not JSON")


def loads(text: str) -> Any:
    """Parse JSON text, a byte order mark before it or not. Raises ``NotJSONError`` with a sentence for people."""
    if len(text) > MAX_VALUES and _has_more_values(text):
        raise NotJSONError(f"it has more than {MAX_VALUES:,} values")
    try:
        value = json.loads(
            text.removeprefix("\ufeff"),
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_refuse_constant,
        )
    except NotJSONError:
        raise
    except json.JSONDecodeError as error:
        raise NotJSONError(f"{error.msg} at line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise NotJSONError("it is nested too deeply") from error
    if depth_exceeds(value, MAX_DEPTH):
        raise NotJSONError(f"it is nested deeper than {MAX_DEPTH} levels")
    return value


def _has_more_values(text: str) -> bool:
    """Whether JSON text has more than ``MAX_VALUES``, which its commas and brackets tell before it is parsed."""
    if text.count(",") + text.count("[") + text.count("{") <= MAX_VALUES:
        return False
    separators = (token for token in _TOKENS.finditer(text) if token.lastindex)
    return next(islice(separators, MAX_VALUES, None), None) is not None


def depth_exceeds(value: Any, limit: int) -> bool:
    """Whether lists and objects in ``value`` are nested deeper than ``limit``. Walks by levels, never recursing."""
    level = [value]
    for _ in range(limit + 1):
        level = [
            child
            for parent in level
            if isinstance(parent, dict | list)
            for child in (parent.values() if isinstance(parent, dict) else parent)
        ]
        if not level:
            return False
    return True


def _default(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    return str(value)


def dumps_bytes(value: Any) -> bytes:
    """Write ``value`` as UTF-8 JSON. Decimals keep their digits; times are ISO 8601 with ``Z``; ids are texts."""
    return orjson.dumps(value, default=_default, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


def canonical_bytes(value: Any) -> bytes:
    """Like ``dumps_bytes``; the same bytes for the same value, whatever the order of an object's properties.

    1, 1.0 and true, which Python takes for equal, are written differently.
    """
    return orjson.dumps(value, default=_default, option=orjson.OPT_SORT_KEYS)


def are_same(first: Any, second: Any) -> bool:
    """Whether two values are written in the same way; true and 1, which are equal to Python, are not."""
    return first is second or (first == second and canonical_bytes(first) == canonical_bytes(second))


def dumps(value: Any) -> str:
    """Like ``dumps_bytes``, as text."""
    return dumps_bytes(value).decode()


class Encoder(json.JSONEncoder):
    """For Django's ``JSONField(encoder=…)``."""

    def encode(self, o: Any) -> str:
        return dumps(o)


class Decoder(json.JSONDecoder):
    """For Django's ``JSONField(decoder=…)``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "parse_float": Decimal, "parse_int": _integer})
