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
from customobjects.queries.totals import Total
from customobjects.schema import Schema
from customobjects.services.naming import reference_of
from customobjects.web.lists.state import PAGE_SIZE, read_state
from salesos.accounts.actor import Actor
from salesos.errors import ValidationError

# The parameter that has the list's own parameters.
FROM = "from"
MAX_QUERY = 4_000
MAX_PAGE_DIGITS = 8
UNKNOWN = Total(None)


@dataclass(frozen=True)
class Neighbours:
    """The addresses of the records before and behind; empty where there is none, or none that is known.

    ``place`` is the record's own in the list, from 1 on, where it is known; ``total`` says how many there are.
    """

    previous: str = ""
    next: str = ""
    place: int = 0
    total: Total = UNKNOWN


def neighbours(actor: Actor, schema: Schema, query: str, record_id: str, route: str = "record") -> Neighbours:
    """The neighbours of a record in the page of a list whose parameters ``query`` has, and the one behind that page.

    Their addresses are those of the tab that is open, by its ``route``. One query for each part of the list's order,
    which tells the total, too, and one more behind the last record of a page. A list that cannot be read has none.
    """
    with suppress(ValidationError, SuspiciousOperation):
        given = QueryDict(query[:MAX_QUERY])
        text = given.get("page", "")
        number = int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_PAGE_DIGITS else 1
        state = read_state(actor, schema, given, max(1, min(number, last_page(PAGE_SIZE, given.get("search", "")))))
        asked = state.request(total=Count.DEFAULT)._replace(fields=())
        page = list_records(actor, schema, asked)
        ids = [record["id"] for record in page.records()]
        if record_id not in ids:
            return Neighbours()
        index = ids.index(record_id)
        place, total = state.before + index + 1, page.total
        previous = address_of(schema, ids[index - 1], query, route) if index else ""
        following = address_of(schema, ids[index + 1], query, route) if index + 1 < len(ids) else ""
        if not following and page.next_cursor:
            asked = asked._replace(cursor=page.next_cursor, limit=1, page=1, total=Count.NONE)
            further = state.link(cursor=page.next_cursor, after=state.before + len(ids)).removeprefix("?")
            for one in list_records(actor, schema, asked).records():
                following = address_of(schema, one["id"], further, route)
        return Neighbours(previous, following, place, total)
    return Neighbours()


def address_of(schema: Schema, record_id: str, query: str, route: str = "record") -> str:
    """The address of a record's page, or another tab of it, that knows the list it was opened from."""
    return f"{reverse(f'web:{route}', args=[reference_of(schema), record_id])}?{urlencode({FROM: query})}"
