"""One field of a record against another, in trees of filters."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Api


@pytest.fixture(params=[True, False], ids=["indexed", "not indexed"])
def tasks(api: Api, request: Any) -> Api:
    indexed = {"isIndexed": request.param}
    api.make_object("Account", {"label": "Due On", "type": "DATE"}, {"label": "Closed On", "type": "DATE"})
    api.make_object(
        "Task",
        {"label": "Due On", "type": "DATE"},
        {"label": "Closed On", "type": "DATE"},
        {"label": "Closed At", "type": "DATETIME"},
        {"label": "Cost", "type": "NUMBER", **indexed},
        {"label": "Budget", "type": "CURRENCY"},
        {"label": "Euros", "type": "CURRENCY", "options": {"currency": "EUR"}},
        {"label": "Share", "type": "PERCENT"},
        {"label": "Town", "type": "TEXT", **indexed},
        {"label": "Home", "type": "TEXT", "options": {"maxLength": 1000}},
        {"label": "Exact", "type": "TEXT", "options": {"caseSensitive": True}},
        {"label": "Stage", "type": "PICKLIST", "options": {"values": ["a", "b"]}, **indexed},
        {"label": "Before", "type": "PICKLIST", "options": {"values": ["b", "a"]}},
        {"label": "Who", "type": "USER", **indexed},
        {"label": "Account", "type": "LOOKUP", "options": {"target": "account"}, **indexed},
        {"label": "Payer", "type": "LOOKUP", "options": {"target": "account"}},
        {"label": "Twin", "type": "LOOKUP", "options": {"target": "task"}},
        {"label": "Tags", "type": "MULTI_PICKLIST", "options": {"values": ["a", "b"]}},
        {"label": "First", "type": "AUTO_NUMBER"},
        {"label": "Second", "type": "AUTO_NUMBER", "options": {"format": "{00}", "start": 2}},
        {"label": "Old", "type": "DATE", "isIndexed": False},
    )
    good = api.make_record("account", name="Good", due_on="2025-01-02", closed_on="2025-01-01")["id"]
    late = api.make_record("account", name="Late", due_on="2025-01-02", closed_on="2025-01-03")["id"]
    assert api.user is not None
    me = str(api.user.id)
    long = "x" * 300
    rows: list[dict[str, Any]] = [
        {"due_on": "2025-01-02", "closed_on": "2025-01-01", "cost": 5, "budget": 5.00, "town": "Ulm", "home": "ulm"},
        {"due_on": "2025-01-02", "closed_on": "2025-01-02", "cost": 7, "budget": 6.99, "town": "Zoe", "home": "Zoë"},
        {"due_on": "2025-01-02", "closed_on": "2025-01-03", "cost": -1, "budget": 0, "town": long[:255], "home": long},
        {"due_on": "2025-01-02", "closed_at": "2025-01-02T23:59:59Z", "stage": "a", "before": "a", "share": 5},
        {"due_on": "2025-01-02", "closed_at": "2025-01-03T00:00:00Z", "stage": "a", "before": "b", "cost": 5},
        {"due_on": "2025-01-02", "closed_at": "2025-01-01T23:59:59.999999Z", "who": me, "account": good, "payer": good},
        {
            "due_on": "9999-12-31",
            "closed_at": "9999-12-31T23:59:59Z",
            "account": late,
            "payer": good,
            "cost": 3,
            "share": 3,
        },
        {},
    ]
    rows[6]["share"] = 3
    for number, row in enumerate(rows):
        api.make_record("task", name=str(number), **row)
    return api


FOUND: list[tuple[dict[str, Any], str]] = [
    ({"closed_on__lt": {"field": "due_on"}}, "0"),
    ({"closed_on__lte": {"field": "due_on"}}, "01"),
    ({"closed_on": {"field": "due_on"}}, "1"),
    ({"closed_on__gte": {"field": "due_on"}}, "12"),
    ({"closed_on__gt": {"field": "due_on"}}, "2"),
    ({"closed_on__not": {"field": "due_on"}}, "0234567"),
    ({"not": {"closed_on__lte": {"field": "due_on"}}}, "234567"),
    # A date means all of its day, from either side.
    ({"closed_at__lte": {"field": "due_on"}}, "356"),
    ({"closed_at__gt": {"field": "due_on"}}, "4"),
    ({"closed_at": {"field": "due_on"}}, "36"),
    ({"closed_at__lt": {"field": "due_on"}}, "5"),
    ({"due_on__gte": {"field": "closed_at"}}, "356"),
    ({"due_on__lt": {"field": "closed_at"}}, "4"),
    ({"createdAt__gt": {"field": "due_on"}}, "012345"),
    ({"createdAt": {"field": "updatedAt"}}, "01234567"),
    ({"cost": {"field": "budget"}}, "0"),
    ({"cost__gt": {"field": "budget"}}, "1"),
    ({"budget__gt": {"field": "cost"}}, "2"),
    ({"cost__lte": {"field": "share"}}, "6"),
    ({"town": {"field": "home"}}, "0"),
    ({"town__not": {"field": "home"}}, "1234567"),
    ({"stage": {"field": "before"}}, "3"),
    ({"stage__not": {"field": "before"}, "stage__isnull": False}, "4"),
    ({"who": {"field": "ownerId"}}, "5"),
    ({"ownerId": {"field": "who"}}, "5"),
    ({"ownerId": {"field": "createdBy"}}, "01234567"),
    ({"account": {"field": "payer"}}, "5"),
    ({"account__not": {"field": "payer"}, "account__isnull": False}, "6"),
    ({"first__lt": {"field": "second"}}, "01234567"),
    ({"cost": {"field": "cost"}}, "012467"[:5]),
    # Behind a lookup, both are of the record there.
    ({"account__closed_on__gt": {"field": "due_on"}}, "6"),
    ({"or": [{"closed_on": {"field": "due_on"}}, {"and": [{"cost__gt": {"field": "budget"}}, {"name": "2"}]}]}, "1"),
]


@pytest.mark.parametrize(("tree", "names"), FOUND, ids=[str(tree) for tree, _names in FOUND])
def test_what_is_found(tasks: Api, tree: dict[str, Any], names: str) -> None:
    answer = tasks.post("task/records/search", {"filter": tree, "sort": "name", "count": "exact"})
    assert answer.status == 200, answer
    assert "".join(record["name"] for record in answer.json["data"]) == names
    assert answer.json["meta"]["total"] == len(names)
    [row] = tasks.post("task/records/aggregate", {"filter": tree}).json["data"]
    assert row["count"] == len(names)


REFUSED: list[tuple[str, Any, str]] = [
    ("closed_on__lt", {"field": "color"}, "field"),
    ("closed_on__lt", {"field": 7}, "field"),
    ("closed_on__lt", {"field": None}, "field"),
    ("closed_on__lt", {"field": "due_on", "op": "lt"}, "field"),
    ("closed_on__lt", {"field": "account.due_on"}, "field"),
    ("closed_on__lt", {"field": "cost"}, "field"),
    ("closed_on__lt", {"field": "old"}, "not_indexed"),
    ("closed_on__range", {"field": "due_on"}, "operator"),
    ("closed_on__in", [{"field": "due_on"}], "type"),
    ("closed_on__isnull", {"field": "due_on"}, "operator"),
    ("budget__gt", {"field": "euros"}, "field"),
    ("town", {"field": "exact"}, "field"),
    ("town", {"field": "stage"}, "field"),
    ("town__icontains", {"field": "home"}, "operator"),
    ("account", {"field": "twin"}, "field"),
    ("account", {"field": "who"}, "field"),
    ("who", {"field": "id"}, "field"),
    ("id", {"field": "ownerId"}, "field"),
    ("tags__has", {"field": "stage"}, "operator"),
    ("stage__gt", {"field": "before"}, "operator"),
]


@pytest.mark.parametrize(("name", "operand", "code"), REFUSED, ids=[f"{name} {other}" for name, other, _c in REFUSED])
def test_what_cannot_be_compared(tasks: Api, name: str, operand: Any, code: str) -> None:
    answer = tasks.post("task/records/search", {"filter": {"or": [{name: operand}]}})
    assert answer.status == 400
    assert answer.problem(f"filter.or.0.{name}") == code


def test_only_in_trees(tasks: Api) -> None:
    assert tasks.get("task/records", closed_on__lt='{"field": "due_on"}').problem("closed_on__lt") == "type"
    changed = tasks.post(
        "task/records/bulk-update", {"filter": {"closed_on__gt": {"field": "due_on"}}, "data": {"stage": "b"}}
    )
    assert changed.json["changed"] == 1
    # A field whose values are hidden can be compared with nothing.
    tasks.patch("task/fields/due_on", {"isActive": False})
    answer = tasks.post("task/records/search", {"filter": {"closed_on__lt": {"field": "due_on"}}})
    assert answer.problem("filter.closed_on__lt") == "field"
