"""What a saved view lists is what the API's search lists."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from customobjects.queries.aggregates import aggregate
from customobjects.queries.filter_reader import FilterReader
from customobjects.queries.objects import get_schema
from customobjects.queries.pages import list_records
from customobjects.queries.steps import Steps
from customobjects.queries.view_colors import conditions_that_hold
from customobjects.queries.view_settings import clean_settings
from customobjects.queries.views import chart_aggregation, get_view, record_request, views_to_choose
from customobjects.services.views import choose_default, create_view
from salesos.accounts.actor import Actor
from tests.api.viewing import condition
from tests.conftest import Api


@pytest.fixture
def deals(api: Api) -> Api:
    api.make_object("Account", {"label": "Industry", "type": "TEXT"})
    api.make_object(
        "Deal",
        {"label": "Amount", "type": "NUMBER"},
        {"label": "Stage", "type": "PICKLIST", "options": {"values": ["open", "won", "lost"]}},
        {"label": "Closes", "type": "DATE"},
        {"label": "Due", "type": "DATE"},
        {"label": "Account", "type": "LOOKUP", "options": {"target": "account"}},
    )
    accounts = [api.make_record("account", name=name, industry=name.upper())["id"] for name in ("Retail", "Food")]
    for number in range(30):
        api.make_record(
            "deal",
            name=f"{'Pump' if number % 2 else 'Valve'} {number}",
            amount=number * 10 if number % 7 else None,
            stage=["open", "won", "lost"][number % 3],
            closes=f"2026-01-{number + 1:02}",
            due=f"2026-01-{(number * 5) % 28 + 1:02}",
            account=accounts[number % 2] if number % 5 else None,
        )
    return api


# Settings, the same as the API's search takes it, and how many records both find.
ASKED: list[tuple[dict[str, Any], dict[str, Any], int]] = [
    ({}, {}, 30),
    ({"filters": [condition("stage", "exact", "open")]}, {"filter": {"stage": "open"}}, 10),
    (
        {"filters": [condition("stage", "in", ["open", "won"]), condition("amount", "gte", 100)], "sort": ["-amount"]},
        {"filter": {"stage__in": ["open", "won"], "amount__gte": 100}, "sort": ["-amount"]},
        11,
    ),
    (
        {"filters": [condition("amount", "gte", 100), condition("amount", "gte", 200)], "sort": ["stage", "-closes"]},
        {"filter": {"and": [{"amount__gte": 100}, {"amount__gte": 200}]}, "sort": ["stage", "-closes"]},
        8,
    ),
    (
        {"anyOf": [condition("stage", "exact", "lost"), condition("amount", "isnull", True)], "sort": ["closes"]},
        {"filter": {"or": [{"stage": "lost"}, {"amount__isnull": True}]}, "sort": ["closes"]},
        14,
    ),
    (
        {
            "search": "pump",
            "filters": [condition("account__industry", "exact", "FOOD")],
            "anyOf": [condition("closes", "gt", {"field": "due"}), condition("amount", "lt", 60)],
            "sort": ["account.industry", "-amount"],
        },
        {
            "search": "pump",
            "filter": {
                "account__industry": "FOOD",
                "or": [{"closes__gt": {"field": "due"}}, {"amount__lt": 60}],
            },
            "sort": ["account.industry", "-amount"],
        },
        8,
    ),
    ({"search": "pump"}, {"search": "pump"}, 15),
]


@pytest.mark.parametrize(("given", "body", "count"), ASKED, ids=range(len(ASKED)))
def test_a_view_lists_what_the_search_lists(
    deals: Api, actor: Actor, given: dict[str, Any], body: dict[str, Any], count: int
) -> None:
    schema = get_schema(actor, "deal")
    settings = clean_settings(actor, schema, "grid", given)
    found = list_records(actor, schema, record_request(actor, schema, settings, limit=100))
    searched = deals.post("deal/records/search", {**body, "limit": 100}).json
    assert found.records() == searched["data"]
    assert found.total.number == searched["meta"]["total"] == count
    # Page by page, by number and by cursor.
    expected = [record["id"] for record in searched["data"]]
    second = list_records(actor, schema, record_request(actor, schema, settings, page=2, limit=5))
    assert [record["id"] for record in second.records()] == expected[5:10]
    paged, cursor = [], ""
    while True:
        page = list_records(actor, schema, record_request(actor, schema, settings, cursor=cursor, limit=4))
        paged += [record["id"] for record in page.records()]
        if (cursor := page.next_cursor or "") == "":
            break
    assert paged == expected


def test_callers_may_narrow_a_view_down(deals: Api, actor: Actor) -> None:
    schema = get_schema(actor, "deal")
    settings = clean_settings(actor, schema, "grid", {"filters": [condition("stage", "exact", "open")]})
    request = record_request(actor, schema, settings)
    narrowed = request._replace(filters=(("amount__gte", "200"),), tree={"name__icontains": "pump"})
    expected = deals.names("deal", stage="open", amount__gte=200, name__icontains="pump")
    assert len(expected) == 1
    assert [record["name"] for record in list_records(actor, schema, narrowed).records()] == expected


def test_what_is_gone_is_no_condition(deals: Api, actor: Actor) -> None:
    schema = get_schema(actor, "deal")
    given = {
        "filters": [condition("amount", "gte", 200), condition("stage", "exact", "open")],
        "anyOf": [condition("amount", "gte", 200)],
        "sort": ["amount", "name"],
    }
    settings = clean_settings(actor, schema, "grid", given)
    deals.delete("deal/fields/amount")
    schema = get_schema(actor, "deal")
    found = list_records(actor, schema, record_request(actor, schema, settings))
    assert [record["name"] for record in found.records()] == deals.names("deal", stage="open", sort="name")
    assert found.total.number == 10


def test_a_chart_is_an_aggregate(deals: Api, actor: Actor) -> None:
    schema = get_schema(actor, "deal")
    for given, params in (
        ({"type": "number"}, {}),
        ({"type": "number", "measure": {"function": "max", "field": "amount"}}, {"metrics": "max:amount"}),
        (
            {"type": "bar", "group": "stage", "measure": {"function": "sum", "field": "amount"}},
            {"groupBy": "stage", "metrics": "sum:amount"},
        ),
        ({"type": "line", "group": "closes", "period": "week"}, {"groupBy": "closes", "interval": "week"}),
        ({"type": "pie", "group": "account.industry"}, {"groupBy": "account.industry"}),
    ):
        settings = clean_settings(actor, schema, "chart", {**given, "filters": [condition("stage", "in", "open,won")]})
        rows, _cut = aggregate(actor, schema, record_request(actor, schema, settings), chart_aggregation(settings))
        assert rows == deals.get("deal/records/aggregate", stage__in="open,won", **params).json["data"]
        assert rows


def test_which_conditions_hold(deals: Api, actor: Actor, django_assert_num_queries: Any) -> None:
    schema = get_schema(actor, "deal")
    given = (("stage__exact", "lost"), ("amount__isnull", True), ("account__name__exact", "Food"))
    reader = FilterReader(actor, schema)
    conditions = [one for name, value in given if (one := reader.condition(name, value, name))]
    assert len(conditions) == len(given)
    ids = {record["name"]: UUID(record["id"]) for record in deals.get("deal/records", limit=100).json["data"]}
    asked = [ids[name] for name in ("Pump 5", "Valve 14", "Pump 21", "Valve 6")]
    # 1. The records that are asked for.
    with django_assert_num_queries(1):
        found = conditions_that_hold(actor, schema, conditions, asked)
    assert found == {ids["Pump 5"]: [0], ids["Valve 14"]: [0, 1], ids["Pump 21"]: [1, 2]}
    with django_assert_num_queries(0):
        assert conditions_that_hold(actor, schema, [], asked) == {}
        assert conditions_that_hold(actor, schema, conditions, []) == {}


def test_queries_of_opening_a_view(deals: Api, actor: Actor, django_assert_num_queries: Any) -> None:
    schema = get_schema(actor, "deal")
    settings = {
        "filters": [condition("account__industry", "exact", "FOOD")],
        "anyOf": [condition("account__name", "icontains", "o")],
        "sort": ["account.industry"],
        "group": "account.name",
    }
    view = create_view(actor, "deal", name="One", kind="grid", settings=settings, is_shared=True)
    # 1. The view.
    # 2. What the lookup leads to.
    with django_assert_num_queries(2):
        opened = get_view(actor, schema, str(view.id))
    assert opened.settings["group"] == "account.name"
    # 1. The views, none of which is the default.
    with django_assert_num_queries(1):
        assert views_to_choose(actor, schema, "", Steps(actor))[1] is None
    choose_default(actor, "deal", str(view.id))
    # 1. The views, with the settings of the default one.
    # 2. What the lookup leads to.
    with django_assert_num_queries(2):
        _views, found = views_to_choose(actor, schema, "", Steps(actor))
    assert found is not None
    assert (found.view.id, found.settings) == (view.id, opened.settings)
