"""What a lookup is filtered to, in the form of its field: rows of conditions, as the filters of lists have them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.conftest import Api
from tests.web.forms import controls_of, open_form, text

NEW, OLD = "/setup/objects/job/fields/new/", "/setup/objects/job/fields/site/"
FILTER = "option_filter"


@pytest.fixture
def sites(api: Api) -> Api:
    """Jobs are at sites, which have fields of several types."""
    api.make_object("Region")
    api.make_object(
        "Site",
        {
            "label": "Stage",
            "type": "PICKLIST",
            "options": {
                "values": [
                    {"value": "a", "label": "Open"},
                    "b",
                    "c",
                    {"value": "gone", "label": "Gone", "isActive": False},
                ]
            },
        },
        {"label": "Cost", "type": "NUMBER"},
        {"label": "Since", "type": "DATE"},
        {"label": "Until", "type": "DATE"},
        {"label": "Ready", "type": "CHECKBOX"},
        {"label": "Region", "type": "LOOKUP", "options": {"target": "region"}},
    )
    api.make_object("Job")
    return api


def row(number: int, field: str, operator: str, *values: str, last: str = "", asked: str = "") -> dict[str, Any]:
    """The controls of one condition, as they are sent."""
    name = f"{FILTER}-{number}-f"
    sent: dict[str, Any] = {
        f"{name}-field": field,
        f"{name}-operator": operator,
        f"{name}-asked": asked or f"{field} {operator}",
        f"{name}-value": list(values),
    }
    return {**sent, f"{name}-last": last} if last else sent


def add(browser: Client, api: Api, *rows: dict[str, Any], **more: Any) -> Any:
    """Send the form of a new lookup to sites."""
    site = api.get("site").json["id"]
    form = {"type": "LOOKUP", "label": "Site", "option_target": site, "option_onDelete": "set_null"}
    form |= {f"{FILTER}-about": site}
    for one in rows:
        form |= one
    return browser.post(NEW, {**form, **more})


def stored(api: Api) -> Any:
    return api.get("job").json["fields"][-1]["options"]["filter"]


def with_filter(api: Api, tree: dict[str, Any]) -> None:
    """Have jobs a lookup to sites that a program has filtered."""
    options = {"target": "site", "filter": tree}
    made = api.post("job/fields", {"label": "Site", "type": "LOOKUP", "options": options})
    assert made.status == 201, made


def test_rows_are_stored_as_the_api_writes_filters(browser: Client, sites: Api) -> None:
    region = sites.make_record("region", name="North")["id"]
    made = add(
        browser,
        sites,
        row(0, "stage", "in", "a", "b"),
        row(1, "cost", "gte", "1,000.5"),
        row(2, "since", "exact", "last 7 days"),
        row(3, "until", "range", "1/31/2026", last="2/28/2026"),
        row(4, "ready", "exact", "true"),
        row(5, "region", "isnull:false"),
        row(7, "region", "in", region),
        row(9, "", "", ""),
    )
    assert made.status_code == 302, text(made)
    assert stored(sites) == {
        "stage__in": ["a", "b"],
        "cost__gte": "1000.5",
        "since": "last_7_days",
        "until__range": ["2026-01-31", "2026-02-28"],
        "ready": "true",
        "region__isnull": "false",
        "region__in": [region],
    }
    # It narrows as it says.
    sites.make_record("site", name="Fits not")
    lookup = sites.get("job").json["fields"][-1]["id"]
    assert browser.get("/o/site/choices/").json()["data"]
    assert browser.get(f"/o/site/choices/?lookup={lookup}").json()["data"] == []


def test_numbers_are_read_in_the_persons_language(browser: Client, sites: Api) -> None:
    add(browser, sites)
    form = open_form(browser, OLD, "de")
    changed = {**form, **row(0, "cost", "lte", "1.234,5"), "is_active": "on"}
    assert browser.post(OLD, changed, headers={"accept-language": "de"}).status_code == 302
    assert stored(sites) == {"cost__lte": "1234.5"}
    again = open_form(browser, OLD, "de")
    assert again[f"{FILTER}-0-f-value"] == ["1.234,5"]


def test_the_same_field_and_operator_twice(browser: Client, sites: Api) -> None:
    assert add(browser, sites, row(0, "name", "icontains", "x"), row(1, "name", "icontains", "y")).status_code == 302
    assert stored(sites) == {"name__icontains": "x", "and": [{"name__icontains": "y"}]}
    page = browser.get(OLD)
    # PostgreSQL keeps no order of what stands in an object.
    assert sorted(controls_of(page)[f"{FILTER}-{number}-f-value"] for number in (0, 1)) == [["x"], ["y"]]
    told = text(page).partition("Only Sites can be chosen that fit: ")[2].partition(".")[0]
    assert sorted(told.split(" and ")) == ["Name contains x", "Name contains y"]


# Some that rows say, as programs may write them, and some that they do not.
TREES: list[dict[str, Any]] = [
    {"cost__gte": 500, "stage": "a"},
    {"stage__in": ["b", "a"], "ready": True},
    {"or": [{"stage": "a"}, {"cost__lt": 5}], "name__startswith": "X"},
    {"region__name": "North", "not": {"stage": "c"}},
    {"since__lt": {"field": "until"}},
    {"and": [{"stage": "a"}, {"cost": 1}]},
    {"stage": "unknown", "region": "01900000-0000-7000-8000-000000000000"},
    {"stage__in": ["gone", "a"]},
    {"ready": "1"},
    {"createdAt__gte": "2020-01-01T10:11:12.123456Z"},
]


@pytest.mark.parametrize("tree", TREES, ids=lambda tree: "+".join(map(str, tree)))
def test_what_is_not_touched_stays_as_it_is_written(browser: Client, sites: Api, tree: dict[str, Any]) -> None:
    with_filter(sites, tree)
    before = stored(sites)
    form = open_form(browser, OLD)
    assert browser.post(OLD, {**form, "label": "Other"}).status_code == 302
    assert (stored(sites), sites.get("job").json["fields"][-1]["label"]) == (before, "Other")
    # One more condition leaves the others as they are.
    taken = [int(name.split("-")[1]) for name in form if name.endswith("-f-field")]
    assert browser.post(OLD, {**form, "label": "Other", **row(max(taken), "until", "isnull:true")}).status_code == 302
    after = stored(sites)
    assert after.pop("until__isnull") == "true"
    flat = {**{name: value for name, value in before.items() if name != "and"}}
    for part in before.get("and", []):
        flat |= part
    assert after == flat


def test_what_rows_cannot_say_is_told_in_words_and_taken_away_by_its_box(browser: Client, sites: Api) -> None:
    with_filter(sites, {"or": [{"stage": "a"}, {"cost__lt": 5}], "region__name": "North", "ready": True})
    page = browser.get(OLD)
    assert "Stage is Open or Cost is less than 5" in text(page)
    assert "Region › Name is North" in text(page)
    form = controls_of(page)
    assert [json.loads(one) for one in form[f"{FILTER}-kept"]] == [
        {"or": [{"stage": "a"}, {"cost__lt": 5}]},
        {"region__name": "North"},
    ]
    assert form[f"{FILTER}-0-f-field"] == ["ready"]
    assert browser.post(OLD, {**form, f"{FILTER}-kept": form[f"{FILTER}-kept"][1]}).status_code == 302
    assert stored(sites) == {"ready": True, "region__name": "North"}
    # An emptied field takes its row away.
    form = open_form(browser, OLD)
    assert browser.post(OLD, {**form, f"{FILTER}-0-f-field": "", f"{FILTER}-kept": []}).status_code == 302
    assert stored(sites) is None


def test_without_scripts_the_controls_of_a_chosen_field_come_with_the_answer(browser: Client, sites: Api) -> None:
    asked = add(browser, sites, row(0, "stage", "", asked=" "))
    assert asked.status_code == 422
    assert "Say now what it is compared with." in text(asked)
    form = controls_of(asked)
    assert form[f"{FILTER}-0-f-operator"] == ["in"]
    made = browser.post(NEW, {**form, f"{FILTER}-0-f-value": ["b"]})
    assert made.status_code == 302, text(made)
    assert stored(sites) == {"stage__in": ["b"]}


def test_a_value_that_is_none_is_refused_at_its_row(browser: Client, sites: Api) -> None:
    refused = add(browser, sites, row(0, "cost", "gte", "many"), row(1, "name", "exact", ""), label="Kept")
    assert refused.status_code == 422
    assert "The value must be a number" in text(refused)
    assert "Say a value." in text(refused)
    form = controls_of(refused)
    assert (form["label"], form[f"{FILTER}-0-f-value"]) == (["Kept"], ["many"])


def test_conditions_of_another_object_go_with_it(browser: Client, sites: Api) -> None:
    region = sites.get("region").json["id"]
    sent = {"type": "LOOKUP", "label": "", "option_target": region, f"{FILTER}-about": sites.get("site").json["id"]}
    rows = browser.post(f"{NEW}conditions/", {**sent, **row(0, "stage", "in", "a")})
    assert "The conditions were about fields of <bdi>Sites</bdi>, and are gone with it." in text(rows)
    assert "Stage" not in text(rows)
    assert ">Name<" in text(rows)
    assert controls_of(rows)[f"{FILTER}-about"] == [region]
    refused = add(browser, sites, row(0, "stage", "in", "a"), option_target=region)
    assert refused.status_code == 422
    assert "were about fields of Sites, and are gone. Save once more." in text(refused)
    assert browser.post(NEW, controls_of(refused)).status_code == 302
    assert stored(sites) is None


def test_a_clash_says_in_words_what_others_made_of_it(browser: Client, sites: Api) -> None:
    with_filter(sites, {"stage": "a"})
    form = open_form(browser, OLD)
    assert sites.patch("job/fields/site", {"options": {"filter": {"stage": "b"}}}).status == 200
    clash = browser.post(OLD, {**form, f"{FILTER}-0-f-value": "c"})
    assert clash.status_code == 422
    assert "<q>Stage is b</q>" in text(clash)
    taken = browser.post(OLD, {**controls_of(clash), "take": FILTER})
    assert taken.status_code == 302
    assert stored(sites) == {"stage": "b"}


@pytest.mark.parametrize(
    "hostile",
    [
        row(0, "nothing", "exact", "x"),
        row(0, "stage", "nothing", "x"),
        row(0, "name", "exact", "a\x00b"),
        row(0, "name", "exact", "x" * 5_000),
        row(0, "cost", "gte", "9" * 400),
        {f"{FILTER}-kept": '{"nothing": 1}'},
        {f"{FILTER}-kept": '{"or": ' * 500},
        {f"{FILTER}-kept": '{"or": [' * 90 + "{}" + "]}" * 90},
        {f"{FILTER}-kept": '{"name": "\\ud800"}'},
    ],
    ids=["field", "operator", "NUL", "long", "huge", "unknown", "broken", "deep", "surrogate"],
)
def test_hostile_conditions_are_no_defect(browser: Client, sites: Api, hostile: dict[str, Any]) -> None:
    answer = add(browser, sites, hostile)
    assert answer.status_code in (302, 422)
    if answer.status_code == 302:
        assert stored(sites) is None
    again = browser.post(f"{NEW}conditions/", {"type": "LOOKUP", "option_target": "nobody", **hostile})
    assert again.status_code == 200


def test_only_lookups_have_conditions_and_only_who_designs_sees_them(browser: Client, sites: Api) -> None:
    assert browser.post(f"{NEW}conditions/", {"type": "TEXT"}).status_code == 404
    assert Client().post(f"{NEW}conditions/", {"type": "LOOKUP"}).status_code == 401


def test_as_many_queries_for_more_conditions(browser: Client, sites: Api) -> None:
    taken = []
    with_filter(sites, {"stage": "a"})
    for more in ({}, {"cost__gte": 1, "name__icontains": "x", "ready": True}):
        sites.patch("job/fields/site", {"options": {"filter": {"stage": "a", **more}}})
        browser.get(OLD)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(OLD).status_code == 200
        taken.append(len(queries))
    assert taken[0] == taken[1]
