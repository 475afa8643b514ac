"""Names that people give: to themselves, to their organization, to keys."""

from __future__ import annotations

import unicodedata

from salesos.errors import ValidationError

# Control characters, and marks that turn the direction of what stands behind them; half characters.
REFUSED = {"Cc", "Cs"}
DIRECTION_MARKS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Kinds of characters of which none can be seen.
UNSEEN = {"Cc", "Cf", "Cs", "Mn", "Zl", "Zp", "Zs"}


def clean_name(text: str, *, field: str, most: int) -> str:
    """A name of one line in its one form. Raises ``ValidationError`` at ``field`` where it is none, or too long."""
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if any(letter in DIRECTION_MARKS or unicodedata.category(letter) in REFUSED for letter in name):
        raise ValidationError.of(f"{field} must not have control characters", field=field, code="invalid")
    if all(unicodedata.category(letter) in UNSEEN for letter in name):
        raise ValidationError.of(f"{field} must not be empty", field=field, code="required")
    if len(name) > most:
        raise ValidationError.of(f"{field} must have at most {most} characters", field=field, code="max_length")
    return name
