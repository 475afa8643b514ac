"""What the database does for lists that go through lookups: they begin at the end that has few, or an order."""

from __future__ import annotations

import random
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from customobjects.models import CustomObject, Record, RecordLink
from customobjects.schema import Schema, schema_of
from customobjects.services.pending_writes import PendingWrite, store
from salesos.accounts.actor import Actor
from tests.conftest import Api
from tests.queries.test_plans import MAX_ROWS, observe

ACCOUNTS, CONTACTS = 3_000, 12_000


@pytest.fixture
def linked(api: Api, actor: Actor) -> Api:
    """12,000 contacts, nine in ten of which point at one of 3,000 accounts, half of which have a parent."""
    api.make_object(
        "Account",
        {"label": "Staff", "type": "NUMBER"},
        {"label": "Parent", "type": "LOOKUP", "options": {"target": "account"}},
    )
    api.make_object(
        "Contact",
        {"label": "Account", "type": "LOOKUP", "options": {"target": "account"}},
        {"label": "Cost", "type": "NUMBER"},
    )
    chance = random.Random(1)
    rows = [{"name": f"{chance.random():.6f}", "staff": number} for number in range(ACCOUNTS // 2)]
    parents = stored(actor, "account", rows)
    rows = [
        {"name": f"{chance.random():.6f}", "staff": -number, "parent": str(parents[number])}
        for number in range(ACCOUNTS // 2)
    ]
    accounts = [*parents, *stored(actor, "account", rows)]
    # The last hundred have no contacts.
    rows = [
        {"name": f"C{number}", "cost": number % 100}
        | ({"account": str(chance.choice(accounts[:-100]))} if number % 10 else {})
        for number in range(CONTACTS)
    ]
    stored(actor, "contact", rows)
    if connection.vendor == "postgresql":
        # SQLite has no statistics in use, either.
        with connection.cursor() as cursor:
            for model in (Record, RecordLink):
                cursor.execute(f"ANALYZE {model._meta.db_table}")
    return api


def stored(actor: Actor, name: str, rows: list[dict[str, Any]]) -> list[UUID]:
    """The ids of records that are made of rows, with their links."""
    schema: Schema = schema_of(CustomObject.objects.get(api_name=name))
    ids: list[UUID] = []
    for start in range(0, len(rows), 3_000):
        writes = [PendingWrite(row, actor.user_id) for row in rows[start : start + 3_000]]
        store(actor, schema, writes)
        ids += [write.id for write in writes]
        RecordLink.objects.bulk_create(
            RecordLink(field_id=lookup.id, source_id=write.id, target_id=id_)
            for write in writes
            for lookup in schema.lookups
            for id_ in lookup.ids(write.data)
        )
    return ids


LISTS: list[tuple[str, dict[str, Any]]] = [
    ("contact", {"sort": "account"}),
    ("contact", {"sort": "-account"}),
    ("contact", {"sort": "account.staff"}),
    ("contact", {"sort": "account,-cost"}),
    ("contact", {"sort": "account", "cost__gte": 50}),
    ("contact", {"sort": "cost,account"}),
    ("contact", {"account__staff": 7}),
    ("contact", {"account__parent__staff": 7}),
    ("account", {"sort": "parent"}),
    ("account", {"contacts__isnull": "false", "sort": "name"}),
]
# Three in a hundred lack what all others have: those are looked at on the way.
RARE: list[tuple[str, dict[str, Any]]] = [("account", {"contacts__isnull": "true"})]


def test_lists_begin_where_there_is_an_index(linked: Api) -> None:
    for name, params in (*LISTS, *RARE):
        for request in observe(linked, f"{name}/records", count="none", limit=10, **params):
            assert not any(access.is_scan for access in request.accesses), (params, request.accesses)
            # Through lookups, a thousand are looked at in the list's order, and then what fits at the other end.
            most = 2 * MAX_ROWS if any("__staff" in name for name in params) else MAX_ROWS
            assert (name, params) in RARE or request.rows <= most, (params, request.accesses)


def test_pages_of_cursors_begin_where_the_last_one_ended(linked: Api) -> None:
    for sort in ("account", "-account", "account.staff", "account,-cost"):
        cursor = ""
        for _ in range(40):
            page = linked.get("contact/records", sort=sort, limit=100, count="none", cursor=cursor).json
            cursor = page["meta"]["nextCursor"]
        for request in observe(linked, "contact/records", sort=sort, limit=10, count="none", cursor=cursor):
            assert not any(access.is_scan for access in request.accesses), (sort, request.accesses)
            assert request.rows <= MAX_ROWS, (sort, request.accesses)
