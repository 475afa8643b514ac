"""Versions in headers: what answers say in ``ETag``, and what requests ask for in ``If-Match`` (RFC 9110)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from zlib import crc32

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from customobjects.services.versions import IfVersion
from salesos.errors import PreconditionFailed, ValidationError
from salesos.rest.renderers import RenderedResponse

# The next tag of a list, in which there may be empty places, or the end of it.
_NEXT_TAG = re.compile(r'[ \t,]*(?:(?P<weak>W/)?"(?P<tag>[^\x00-\x20"\x7f]*)"[ \t]*(?=,|\Z)|\Z)')
# Of a tag, all that counts is the version that it begins with.
_VERSION_TAG = re.compile(r"(\d{1,18})(-.*)?", re.ASCII)


def _if_match_parameter(what: str) -> OpenApiParameter:
    description = (
        f'The `ETag` of {what}, or just its version, as in `"3"`; several with commas between them, or `*` for any. '
        "Refused with 412 where it has changed since."
    )
    return OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description=description)


def _etag_header(what: str, *statuses: int) -> OpenApiParameter:
    description = f"The version of {what}, to be named in `If-Match`, with a check of the answer."
    return OpenApiParameter("ETag", str, OpenApiParameter.HEADER, description=description, response=list(statuses))


RECORD, SCHEMA, NOTE, ACTIVITY, VIEW = "the record", "the object's schema", "the note", "the activity", "the view"
RECORD_IF_MATCH = _if_match_parameter(RECORD)
RECORD_ETAG = _etag_header(RECORD, 200, 201)
SCHEMA_IF_MATCH = _if_match_parameter(SCHEMA)
SCHEMA_ETAG = _etag_header(SCHEMA, 200, 201)
NOTE_IF_MATCH = _if_match_parameter(NOTE)
NOTE_ETAG = _etag_header(NOTE, 200, 201)
ACTIVITY_IF_MATCH = _if_match_parameter(ACTIVITY)
ACTIVITY_ETAG = _etag_header(ACTIVITY, 200, 201)
VIEW_IF_MATCH = _if_match_parameter(VIEW)
VIEW_ETAG = _etag_header(VIEW, 200, 201)


def if_match(request: Request) -> IfVersion:
    """The versions that ``If-Match`` names; None where it is not sent, or fits any version.

    Weak tags name none: they are never the same by the strong comparison that is asked for here, and neither are tags
    that begin with no version. Raises ``ValidationError`` for what is no list of tags.
    """
    header: str | None = request.META.get("HTTP_IF_MATCH")
    if header is None or header.strip() == "*":
        return None
    versions, tags, position = set(), 0, 0
    while position < len(header):
        found = _NEXT_TAG.match(header, position)
        if found is None:
            raise _malformed()
        position = found.end()
        if found["tag"] is None:
            continue
        tags += 1
        if not found["weak"] and (version := _VERSION_TAG.fullmatch(found["tag"])):
            versions.add(int(version[1]))
    if not tags:
        raise _malformed()
    return frozenset(versions)


def refuse_if_match(request: Request) -> None:
    """For what makes something: nothing is there yet that could have a version. ``*`` fits the list that it goes into.

    Raises ``PreconditionFailed`` for any tag, and ``ValidationError`` for what is no list of tags.
    """
    if if_match(request) is not None:
        message = "If-Match names a version, and what is to be made has none: leave it out"
        raise PreconditionFailed.of(message, code="stale")


def _malformed() -> ValidationError:
    return ValidationError.of('If-Match must be *, or tags in quotes with commas between them, such as "3"')


def etag(content: bytes, version: int) -> str:
    """What tells something as it is shown from how it was, or will be: its version, and a check of the text.

    The same version of a record looks different when a field has come or gone, or what it points at has changed.
    """
    return f'"{version}-{crc32(content):08x}"'


def versioned(
    data: Any, version: int, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> RenderedResponse:
    """The response of something that has a version, with its ``ETag``."""
    response = RenderedResponse(data, status=status, headers=headers)
    response["ETag"] = etag(response.content, version)
    return response
