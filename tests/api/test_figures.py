"""Figures by what lookups point at and by each value of a list, in any order, and how many different values."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Api


@pytest.fixture
def deals(api: Api) -> Api:
    """Deals of accounts, with tags and partners, two of them without anything."""
    api.make_object(
        "Account",
        {"label": "Industry", "type": "PICKLIST", "options": {"values": ["Retail", "Energy"]}},
        {"label": "Founded", "type": "DATE"},
        {"label": "Region", "type": "TEXT", "isIndexed": False},
        {"label": "Parent", "type": "LOOKUP", "options": {"target": "account"}},
    )
    api.make_object(
        "Deal",
        {"label": "Account", "type": "LOOKUP", "options": {"target": "account"}},
        {"label": "Partners", "type": "LOOKUP", "options": {"target": "account", "multiple": True}},
        {"label": "Tags", "type": "MULTI_PICKLIST", "options": {"values": ["new", "Big", "at risk"]}},
        {"label": "Cost", "type": "NUMBER"},
        {"label": "Spared", "type": "NUMBER", "isIndexed": False},
        {"label": "Town", "type": "TEXT"},
        {"label": "Won", "type": "CHECKBOX"},
    )
    shop = api.make_record("account", name="Shop", industry="Retail", founded="2001-02-03", region="North")["id"]
    store = api.make_record("account", name="store", industry="Retail", founded="2001-11-30", parent=shop)["id"]
    plant = api.make_record("account", name="Plant", industry="Energy", founded="1999-01-01", region="north")["id"]
    bare = api.make_record("account", name="Bare")["id"]
    rows: list[dict[str, Any]] = [
        {"account": shop, "cost": 1, "tags": ["new", "Big"], "partners": [plant, store], "town": "Ulm", "spared": 2},
        {"account": shop, "cost": -5, "tags": ["Big"], "town": "ulm", "won": True, "spared": 2.0},
        {"account": store, "cost": 30, "tags": ["new"], "partners": [plant], "town": "Zoë"},
        {"account": plant, "cost": 9, "town": "Zoe", "won": True},
        {"account": bare, "tags": ["Big", "at risk", "new"], "town": "Bonn"},
        {"cost": 100},
    ]
    for row in rows:
        api.make_record("deal", **row)
    return api


def figures(api: Api, by: str, **params: Any) -> list[tuple[Any, int]]:
    """The values of groups by one thing, and how many records each has."""
    answer = api.get("deal/records/aggregate", groupBy=by, **params)
    assert answer.status == 200, answer
    assert all(list(row["group"]) == [by] for row in answer.json["data"])
    return [(row["group"][by], row["count"]) for row in answer.json["data"]]


def test_by_what_a_lookup_points_at(deals: Api) -> None:
    assert figures(deals, "account.industry") == [("Retail", 3), ("Energy", 1), (None, 2)]
    assert figures(deals, "account.name") == [("Bare", 1), ("Plant", 1), ("Shop", 2), ("store", 1), (None, 1)]
    assert figures(deals, "account.region") == [("North", 3), (None, 3)]
    assert figures(deals, "account.founded", interval="year") == [("1999-01-01", 1), ("2001-01-01", 3), (None, 2)]
    assert figures(deals, "account.founded") == [
        ("1999-01-01", 1),
        ("2001-02-03", 2),
        ("2001-11-30", 1),
        (None, 2),
    ]
    [shop] = deals.get("account/records", name="Shop").json["data"]
    assert figures(deals, "account.parent") == [(shop["id"], 1), (None, 5)]
    assert len(figures(deals, "account.createdAt")) == 5
    # The trash holds no target.
    deals.delete(f"account/records/{shop['id']}")
    assert figures(deals, "account.industry") == [("Retail", 1), ("Energy", 1), (None, 4)]


def test_by_each_value_of_a_list(deals: Api) -> None:
    assert figures(deals, "tags") == [("new", 3), ("Big", 3), ("at risk", 1), (None, 2)]
    ids = {record["name"]: record["id"] for record in deals.get("account/records").json["data"]}
    assert figures(deals, "partners") == [(id_, n) for id_, n in sorted([(ids["store"], 1), (ids["Plant"], 2)])] + [
        (None, 4)
    ]
    answer = deals.get("deal/records/aggregate", groupBy="tags,won", metrics="count,sum:cost", tags__has="new")
    assert [
        (row["group"]["tags"], row["group"]["won"], row["count"], row["sum"]["cost"]) for row in answer.json["data"]
    ] == [
        ("new", False, 3, 31),
        ("Big", False, 2, 1),
        ("at risk", False, 1, None),
    ]


ORDERS: list[tuple[dict[str, Any], list[Any]]] = [
    ({"groupBy": "account.industry", "sort": "-count"}, ["Retail", None, "Energy"]),
    ({"groupBy": "account.industry", "sort": "count"}, ["Energy", None, "Retail"]),
    ({"groupBy": "account.industry", "sort": "-account.industry"}, ["Energy", "Retail", None]),
    ({"groupBy": "account.industry", "sort": "-sum:cost"}, [None, "Retail", "Energy"]),
    ({"groupBy": "account.industry", "sort": "avg:cost"}, ["Retail", "Energy", None]),
    ({"groupBy": "account.industry", "sort": "-max:cost"}, [None, "Retail", "Energy"]),
    ({"groupBy": "account.industry", "sort": "min:cost"}, ["Retail", "Energy", None]),
    ({"groupBy": "account.industry", "sort": "-count_distinct:town"}, ["Retail", "Energy", None]),
    ({"groupBy": "account.name", "sort": "sum:cost"}, ["Shop", "Plant", "store", None, "Bare"]),
    ({"groupBy": "account.name", "sort": "-sum:cost"}, [None, "store", "Plant", "Shop", "Bare"]),
    ({"groupBy": "account.name", "sort": "-count,-account.name"}, ["Shop", "store", "Plant", "Bare", None]),
    ({"groupBy": "account.name", "sort": "-count", "limit": 2}, ["Shop", "Bare"]),
    ({"groupBy": "account.name", "sort": "sum:spared,count"}, ["Shop", "Bare", "Plant", "store", None]),
    ({"groupBy": "tags", "sort": "-tags"}, ["at risk", "Big", "new", None]),
    ({"groupBy": "tags", "sort": "-count"}, ["new", "Big", None, "at risk"]),
    ({"groupBy": "town", "sort": "-town"}, ["Zoë", "Zoe", "Ulm", "Bonn", None]),
]


@pytest.mark.parametrize(("params", "groups"), ORDERS, ids=[str(params) for params, _groups in ORDERS])
def test_the_order_of_groups(deals: Api, params: dict[str, Any], groups: list[Any]) -> None:
    answer = deals.get("deal/records/aggregate", **params)
    found = [row["group"][params["groupBy"]] for row in answer.json["data"]]
    if params["sort"] == "-town":
        # Both have one key; which of them comes first, their accents say.
        found[:2] = sorted(found[:2], reverse=True)
    assert found == groups
    assert answer.json["meta"]["isTruncated"] is (params.get("limit") == 2)
    body = {**params, "groupBy": [params["groupBy"]], "sort": params["sort"].split(",")}
    assert deals.post("deal/records/aggregate", body).json["data"] == answer.json["data"]


def test_groups_are_named_by_ids_of_fields_too(deals: Api) -> None:
    id_ = next(field["id"] for field in deals.get("deal").json["fields"] if field["apiName"] == "town")
    by_name = deals.get("deal/records/aggregate", groupBy="town", sort="-town").json["data"]
    for sort in (f"-{id_}", "-town"):
        assert deals.get("deal/records/aggregate", groupBy=id_, sort=sort).json["data"] == by_name


def test_orders_by_sums_are_exact(deals: Api) -> None:
    """As numbers, and not as texts or binary floats: with many digits, and negative ones."""
    deals.make_object("Box", {"label": "Side", "type": "TEXT"}, {"label": "Size", "type": "NUMBER"})
    sizes = {
        "a": ["9007199254740993", "0.000000000000001"],
        "b": ["9007199254740993"],
        "c": ["9999999999999999999999999.5"] * 3,
        "d": ["-9999999999999999999999999.5", "-1"],
        "e": ["-0.5", "-0.25"],
        "f": ["0"],
        "g": [None],
    }
    for side, numbers in sizes.items():
        for number in numbers:
            deals.make_record("box", side=side, size=number)
    for sort, groups in {
        "sum:size": "defbacg",
        "-sum:size": "cabfedg",
        "avg:size": "defabcg",
        "-avg:size": "cbafedg",
    }.items():
        rows = deals.get("box/records/aggregate", groupBy="side", sort=sort).json["data"]
        assert "".join(row["group"]["side"] for row in rows) == groups, sort


def test_how_many_different_values(deals: Api) -> None:
    metrics = ",".join(
        f"count_distinct:{name}" for name in ("town", "cost", "spared", "won", "account", "createdBy", "createdAt")
    )
    [row] = deals.get("deal/records/aggregate", metrics=metrics).json["data"]
    # Equality is that of filters: whatever the case, and with accents.
    assert row["countDistinct"] == {
        "town": 4,
        "cost": 5,
        "spared": 1,
        "won": 2,
        "account": 4,
        "createdBy": 1,
        "createdAt": 6,
    }
    [row] = deals.get("deal/records/aggregate", metrics="count_distinct:town", name="nobody").json["data"]
    assert row["countDistinct"] == {"town": 0}


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"groupBy": "account.color"}, "groupBy", "choice"),
    ({"groupBy": "account.id"}, "groupBy", "choice"),
    ({"groupBy": "account.parent.name"}, "groupBy", "choice"),
    ({"groupBy": "partners.name"}, "groupBy", "choice"),
    ({"groupBy": "town.name"}, "groupBy", "choice"),
    ({"groupBy": "account."}, "groupBy", "choice"),
    ({"groupBy": "tags,partners"}, "groupBy", "too_many"),
    ({"groupBy": "town,won,cost,account.name"}, "groupBy", "too_many"),
    ({"groupBy": "account.industry", "interval": "year"}, "interval", "type"),
    ({"groupBy": "town", "sort": "won"}, "sort", "choice"),
    ({"groupBy": "town", "sort": "-sum:town"}, "sort", "choice"),
    ({"groupBy": "town", "sort": "count,town,sum:cost,avg:cost,min:cost,max:cost"}, "sort", "too_many"),
    ({"metrics": "count_distinct:tags"}, "metrics", "choice"),
    ({"metrics": "count_distinct:id"}, "metrics", "choice"),
    ({"metrics": "count_distinct"}, "metrics", "choice"),
    ({"metrics": "sum:createdAt"}, "metrics", "choice"),
]


@pytest.mark.parametrize(("params", "field", "code"), REFUSED, ids=[str(params) for params, *_rest in REFUSED])
def test_what_makes_no_sense_is_refused(deals: Api, params: dict[str, Any], field: str, code: str) -> None:
    assert deals.get("deal/records/aggregate", **params).problem(field) == code


def test_queries(deals: Api, django_assert_num_queries: Any) -> None:
    deals.get("deal/records/aggregate", groupBy="account.industry")
    # 1. Who asks, and the object.
    # 2. The object that the lookup points at.
    # 3. The figures.
    with django_assert_num_queries(3):
        deals.get("deal/records/aggregate", groupBy="account.industry,tags", sort="-sum:cost", limit=10)
