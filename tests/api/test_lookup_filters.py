"""Lookups that are filtered: what a write accepts, what stays, and what the filter keeps in its place."""

from __future__ import annotations

from typing import Any

import pytest

from salesos.accounts.models import User
from salesos.accounts.services import create_api_key
from tests.conftest import Api

ACTIVE = {"status": "active"}


@pytest.fixture
def accounts(api: Api) -> dict[str, str]:
    """Two accounts of which one is active, and contacts that look up to active ones; ids by name."""
    options = {"values": ["active", "closed"]}
    api.make_object("Account", {"label": "Status", "type": "PICKLIST", "options": options})
    lookup = {"target": "account", "filter": ACTIVE}
    api.make_object(
        "Contact",
        {"label": "Account", "type": "LOOKUP", "options": lookup},
        {"label": "Others", "type": "LOOKUP", "options": {**lookup, "multiple": True}},
    )
    return {name: api.make_record("account", name=name, status=name.lower())["id"] for name in ("Active", "Closed")}


def contact(api: Api, **data: Any) -> Any:
    return api.post("contact/records", {"data": {"name": "C", **data}})


def define(api: Api, tree: Any) -> Any:
    return api.patch("contact/fields/account", {"options": {"filter": tree}})


def test_new_values_must_fit_and_held_ones_stay(api: Api, accounts: dict[str, str]) -> None:
    assert api.get("contact/fields/account").json["options"]["filter"] == ACTIVE
    assert contact(api, account=accounts["Closed"]).problem("data.account") == "filter"
    made = contact(api, account=accounts["Active"], others=[accounts["Active"]])
    assert made.status == 201, made
    api.patch(f"account/records/{accounts['Active']}", {"data": {"status": "closed"}})
    path = f"contact/records/{made.json['id']}"
    kept = api.patch(path, {"data": {"name": "D", "account": accounts["Active"]}})
    assert kept.status == 200, kept
    both = api.patch(path, {"data": {"others": [accounts["Active"], accounts["Closed"]]}})
    assert both.problem("data.others") == "filter"
    api.delete(path)
    assert api.post(f"{path}/restore", {}).status == 200, "it gets back what it held"


def test_a_key_that_may_not_read_learns_nothing_of_what_fits(api: Api, admin: User, accounts: dict[str, str]) -> None:
    key = Api(**{"x-api-key": create_api_key(admin, "k", ["write"])[1]})
    for id_ in accounts.values():
        refused = contact(key, account=id_)
        assert (refused.status, refused.problem()) == (403, "scope")
    assert contact(key).status == 201
    both = Api(**{"x-api-key": create_api_key(admin, "k", ["write", "read"])[1]})
    assert contact(both, account=accounts["Active"]).status == 201


def test_a_bulk_is_held_against_it_record_by_record(
    api: Api, accounts: dict[str, str], django_assert_max_num_queries: Any
) -> None:
    operations = [
        {"op": "create", "data": {"name": str(number), "account": accounts["Closed" if number == 3 else "Active"]}}
        for number in range(20)
    ]
    # As without a filter, and two for each lookup that has one and is written: its object, and which records fit.
    with django_assert_max_num_queries(17):
        answer = api.post("contact/records/bulk", {"operations": operations, "atomic": False})
    assert answer.json["meta"] == {"succeeded": 19, "failed": 1}
    assert answer.json["data"][3]["error"]["errors"][0]["code"] == "filter"


@pytest.mark.parametrize(
    "tree",
    [
        {"nothing": 1},
        {"status__gte": "a"},
        {"and": "x"},
        {"status": {"field": "none"}},
        {"or": []},
        [],
        "status",
        5,
        {"status": "x\x00"},
        {"status": "x" * 5_000},
        {"": ""},
    ],
)
def test_a_filter_that_cannot_be_used_is_refused(api: Api, accounts: dict[str, str], tree: Any) -> None:
    refused = define(api, tree)
    assert refused.status == 400, refused
    assert refused.json["errors"][0]["field"] == "options.filter"


def test_none_and_an_empty_one_are_no_filter(api: Api, accounts: dict[str, str]) -> None:
    for tree in (None, {}):
        assert define(api, ACTIVE).status == 200
        assert define(api, tree).json["options"]["filter"] is None
        assert contact(api, account=accounts["Closed"]).status == 201


def test_what_a_lookup_is_filtered_by_is_not_deleted_or_hidden(api: Api, accounts: dict[str, str]) -> None:
    refused = api.delete("account/fields/status")
    assert (refused.status, refused.problem()) == (409, "lookup_filter")
    assert "Account of Contacts" in refused.text
    assert api.patch("account/fields/status", {"isActive": False}).problem() == "lookup_filter"
    assert api.patch("account/fields/status", {"label": "State"}).status == 200, "names for people are free"
    define(api, None)
    api.patch("contact/fields/others", {"options": {"filter": None}})
    assert api.delete("account/fields/status").status == 204


def test_a_filter_through_another_lookup(api: Api, accounts: dict[str, str]) -> None:
    api.make_object("Deal", {"label": "Contact", "type": "LOOKUP", "options": {"target": "contact"}})
    tree = {"account__status": "active"}
    assert api.patch("deal/fields/contact", {"options": {"filter": tree}}).status == 200
    made = contact(api, account=accounts["Active"]).json["id"]
    other = contact(api).json["id"]
    assert api.post("deal/records", {"data": {"name": "D", "contact": made}}).status == 201
    assert api.post("deal/records", {"data": {"name": "D", "contact": other}}).problem("data.contact") == "filter"
    assert api.delete("contact/fields/account").problem() == "lookup_filter"
    # Whatever object the field is of.
    assert "Contact of Deals" in api.delete("account/fields/status").text


def test_merging_a_value_changes_the_filter_and_undo_gives_it_back(api: Api, accounts: dict[str, str]) -> None:
    body = {"value": "active", "into": "closed"}
    merged = api.post("account/fields/status/merge-values", body)
    assert (merged.json["records"], merged.json["lookups"]) == (1, 2)
    assert api.get("contact/fields/account").json["options"]["filter"] == {"status": "closed"}
    assert contact(api, account=accounts["Closed"]).status == 201
    undone = api.post(f"/v1/changes/{merged.headers['X-Change-Id']}/undo")
    assert undone.status == 200, undone
    assert api.get("contact/fields/account").json["options"]["filter"] == ACTIVE


def test_deleting_the_object_takes_its_lookups_along(api: Api, accounts: dict[str, str]) -> None:
    assert api.delete("account").status == 204
    assert api.post("account/restore", {}).status == 200
    assert contact(api, account=accounts["Closed"]).problem("data.account") == "filter"
