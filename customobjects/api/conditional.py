"""Conditional requests: ``If-Match`` before a write, ``If-None-Match`` before an answer."""

from __future__ import annotations

from zlib import crc32

from rest_framework.request import Request

from salesos.errors import PreconditionFailed


def if_version(request: Request) -> int | None:
    """The version that ``If-Match`` asks for, or None.

    Raises ``PreconditionFailed`` for one that no record ever has.
    """
    wanted = request.headers.get("If-Match")
    if wanted is None or wanted.strip() == "*":
        return None
    text = wanted.strip().removeprefix("W/").strip('"').partition("-")[0]
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise PreconditionFailed.of("If-Match names no version of this record", code="stale")
    return int(text)


def etag(document: str, version: int) -> str:
    """What tells a record as it is shown from how it was, or will be: its version, and a check of the text.

    The same version looks different when a field has come or gone, or what it points at has changed.
    """
    return f'"{version}-{crc32(document.encode()):08x}"'
