"""The header ``Idempotency-Key``: which keys there are, and in which forms they are sent.

As draft-ietf-httpapi-idempotency-key-header says, a key is a string of structured fields (RFC 8941), in double quotes.
Most programs send it as it is; both forms mean the same key.
"""

from __future__ import annotations

import re

from salesos.errors import ValidationError

HEADER = "Idempotency-Key"
MAX_CHARACTERS = 255
_AS_IT_IS = r"[!#-~]([ -~]{0,253}[!-~])?"
_IN_QUOTES = r'"([ !#-\[\]-~]|\\["\\]){1,255}"'
# White space around a header's value is no part of it (RFC 9110).
SCHEMA = {"type": "string", "minLength": 1, "pattern": rf"^[ \t]*({_AS_IT_IS}|{_IN_QUOTES})[ \t]*$"}

_KEY = re.compile(f"{_AS_IT_IS}|{_IN_QUOTES}")
_ESCAPED = re.compile(r"\\(.)")


def read_key(text: str) -> str:
    """The key that the header says, in either form. Raises ``ValidationError`` where it is none."""
    given = text.strip(" \t")
    if not _KEY.fullmatch(given):
        message = f"{HEADER} must be 1 to {MAX_CHARACTERS} printable ASCII characters, in double quotes or without"
        raise ValidationError.of(message, field=HEADER, code="invalid_key")
    return _ESCAPED.sub(r"\1", given[1:-1]) if given.startswith('"') else given
