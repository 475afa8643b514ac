"""What the database does for a list: no list, filter or sort on an indexed field looks at all records.

The statements are those that production sends, over the same connection, and PostgreSQL tells the plans by which it
has run them: of the first request with some values, of the second (whose values are written in), and of the third
(which is prepared).
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
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
MAX_ROWS = 1_000
# SQLite tells instructions of its machine: some hundred for a record that is shown, ten for one that is passed over.
MAX_INSTRUCTIONS = 60_000
INSTRUCTIONS_STEP = 100
REQUESTS = 3


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
    is_scan: bool
    index: str = ""
    rows: int = 0


@dataclass
class Observed:
    """What the database tells of the statements that a request sends."""

    accesses: list[Access] = field(default_factory=list)
    plans: list[dict[str, Any]] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    instructions: int = 0

    @property
    def rows(self) -> int:
        """How many records were looked at. SQLite tells instructions instead, which are made comparable."""
        if connection.vendor == "postgresql":
            return max(access.rows for access in self.accesses)
        return self.instructions * MAX_ROWS // MAX_INSTRUCTIONS


@contextmanager
def observed() -> Iterator[Observed]:
    """Observe what is sent meanwhile over the tests' connection, by the database's own means."""
    found = Observed()
    if connection.vendor == "postgresql":
        with _explained(found):
            yield found
        found.accesses = [access for plan in found.plans for access in _accesses(plan)]
        return
    raw = connection.connection

    def step() -> int:
        found.instructions += INSTRUCTIONS_STEP
        return 0

    raw.set_progress_handler(step, INSTRUCTIONS_STEP)
    raw.set_trace_callback(found.statements.append)
    try:
        yield found
    finally:
        raw.set_progress_handler(None, 0)
        raw.set_trace_callback(None)
    for sql in found.statements:
        if sql.startswith("SELECT") and Record._meta.db_table in sql:
            for *_ids, detail in raw.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall():
                if Record._meta.db_table in detail or " U0" in detail or " V0" in detail:
                    _before, _, index = detail.partition("USING INDEX ")
                    found.accesses.append(Access(detail, detail.startswith("SCAN") and not index, index.split(" ")[0]))


@contextmanager
def _explained(found: Observed) -> Iterator[None]:
    """PostgreSQL's auto_explain sends, as notices, the plans by which it has run statements."""

    def note(diagnostic: Any) -> None:
        _before, is_plan, plan = (diagnostic.message_primary or "").partition("plan:\n")
        if is_plan:
            found.plans.append(json.loads(plan)["Plan"])

    raw = connection.connection
    settings = {"log_min_duration": "0", "log_analyze": "on", "log_verbose": "on", "log_format": "json"}
    with connection.cursor() as cursor:
        cursor.execute("LOAD 'auto_explain'")
        for name, value in {**settings, "log_level": "notice"}.items():
            cursor.execute(f"SET LOCAL auto_explain.{name} = {value}")
    raw.add_notice_handler(note)
    try:
        yield
    finally:
        # The plan of the last statement comes when the next one begins.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL auto_explain.log_min_duration = -1")
        raw.remove_notice_handler(note)


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def _accesses(plan: dict[str, Any]) -> Iterator[Access]:
    for node in _nodes(plan):
        if node.get("Relation Name") == Record._meta.db_table:
            passed_over = sum(node.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck"))
            rows = (node["Actual Rows"] + passed_over) * node["Actual Loops"]
            yield Access(node["Node Type"], node["Node Type"] in SCANS, node.get("Index Name", ""), rows)


def observe(api: Api, path: str, **params: Any) -> list[Observed]:
    """What a request makes the database do, each of the times that it is sent."""
    api.get(path, limit=1)  # compiles the schema
    found = []
    for _ in range(REQUESTS):
        with observed() as one:
            assert api.get(path, **params).status == 200
        assert one.accesses, params
        found.append(one)
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
    {"sort": "stage"},
    {"sort": "-stage", "page": 2},
    {"sort": "stage", "status": "a"},
    {"sort": "stage", "page": 10},
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


# SQLite has no index for these: it looks through the texts, or through the records in the order of the list.
UNSERVED_BY_SQLITE: list[dict[str, Any]] = [
    {"search": "c000777"},
    {"search": "m3000@example"},
    {"createdAt__lt": "2001-01-01"},
]


def test_no_list_scans(many: Api) -> None:
    for params in LISTS:
        for request in observe(many, "item/records", count="none", **params):
            assert not any(access.is_scan for access in request.accesses), (params, request.accesses)
            if connection.vendor == "postgresql" or params not in UNSERVED_BY_SQLITE:
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
            sorts = [node for plan in request.plans for node in _nodes(plan) if node["Node Type"] == "Sort"]
            assert sorts
            assert not any("customObjectId" in output for sort in sorts for output in sort["Output"])
        return
    for request in observe(many, "item/records", sort="name", cost__gte=19_000, count="none"):
        [sql] = [sql for sql in request.statements if "customObjectId" in sql]
        inner = sql[sql.index(" IN (SELECT") :]
        assert "LIMIT" in inner, "the page is chosen first"
        assert "customObjectId" not in inner
