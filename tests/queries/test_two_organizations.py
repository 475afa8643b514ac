"""Lists of an object whose records were stored before those of another organization: they are not passed over."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.db import connection

from customobjects.models import CustomObject
from customobjects.queries import totals
from customobjects.schema import schema_of
from customobjects.services.pending_writes import PendingWrite, store
from customobjects.storage import dialect
from salesos.accounts.actor import Actor
from salesos.accounts.models import User
from salesos.db.compiled_queries import Wrapper
from tests.conftest import Api
from tests.queries.observing import MAX_ROWS, analyze, nodes, observe

COUNT = 8_000
OTHERS = 16_000
FIELDS: tuple[dict[str, Any], ...] = (
    {"label": "Kind", "type": "PICKLIST", "options": {"values": ["a", "b", "c"]}},
    {"label": "Cost", "type": "NUMBER"},
    {"label": "Day", "type": "DATE"},
    {"label": "Late", "type": "NUMBER"},
    {"label": "Town", "type": "TEXT"},
)


def _fill(user: User, name: str, count: int, least: int) -> Api:
    """An object of a user's organization, whose numbers begin at ``least``. One in a hundred is late."""
    api, actor = Api(user), Actor.of_user(user)
    api.make_object(name, *FIELDS)
    schema = schema_of(CustomObject.objects.get(name=name))
    chance = random.Random(least)
    for start in range(0, count, 4_000):
        pending = [
            PendingWrite(
                {
                    "name": f"{chance.random():.6f}",
                    # Two in three of the first object's, and hardly any of the other's, are a.
                    "kind": "a" if (chance.random() < 0.66) is (least == 0) else chance.choice("bc"),
                    "cost": least + number,
                    "town": ("Zo\u00eb", "Zoe")[number % 2],
                    "day": f"2025-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
                    **({"late": number} if number % 100 == 0 else {}),
                },
                actor.user_id,
            )
            for number in range(start, start + 4_000)
        ]
        store(actor, schema, pending)
    return api


@pytest.fixture
def first(admin: User, stranger: User) -> Api:
    """Who has the records that were stored first."""
    api = _fill(admin, "Early", COUNT, least=0)
    _fill(stranger, "Late", OTHERS, least=1_000_000)
    analyze()
    return api


LISTS: list[dict[str, Any]] = [
    {},
    {"page": 2},
    {"limit": 100, "page": 5},
    {"sort": "id"},
    {"sort": "-id"},
    {"sort": "name"},
    {"sort": "-updatedAt"},
    {"sort": "-createdAt", "page": 3},
    {"sort": "kind"},
    {"sort": "-late", "limit": 100},
    {"kind": "a"},
    {"kind": "a", "sort": "-cost"},
    {"kind__in": "a,b"},
    {"cost__gte": 100},
    {"cost__lt": 7_900},
    {"cost__lt": 50},
    {"day__gte": "2025-03-01"},
    {"kind": "a", "cost__gte": 100},
    {"name__startswith": "0.5"},
]


def test_no_list_passes_over_the_records_of_others(first: Api) -> None:
    for params in LISTS:
        # In the default order SQLite sorts all that a range has.
        is_range = "sort" not in params and any("__" in name for name in params)
        for request in observe(first, "early/records", count="none", **params):
            assert not any(access.is_scan for access in request.accesses), (params, request.accesses)
            if connection.vendor == "postgresql" or not is_range:
                assert request.rows <= MAX_ROWS, (params, request.accesses)


def test_the_default_order_is_read_from_the_index_of_the_object(first: Api) -> None:
    for params in ({}, {"sort": "id"}, {"limit": 100}):
        for request in observe(first, "early/records", count="none", **params):
            assert {access.index for access in request.accesses} == {"record_object"}, params
    cursor = first.get("early/records", limit=100, count="none").json["meta"]["nextCursor"]
    for request in observe(first, "early/records", limit=100, count="none", cursor=cursor):
        assert {access.index for access in request.accesses} == {"record_object"}


def test_a_deep_page_writes_its_own_documents_only(first: Api) -> None:
    """The ids of the page are found first, whatever lies before them."""
    for params in ({}, {"sort": "name"}, {"sort": "-cost"}):
        for request in observe(first, "early/records", limit=10, page=700, count="none", **params):
            if connection.vendor == "postgresql":
                every = [node for plan in request.plans for node in nodes(plan)]
                written = [node for node in every if any("customObjectId" in part for part in node.get("Output", ()))]
                assert written
                assert max(node["Actual Rows"] for node in written) == 11, params
            else:
                [sql] = [sql for sql in request.statements if "customObjectId" in sql]
                inner = sql[sql.index(" IN (SELECT") :]
                assert "OFFSET 6990" in inner
                assert "customObjectId" not in inner


@pytest.mark.parametrize(
    ("params", "number"),
    [
        ({}, COUNT),
        ({"kind": "a"}, 5_280),
        ({"cost__gte": 1_000}, 7_000),
        ({"kind__in": "b,c"}, 2_700),
        ({"town": "ZO\u00cb"}, 4_000),
    ],
)
def test_what_one_index_tells_is_counted_there(
    first: Api, params: dict[str, Any], number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many they are, and on PostgreSQL without a look at a record, where vacuuming has seen all."""
    monkeypatch.setattr(totals, "MAX_EXACT_TOTAL", 1_000)
    exact = first.get("early/records", limit=1, count="exact", **params).json["meta"]["total"]
    assert abs(exact - number) < number / 20
    meta = first.get("early/records", limit=1, **params).json["meta"]
    assert (meta["total"], meta["totalIsEstimate"], meta["totalIsLowerBound"]) == (exact, False, False)
    again = first.get("early/records", limit=1, **params).json["meta"]
    assert (again["total"], again["totalIsEstimate"]) == (exact, True), "kept for some seconds, and so no longer exact"


@pytest.mark.parametrize(
    "params",
    [
        {"kind": "a", "cost__gte": 1_000},
        {"kind": "a", "cost__lt": 7_000, "day__gte": "2025-03-01"},
        {"search": "0"},
        {"kind__not": "b"},
    ],
)
def test_other_totals_are_about_right_or_say_that_they_are_the_least(
    first: Api, params: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the columns are shared, and have other values in the other object."""
    monkeypatch.setattr(totals, "MAX_EXACT_TOTAL", 1_000)
    exact = first.get("early/records", limit=1, count="exact", **params).json["meta"]["total"]
    assert exact > 2_000
    for _ in range(2):
        meta = first.get("early/records", limit=1, **params).json["meta"]
        if meta["totalIsLowerBound"]:
            assert (meta["total"], meta["totalIsEstimate"]) == (1_000, False)
        else:
            assert connection.vendor == "postgresql"
            assert meta["totalIsEstimate"] is True
    if connection.vendor == "postgresql":
        # As much as a sample of a large table has; of this small one, it is otherwise a few pages.
        monkeypatch.setattr(dialect, "SAMPLE_PERCENT", "20")
        monkeypatch.setattr(totals, "SAMPLE", Wrapper("SELECT COUNT(*), 20 FROM (", ") sample"))
        totals._kept.clear()
        meta = first.get("early/records", limit=1, **params).json["meta"]
        assert meta["totalIsEstimate"] is True
        assert exact / 2 <= meta["total"] <= exact * 2
