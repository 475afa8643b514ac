"""What the database does for a list: no list, filter or sort on an indexed field looks at all records."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customobjects.models import CustomObject
from customobjects.schema import schema_of
from customobjects.services import searching
from customobjects.services.pending_writes import PendingWrite, store
from salesos.accounts.actor import Actor
from tests.conftest import Api
from tests.queries.observing import MAX_ROWS, analyze, nodes, observe

COUNT = 20_000


@pytest.fixture
def many(api: Api, actor: Actor) -> Api:
    """20,000 records, some values rare."""
    api.make_object(
        "Item",
        {"label": "Code", "type": "TEXT"},
        {"label": "Status", "type": "PICKLIST", "options": {"values": ["a", "b", "c"]}},
        {"label": "Cost", "type": "NUMBER"},
        {"label": "Day", "type": "DATE"},
        {"label": "Mail", "type": "EMAIL"},
        {"label": "Stage", "type": "PICKLIST", "options": {"values": ["never", "rare", "z", "a", "m", "seldom"]}},
    )
    schema = schema_of(CustomObject.objects.get(api_name="item"))
    chance = random.Random(1)
    for start in range(0, COUNT, 5_000):
        pending = [
            PendingWrite(
                {
                    "name": f"{chance.random():.6f}",
                    "code": f"C{number:06}",
                    "status": chance.choice("abc"),
                    "stage": {0: "rare", 1: "seldom"}.get(number % 4_000) or chance.choice("zam"),
                    "cost": number,
                    "day": f"20{chance.randint(10, 25)}-{chance.randint(1, 12):02}-01",
                    **({"mail": f"m{number}@example.com"} if number % 1_000 == 0 else {}),
                },
                actor.user_id,
            )
            for number in range(start, start + 5_000)
        ]
        store(actor, schema, pending)
    analyze()
    # What the background does on SQLite.
    searching.take_in_all(lambda _line: None)
    return api


LISTS: list[dict[str, Any]] = [
    {},
    {"sort": "name"},
    {"sort": "-name"},
    {"sort": "code", "page": 3},
    {"sort": "-cost"},
    {"sort": "day"},
    {"sort": "createdAt"},
    {"sort": "-updatedAt"},
    {"sort": "status"},
    {"sort": "stage"},
    {"sort": "-stage", "page": 2},
    {"sort": "stage", "status": "a"},
    {"sort": "stage", "page": 10},
    {"sort": "name,cost"},
    {"sort": "mail", "limit": 10},
    {"code": "C000777"},
    {"code__in": "C000777,C000778"},
    {"code__startswith": "C00012"},
    {"code__startswith": "C00002", "status": "a"},
    {"cost__lt": 50},
    {"cost__lt": 50, "status": "a"},
    {"cost__lt": 50, "sort": "name"},
    {"cost__lt": 50, "status": "a", "sort": "name"},
    {"code__iexact": "c000777"},
    {"cost": 5},
    {"cost__gte": 19_900},
    {"cost__range": "100,200"},
    {"cost__lt": 100, "sort": "name"},
    {"status": "a", "sort": "name"},
    {"status": "a", "cost__gte": 10_000, "sort": "name"},
    {"mail": "m1000@example.com"},
    {"mail__isnull": "false", "sort": "mail", "limit": 10},
    {"createdAt__lt": "2001-01-01"},
    {"search": "c000777"},
    {"search": "m3000@example"},
    {"search": "c000777", "sort": "name"},
    {"code__icontains": "00077", "sort": "-cost"},
    {"code__contains": "C00077"},
]


def test_no_list_scans(many: Api) -> None:
    for params in LISTS:
        for request in observe(many, "item/records", count="none", **params):
            assert not any(access.is_scan for access in request.accesses), (params, request.accesses)
            assert request.rows <= MAX_ROWS, (params, request.accesses)


def test_sorted_lists_are_read_from_the_index_of_their_field(many: Api) -> None:
    columns = {field.api_name: field.column for field in CustomObject.objects.get(api_name="item").fields.all()}
    for name in ("name", "code", "status", "cost", "day", "mail", "stage"):
        for sort in (name, f"-{name}"):
            for request in observe(many, "item/records", sort=sort, limit=10, count="none"):
                indexes = {access.index for access in request.accesses}
                assert f"record_{columns[name]}" in indexes, (sort, indexes)


def test_no_page_of_a_cursor_scans(many: Api) -> None:
    for sort in ("name", "-cost", "status", "stage", "status,-cost", "day,name"):
        cursor = many.get("item/records", sort=sort, limit=100, count="none").json["meta"]["nextCursor"]
        for request in observe(many, "item/records", sort=sort, limit=100, count="none", cursor=cursor):
            assert not any(access.is_scan for access in request.accesses), (sort, request.accesses)
            # With a second key, those that tie in the first must be sorted.
            assert "," in sort or request.rows <= MAX_ROWS, (sort, request.accesses)


def test_totals_do_not_count_what_they_estimate(many: Api) -> None:
    many.get("item/records", limit=1)
    with CaptureQueriesContext(connection) as queries:
        meta = many.get("item/records", limit=1).json["meta"]
    assert meta["totalIsEstimate"] is True
    assert abs(meta["total"] - COUNT) < COUNT / 10
    assert not any("COUNT(" in query["sql"] for query in queries.captured_queries)


def test_documents_are_written_after_sorting(many: Api) -> None:
    """Else a list that no index sorts would write the documents of all records it finds."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_indexscan = off")
        for request in observe(many, "item/records", sort="name", cost__gte=19_000, count="none"):
            sorts = [node for plan in request.plans for node in nodes(plan) if node["Node Type"] == "Sort"]
            assert sorts
            assert not any("customObjectId" in output for sort in sorts for output in sort["Output"])
        return
    for request in observe(many, "item/records", sort="name", cost__gte=19_000, count="none"):
        [sql] = [sql for sql in request.statements if "customObjectId" in sql]
        inner = sql[sql.index(" IN (SELECT") :]
        assert "LIMIT" in inner, "the page is chosen first"
        assert "customObjectId" not in inner
