"""What stands before and behind a record in the list that somebody has opened it from."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.exceptions import SuspiciousOperation
from django.http import QueryDict
from django.urls import reverse

from customobjects.queries.pages import last_page, list_records
from customobjects.queries.selection import Count
from customobjects.schema import Schema
from customobjects.services.naming import reference_of
from customobjects.web.lists.state import PAGE_SIZE, read_state
from salesos.accounts.actor import Actor
from salesos.errors import ValidationError

# The parameter that has the list's own parameters.
FROM = "from"
MAX_QUERY = 4_000
MAX_PAGE_DIGITS = 8


@dataclass(frozen=True)
class Neighbours:
    """The addresses of the records before and behind; empty where there is none, or none that is known."""

    previous: str = ""
    next: str = ""


def neighbours(actor: Actor, schema: Schema, query: str, record_id: str) -> Neighbours:
    """The neighbours of a record in the page of a list whose parameters ``query`` has, and the one behind that page.

    One query, and one more behind the last record of a page. A list that cannot be read has none.
    """
    with suppress(ValidationError, SuspiciousOperation):
        given = QueryDict(query[:MAX_QUERY])
        text = given.get("page", "")
        number = int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_PAGE_DIGITS else 1
        state = read_state(actor, schema, given, max(1, min(number, last_page(PAGE_SIZE, given.get("search", "")))))
        asked = state.request(total=Count.NONE)._replace(fields=())
        page = list_records(actor, schema, asked)
        ids = [record["id"] for record in page.records()]
        if record_id not in ids:
            return Neighbours()
        place = ids.index(record_id)
        previous = address_of(schema, ids[place - 1], query) if place else ""
        if place + 1 < len(ids):
            return Neighbours(previous, address_of(schema, ids[place + 1], query))
        if page.next_cursor:
            behind = list_records(actor, schema, asked._replace(cursor=page.next_cursor, limit=1, page=1)).records()
            further = state.link(cursor=page.next_cursor, after=state.before + len(ids)).removeprefix("?")
            return Neighbours(previous, *(address_of(schema, one["id"], further) for one in behind))
        return Neighbours(previous)
    return Neighbours()


def address_of(schema: Schema, record_id: str, query: str) -> str:
    """The address of a record's page that knows the list it was opened from."""
    address = reverse("web:record", args=[reference_of(schema), record_id])
    return f"{address}?{urlencode({FROM: query})}" if query else address
