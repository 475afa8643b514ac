"""Settings of saved views: what each kind takes and refuses, and what is left of them when fields go."""

from __future__ import annotations

from typing import Any

import pytest

from customobjects.models import View
from tests.api.viewing import EMPTY_GRID, condition, define_deals, make
from tests.conftest import Api


@pytest.fixture
def deals(api: Api) -> Api:
    define_deals(api)
    return api


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("kanban", {"column": "stage", "sum": "amount", "cards": ["name", "closes", "ownerId"], "colors": []}),
        ("kanban", {"column": "account", "sum": None, "cards": [], "colors": []}),
        ("calendar", {"date": "closes", "span": "week", "color": "stage", "cards": ["name"], "colors": []}),
        ("chart", {"type": "number", "group": None, "period": None, "measure": {"function": "count", "field": None}}),
        ("chart", {"type": "bar", "group": "account.industry", "period": None,
                   "measure": {"function": "sum", "field": "amount"}}),
        ("chart", {"type": "line", "group": "closes", "period": "month",
                   "measure": {"function": "count_distinct", "field": "stage"}}),
        ("chart", {"type": "pie", "group": "tags", "period": None, "measure": {"function": "count", "field": None}}),
    ],
)  # fmt: skip
def test_the_kinds(deals: Api, kind: str, given: dict[str, Any]) -> None:
    made = make(deals, kind=kind, settings=given)
    assert made["settings"] == {"search": "", "filters": [], "anyOf": [], "sort": [], **given}


REFUSED = [
    ("grid", [], "settings", "invalid"),
    ("grid", {"x": 1}, "settings.x", "unknown"),
    ("grid", {"column": "stage"}, "settings.column", "unknown"),
    ("grid", {"search": 7}, "settings.search", "invalid"),
    ("grid", {"search": None}, "settings.search", "invalid"),
    ("grid", {"search": "x" * 201}, "settings.search", "invalid"),
    ("grid", {"search": "a\x00"}, "settings", "characters"),
    ("grid", {"filters": {}}, "settings.filters", "type"),
    ("grid", {"filters": [7]}, "settings.filters.0", "type"),
    ("grid", {"filters": [{}]}, "settings.filters.0.field", "required"),
    ("grid", {"filters": [condition("stage", "exact", "open")] * 51}, "settings.filters", "too_many"),
    ("grid", {"filters": [condition("stage", "exact", "open")] * 26, "anyOf": [condition("stage", "exact", "x")] * 25},
     "", "too_many"),
    ("grid", {"filters": [{**condition("stage", "exact", "open"), "x": 1}]}, "settings.filters.0.x", "unknown"),
    ("grid", {"filters": [condition("nothing", "exact", 1)]}, "settings.filters.0", "unknown"),
    ("grid", {"filters": [condition("stage", "gte", "open")]}, "settings.filters.0", "operator"),
    ("grid", {"filters": [condition("stage", "", "open")]}, "settings.filters.0.operator", "invalid"),
    ("grid", {"filters": [condition("account", "industry__exact", "x")]}, "settings.filters.0.operator", "operator"),
    ("grid", {"filters": [condition("amount", "gte", "much")]}, "settings.filters.0", "type"),
    ("grid", {"anyOf": [condition("amount", "gte", 1), condition("closes", "gte", "x")]}, "settings.anyOf.1", "type"),
    ("grid", {"sort": "name"}, "settings.sort", "type"),
    ("grid", {"sort": ["nothing"]}, "settings.sort", "choice"),
    ("grid", {"sort": ["tags"]}, "settings.sort", "choice"),
    ("grid", {"sort": ["name,amount"]}, "settings.sort.0", "invalid"),
    ("grid", {"sort": [" "]}, "settings.sort.0", "invalid"),
    ("grid", {"sort": ["name", "amount", "stage", "closes", "createdAt", "updatedAt"]}, "settings.sort", "too_many"),
    ("grid", {"columns": [{"field": "nothing"}]}, "settings.columns.0.field", "choice"),
    ("grid", {"columns": [{"field": "name"}, {"field": "name"}]}, "settings.columns.1", "duplicate"),
    ("grid", {"columns": [{"field": "name", "width": 47}]}, "settings.columns.0.width", "invalid"),
    ("grid", {"columns": [{"field": "name", "width": "100"}]}, "settings.columns.0.width", "invalid"),
    ("grid", {"columns": [{"field": "name", "width": True}]}, "settings.columns.0.width", "invalid"),
    ("grid", {"frozen": 21}, "settings.frozen", "invalid"),
    ("grid", {"frozen": 1.5}, "settings.frozen", "invalid"),
    ("grid", {"group": "notes"}, "settings.group", "choice"),
    ("grid", {"density": "tight"}, "settings.density", "choice"),
    ("grid", {"footer": {"stage": "sum"}}, "settings.footer.stage", "choice"),
    ("grid", {"footer": {"amount": "median"}}, "settings.footer.amount", "choice"),
    ("grid", {"footer": {"nothing": "count"}}, "settings.footer.nothing", "choice"),
    ("grid", {"colors": [condition("stage", "exact", "x")]}, "settings.colors.0.color", "required"),
    ("grid", {"colors": [{**condition("stage", "exact", "x"), "color": "red"}]}, "settings.colors.0.color", "pattern"),
    ("kanban", {}, "settings.column", "required"),
    ("kanban", {"column": "amount"}, "settings.column", "choice"),
    ("kanban", {"column": "tags"}, "settings.column", "choice"),
    ("kanban", {"column": "stage", "sum": "closes"}, "settings.sum", "choice"),
    ("kanban", {"column": "stage", "cards": ["name", 7]}, "settings.cards.1", "invalid"),
    ("kanban", {"column": "stage", "cards": ["name"] * 21}, "settings.cards", "too_many"),
    ("calendar", {"date": "closes", "cards": ["stage", 7]}, "settings.cards.1", "invalid"),
    ("calendar", {"date": "closes", "cards": ["name", "stage", "ownerId"]}, "settings.cards", "too_many"),
    ("kanban", {"column": "stage", "cards": ["name", "name"]}, "settings.cards.1", "duplicate"),
    ("calendar", {"date": "stage"}, "settings.date", "choice"),
    ("calendar", {"date": "closes", "span": "year"}, "settings.span", "choice"),
    ("chart", {"type": "bar"}, "settings.group", "required"),
    ("chart", {"type": "number", "period": "day"}, "settings.period", "type"),
    ("chart", {"type": "bar", "group": "stage", "period": "day"}, "settings.period", "type"),
    ("chart", {"type": "bar", "group": "closes", "period": "hour"}, "settings.period", "choice"),
    ("chart", {"type": "number", "measure": {"function": "sum"}}, "settings.measure.field", "choice"),
    ("chart", {"type": "number", "measure": {"function": "sum", "field": "stage"}}, "settings.measure.field", "choice"),
    ("chart", {"type": "number", "measure": {"function": "count", "field": "x"}}, "settings.measure.field", "invalid"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "given", "field", "code"), REFUSED, ids=range(len(REFUSED)))
def test_settings_that_are_refused(deals: Api, kind: str, given: Any, field: str, code: str) -> None:
    answer = deals.post("deal/views", {"name": "x", "kind": kind, "settings": given})
    assert answer.status == 400, answer
    assert answer.problem(field) == code
    assert not View.objects.exists()


def test_filters_are_refused_as_the_list_refuses_them(deals: Api) -> None:
    for field, operator, value in (("nothing", "exact", 1), ("stage", "gte", "open"), ("amount", "gte", "much")):
        listed = deals.post("deal/records/search", {"filter": {f"{field}__{operator}": value}})
        view = deals.post(
            "deal/views",
            {"name": "x", "kind": "grid", "settings": {"filters": [condition(field, operator, value)]}},
        )
        told = [(one["code"], one["message"]) for one in listed.json["errors"]]
        assert [(one["code"], one["message"]) for one in view.json["errors"]] == told


def test_any_input_has_an_answer(deals: Api) -> None:
    for given in (
        '{"search": "\\ud800"}',
        '{"\\ud800": 1}',
        '{"filters": [{"field": "\\ud800", "operator": "exact", "value": 1}]}',
        '{"filters": [{"field": "stage", "operator": "\\u0000", "value": 1}]}',
        '{"footer": {"\\u0000": "sum"}}',
        '{"filters": [{"field": "stage", "operator": "exact", "value": ' + "[" * 50 + "]" * 50 + "}]}",
        '{"filters": [{"field": "stage", "operator": "exact", "value": {"field": {"field": 1}}}]}',
        '{"columns": ' + "[" + ",".join(["{}"] * 250) + "]}",
        '{"footer": {"' + "x" * 30_000 + '": "sum"}}',
        '{"frozen": 1e400}',
        "{" + ",".join(f'"{n}": 1' for n in range(3_000)) + "}",
    ):
        answer = deals.post("deal/views", f'{{"name": "x", "kind": "grid", "settings": {given}}}')
        assert answer.status == 400, (given[:100], answer)
        answer.problem(answer.json["errors"][0]["field"])
        assert len(answer.text) < 40_000
    assert deals.post("deal/views", f'{{"name": "x", "kind": "grid", "settings": "{"x" * 10_000_000}"}}').status == 413


def test_settings_have_a_size(deals: Api) -> None:
    long = [condition("name", "exact", "x" * 3_000)] * 11
    answer = deals.post("deal/views", {"name": "x", "kind": "grid", "settings": {"filters": long}})
    assert (answer.status, answer.problem("settings")) == (400, "max_size")


def test_what_is_gone_is_left_out_and_named(deals: Api) -> None:
    settings = {
        "filters": [condition("amount", "gte", 5), condition("stage", "exact", "open")],
        "anyOf": [condition("account__industry", "exact", "Retail"), condition("name", "icontains", "x")],
        "sort": ["-amount", "name", "account.industry"],
        "columns": [{"field": "name"}, {"field": "amount", "width": 100}],
        "group": "account.industry",
        "footer": {"amount": "sum", "stage": "count"},
        "colors": [{**condition("amount", "lt", 0), "color": "#dc2626", "target": "row"}],
    }
    grid = make(deals, settings=settings, isShared=True)
    kanban = make(deals, kind="kanban", settings={"column": "stage", "sum": "amount", "cards": ["amount", "name"]})
    chart = {"type": "bar", "group": "closes", "period": "month", "measure": {"function": "sum", "field": "amount"}}
    bars = make(deals, kind="chart", settings=chart)
    assert deals.delete("deal/fields/amount").status == 204
    assert deals.delete("deal/fields/closes").status == 204
    assert deals.patch("deal/fields/stage", {"isActive": False}).status == 200
    assert deals.delete("account/fields/industry").status == 204
    opened = deals.get(f"deal/views/{grid['id']}").json
    assert opened["missing"] == ["amount", "stage", "account__industry", "account.industry"]
    assert opened["settings"] == {
        **EMPTY_GRID,
        "anyOf": [condition("name", "icontains", "x")],
        "sort": ["name"],
        "columns": [{"field": "name"}],
    }
    opened = deals.get(f"deal/views/{kanban['id']}").json
    assert opened["missing"] == ["stage", "amount"]
    assert "column" not in opened["settings"]
    assert (opened["settings"]["sum"], opened["settings"]["cards"]) == (None, ["name"])
    opened = deals.get(f"deal/views/{bars['id']}").json
    assert opened["missing"] == ["closes", "amount"]
    assert (opened["settings"]["group"], opened["settings"]["period"]) == (None, None)
    assert opened["settings"]["measure"] == {"function": "count", "field": None}
    # What is not about the settings leaves them as they are: what was gone comes back with the field.
    assert deals.patch(f"deal/views/{grid['id']}", {"name": "Other"}).status == 200
    assert deals.post("deal/fields/amount/restore", {}).status == 200
    assert deals.post("account/fields/industry/restore", {}).status == 200
    assert deals.patch("deal/fields/stage", {"isActive": True}).status == 200
    again = deals.get(f"deal/views/{grid['id']}").json
    assert (again["settings"], again["missing"]) == (grid["settings"], [])
