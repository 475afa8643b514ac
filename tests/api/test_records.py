"""Records through the API: making, reading, changing and deleting them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from customobjects.models import UniqueKey
from salesos.accounts.models import User
from tests.conftest import Api

# The id of no record, user or object.
NOWHERE = "00000000-0000-7000-8000-000000000000"

EVERY_TYPE = [
    {"label": "Text", "type": "TEXT", "options": {"maxLength": 10, "minLength": 2, "pattern": "[a-z]+"}},
    {"label": "Long", "type": "TEXTAREA", "options": {"maxLength": 20}},
    {"label": "Num", "type": "NUMBER", "options": {"min": -10, "max": "99999999999999999999.999"}},
    {"label": "Cost", "type": "CURRENCY", "options": {"currency": "EUR"}},
    {"label": "Share", "type": "PERCENT", "options": {"min": 0, "max": 100}},
    {"label": "Day", "type": "DATE"},
    {"label": "Moment", "type": "DATETIME"},
    {"label": "Flag", "type": "CHECKBOX"},
    {"label": "Status", "type": "PICKLIST", "options": {"values": ["new", "done"]}},
    {"label": "Tags", "type": "MULTI_PICKLIST", "options": {"values": ["x", "y", "z"]}},
    {"label": "Mail", "type": "EMAIL"},
    {"label": "Call", "type": "PHONE"},
    {"label": "Site", "type": "URL"},
    {"label": "Parent", "type": "LOOKUP", "options": {"target": "box"}},
    {"label": "Friends", "type": "LOOKUP", "options": {"target": "box", "multiple": True}},
    {"label": "Keeper", "type": "USER"},
    {"label": "Serial", "type": "AUTO_NUMBER", "options": {"format": "B-{000}", "start": 7}},
    {"label": "Payload", "type": "JSON"},
]


def nested(depth: int) -> Any:
    """A list in a list in a list …"""
    return [nested(depth - 1)] if depth else 1


@pytest.fixture
def box(api: Api) -> dict[str, Any]:
    """An object with a field of every type. Its lookups point at itself, and are added when it is there."""
    api.make_object("Box", *(field for field in EVERY_TYPE if field["type"] != "LOOKUP"))
    for place, field in enumerate(EVERY_TYPE, start=2):
        if field["type"] == "LOOKUP":
            answer = api.post("box/fields", {**field, "order": place})
            assert answer.status == 201, answer
    return dict(api.get("box").json)


def test_every_type_comes_back_as_given(api: Api, box: dict[str, Any], admin: User) -> None:
    parent = api.make_record("box", name="Parent")
    given = {
        "name": "  <b>Ünïcode</b> 'quotes\" 😀  ",
        "text": "abc",
        "long": "two\nlines",
        "num": Decimal("12345678901234567890.123"),
        "cost": Decimal("19.90"),
        "share": Decimal("0.1"),
        "day": "2024-02-29",
        "moment": "2026-11-23T14:05:00.000001Z",
        "flag": True,
        "status": "new",
        "tags": ["x", "z"],
        "mail": "Ada@example.com",
        "call": "+16502530000",
        "site": "https://example.com/?a=1&b=2",
        "parent": parent["id"],
        "friends": [parent["id"]],
        "keeper": str(admin.id),
        "payload": {"deep": [1, Decimal("1.50"), None, {"null": None}], "": "empty name"},
    }
    made = api.post("box/records", {"data": given})
    assert made.status == 201
    assert made.json["data"] == given | {"serial": "B-008"}
    assert "12345678901234567890.123" in made.text
    assert "19.90" in made.text
    assert made.json["name"] == given["name"]
    assert set(made.json) == set(
        "id customObjectId name data version ownerId createdAt updatedAt createdBy updatedBy".split()
    )
    assert made.json["ownerId"] == made.json["createdBy"] == str(admin.id)
    one = api.get(f"box/records/{made.json['id']}")
    assert one.json == made.json
    assert one.headers["ETag"].startswith('"1-')
    assert api.get("box/records").json["data"][0] == made.json


def test_empty_values_are_null(api: Api, box: dict[str, Any]) -> None:
    data = api.make_record("box", text="", tags=[], parent=None)["data"]
    assert data == {
        **{field["apiName"]: None for field in box["fields"]},
        "name": "A record",
        "flag": False,
        "serial": "B-007",
    }


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("name", None, "required"),
        ("name", "   ", "required"),
        ("name", "x" * 256, "max_length"),
        ("text", "a", "min_length"),
        ("text", "abcdefghijk", "max_length"),
        ("text", "ABC", "pattern"),
        ("text", 5, "type"),
        ("text", "a\u0000b", "characters"),
        ("long", "x" * 21, "max_length"),
        ("num", "NaN", "type"),
        ("num", -11, "min"),
        ("num", "100000000000000000000", "max"),
        ("num", "0.0000000000000001", "digits"),
        ("num", [1], "type"),
        ("cost", "0.001", "precision"),
        ("share", 101, "max"),
        ("day", "2023-02-29", "type"),
        ("moment", "yesterday", "type"),
        ("flag", "perhaps", "type"),
        ("status", "unknown", "choice"),
        ("tags", ["x", "w"], "choice"),
        ("mail", "nobody", "type"),
        ("call", "12", "type"),
        ("site", "ftp://example.com", "type"),
        ("parent", "not-an-id", "type"),
        ("parent", NOWHERE, "not_found"),
        ("friends", [NOWHERE], "not_found"),
        ("friends", NOWHERE + ";x", "type"),
        ("keeper", NOWHERE, "not_found"),
        ("serial", "B-001", "read_only"),
        ("serial", 7, "type"),
        ("payload", nested(40), "depth"),
        ("payload", {"a": "\u0000"}, "characters"),
        ("friends", [NOWHERE[:-3] + f"{n:03}" for n in range(101)], "max_links"),
        ("num", True, "type"),
        ("share", -1, "min"),
        ("cost", "dear", "type"),
        *((name, 5, "type") for name in ("long", "day", "moment", "mail", "call", "site", "status", "tags", "keeper")),
        ("unheard", 1, "unknown"),
    ],
)
def test_each_rule_is_answered_at_its_field(api: Api, box: dict[str, Any], name: str, value: Any, code: str) -> None:
    answer = api.post("box/records", {"data": {"name": "A record", name: value}})
    assert answer.status == 400
    assert answer.problem(f"data.{name}") == code
    assert answer.json["message"][0].startswith((name, "box has no field"))
    assert api.get("box/records").json["meta"]["total"] == 0


def test_all_problems_are_told_at_once(api: Api, box: dict[str, Any]) -> None:
    answer = api.post("box/records", {"data": {"text": "A", "num": "x", "size": 1}})
    assert {problem["field"] for problem in answer.json["errors"]} == {
        "data.name",
        "data.text",
        "data.num",
        "data.size",
    }


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "data"),
        ({"data": []}, "data"),
        ({"data": {"name": "x"}, "color": 1}, "color"),
        ({"data": {"name": "x"}, "ownerId": "me"}, "ownerId"),
        ({"data": {"name": "x"}, "ownerId": NOWHERE}, "ownerId"),
        ([], ""),
    ],
)
def test_bodies_are_checked(api: Api, body: Any, field: str) -> None:
    api.make_object("Box")
    answer = api.post("box/records", body)
    assert answer.status == 400
    assert answer.problem(field)


def test_patch_merges_and_null_clears(api: Api, box: dict[str, Any]) -> None:
    record = api.make_record("box", text="abc", num=5, status="new")
    answer = api.patch(f"box/records/{record['id']}", {"data": {"num": None, "status": "done"}})
    assert answer.status == 200
    assert answer.json["data"] == record["data"] | {"num": None, "status": "done"}
    assert answer.json["version"] == 2
    assert answer.json["updatedAt"] > record["updatedAt"]
    assert answer.json["createdAt"] == record["createdAt"]
    assert api.patch(f"box/records/{record['id']}", {"data": {"name": None}}).problem("data.name") == "required"


def test_a_whole_document_can_be_sent_back(api: Api, box: dict[str, Any]) -> None:
    record = api.make_record("box", text="abc")
    answer = api.patch(f"box/records/{record['id']}", {"data": record["data"]})
    assert answer.status == 200
    assert answer.json == record, "nothing has changed, so nothing is written"


def test_old_values_stay_valid(api: Api, box: dict[str, Any]) -> None:
    record = api.make_record("box", status="new", tags=["x"], num=50)
    for name, options in (
        ("status", {"values": [{"value": "new", "isActive": False}, "done"]}),
        ("tags", {"values": [{"value": "x", "isActive": False}, "y"]}),
        ("num", {"max": 10}),
    ):
        assert api.patch(f"box/fields/{name}", {"options": options}).status == 200
    path = f"box/records/{record['id']}"
    assert api.patch(path, {"data": record["data"] | {"tags": ["x", "y"]}}).status == 200
    for name, value, code in (("status", "new", "choice"), ("tags", ["x"], "choice"), ("num", 50, "max")):
        assert api.post("box/records", {"data": {"name": "b", name: value}}).problem(f"data.{name}") == code


def test_required_added_later_is_asked_for_at_the_next_edit(api: Api, box: dict[str, Any]) -> None:
    record = api.make_record("box")
    api.patch("box/fields/mail", {"isRequired": True})
    path = f"box/records/{record['id']}"
    assert api.get(path).status == 200
    assert api.patch(path, {"data": {"num": 1}}).problem("data.mail") == "required"
    assert api.patch(path, {"data": {"num": 1, "mail": "a@example.com"}}).status == 200


def test_defaults(api: Api) -> None:
    api.make_object("Box", {"label": "Size", "type": "NUMBER", "defaultValue": "1.50"})
    assert str(api.make_record("box")["data"]["size"]) == "1.50"
    assert api.make_record("box", size=None)["data"]["size"] is None


def test_unique_values(api: Api) -> None:
    api.make_object("Box", {"label": "Code", "type": "TEXT", "isUnique": True})
    first = api.make_record("box", name="First", code="A1")
    answer = api.post("box/records", {"data": {"name": "Second", "code": "a1"}})
    assert answer.status == 409
    assert answer.problem("data.code") == "duplicate"
    assert answer.json["message"] == ["another Box has the Code a1: First"]
    second = api.make_record("box", name="Second", code="A2")
    assert api.patch(f"box/records/{second['id']}", {"data": {"code": "A1"}}).status == 409
    # Given up by a change, and by a deletion.
    api.patch(f"box/records/{first['id']}", {"data": {"code": "A3"}})
    assert api.patch(f"box/records/{second['id']}", {"data": {"code": "A1"}}).status == 200
    api.delete(f"box/records/{first['id']}")
    assert api.post("box/records", {"data": {"name": "Third", "code": "A3"}}).status == 201
    # Empty values are no duplicates.
    api.make_record("box")
    api.make_record("box")
    assert UniqueKey.objects.count() == 2


def test_if_match(api: Api) -> None:
    api.make_object("Box")
    record = api.make_record("box")
    path = f"box/records/{record['id']}"
    assert api.send("PATCH", path, {"data": {"name": "b"}}, **{"If-Match": '"1"'}).status == 200
    for stale in ('"1"', '"x"', '"99999999999999999999"'):
        answer = api.send("PATCH", path, {"data": {"name": "c"}}, **{"If-Match": stale})
        assert answer.status == 412
        assert answer.problem() == "stale"
        assert api.send("DELETE", path, **{"If-Match": stale}).status == 412
    assert api.send("PATCH", path, {"data": {"name": "c"}}, **{"If-Match": "*"}).status == 200
    assert api.send("DELETE", path, **{"If-Match": '"3"'}).status == 204


def test_owner(api: Api, rep: User) -> None:
    api.make_object("Box")
    record = api.make_record("box")
    path = f"box/records/{record['id']}"
    assert api.patch(path, {"ownerId": str(rep.id)}).json["ownerId"] == str(rep.id)
    assert api.patch(path, {"ownerId": None}).json["ownerId"] is None
    assert api.post("box/records", {"data": {"name": "x"}, "ownerId": str(rep.id)}).json["ownerId"] == str(rep.id)


def test_delete(api: Api) -> None:
    api.make_object("Box")
    record = api.make_record("box")
    path = f"box/records/{record['id']}"
    assert api.delete(path).status == 204
    for answer in (api.get(path), api.patch(path, {"data": {}}), api.delete(path)):
        assert answer.status == 404
        assert answer.problem() == "not_found"


@pytest.mark.parametrize("reference", ["nothing", "00000000-0000-7000-8000-000000000000", "%00", "0" * 32, "é"])
def test_unknown_records_and_objects_are_not_found(api: Api, reference: str) -> None:
    api.make_object("Box")
    assert api.get(f"box/records/{reference}").status == 404
    assert api.get(f"{reference}/records").status == 404
    assert api.post(f"{reference}/records", {"data": {}}).status == 404


def test_record_size_is_limited(api: Api, settings: Any) -> None:
    settings.MAX_RECORD_BYTES = 2048
    api.make_object("Box", {"label": "Note", "type": "TEXTAREA"})
    answer = api.post("box/records", {"data": {"name": "x", "note": "y" * 2048}})
    assert answer.status == 400
    assert answer.problem("data") == "max_size"


def test_auto_numbers_go_on(api: Api) -> None:
    api.make_object("Box", {"label": "No", "type": "AUTO_NUMBER", "options": {"format": "N{00}-A", "start": 9}})
    assert [api.make_record("box")["data"]["no"] for _ in range(3)] == ["N09-A", "N10-A", "N11-A"]
    api.patch("box/fields/no", {"options": {"format": "X-{0000}"}})
    assert api.make_record("box")["data"]["no"] == "X-0012"
    assert api.names("box", no="N10-A") == ["A record"]


def test_numbers_are_stored_as_exact_decimals(api: Api) -> None:
    api.make_object("Box", {"label": "Num", "type": "NUMBER"})
    for text in ("0.1", "0.2", "0.300000000000001", "9007199254740993", "-12345678901234567890.123"):
        api.make_record("box", name=text, num=Decimal(text))
        assert api.names("box", num=text) == [text]
    assert api.names("box", num="0.3") == []
    assert api.names("box", num="9007199254740992") == []
    assert api.names("box", num__lt="0.2", num__gt="0") == ["0.1"]
