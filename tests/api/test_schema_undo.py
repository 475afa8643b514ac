"""Taking back what one request did to objects and fields."""

from __future__ import annotations

from typing import Any

import pytest

from salesos.accounts.models import User
from tests.conftest import Answer, Api


@pytest.fixture
def box(api: Api) -> dict[str, Any]:
    return api.make_object("Box", {"label": "Size", "type": "NUMBER", "options": {"max": 9}})


def undo(api: Api, answer: Answer, **params: Any) -> Answer:
    query = "&".join(f"{name}={value}" for name, value in params.items())
    return api.post(f"/v1/changes/{answer.headers['X-Change-Id']}/undo?{query}")


def undone(api: Api, answer: Answer, **params: Any) -> dict[str, int]:
    taken_back = undo(api, answer, **params)
    assert taken_back.status == 200, taken_back
    return dict(taken_back.json)


def definition(api: Api, reference: str = "box") -> dict[str, Any]:
    """What an object and its fields are, without when they were changed."""
    found = api.get(reference).json
    beside = {"schemaVersion", "updatedAt", "updatedBy"}
    fields = [{name: value for name, value in field.items() if name not in beside} for field in found["fields"]]
    return {**{name: value for name, value in found.items() if name not in beside}, "fields": fields}


def test_a_field_that_was_added_and_one_that_was_deleted(api: Api, box: dict[str, Any]) -> None:
    record = api.make_record("box", size=3)
    before = definition(api)
    added = api.post("box/fields", {"label": "Colour", "type": "TEXT"})
    api.patch(f"box/records/{record['id']}", {"data": {"colour": "red"}})
    taken_back = undo(api, added)
    assert taken_back.json == {"deleted": 1, "restored": 0, "changed": 0, "left": 0}
    assert definition(api) == before
    assert undone(api, taken_back)["restored"] == 1
    assert api.get(f"box/records/{record['id']}").json["data"]["colour"] == "red", "nothing is lost"
    assert undone(api, api.delete("box/fields/size"))["restored"] == 1
    assert api.get(f"box/records/{record['id']}").json["data"]["size"] == 3


def test_properties_are_set_back(api: Api, box: dict[str, Any]) -> None:
    before = definition(api)
    properties = {"label": "Width", "helpText": "cm", "group": "Measures", "options": {"max": 20, "min": 1}}
    changed = api.patch("box/fields/size", properties)
    assert undone(api, changed) == {"deleted": 0, "restored": 0, "changed": 1, "left": 0}
    assert definition(api) == before
    changed = api.patch("box", {"name": "Crate", "color": "#000000", "historyDays": 3, "isActive": False})
    assert undone(api, changed)["changed"] == 1
    assert definition(api) == before
    ordered = api.put("box/fields/order", {"fields": ["size", "name"]})
    assert undone(api, ordered)["changed"] >= 1
    assert [field["apiName"] for field in definition(api)["fields"]] == ["name", "size"]


def test_an_object_that_was_made_and_one_that_was_deleted(api: Api, box: dict[str, Any]) -> None:
    made = api.post("/v1/custom-objects", {"name": "Crate"})
    taken_back = undo(api, made)
    assert taken_back.json["deleted"] == 1
    assert api.get("crate").status == 404
    assert undone(api, taken_back)["restored"] == 1
    api.make_record("crate")
    assert undo(api, made).problem("definitions.crate") == "changed"
    options = {"target": "box", "onDelete": "cascade"}
    api.post("crate/fields", {"label": "Box", "type": "LOOKUP", "options": options})
    record = api.make_record("box", size=2)
    along = api.make_record("crate", box=record["id"])
    deleted = api.delete("box")
    assert api.get(f"crate/records/{along['id']}").status == 404
    assert undone(api, deleted)["restored"] == 2, "the object, and the lookup to it"
    assert api.get(f"crate/records/{along['id']}").json["data"]["box"] == record["id"]


def test_what_has_changed_on_top_stands_in_the_way(api: Api, box: dict[str, Any], admin: User) -> None:
    first = api.patch("box/fields/size", {"label": "Width", "helpText": "cm"})
    assert api.patch("box/fields/size", {"isRequired": True}).status == 200
    assert undone(api, first)["changed"] == 1, "another property"
    second = api.patch("box/fields/size", {"label": "Depth"})
    api.patch("box/fields/size", {"label": "Height"})
    refused = undo(api, second)
    assert (refused.status, refused.problem("definitions.size")) == (409, "changed")
    assert refused.json["message"] == ["size has been changed since by admin"]
    assert undone(api, second, force="fields") == {"deleted": 0, "restored": 0, "changed": 0, "left": 1}
    assert api.get("box").json["fields"][1]["label"] == "Height"


def test_only_who_may_define(api: Api, box: dict[str, Any], rep: User, stranger: User) -> None:
    changed = api.patch("box/fields/size", {"label": "Width"})
    assert undo(Api(rep), changed).status == 403
    assert undo(Api(stranger), changed).status == 404
