"""Keys: the forms of values that compare and sort alike in every database, as typed columns hold them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Context, Decimal, InvalidOperation

from salesos.json import MAX_NUMBER_CHARACTERS

# The numbers that fit: 25 digits before the point and 15 behind it.
INTEGER_DIGITS = 25
DECIMAL_PLACES = 15

# A number as programs write it. Python would also take 1_000, Infinity, and the digits of all scripts.
NUMBER_TEXT = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)

_SCALE = Decimal(10) ** DECIMAL_PLACES
_WIDTH = INTEGER_DIGITS + DECIMAL_PLACES
_TOP = 10**_WIDTH - 1
_EXACT = Context(prec=2 * _WIDTH)
_WIDE = Context(prec=4 * _WIDTH)


def number_text(number: Decimal) -> str:
    """A number as a text of fixed length that sorts as the number does, exactly.

    A first character for the sign, then 40 digits; those of a negative number are complements to nine, so that
    larger magnitudes come first.
    """
    scaled = int(_EXACT.multiply(number, _SCALE))
    return f"1{scaled:0{_WIDTH}d}" if scaled >= 0 else f"0{_TOP + scaled:0{_WIDTH}d}"


def wide_number_text(number: Decimal) -> str:
    """The same for sums of many numbers, and for averages, to twice the digits; not to be read again."""
    scaled = int(_WIDE.multiply(number, _SCALE * _SCALE))
    return f"1{scaled:0{3 * _WIDTH}d}" if scaled >= 0 else f"0{10 ** (3 * _WIDTH) - 1 + scaled:0{3 * _WIDTH}d}"


def text_number(text: str) -> Decimal:
    """The number that ``number_text`` made ``text`` of."""
    digits = int(text[1:])
    return _EXACT.divide(Decimal(digits if text[0] == "1" else digits - _TOP), _SCALE)


def moment_text(moment: datetime) -> str:
    """A moment as a text of fixed length that sorts as the moment does."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").zfill(27)


def moment_value(moment: datetime) -> str:
    """A moment as values are written: in UTC, as in ``2026-11-23T14:05:00Z``."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def finite_number(value: object) -> Decimal | None:
    """The number that an input is, or spells out; None where it is none, not finite, or longer than any.

    A text is as programs write numbers, with spaces around it at most: ``-12.5``, ``1e3``, and not ``1_000``.
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    if isinstance(value, str):
        value = value.strip()
        if len(value) > MAX_NUMBER_CHARACTERS or not NUMBER_TEXT.fullmatch(value):
            return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def plain_number(number: Decimal) -> Decimal:
    """A number without zeros at its end."""
    return _EXACT.normalize(number) if number else Decimal(0)


def sortable_text(key: str | Decimal | datetime) -> str:
    """Any kind of key as a text that sorts as the key does."""
    if isinstance(key, Decimal):
        return number_text(key)
    return moment_text(key) if isinstance(key, datetime) else key
