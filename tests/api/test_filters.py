"""Filters beyond one field's own: periods, through lookups, and trees of conditions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from customobjects.queries.periods import period
from tests.conftest import Api


@pytest.fixture
def sites(api: Api) -> Api:
    """Three accounts, one of them empty, and five sites that point at them."""
    api.make_object("Account", {"label": "Industry", "type": "PICKLIST", "options": {"values": ["Retail", "Energy"]}})
    api.make_object(
        "Site",
        {"label": "Account", "type": "LOOKUP", "options": {"target": "account"}},
        {"label": "Partners", "type": "LOOKUP", "options": {"target": "account", "multiple": True}},
        {"label": "Cost", "type": "NUMBER"},
        {"label": "Opened", "type": "DATE"},
        {"label": "Seen", "type": "DATETIME"},
        {"label": "Tags", "type": "MULTI_PICKLIST", "options": {"values": ["new", "big"]}},
        {"label": "Is Open", "type": "CHECKBOX"},
    )
    shop = api.make_record("account", name="Shop", industry="Retail")["id"]
    plant = api.make_record("account", name="Plant", industry="Energy")["id"]
    empty = api.make_record("account", name="Empty")["id"]
    today = datetime.now(UTC)
    rows: list[dict[str, Any]] = [
        {"name": "A", "account": shop, "cost": 1, "opened": today.date().isoformat(), "tags": ["new"]},
        {"name": "B", "account": shop, "cost": 2, "opened": (today - timedelta(days=3)).date().isoformat()},
        {"name": "C", "account": plant, "cost": 3, "partners": [shop, plant], "seen": today.isoformat()},
        {"name": "D", "account": empty, "cost": 4, "partners": [plant], "opened": "2001-05-05", "is_open": True},
        {"name": "E"},
    ]
    for row in rows:
        api.make_record("site", **row)
    return api


PARAMETERS: list[tuple[dict[str, str], str]] = [
    ({"account__industry": "Retail"}, "AB"),
    ({"account__industry__in": "Retail,Energy"}, "ABC"),
    ({"account__industry__isnull": "true"}, "D"),
    ({"account__industry__not": "Retail"}, "CD"),
    ({"account__name__icontains": "P"}, "ABCD"),
    ({"account__createdAt__lt": "2001-01-01"}, ""),
    ({"account__isnull": "true"}, "E"),
    ({"partners__industry": "Retail"}, "C"),
    ({"partners__name__startswith": "Pl"}, "CD"),
    ({"partners__isnull": "false"}, "CD"),
    ({"cost__not_range": "2,3"}, "ADE"),
    ({"opened": "today"}, "A"),
    ({"opened": "last_7_days"}, "AB"),
    ({"opened__not": "last_7_days"}, "CDE"),
    ({"opened__gte": "last_7_days"}, "AB"),
    ({"opened__lt": "last_7_days"}, "D"),
    ({"opened__gt": "today"}, ""),
    ({"opened__lte": "today"}, "ABD"),
    ({"opened__in": "today,2001-05-05"}, "AD"),
    ({"opened__range": "2001-05-05,today"}, "ABD"),
    ({"seen": "today"}, "C"),
    ({"seen": "last_week"}, ""),
    ({"createdAt": "today"}, "ABCDE"),
    ({"createdAt": "Last_2_Years"}, "ABCDE"),
    ({"createdAt__lt": "this_year"}, ""),
]


@pytest.mark.parametrize(("params", "names"), PARAMETERS, ids=[str(params) for params, _names in PARAMETERS])
def test_parameters(sites: Api, params: dict[str, str], names: str) -> None:
    assert sorted(sites.names("site", **params)) == list(names)
    assert sites.get("site/records", **params, limit=1, count="exact").json["meta"]["total"] == len(names)


TREES: list[tuple[dict[str, Any], str]] = [
    ({}, "ABCDE"),
    ({"cost__gte": 3}, "CD"),
    ({"cost__in": [1, 4]}, "AD"),
    ({"cost__range": [2, 3]}, "BC"),
    ({"is_open": True}, "D"),
    ({"tags__has_any": ["new", "big"]}, "A"),
    ({"cost__isnull": True}, "E"),
    ({"cost__gte": 2, "name__not": "B"}, "CD"),
    ({"or": [{"cost": 1}, {"name": "E"}]}, "AE"),
    ({"and": [{"cost__gt": 1}, {"cost__lt": 4}]}, "BC"),
    ({"not": {"cost__gte": 2}}, "AE"),
    ({"not": {"or": [{"cost": 1}, {"cost": 2}]}}, "CDE"),
    ({"not": {}}, ""),
    ({"not": {"account__industry": "Retail"}}, "CDE"),
    ({"or": [{"and": [{"cost": 1}, {"opened": "today"}]}, {"not": {"cost__isnull": False}}]}, "AE"),
    ({"or": [{"tags__has": "new"}, {"partners__name": "Plant"}], "cost__lt": 4}, "AC"),
]


@pytest.mark.parametrize(("tree", "names"), TREES, ids=[str(tree) for tree, _names in TREES])
def test_trees(sites: Api, tree: dict[str, Any], names: str) -> None:
    answer = sites.post("site/records/search", {"filter": tree, "sort": ["name"]})
    assert [record["name"] for record in answer.json["data"]] == list(names)
    assert answer.json["meta"]["total"] == len(names)


def test_a_tree_comes_with_all_that_a_list_has(sites: Api) -> None:
    body = {"filter": {"cost__gte": 1}, "sort": "-cost,name", "fields": ["cost"], "limit": 3, "count": "exact"}
    first = sites.post("site/records/search", body)
    assert [record["data"] for record in first.json["data"]] == [{"cost": 4}, {"cost": 3}, {"cost": 2}]
    assert first.json["meta"]["total"] == 4
    second = sites.post("site/records/search", {**body, "cursor": first.json["meta"]["nextCursor"]})
    assert [record["name"] for record in second.json["data"]] == ["A"]
    assert second.json["meta"]["nextCursor"] is None


DEEP: Any = {"cost": 1}
for _ in range(6):
    DEEP = {"not": DEEP}
REFUSED: list[tuple[Any, str, str]] = [
    ({"filter": {"colour": 1}}, "filter.colour", "unknown"),
    ({"filter": {"or": [{"cost__has": 1}]}}, "filter.or.0.cost__has", "operator"),
    ({"filter": {"account__colour": 1}}, "filter.account__colour", "operator"),
    ({"filter": {"account__industry__gt": "A"}}, "filter.account__industry__gt", "operator"),
    ({"filter": {"or": []}}, "filter.or", "type"),
    ({"filter": {"or": {"cost": 1}}}, "filter.or", "type"),
    ({"filter": {"not": [1]}}, "filter.not", "type"),
    ({"filter": DEEP}, "filter.not.not.not.not.not", "depth"),
    ({"filter": {"or": [{"cost": number} for number in range(51)]}}, "filter.or", "type"),
    ({"filter": {"or": [{"cost": n, "cost__gt": n} for n in range(50)]}}, "", "too_many"),
    ({"filter": {"cost": None}}, "filter.cost", "operands"),
    ({"filter": {"cost": {"a": 1}}}, "filter.cost", "type"),
    ({"filter": {"cost__isnull": 1}}, "filter.cost__isnull", "type"),
    ({"filter": {"opened": "next_millennium"}}, "filter.opened", "type"),
    ({"filter": {"opened__in": "today,someday"}}, "filter.opened__in", "type"),
    ({"filter": {"name__in": '"A'}}, "filter.name__in", "operands"),
    ({"filter": {"name__in": '"A"B,C'}}, "filter.name__in", "operands"),
    ({"filter": []}, "filter", "invalid"),
    ({"sort": 7}, "sort", "invalid"),
    ({"sort": "colour"}, "sort", "choice"),
    ({"limit": 101}, "limit", "max_value"),
    ({"unknown": 1}, "unknown", "unknown"),
]


@pytest.mark.parametrize(("body", "field", "code"), REFUSED)
def test_what_makes_no_sense_is_refused(sites: Api, body: Any, field: str, code: str) -> None:
    answer = sites.post("site/records/search", body)
    assert answer.status == 400
    assert answer.problem(field) == code


def test_an_unknown_name_is_told_what_there_is(sites: Api) -> None:
    message = sites.get("site/records", account__colour="red").json["message"][0]
    assert "industry" in message
    assert "exact" in message
    assert "last_7_days" in sites.get("site/records", opened="soon").json["message"][0]


@pytest.mark.parametrize(
    ("word", "first", "last"),
    [
        ("today", date(2026, 3, 31), date(2026, 3, 31)),
        ("yesterday", date(2026, 3, 30), date(2026, 3, 30)),
        ("tomorrow", date(2026, 4, 1), date(2026, 4, 1)),
        ("this_week", date(2026, 3, 30), date(2026, 4, 5)),
        ("last_week", date(2026, 3, 23), date(2026, 3, 29)),
        ("next_month", date(2026, 4, 1), date(2026, 4, 30)),
        ("last_month", date(2026, 2, 1), date(2026, 2, 28)),
        ("this_quarter", date(2026, 1, 1), date(2026, 3, 31)),
        ("next_quarter", date(2026, 4, 1), date(2026, 6, 30)),
        ("last_year", date(2025, 1, 1), date(2025, 12, 31)),
        ("last_7_days", date(2026, 3, 24), date(2026, 3, 31)),
        ("next_2_days", date(2026, 4, 1), date(2026, 4, 2)),
        ("last_13_months", date(2025, 2, 1), date(2026, 3, 31)),
        ("next_1_years", date(2027, 1, 1), date(2027, 12, 31)),
    ],
)
def test_periods(word: str, first: date, last: date, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 3, 31, 23, 59, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    found = period(word)
    assert found is not None
    assert (found[0].date(), (found[1] - timedelta(microseconds=1)).date()) == (first, last)


@pytest.mark.parametrize(
    "word", ["", "someday", "last_0_days", "last_7", "this_decade", "next_9999_years", "last_٣_days"]
)
def test_no_period(word: str) -> None:
    assert period(word) is None
