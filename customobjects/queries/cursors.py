"""Cursors: where a page ended, so that the next one goes on there, whatever was inserted or deleted meanwhile.

A cursor is opaque and signed. It holds the sort keys and the id of the last record of a page, and a digest of the
query that the page was of: with another query it is refused, as it is when somebody has changed it.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, urlsafe_b64encode
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings

from customobjects.queries.ordering import Position
from salesos.errors import ValidationError

# What a cursor begins with.
SIGNATURE_BYTES = 16


def digest_of(*asked: object) -> str:
    """What tells one query from another."""
    return hashlib.blake2b(repr(asked).encode("utf-8", "backslashreplace"), digest_size=10).hexdigest()


def write(position: Position, digest: str) -> str:
    """The cursor for going on behind ``position`` in the query of that digest."""
    text = orjson.dumps([digest, position.part, position.id.hex, *map(_written, position.keys)])
    return urlsafe_b64encode(_signature(text) + text).decode().rstrip("=")


def _signature(text: bytes) -> bytes:
    # BLAKE2 with a key is a signature by itself (RFC 7693), and a tenth of the work of an HMAC.
    return hashlib.blake2b(text, key=_key(), digest_size=SIGNATURE_BYTES).digest()


@lru_cache(maxsize=1)
def _key() -> bytes:
    """A key for nothing but cursors, made from the server's secret."""
    return hmac.digest(settings.SECRET_KEY.encode(), b"customobjects.cursor", "sha256")


def read(cursor: str, digest: str) -> Position:
    """The position that a cursor holds. Raises ``ValidationError`` for one that is not ours, or of another query."""
    try:
        raw = b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        if not hmac.compare_digest(raw[:SIGNATURE_BYTES], _signature(raw[SIGNATURE_BYTES:])):
            raise ValueError("signed by somebody else")
        found, part, id_, *keys = orjson.loads(raw[SIGNATURE_BYTES:])
    except ValueError:
        raise ValidationError.of("cursor is none that this server gave", field="cursor", code="cursor") from None
    if found != digest:
        message = "cursor belongs to another query: go on with the same object, filters, search and sort"
        raise ValidationError.of(message, field="cursor", code="cursor")
    return Position(part, tuple(map(_key_of, keys)), UUID(id_))


def _written(key: Any) -> Any:
    if isinstance(key, Decimal):
        return {"n": str(key)}
    return {"t": key.isoformat()} if isinstance(key, datetime) else key


def _key_of(key: Any) -> Any:
    if not isinstance(key, dict):
        return key
    return Decimal(key["n"]) if "n" in key else datetime.fromisoformat(key["t"])
