"""Aggregates, and searching: ranked within an object, and through all of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from customobjects.queries import global_search
from salesos.accounts.models import User
from tests.conftest import Api


@pytest.fixture
def machines(api: Api) -> Api:
    api.make_object("Maker")
    api.make_object(
        "Machine",
        {"label": "Status", "type": "PICKLIST", "options": {"values": ["active", "idle", "gone"]}},
        {"label": "Cost", "type": "CURRENCY"},
        {"label": "Spared", "type": "NUMBER", "isIndexed": False},
        {"label": "Bought", "type": "DATE"},
        {"label": "Seen", "type": "DATETIME"},
        {"label": "Town", "type": "TEXT"},
        {"label": "Insured", "type": "CHECKBOX"},
        {"label": "Maker", "type": "LOOKUP", "options": {"target": "maker"}},
    )
    maker = api.make_record("maker", name="Krupp")["id"]
    rows: list[dict[str, Any]] = [
        {"status": "active", "cost": "0.10", "spared": "0.1", "bought": "2024-01-31", "town": "Ulm", "maker": maker},
        {"status": "active", "cost": "0.20", "spared": "0.2", "bought": "2024-02-01", "town": "ulm"},
        {"status": "idle", "cost": "9999999999999999999.99", "bought": "2024-02-29", "insured": True},
        {"status": "idle", "spared": "-7", "seen": "2025-12-31T23:59:59Z"},
        {"cost": "5"},
    ]
    for number, row in enumerate(rows):
        api.make_record("machine", name=f"M{number}", **row)
    return api


def figures(api: Api, **params: Any) -> list[dict[str, Any]]:
    answer = api.get("machine/records/aggregate", **params)
    assert answer.status == 200, answer
    return list(answer.json["data"])


def test_groups_and_metrics(machines: Api) -> None:
    found = machines.get(
        "machine/records/aggregate", groupBy="status", metrics="count,sum:cost,avg:cost,min:cost,max:cost"
    )
    assert found.text.startswith(
        '{"data":[{"group":{"status":"active"},"count":2,"sum":{"cost":0.3},"avg":{"cost":0.15},"min":{"cost":0.1},'
        '"max":{"cost":0.2}},{"group":{"status":"idle"},"count":2,"sum":{"cost":9999999999999999999.99}'
    ), "exactly, digit by digit"
    assert found.json["data"][2]["group"] == {"status": None}
    assert found.json["meta"] == {"isTruncated": False}


def test_without_groups(machines: Api) -> None:
    assert figures(machines) == [{"group": {}, "count": 5}]
    assert figures(machines, metrics="sum:spared,min:bought,max:seen") == [
        {
            "group": {},
            "sum": {"spared": Decimal("-6.7")},
            "min": {"bought": "2024-01-31"},
            "max": {"seen": "2025-12-31T23:59:59Z"},
        }
    ]
    assert figures(machines, metrics="count,sum:cost", name="nobody") == [
        {"group": {}, "count": 0, "sum": {"cost": None}}
    ]


def test_filters_and_search_go_with_it(machines: Api) -> None:
    assert figures(machines, cost__lt=1) == [{"group": {}, "count": 2}]
    assert figures(machines, search="idle") == [{"group": {}, "count": 2}]
    assert figures(machines, maker__name="Krupp") == [{"group": {}, "count": 1}]


@pytest.mark.parametrize(
    ("params", "groups"),
    [
        ({"groupBy": "bought", "interval": "month"}, ["2024-01-01", "2024-02-01", None]),
        ({"groupBy": "bought", "interval": "year"}, ["2024-01-01", None]),
        ({"groupBy": "bought", "interval": "quarter"}, ["2024-01-01", None]),
        ({"groupBy": "bought", "interval": "week"}, ["2024-01-29", "2024-02-26", None]),
        ({"groupBy": "bought"}, ["2024-01-31", "2024-02-01", "2024-02-29", None]),
        ({"groupBy": "seen"}, ["2025-12-31T23:59:59Z", None]),
        ({"groupBy": "town"}, ["Ulm", None]),
        ({"groupBy": "insured"}, [False, True]),
        ({"groupBy": "spared"}, [-7, 0.1, 0.2, None]),
    ],
)
def test_kinds_of_groups(machines: Api, params: dict[str, str], groups: list[Any]) -> None:
    found = [row["group"][params["groupBy"]] for row in figures(machines, **params)]
    assert [float(value) if not isinstance(value, str | bool | None) else value for value in found] == groups


@pytest.mark.parametrize(
    ("zone", "interval", "groups"),
    [
        ("", "day", ["2025-12-31"]),
        ("UTC", "day", ["2025-12-31"]),
        ("Europe/Berlin", "day", ["2026-01-01"]),
        ("Europe/Berlin", "year", ["2026-01-01"]),
        ("America/Los_Angeles", "month", ["2025-12-01"]),
        ("Asia/Kolkata", "week", ["2025-12-29"]),
    ],
)
def test_times_are_put_together_in_a_zone(machines: Api, zone: str, interval: str, groups: list[str]) -> None:
    asked = {"groupBy": "seen", "interval": interval, "timeZone": zone}
    assert [row["group"]["seen"] for row in figures(machines, **asked)] == [*groups, None]
    body = {**asked, "groupBy": ["seen"], **({} if zone else {"timeZone": "UTC"})}
    assert machines.post("machine/records/aggregate", body).json["data"] == figures(machines, **asked)
    days = {"groupBy": "bought", "interval": "day"}
    assert figures(machines, **days, timeZone=zone) == figures(machines, **days), "a date is the same everywhere"


@pytest.mark.parametrize(
    ("zone", "moments", "days"),
    [
        # Summer time begins at 2 and ends at 3 in Berlin: these days have 23 and 25 hours.
        ("Europe/Berlin", ["2026-03-28T22:59:00Z", "2026-03-29T21:59:00Z"], ["2026-03-28", "2026-03-29"]),
        ("Europe/Berlin", ["2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"], ["2026-03-29", "2026-03-30"]),
        ("Europe/Berlin", ["2026-10-24T22:00:00Z", "2026-10-25T22:59:00Z"], ["2026-10-25", "2026-10-25"]),
        # There this day begins at one o'clock.
        ("America/Santiago", ["2026-09-06T03:59:00Z", "2026-09-06T04:00:00Z"], ["2026-09-05", "2026-09-06"]),
    ],
)
def test_days_on_which_clocks_are_changed(api: Api, zone: str, moments: list[str], days: list[str]) -> None:
    api.make_object("Visit", {"label": "At", "type": "DATETIME"})
    for moment in moments:
        api.make_record("visit", name="V", at=moment)
    found = api.get("visit/records/aggregate", groupBy="at", interval="day", timeZone=zone).json["data"]
    assert {row["group"]["at"]: row["count"] for row in found} == {day: days.count(day) for day in days}


def test_several_groups(machines: Api, admin: User) -> None:
    assert figures(machines, groupBy="status,insured", limit=2) == [
        {"group": {"status": "active", "insured": False}, "count": 2},
        {"group": {"status": "idle", "insured": False}, "count": 1},
    ]
    assert machines.get("machine/records/aggregate", groupBy="status", limit=1).json["meta"] == {"isTruncated": True}
    assert figures(machines, groupBy="ownerId") == [{"group": {"ownerId": str(admin.id)}, "count": 5}]
    [row] = figures(machines, groupBy="createdAt", interval="year")
    assert row["count"] == 5


@pytest.mark.parametrize(
    ("params", "field", "code"),
    [
        ({"groupBy": "colour"}, "groupBy", "choice"),
        ({"groupBy": "status,insured,town,cost"}, "groupBy", "too_many"),
        ({"metrics": "sum:status"}, "metrics", "choice"),
        ({"metrics": "sum:bought"}, "metrics", "choice"),
        ({"metrics": "median:cost"}, "metrics", "choice"),
        ({"groupBy": "status", "interval": "month"}, "interval", "type"),
        ({"interval": "decade"}, "interval", "invalid_choice"),
        ({"groupBy": "seen", "interval": "day", "timeZone": "Mars/Olympus"}, "timeZone", "choice"),
        ({"groupBy": "seen", "interval": "day", "timeZone": "../../etc/passwd"}, "timeZone", "choice"),
        ({"timeZone": "x" * 65}, "timeZone", "max_length"),
        ({"colour": "red"}, "colour", "unknown"),
        ({"limit": 1001}, "limit", "max_value"),
    ],
)
def test_figures_that_make_no_sense(machines: Api, params: dict[str, Any], field: str, code: str) -> None:
    assert machines.get("machine/records/aggregate", **params).problem(field) == code


def test_figures_take_two_queries(machines: Api, django_assert_num_queries: Any) -> None:
    figures(machines, groupBy="status")
    # 1. The figures.
    # 2. Whether who is asking and the schema are as they were.
    with django_assert_num_queries(2):
        figures(machines, groupBy="status,insured", metrics="count,sum:cost,avg:spared")


def test_figures_by_a_tree_are_those_by_parameters(machines: Api) -> None:
    def by_tree(**body: Any) -> Any:
        answer = machines.post("machine/records/aggregate", body)
        assert answer.status == 200, answer
        return answer.json

    assert by_tree() == machines.get("machine/records/aggregate").json
    tree = {"or": [{"status": "active"}, {"cost__gt": 4}]}
    assert by_tree(filter=tree, groupBy=["status"], metrics=["count", "sum:cost"]) == {
        "data": [
            {"group": {"status": "active"}, "count": 2, "sum": {"cost": Decimal("0.3")}},
            {"group": {"status": "idle"}, "count": 1, "sum": {"cost": Decimal("9999999999999999999.99")}},
            {"group": {"status": None}, "count": 1, "sum": {"cost": 5}},
        ],
        "meta": {"isTruncated": False},
    }
    assert by_tree(filter={"not": {"status__in": ["active", "idle"]}}, search="M4")["data"][0]["count"] == 1
    asked: dict[str, Any] = {"groupBy": "bought", "interval": "month", "metrics": "count,max:cost", "limit": 1}
    found = by_tree(filter={"bought__isnull": False}, **asked)
    assert found == machines.get("machine/records/aggregate", bought__isnull="false", **asked).json
    assert found["meta"] == {"isTruncated": True}


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"filter": {"or": [{"colour": 1}]}}, "filter.or.0.colour", "unknown"),
        ({"filter": []}, "filter", "invalid"),
        ({"groupBy": ["colour"]}, "groupBy", "choice"),
        ({"groupBy": 7}, "groupBy", "invalid"),
        ({"metrics": ["median:cost"]}, "metrics", "choice"),
        ({"interval": "month"}, "interval", "type"),
        ({"limit": 0}, "limit", "min_value"),
        ({"status": "active"}, "status", "unknown"),
    ],
)
def test_trees_that_make_no_sense(machines: Api, body: Any, field: str, code: str) -> None:
    assert machines.post("machine/records/aggregate", body).problem(field) == code


def test_figures_by_a_tree_need_what_reading_needs(machines: Api, rep: User, stranger: User) -> None:
    assert Api(None).post("machine/records/aggregate", {}).status == 401
    assert Api(stranger).post("machine/records/aggregate", {}).status == 404
    assert Api(rep).post("machine/records/aggregate", {}).json["data"] == [{"group": {}, "count": 5}]


def test_figures_by_a_tree_take_two_queries(machines: Api, django_assert_num_queries: Any) -> None:
    body = {"filter": {"or": [{"status": "active"}, {"maker__name": "Krupp"}]}, "groupBy": "status,insured"}
    machines.post("machine/records/aggregate", {"filter": {"maker__name": "Krupp"}})
    # 1. The figures.
    # 2. Whether who is asking and the schema are as they were.
    # 3. The schema behind the lookup.
    with django_assert_num_queries(3):
        machines.post("machine/records/aggregate", body)
    with django_assert_num_queries(2):
        machines.post("machine/records/aggregate", {"filter": {"not": {"cost__gt": 1}}})


# Searching -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def library(api: Api) -> Api:
    api.make_object("Book", {"label": "Notes", "type": "TEXTAREA"}, {"label": "Place", "type": "TEXT"})
    for name, notes, place in (
        ("Old lantern", "", ""),
        ("Nothing", "a gaslantern", ""),
        ("Lantern", "", ""),
        ("Streetlantern", "", ""),
        ("Other", "many lanterns", ""),
        ("Élan vital", "", ""),
        ("Relance", "", ""),
    ):
        api.make_record("book", name=name, notes=notes, place=place)
    return api


def test_the_best_come_first(library: Api) -> None:
    assert library.names("book", search="lantern") == ["Lantern", "Old lantern", "Streetlantern", "Other", "Nothing"]
    assert library.names("book", search="LAN", limit=3) == ["Lantern", "Old lantern", "Relance"]
    by_name = ["Lantern", "Nothing", "Old lantern", "Other", "Streetlantern"]
    assert library.names("book", search="lantern", sort="name") == by_name


def test_through_all_objects(library: Api, stranger: User) -> None:
    library.make_object("Shop")
    library.make_record("shop", name="Elan & Sons")
    library.make_object("Silent", enableSearch=False)
    library.make_record("silent", name="Elan")
    Api(stranger).make_object("Foreign")
    Api(stranger).make_record("foreign", name="Elan")
    found = library.get("/v1/search", q="élan").json["data"]
    assert [(hits["object"]["apiName"], [hit["name"] for hit in hits["hits"]]) for hits in found] == [
        ("book", ["Élan vital", "Relance"]),
        ("shop", ["Elan & Sons"]),
    ]
    first = library.get("/v1/search", q="lantern", limit=2).json["data"][0]
    assert ([hit["name"] for hit in first["hits"]], first["hasMore"]) == (["Lantern", "Old lantern"], True)
    assert library.get("/v1/search", q="nowhere").json == {"data": [], "meta": {"isTruncated": False}}
    assert library.get("/v1/search").problem("q") == "required"
    assert library.get("/v1/search", q="  ").status == 400
    assert library.get("/v1/search", q="a", limit=21).problem("limit") == "max_value"


def test_a_search_of_everything_ends_in_time(library: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    library.make_object("Shop")
    library.make_record("shop", name="Lantern")
    monkeypatch.setattr(global_search, "MAX_SECONDS", -1.0)
    found = library.get("/v1/search", q="lantern").json
    # The object that was changed last is looked through in any case.
    assert [hits["object"]["apiName"] for hits in found["data"]] == ["shop"]
    assert found["meta"] == {"isTruncated": True}


def test_hidden_fields_are_not_found_and_do_not_rank(library: Api) -> None:
    library.patch("book/fields/notes", {"isActive": False})
    assert library.names("book", search="lantern") == ["Lantern", "Old lantern", "Streetlantern"]
    [hits] = library.get("/v1/search", q="lanterns").json["data"] or [{"hits": []}]
    assert hits["hits"] == []
