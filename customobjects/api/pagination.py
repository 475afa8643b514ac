"""The response of a list, around a page of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest
from rest_framework.request import Request

from customobjects.queries.newest_first import NewestPage
from customobjects.queries.totals import Total
from salesos.rest.renderers import RenderedResponse

# What the query of a URL has, percent signs among them, as it is already encoded.
URL_CHARACTERS = "!$&'()*+,-./:;=?@_~%"


def page_response(
    request: Request, data: Any, total: Total, *, page: int | None, limit: int, next_cursor: str | None = None
) -> RenderedResponse:
    """The response of a list, with ``Link`` headers. ``data`` is a list, or the JSON of one.

    ``page`` is None where a cursor leads through the list.
    """
    number = total.number
    meta = {
        "total": number,
        "totalIsEstimate": total.is_estimate,
        "totalIsLowerBound": total.is_lower_bound,
        "page": page,
        "limit": limit,
        "totalPages": None if number is None else -(-number // limit),
        "nextCursor": next_cursor,
    }
    headers = {}
    if number is not None:
        headers["X-Total-Count"] = str(number)
    # DRF's request looks each attribute up in vain first.
    if links := list(_links(request._request, total, page, limit, next_cursor)):
        headers["Link"] = ", ".join(links)
    return RenderedResponse({"data": data, "meta": meta}, headers=headers)


def newest_response(
    request: Request, data: list[dict[str, Any]], found: NewestPage[Any], asked: Mapping[str, Any]
) -> RenderedResponse:
    """The response of a list that is read from the newest on; ``asked`` is what ``CursorQuerySerializer`` reads."""
    page = None if asked["cursor"] else asked["page"]
    return page_response(request, data, found.total, page=page, limit=asked["limit"], next_cursor=found.next_cursor)


def _links(request: HttpRequest, total: Total, page: int | None, limit: int, next_cursor: str | None) -> Any:
    if request.method != "GET":
        return
    pages = 0
    if total.number is not None and not (total.is_estimate or total.is_lower_bound):
        pages = -(-total.number // limit)
    if next_cursor is not None:
        yield _link(request, "next", cursor=next_cursor)
    elif page is not None and page < pages:
        yield _link(request, "next", page=page + 1)
    if page is None or page > 1:
        yield _link(request, "first", page=1)
    if page is not None and page > 1:
        yield _link(request, "prev", page=page - 1)
    if pages > 1:
        yield _link(request, "last", page=pages)


def _link(request: HttpRequest, relation: str, **where: object) -> str:
    """One link of RFC 8288: the same list from somewhere else."""
    asked = request.META.get("QUERY_STRING", "").split("&")
    kept = [part for part in asked if part and not part.startswith(("page=", "cursor="))]
    address = "&".join([*kept, *(f"{name}={value}" for name, value in where.items())])
    return f'<{request.path}?{quote(address, safe=URL_CHARACTERS)}>; rel="{relation}"'
