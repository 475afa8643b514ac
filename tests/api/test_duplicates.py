"""Copies of records: what they hold, what they leave out, and what stands in the way."""

from __future__ import annotations

from typing import Any

import pytest

from customobjects.services.copying import duplicate_records
from customobjects.services.undo import undo_change
from salesos.accounts.actor import Actor
from salesos.accounts.models import ApiKey, User
from salesos.accounts.services import create_api_key
from salesos.errors import Conflict, NotFound, ValidationError
from tests.conftest import Answer, Api


@pytest.fixture
def machine(api: Api) -> dict[str, Any]:
    api.make_object("Account")
    account = api.make_record("account", name="Acme")
    api.make_object(
        "Machine",
        {"label": "Serial", "type": "TEXT", "isUnique": True},
        {"label": "Site", "type": "TEXT"},
        {"label": "Row", "type": "NUMBER"},
        {"label": "State", "type": "PICKLIST", "options": {"values": ["new", "old"]}},
        {"label": "Account", "type": "LOOKUP", "options": {"target": "account"}},
        {"label": "Number", "type": "AUTO_NUMBER"},
        {"label": "Hidden", "type": "TEXT"},
        uniqueKeys=[{"fields": ["site", "row"]}],
    )
    data = {"serial": "S1", "site": "north", "row": 7, "state": "old", "account": account["id"], "hidden": "x"}
    return api.make_record("machine", name="First", **data)


def duplicate(api: Api, record: dict[str, Any], body: Any = None) -> Answer:
    return api.post(f"machine/records/{record['id']}/duplicate", {} if body is None else body)


def test_what_a_copy_holds(api: Api, machine: dict[str, Any], rep: User) -> None:
    # What a list no longer offers stays on copies of records that have it, too.
    values = {"values": [{"value": "new"}, {"value": "old", "isActive": False}]}
    assert api.patch("machine/fields/state", {"options": values}).status == 200
    assert api.patch("machine/fields/hidden", {"isActive": False}).status == 200
    answer = duplicate(Api(rep), machine)
    assert answer.status == 201, answer
    copy = answer.json
    assert answer.headers["Location"].endswith(f"/records/{copy['id']}")
    assert answer.headers["ETag"]
    assert copy["name"] == "First (copy)"
    assert copy["ownerId"] == str(rep.id)
    assert copy["version"] == 1
    assert copy["data"] == {
        **{name: value for name, value in machine["data"].items() if name != "hidden"},
        "name": "First (copy)",
        "serial": None,
        "row": None,
        "number": "0002",
    }
    assert api.names("machine", account=machine["data"]["account"], sort="id") == ["First", "First (copy)"]
    assert api.patch("machine/fields/hidden", {"isActive": True}).status == 200
    assert api.get(f"machine/records/{copy['id']}").json["data"]["hidden"] is None
    assert api.post(f"/v1/changes/{answer.headers['X-Change-Id']}/undo").json["deleted"] == 1


def test_what_is_given_beside(api: Api, machine: dict[str, Any]) -> None:
    copy = duplicate(api, machine, {"data": {"serial": "S2", "row": 8, "state": None}}).json
    assert (copy["data"]["serial"], copy["data"]["row"], copy["data"]["state"]) == ("S2", 8, None)
    assert copy["data"]["site"] == "north"
    answer = duplicate(api, machine, {"data": {"serial": "s1"}})
    assert (answer.status, answer.problem("data.serial")) == (409, "duplicate")
    assert duplicate(api, machine, {"data": {"nothing": 1}}).problem("data.nothing") == "unknown"
    assert duplicate(api, machine, {"colour": 1}).problem("colour") == "unknown"
    assert duplicate(api, machine, {"data": {"row": "x"}}).problem("data.row") == "type"


def test_what_is_required_and_unique_stands_in_the_way(api: Api, machine: dict[str, Any]) -> None:
    assert api.patch("machine/fields/serial", {"isRequired": True}).status == 200
    answer = duplicate(api, machine)
    assert (answer.status, answer.problem("data.serial")) == (400, "unique")
    assert answer.json["message"] == ["serial is required and unique: say what the copy is to have"]
    assert duplicate(api, machine, {"data": {"serial": "S2"}}).status == 201


@pytest.mark.parametrize(
    ("options", "name"),
    [({}, "First (copy)"), ({"maxLength": 8}, "First"), ({"pattern": "[A-Za-z]+"}, "First")],
)
def test_the_name(api: Api, options: dict[str, Any], name: str) -> None:
    api.post(
        "/v1/custom-objects", {"name": "Machine", "fields": [{"label": "Title", "type": "TEXT", "options": options}]}
    )
    record = api.post("machine/records", {"data": {"title": "First"}}).json
    assert duplicate(api, record).json["name"] == name


def test_a_unique_name_gets_another_one(api: Api) -> None:
    field = {"label": "Title", "type": "TEXT", "isUnique": True, "isRequired": True}
    api.post("/v1/custom-objects", {"name": "Machine", "fields": [field]})
    record = api.post("machine/records", {"data": {"title": "First"}}).json
    assert duplicate(api, record).json["name"] == "First (copy)"
    again = duplicate(api, record)
    assert (again.status, again.problem("data.title")) == (409, "duplicate")


def test_names_that_are_no_texts_stay(api: Api) -> None:
    api.post("/v1/custom-objects", {"name": "Machine", "fields": [{"label": "Day", "type": "DATE"}]})
    record = api.post("machine/records", {"data": {"day": "2026-11-26"}}).json
    assert duplicate(api, record).json["name"] == record["name"]


def test_who_may(api: Api, machine: dict[str, Any], admin: User) -> None:
    for scope in (ApiKey.Scope.READ, ApiKey.Scope.WRITE):
        _row, key = create_api_key(admin, "a program", [scope])
        answer = duplicate(Api(None, **{"x-api-key": key}), machine)
        assert (answer.status, answer.problem()) == (403, "scope")
    api.patch("machine", {"isActive": False})
    assert duplicate(api, machine).status == 409


def test_what_is_not_there(api: Api, machine: dict[str, Any]) -> None:
    for reference in ("x", "%00", "00000000-0000-7000-8000-000000000000"):
        answer = duplicate(api, {"id": reference})
        assert (answer.status, answer.problem()) == (404, "not_found")


def test_many_in_one_change(api: Api, machine: dict[str, Any], actor: Actor) -> None:
    operations = [{"op": "create", "data": {"name": f"m{number}"}} for number in range(60)]
    made = api.post("machine/records/bulk", {"operations": operations}).json["data"]
    ids = [one["id"] for one in reversed(made)]
    copies = duplicate_records(actor, "machine", ids)
    assert [copy.name for copy in copies] == [f"m{number} (copy)" for number in reversed(range(60))]
    created = {api.get(f"machine/records/{copy.id}").json["data"]["number"] for copy in copies}
    assert len(created) == 60
    with pytest.raises(ValidationError):
        duplicate_records(actor, "machine", [])
    with pytest.raises(ValidationError):
        duplicate_records(actor, "machine", ["x"] * 1_001)
    with pytest.raises(NotFound):
        duplicate_records(actor, "machine", [*ids, "00000000-0000-7000-8000-000000000000"])
    assert api.get("machine/records").json["meta"]["total"] == 121
    api.patch("machine", {"enableBulkOperations": False})
    with pytest.raises(Conflict):
        duplicate_records(actor, "machine", ids)
    assert duplicate(api, machine).status == 201


def test_copies_are_taken_back_together(api: Api, machine: dict[str, Any], actor: Actor) -> None:
    from customobjects.models import Record
    from salesos.db.noted_changes import change_reference

    other = api.make_record("machine", name="Second")
    copies = duplicate_records(actor, "machine", [machine["id"], other["id"]])
    stored = list(Record.objects.filter(id__in=[copy.id for copy in copies]))
    [reference] = {change_reference(one.created_in, one.created_transaction) for one in stored if one.created_in}
    assert undo_change(actor, reference).deleted == 2
