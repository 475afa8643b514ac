"""Fields through the API: adding, changing, ordering, hiding and deleting them."""

from __future__ import annotations

from typing import Any

import pytest

from customobjects.fieldtypes import TYPES
from salesos import json
from tests.conftest import Api


@pytest.fixture(autouse=True)
def box(api: Api) -> dict[str, Any]:
    return api.make_object("Box")


def add(api: Api, label: str, type_: str = "TEXT", **more: Any) -> dict[str, Any]:
    answer = api.post("box/fields", {"label": label, "type": type_, **more})
    assert answer.status == 201, answer
    return dict(answer.json)


def test_add(api: Api) -> None:
    field = add(api, "Serial Number", helpText="On the back.", isUnique=True, options={"maxLength": 20})
    assert field["apiName"] == "serial_number"
    assert field["isIndexed"] is True
    assert field["order"] == 2
    assert field["options"] == {"maxLength": 20, "minLength": 0, "pattern": None, "caseSensitive": False}
    assert set(field) == {
        "id",
        "apiName",
        "label",
        "type",
        "helpText",
        "group",
        "isRequired",
        "isUnique",
        "isIndexed",
        "filling",
        "isActive",
        "defaultValue",
        "nextNumber",
        "order",
        "options",
        "createdAt",
        "updatedAt",
        "createdBy",
        "updatedBy",
    }
    assert api.get("box/fields").json["data"][1] == field
    assert api.get("box").json["fields"][1] == field


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"label": "A"}, "type", "required"),
        ({"type": "TEXT"}, "label", "required"),
        ({"label": " ", "type": "TEXT"}, "label", "blank"),
        ({"label": "Page", "type": "TEXT", "apiName": "page"}, "apiName", "reserved"),
        ({"label": "A", "type": "TEXT", "apiName": "Ä"}, "apiName", "pattern"),
        ({"label": "A", "type": "PICKLIST"}, "options.values", "invalid"),
        ({"label": "A", "type": "LOOKUP", "options": {"target": "nothing"}}, "options.target", "not_found"),
        ({"label": "A", "type": "LOOKUP", "options": {}}, "options.target", "invalid"),
        (
            {"label": "A", "type": "LOOKUP", "isRequired": True, "options": {"target": "box", "onDelete": "set_null"}},
            "options.onDelete",
            "required",
        ),
        ({"label": "A", "type": "NUMBER", "defaultValue": "many"}, "defaultValue", "type"),
        ({"label": "A", "type": "NUMBER", "defaultValue": 5, "options": {"max": 4}}, "defaultValue", "max"),
        ({"label": "A", "type": "AUTO_NUMBER", "defaultValue": "1"}, "defaultValue", "type"),
        ({"label": "A", "type": "TEXT", "isUnique": True, "defaultValue": "x"}, "defaultValue", "unique"),
        ({"label": "A", "type": "TEXTAREA", "isUnique": True}, "isUnique", "type"),
        ({"label": "A", "type": "JSON", "isIndexed": True}, "isIndexed", "type"),
        ({"label": "A", "type": "TEXT", "group": "g" * 81}, "group", "max_length"),
        ({"label": "A", "type": "TEXT", "group": None}, "group", "null"),
        ({"label": "A", "type": "TEXT", "group": ["Size"]}, "group", "invalid"),
        ({"label": "A", "type": "TEXT", "order": -1}, "order", "min_value"),
        ({"label": "A", "type": "TEXT", "options": []}, "options", "invalid"),
    ],
)
def test_refused(api: Api, body: dict[str, Any], field: str, code: str) -> None:
    answer = api.post("box/fields", body)
    assert answer.status == 400
    assert answer.problem(field) == code
    assert len(api.get("box").json["fields"]) == 1


def test_a_duplicate_is_refused_with_a_suggestion(api: Api) -> None:
    answer = api.post("box/fields", {"label": "Name", "type": "TEXT", "apiName": "name"})
    assert answer.status == 409
    assert "'name_2' would do" in answer.json["message"][0]


def test_change(api: Api) -> None:
    add(api, "Size", "NUMBER", options={"min": 0})
    answer = api.patch("box/fields/size", {"label": "Volume", "isRequired": True, "options": {"max": 10}})
    assert answer.status == 200
    assert (answer.json["label"], answer.json["apiName"]) == ("Volume", "size")
    assert answer.json["options"] == {"min": 0, "max": 10, "precision": 15}
    assert api.patch("box/fields/size", {"options": {"min": None}}).json["options"]["min"] is None
    assert api.patch(f"box/fields/{answer.json['id']}", answer.json | {}).status == 400, "read-only properties"


def test_groups(api: Api) -> None:
    assert add(api, "Colour")["group"] == ""
    assert add(api, "Size", "NUMBER", group=" Measures\nand weights ")["group"] == "Measures and weights", "one line"
    for sent, kept in (("Shape ", "Shape"), ("e\u0301" * 40, "é" * 40), ("", "")):
        assert api.patch("box/fields/size", {"group": sent}).json["group"] == kept
    made = api.post("/v1/custom-objects", {"name": "Crate", "fields": [{"label": "N", "type": "TEXT", "group": "G"}]})
    assert made.json["fields"][0]["group"] == "G"


@pytest.mark.parametrize(
    ("body", "field"),
    [({"type": "TEXT"}, "type"), ({"apiName": "other"}, "apiName"), ({"isIndexed": False}, "isIndexed")],
)
def test_some_things_never_change(api: Api, body: dict[str, Any], field: str) -> None:
    add(api, "Size", "NUMBER")
    answer = api.patch("box/fields/size", body)
    assert answer.status == 400
    assert answer.problem(field) == "immutable"


def test_some_options_never_change(api: Api) -> None:
    api.make_object("Crate")
    add(api, "Parent", "LOOKUP", options={"target": "box"})
    assert api.patch("box/fields/parent", {"options": {"target": "box", "onDelete": "cascade"}}).status == 200
    answer = api.patch("box/fields/parent", {"options": {"target": "crate"}})
    assert answer.problem("options.target") == "immutable"


def test_unknown_fields_are_not_found(api: Api) -> None:
    for reference in ("nothing", "00000000-0000-7000-8000-000000000000", "%00"):
        assert api.patch(f"box/fields/{reference}", {"label": "x"}).status == 404
        assert api.delete(f"box/fields/{reference}").status == 404


def test_becoming_unique_over_duplicates_is_refused_and_names_them(api: Api) -> None:
    add(api, "Code")
    api.make_record("box", name="One", code="Same")
    second = api.make_record("box", name="Two", code="same")
    answer = api.patch("box/fields/code", {"isUnique": True})
    assert answer.status == 409
    assert answer.problem("isUnique") == "duplicate"
    message = "code cannot become unique, as two records have the Code same: One and Two"
    assert answer.json["message"] == [message]
    api.delete(f"box/records/{second['id']}")
    assert api.patch("box/fields/code", {"isUnique": True}).status == 200
    assert api.post("box/records", {"data": {"name": "Three", "code": "SAME"}}).problem("data.code") == "duplicate"
    # Case begins to matter: the keys are made anew.
    assert api.patch("box/fields/code", {"options": {"caseSensitive": True}}).status == 200
    assert api.post("box/records", {"data": {"name": "Three", "code": "SAME"}}).status == 201
    assert api.patch("box/fields/code", {"isUnique": False}).status == 200
    assert api.post("box/records", {"data": {"name": "Four", "code": "SAME"}}).status == 201


def test_hidden_fields_keep_their_values(api: Api) -> None:
    add(api, "Code")
    record = api.make_record("box", code="secret")
    path = f"box/records/{record['id']}"
    api.patch("box/fields/code", {"isActive": False})
    assert "code" not in api.get(path).json["data"]
    assert api.get("box/records", search="secret").json["data"] == []
    assert api.get("box/records", code="secret").problem("code") == "unknown"
    assert api.get("box/records", sortBy="code").problem("sortBy") == "choice"
    assert api.patch(path, {"data": {"code": "x"}}).problem("data.code") == "unknown"
    api.patch(path, {"data": {"name": "Changed meanwhile"}})
    api.patch("box/fields/code", {"isActive": True})
    assert api.get(path).json["data"]["code"] == "secret"
    assert api.names("box", code="secret", search="SECR") == ["Changed meanwhile"]


def test_deleted_values_are_gone_from_every_reader_at_once(api: Api) -> None:
    add(api, "Code", isUnique=True)
    record = api.make_record("box", code="secret")
    assert api.delete("box/fields/code").status == 204
    assert api.get(f"box/records/{record['id']}").json["data"] == {"name": "A record"}
    assert api.get("box/records", search="secret").json["data"] == []
    assert api.get("box/records", code="secret").status == 400
    # A new field of the same name starts empty, in all readers.
    add(api, "Code", isUnique=True)
    assert api.get(f"box/records/{record['id']}").json["data"]["code"] is None
    assert api.names("box", code="secret") == []
    assert api.names("box", code__isnull="true") == ["A record"]
    assert api.get("box/records", search="secret").json["data"] == []
    api.patch(f"box/records/{record['id']}", {"data": {"code": "secret"}})
    assert api.get("box/records", code="secret").json["data"][0]["data"]["code"] == "secret"


def test_the_primary_field_stays(api: Api) -> None:
    for answer in (api.delete("box/fields/name"), api.patch("box/fields/name", {"isActive": False})):
        assert answer.status == 409
        assert answer.problem() == "primary"


def test_order(api: Api) -> None:
    add(api, "A")
    second = add(api, "B")
    answer = api.put("box/fields/order", {"fields": [second["id"], "name", "a"]})
    assert answer.status == 200
    assert [field["apiName"] for field in answer.json["data"]] == ["b", "name", "a"]
    assert [field["apiName"] for field in api.get("box").json["fields"]] == ["b", "name", "a"]
    for wrong in (["b"], ["b", "name", "a", "a"], ["b", "name", "x"], ["b", second["id"], "name"]):
        assert api.put("box/fields/order", {"fields": wrong}).problem("fields") == "incomplete"


def test_limit_of_fields(api: Api, settings: Any) -> None:
    settings.MAX_FIELDS_PER_OBJECT = 2
    add(api, "A")
    answer = api.post("box/fields", {"label": "B", "type": "TEXT"})
    assert answer.status == 409
    assert answer.problem() == "limit"


def test_fields_beyond_the_columns_filter_and_sort_alike(api: Api) -> None:
    for number in range(12):
        add(api, f"T{number}")
    assert api.get("box").json["fields"][-1]["isIndexed"] is False
    assert api.post("box/fields", {"label": "X", "type": "TEXT", "isIndexed": True}).problem("isIndexed") == "limit"
    assert add(api, "Spared", "NUMBER", isIndexed=False)["isIndexed"] is False
    for name, text, number in (("one", "Élan", -5), ("two", "eland", 12), ("three", "Zebra", "3.5"), ("four", None, 0)):
        api.make_record("box", name=name, t11=text, spared=number)
    assert api.names("box", sortBy="t11") == ["one", "two", "three", "four"]
    assert api.names("box", sortBy="spared") == ["one", "four", "three", "two"]
    assert api.names("box", spared__gt="-1", sortBy="spared") == ["four", "three", "two"]
    assert api.names("box", t11="Élan") == ["one"]
    assert api.names("box", t11="ÉLAN") == ["one"]
    assert api.names("box", t11="elan") == []
    assert api.names("box", t11__iexact="ELAN") == ["one"]
    assert api.names("box", t11__in="Zebra,eland", sortBy="t11") == ["two", "three"]
    assert api.names("box", t11__isnull="true") == ["four"]
    assert api.names("box", t11__not="Zebra", sortBy="spared") == ["one", "four", "two"]


def test_listing_fields_takes_the_same_queries_for_any_number(api: Api, django_assert_num_queries: Any) -> None:
    for number in range(3):
        # 1. Who is asking.
        # 2. The object.
        # 3. Its fields.
        with django_assert_num_queries(3):
            assert len(api.get("box/fields").json["data"]) == 1 + number
        add(api, f"F{number}")


def test_field_types_say_what_a_designer_needs(api: Api) -> None:
    listed = {row["key"]: row for row in api.get("/v1/field-types").json["data"]}
    assert list(listed) == list(TYPES)
    assert listed["NUMBER"]["operators"] == [
        "exact",
        "not",
        "in",
        "isnull",
        "gt",
        "gte",
        "lt",
        "lte",
        "range",
        "not_range",
    ]
    assert listed["NUMBER"]["optionsSchema"]["properties"]["min"]["type"] == "number"
    assert listed["PICKLIST"]["optionsSchema"]["required"] == ["values"]
    assert listed["AUTO_NUMBER"]["isWritable"] is False
    assert listed["TEXT"]["valueSchema"] == {"type": "string", "minLength": 1, "maxLength": 255}
    assert listed["PICKLIST"]["valueSchema"] == {"type": "string"}
    assert listed["CHECKBOX"]["valueSchema"] == {"type": "boolean"}


@pytest.mark.parametrize(
    ("field", "default"),
    [
        ({"type": "JSON"}, {"a": [1, {"b": None}]}),
        ({"type": "MULTI_PICKLIST", "options": {"values": ["a", "b"]}}, ["a"]),
        ({"type": "NUMBER"}, 1.5),
    ],
)
def test_any_value_can_be_a_default(api: Api, field: dict[str, Any], default: Any) -> None:
    api.make_object("Crate", {"label": "More", "defaultValue": default, **field})
    made = api.make_record("crate")
    assert made["data"]["more"] == json.loads(json.dumps(default))
    assert api.get("crate/records").json["data"] == [made]
    assert api.get(f"crate/records/{made['id']}").json == made
    bulk = api.post("crate/records/bulk", {"operations": [{"op": "create", "data": {"name": "B"}}]})
    assert bulk.json["data"][0]["record"]["data"]["more"] == made["data"]["more"]


@pytest.mark.parametrize(
    ("type_", "options", "default", "change", "code", "fitting"),
    [
        ("PICKLIST", {"values": ["new", "old"]}, "new", {"values": ["old"]}, "choice", "old"),
        (
            "PICKLIST",
            {"values": ["new", "old"]},
            "new",
            {"values": [{"value": "new", "isActive": False}, "old"]},
            "choice",
            "old",
        ),
        ("MULTI_PICKLIST", {"values": ["a", "b"]}, ["a", "b"], {"values": ["a"]}, "choice", ["a"]),
        ("NUMBER", {}, 5, {"max": 4}, "max", 4),
        ("NUMBER", {}, 5, {"min": 6}, "min", 6),
        ("NUMBER", {}, 5.25, {"precision": 1}, "precision", 5.5),
        ("CURRENCY", {}, 5, {"max": 4}, "max", 4),
        ("PERCENT", {}, 5, {"max": 4}, "max", 4),
        ("TEXT", {}, "new one", {"maxLength": 3}, "max_length", "new"),
        ("TEXT", {}, "new", {"minLength": 4}, "min_length", "newer"),
        ("TEXT", {}, "new", {"pattern": "[0-9]+"}, "pattern", "12"),
        ("TEXTAREA", {}, "new one", {"maxLength": 3}, "max_length", "new"),
    ],
)
def test_options_that_the_default_does_not_fit_are_refused(
    api: Api, type_: str, options: Any, default: Any, change: Any, code: str, fitting: Any
) -> None:
    add(api, "State", type_, options=options, defaultValue=default)
    before = api.get("box").json["fields"][1]
    answer = api.patch("box/fields/state", {"options": change})
    assert answer.status == 400
    assert answer.problem("defaultValue") == code
    shown = ";".join(default) if isinstance(default, list) else str(default)
    assert f"defaultValue is {shown!r}, and " in answer.json["message"][0]
    assert api.get("box").json["fields"][1] == before
    assert api.make_record("box")["data"]["state"] == json.loads(json.dumps(default))
    # The default changes along with them, or goes.
    answer = api.patch("box/fields/state", {"options": change, "defaultValue": fitting})
    assert (answer.status, answer.json["defaultValue"]) == (200, json.loads(json.dumps(fitting)))
    assert api.patch("box/fields/state", {"options": {}}).status == 200
    api.patch("box/fields/state", {"options": options, "defaultValue": None})
    assert api.patch("box/fields/state", {"options": change}).status == 200
    assert api.make_record("box")["data"]["state"] is None


def test_a_default_is_kept_as_the_new_options_write_it(api: Api) -> None:
    add(api, "Tags", "MULTI_PICKLIST", options={"values": ["a", "b"]}, defaultValue=["b", "a"])
    assert api.patch("box/fields/tags", {"options": {"values": ["b", "c", "a"]}}).json["defaultValue"] == ["b", "a"]
    made = api.make_record("box")
    assert made["data"]["tags"] == ["b", "a"]
    assert api.patch(f"box/records/{made['id']}", {"data": {"tags": ["a", "b"]}}).json["version"] == 1
