"""What the database does for a list: no list, filter or sort on an indexed field looks at all records."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customobjects.models import CustomObject, Record
from customobjects.schema import schema_of
from customobjects.services.pending_writes import PendingWrite, store
from salesos.accounts.actor import Actor
from tests.conftest import Api

COUNT = 20_000
SCANS = {"Seq Scan", "Parallel Seq Scan"}
# A page, and what is read to find it, may be some hundred records, but not a share of all.
MOST_ROWS = 1_000


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
                    "cost": number,
                    "day": f"20{chance.randint(10, 25)}-{chance.randint(1, 12):02}-01",
                    **({"mail": f"m{number}@example.com"} if number % 1_000 == 0 else {}),
                },
                actor.user_id,
            )
            for number in range(start, start + 5_000)
        ]
        store(actor, schema, pending)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # What vacuuming does in use, and nobody does within the transaction of a test.
            cursor.execute("SELECT gin_clean_pending_list('record_search')")
        cursor.execute(f"ANALYZE {Record._meta.db_table}")
    return api


@dataclass(frozen=True)
class Access:
    """How a statement read the table of records: what the database calls it, and how many rows it looked at."""

    kind: str
    rows: int
    is_scan: bool
    index: str = ""


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def postgresql_plan(sql: str, options: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN ({options}, FORMAT JSON) {sql}")
        [(plan,)] = cursor.fetchall()
    plan = plan if isinstance(plan, list) else json.loads(plan)
    return dict(plan[0]["Plan"])


def accesses(sql: str) -> Iterator[Access]:
    table = Record._meta.db_table
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql.replace('%', '%%')}")
            for *_ids, detail in cursor.fetchall():
                if table in detail or " U0 " in detail:
                    _before, _, index = detail.partition("USING INDEX ")
                    yield Access(detail, 0, detail.startswith("SCAN") and not index, index.split(" ")[0])
        return
    for node in nodes(postgresql_plan(sql, "ANALYZE")):
        if node.get("Relation Name") == table:
            passed_over = sum(node.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck"))
            rows = (node["Actual Rows"] + passed_over) * node["Actual Loops"]
            yield Access(node["Node Type"], rows, node["Node Type"] in SCANS, node.get("Index Name", ""))


def accesses_of(api: Api, path: str, **params: Any) -> list[Access]:
    """How the statements of a request read records."""
    api.get(path, **params)
    with CaptureQueriesContext(connection) as queries:
        assert api.get(path, **params).status == 200
    statements = [query["sql"] for query in queries.captured_queries]
    found = [access for sql in statements if sql.startswith("SELECT") for access in accesses(sql)]
    assert found
    return found


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
    {"sort": "name,cost"},
    {"sort": "mail", "limit": 10},
    {"code": "C000777"},
    {"code__in": "C000777,C000778"},
    {"code__startswith": "C00012"},
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
]


def test_no_list_scans(many: Api) -> None:
    for params in LISTS:
        for access in accesses_of(many, "item/records", count="none", **params):
            assert not access.is_scan, (params, access)
            assert access.rows <= MOST_ROWS, (params, access)


def test_sorted_lists_are_read_from_the_index_of_their_field(many: Api) -> None:
    columns = {field.api_name: field.column for field in CustomObject.objects.get(api_name="item").fields.all()}
    for name in ("name", "code", "status", "cost", "day", "mail"):
        for sort in (name, f"-{name}"):
            found = {access.index for access in accesses_of(many, "item/records", sort=sort, limit=10, count="none")}
            assert f"record_{columns[name]}" in found, (sort, found)


def test_no_page_of_a_cursor_scans(many: Api) -> None:
    for sort in ("name", "-cost", "status", "status,-cost", "day,name"):
        cursor = many.get("item/records", sort=sort, limit=100, count="none").json["meta"]["nextCursor"]
        for access in accesses_of(many, "item/records", sort=sort, limit=100, count="none", cursor=cursor):
            assert not access.is_scan, (sort, access)
            # With a second key, those that tie in the first must be sorted.
            assert "," in sort or access.rows <= MOST_ROWS, (sort, access)


def test_totals_do_not_count_what_they_estimate(many: Api) -> None:
    many.get("item/records", limit=1)
    with CaptureQueriesContext(connection) as queries:
        meta = many.get("item/records", limit=1).json["meta"]
    assert meta["totalIsEstimate"] is True
    assert abs(meta["total"] - COUNT) < COUNT / 10
    assert not any("COUNT(" in query["sql"] for query in queries.captured_queries)


def test_documents_are_written_after_sorting(many: Api) -> None:
    """Else a list that no index sorts would write the documents of all records it finds."""
    with CaptureQueriesContext(connection) as queries:
        many.get("item/records", sort="name", cost__gte=19_000, count="none")
    sql = next(query["sql"] for query in queries.captured_queries if "customObjectId" in query["sql"])
    if connection.vendor != "postgresql":
        inner = sql[sql.index(" IN (SELECT") :]
        assert "LIMIT" in inner, "the page is chosen first"
        assert "customObjectId" not in inner
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_indexscan = off")
    [sort] = [node for node in nodes(postgresql_plan(sql, "VERBOSE")) if node["Node Type"] == "Sort"]
    assert not any("customObjectId" in output for output in sort["Output"])
