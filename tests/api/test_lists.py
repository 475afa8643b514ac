"""Lists of records: filters, order, search, pages, totals, and how many queries they take."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from customobjects.queries import pages
from salesos.accounts.models import User
from tests.conftest import Api


@pytest.fixture
def fleet(api: Api) -> Api:
    """Five machines with values of all kinds."""
    api.make_object(
        "Machine",
        {"label": "Cost", "type": "CURRENCY"},
        {"label": "Status", "type": "PICKLIST", "options": {"values": ["active", "idle", "gone"]}},
        {"label": "Tags", "type": "MULTI_PICKLIST", "options": {"values": ["new", "big", "loud"]}},
        {"label": "Bought", "type": "DATE"},
        {"label": "Seen", "type": "DATETIME"},
        {"label": "Insured", "type": "CHECKBOX"},
        {"label": "Notes", "type": "TEXTAREA"},
        {"label": "Mail", "type": "EMAIL"},
        {"label": "Payload", "type": "JSON"},
    )
    rows: list[dict[str, Any]] = [
        {"name": "Pump", "cost": "500", "status": "active", "tags": ["new", "big"], "bought": "2024-01-31"},
        {"name": "Élan", "cost": "1500.50", "status": "idle", "tags": ["loud"], "seen": "2026-01-01T12:00:00Z"},
        {"name": "eland", "cost": "-3", "status": "active", "insured": True, "notes": "100% under_score\nsecond"},
        {"name": "Zebra", "mail": "Zed@example.com", "payload": {"a": 1}, "seen": "2026-01-01T12:00:01Z"},
        {"name": "Ärger", "cost": "500.00", "status": "gone", "tags": ["new"], "bought": "2025-06-01"},
    ]
    for row in rows:
        api.make_record("machine", **row)
    return api


FILTERS: list[tuple[dict[str, str], set[str]]] = [
    ({"cost": "500"}, {"Pump", "Ärger"}),
    ({"cost__": "500"}, {"Pump", "Ärger"}),
    ({"cost__not": "500"}, {"Élan", "eland", "Zebra"}),
    ({"cost__gt": "500"}, {"Élan"}),
    ({"cost__gte": "500"}, {"Pump", "Ärger", "Élan"}),
    ({"cost__lt": "0"}, {"eland"}),
    ({"cost__lte": "500"}, {"Pump", "Ärger", "eland"}),
    ({"cost__range": "0,600"}, {"Pump", "Ärger"}),
    ({"cost__in": "500,-3.0"}, {"Pump", "Ärger", "eland"}),
    ({"cost__isnull": "true"}, {"Zebra"}),
    ({"cost__isnull": "false"}, {"Pump", "Ärger", "Élan", "eland"}),
    ({"status": "active"}, {"Pump", "eland"}),
    ({"status": "Active"}, set()),
    ({"status__in": "active,gone"}, {"Pump", "eland", "Ärger"}),
    ({"status__not": "active"}, {"Élan", "Zebra", "Ärger"}),
    ({"tags__has": "new"}, {"Pump", "Ärger"}),
    ({"tags__has_any": "big,loud"}, {"Pump", "Élan"}),
    ({"tags__has_all": "new,big"}, {"Pump"}),
    ({"tags__isnull": "true"}, {"eland", "Zebra"}),
    ({"bought": "2024-01-31"}, {"Pump"}),
    ({"bought__gte": "2024-02-01"}, {"Ärger"}),
    ({"seen__gt": "2026-01-01T12:00:00Z"}, {"Zebra"}),
    ({"seen": "2026-01-01T13:00:00+01:00"}, {"Élan"}),
    ({"insured": "true"}, {"eland"}),
    ({"insured": "false"}, {"Pump", "Élan", "Zebra", "Ärger"}),
    ({"name": "Élan"}, {"Élan"}),
    ({"name": "élan"}, {"Élan"}),
    ({"name": "elan"}, set()),
    ({"name__iexact": "ELAN"}, {"Élan"}),
    ({"name__contains": "lan"}, {"Élan", "eland"}),
    ({"name__contains": "Él"}, {"Élan"}),
    ({"name__icontains": "ELAN"}, {"Élan", "eland"}),
    ({"name__startswith": "El"}, set()),
    ({"name__startswith": "el"}, {"eland"}),
    ({"name__startswith": "Él"}, {"Élan"}),
    ({"name__in": "Pump,zebra,arger"}, {"Pump", "Zebra"}),
    ({"notes__icontains": "0% UNDER_s"}, {"eland"}),
    ({"notes__icontains": "0x"}, set()),
    ({"notes__isnull": "false"}, {"eland"}),
    ({"mail": "Zed@example.com"}, {"Zebra"}),
    ({"mail__icontains": "@EXAMPLE"}, {"Zebra"}),
    ({"payload__isnull": "false"}, {"Zebra"}),
    ({"cost__gte": "500", "status": "active"}, {"Pump"}),
    ({"createdAt__gte": "2000-01-01T00:00:00Z"}, {"Pump", "Élan", "eland", "Zebra", "Ärger"}),
    ({"updatedAt__lt": "2000-01-01T00:00:00Z"}, set()),
    ({"ownerId__isnull": "true"}, set()),
    ({"search": "ELAN"}, {"Élan", "eland"}),
    ({"search": "arg"}, {"Ärger"}),
    ({"search": "under_ SECOND"}, {"eland"}),
    ({"search": "zed example"}, {"Zebra"}),
    ({"search": "active pump"}, {"Pump"}),
    ({"search": "%"}, {"eland"}),
    ({"search": "pump zebra"}, set()),
    ({"search": "1"}, {"eland"}),  # the 100 %, and not the number of some field
]


@pytest.mark.parametrize(("params", "names"), FILTERS, ids=[str(params) for params, _names in FILTERS])
def test_filters(fleet: Api, params: dict[str, str], names: set[str]) -> None:
    assert sorted(fleet.names("machine", **params)) == sorted(names)
    assert fleet.get("machine/records", **params).json["meta"]["total"] == len(names)


def test_filters_by_owner_and_id(fleet: Api, admin: User) -> None:
    record = fleet.get("machine/records", name="Pump").json["data"][0]
    assert fleet.names("machine", id=record["id"]) == ["Pump"]
    assert len(fleet.names("machine", id__not=record["id"])) == 4
    assert len(fleet.names("machine", ownerId=str(admin.id))) == 5
    assert len(fleet.names("machine", ownerId__in=f"{admin.id},00000000-0000-0000-0000-000000000000")) == 5


@pytest.mark.parametrize(
    ("params", "field", "code"),
    [
        ({"colour": "red"}, "colour", "unknown"),
        ({"cost__icontains": "5"}, "cost__icontains", "operator"),
        ({"status__gt": "a"}, "status__gt", "operator"),
        ({"tags": "new"}, "tags", "operator"),
        ({"payload__exact": "1"}, "payload__exact", "operator"),
        ({"cost": "cheap"}, "cost", "type"),
        ({"cost": ""}, "cost", "operands"),
        ({"cost__range": "1"}, "cost__range", "operands"),
        ({"cost__in": ","}, "cost__in", "operands"),
        ({"cost__isnull": "maybe"}, "cost__isnull", "type"),
        ({"bought__gte": "soon"}, "bought__gte", "type"),
        ({"name__icontains": ""}, "name__icontains", "operands"),
        ({"name": "a\x00b"}, "name", "characters"),
        ({"name__icontains": "\x00"}, "name__icontains", "operands"),
        ({"name__icontains": "  "}, "name__icontains", "operands"),
        ({"name": "x" * 4001}, "name", "max_length"),
        ({"id": "7"}, "id", "type"),
        ({"sortBy": "colour"}, "sortBy", "choice"),
        ({"sortBy": "notes"}, "sortBy", "choice"),
        ({"sortOrder": "up"}, "sortOrder", "invalid_choice"),
        ({"page": "-1"}, "page", "min_value"),
        ({"limit": "1000"}, "limit", "max_value"),
        ({"search": "x" * 201}, "search", "max_length"),
    ],
)
def test_what_makes_no_sense_is_refused(fleet: Api, params: dict[str, str], field: str, code: str) -> None:
    answer = fleet.get("machine/records", **params)
    assert answer.status == 400
    assert answer.problem(field) == code


def test_unknown_filters_list_what_there_is(fleet: Api) -> None:
    message = fleet.get("machine/records", colour="red").json["message"][0]
    # Six fields more, or properties: a message names ten.
    assert message.endswith("there is name, cost, status, tags, bought, seen, insured, notes, mail, payload and 6 more")
    assert "it has exact, not, in" in fleet.get("machine/records", status__gt="a").json["message"][0]


def test_too_many_filters(fleet: Api) -> None:
    query = "&".join(["cost=1"] * 51)
    assert fleet.get(f"machine/records?{query}").problem() == "too_many"


def test_order(fleet: Api) -> None:
    assert fleet.names("machine") == ["Ärger", "Zebra", "eland", "Élan", "Pump"], "the newest first"
    assert fleet.names("machine", sortBy="name") == ["Ärger", "Élan", "eland", "Pump", "Zebra"]
    assert fleet.names("machine", sortBy="name", sortOrder="desc") == ["Zebra", "Pump", "eland", "Élan", "Ärger"]
    assert fleet.names("machine", sortBy="cost") == ["eland", "Pump", "Ärger", "Élan", "Zebra"]
    assert fleet.names("machine", sortBy="cost", sortOrder="desc") == ["Élan", "Ärger", "Pump", "eland", "Zebra"]
    assert fleet.names("machine", sortBy="bought", limit=2) == ["Pump", "Ärger"]
    assert fleet.names("machine", sortBy="createdAt") == ["Pump", "Élan", "eland", "Zebra", "Ärger"]
    assert fleet.names("machine", sortBy="id", sortOrder="desc")[0] == "Ärger"


def test_pages(fleet: Api) -> None:
    first = fleet.get("machine/records", sortBy="name", limit=2)
    assert first.headers["X-Total-Count"] == "5"
    assert first.json["meta"] == {
        "total": 5,
        "totalIsEstimate": False,
        "totalIsLowerBound": False,
        "page": 1,
        "limit": 2,
        "totalPages": 3,
        "nextCursor": first.json["meta"]["nextCursor"],
    }
    assert fleet.names("machine", sortBy="name", limit=2, page=3) == ["Zebra"]
    beyond = fleet.get("machine/records", limit=2, page=1000)
    assert (beyond.json["data"], beyond.json["meta"]["total"]) == ([], 5)


def test_pages_behind_many_records_are_refused(fleet: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fleet.get("machine/records", limit=100, page=2_500).status == 200
    refused = fleet.get("machine/records", limit=100, page=2_501)
    assert refused.problem("page") == "max"
    assert "cursor" in refused.json["message"][0]
    monkeypatch.setattr(pages, "MAX_DEPTH", 4)
    for params in ({}, {"sort": "name"}, {"sort": "-cost", "name__isnull": "false"}):
        second = fleet.get("machine/records", limit=2, page=2, **params)
        assert len(second.json["data"]) == 2
        assert fleet.get("machine/records", limit=2, page=3, **params).problem("page") == "max"
        rest = fleet.get("machine/records", limit=2, cursor=second.json["meta"]["nextCursor"], **params)
        assert len(rest.json["data"]) == 1
    body = {"page": 3, "limit": 2}
    assert fleet.post("machine/records/search", body).problem("page") == "max"


def test_pages_behind_many_hits_are_refused(fleet: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fleet.get("machine/records", search="a", limit=100, page=50).status == 200
    refused = fleet.get("machine/records", search="a", limit=100, page=51)
    assert refused.problem("page") == "max"
    assert "within the first 5,000 records" in refused.json["message"][0]
    monkeypatch.setattr(pages, "MAX_SEARCH_DEPTH", 2)
    whole = fleet.names("machine", search="a", limit=100)
    assert len(whole) > 2
    first = fleet.get("machine/records", search="a", limit=2).json
    rest = fleet.get("machine/records", search="a", limit=100, cursor=first["meta"]["nextCursor"]).json
    assert [record["name"] for record in (*first["data"], *rest["data"])] == whole
    # A page that is larger than that is the first one.
    assert fleet.names("machine", search="a", limit=3) == whole[:3]


def test_search_can_be_switched_off(fleet: Api) -> None:
    fleet.patch("machine", {"enableSearch": False})
    assert fleet.names("machine", search="pump") == []
    assert len(fleet.names("machine")) == 5


@pytest.mark.parametrize("fields", [1, 50])
@pytest.mark.parametrize("records", [1, 60])
def test_a_page_takes_the_same_queries_whatever_it_holds(
    api: Api, fields: int, records: int, django_assert_num_queries: Any
) -> None:
    api.make_object("Wide", *({"label": f"F{number}", "type": "TEXT"} for number in range(1, fields)))
    for number in range(records):
        api.make_record("wide", **{f"f{n}": f"{number}" for n in range(1, fields)})
    api.get("wide/records")  # compiles the schema, once for its version
    # On SQLite, how many hits the index of words has.
    counts_words = int(connection.vendor == "sqlite")
    # 1. Who is asking, and the object's version.
    # 2. The page, of records with a name.
    # 3. Where it is not full, the records without a name; where it is, the total.
    # 4. Then on SQLite, whether the index of words knows enough to count by it.
    with django_assert_num_queries(3 + counts_words * (2 if records > 50 else 1)):
        page = api.get("wide/records", limit=50, sortBy="name", search="record")
    # 1. Who is asking, and the object's version.
    # 2. The page, as above.
    # 3. Where it is not full, the records without a name. No total.
    with django_assert_num_queries((3 if records <= 50 else 2) + counts_words):
        api.get("wide/records", limit=50, sortBy="name", search="record", count="none")
    # 1. Who is asking, and the object's version.
    # 2. The page of ranked hits, with their number.
    with django_assert_num_queries(2 + counts_words):
        api.get("wide/records", limit=50, search="record")
    assert len(page.json["data"]) == min(records, 50)
    assert all(len(record["data"]) == fields for record in page.json["data"])


def test_a_page_of_a_new_version_takes_four_queries(fleet: Api, django_assert_num_queries: Any) -> None:
    fleet.patch("machine", {"description": "a new version"})
    # 1. Who is asking, and the object's version.
    # 2. The object.
    # 3. Its fields.
    # 4. The page.
    with django_assert_num_queries(4):
        fleet.get("machine/records")


def test_five_hundred_fields(api: Api) -> None:
    fields = [{"label": f"F{number}", "type": "TEXT"} for number in range(1, 500)]
    api.make_object("Huge", *fields)
    data = {f"f{number}": str(number) for number in range(1, 500)}
    record = api.make_record("huge", **data)
    assert record["data"] == {"name": "A record", **data}
    assert api.names("huge", f499="499", sortBy="f480") == ["A record"]
