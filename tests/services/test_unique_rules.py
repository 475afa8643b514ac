"""Fields, and keys of several, that become unique over more records than a request can look through."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from customobjects.models import CustomObject, Field, UniqueKey
from customobjects.services import unique_rules
from tests.background import work
from tests.conftest import Answer, Api


@pytest.fixture
def boxes(api: Api, monkeypatch: pytest.MonkeyPatch) -> Api:
    """Seven boxes with codes of their own, four more than a request looks through, two to a batch."""
    monkeypatch.setattr(unique_rules, "MAX_RECORDS_AT_ONCE", 3)
    monkeypatch.setattr(unique_rules, "BATCH_SIZE", 2)
    api.make_object("Box", {"label": "Code", "type": "TEXT"}, {"label": "Site", "type": "TEXT"})
    for number in range(7):
        api.make_record("box", name=f"B{number}", code=f"C{number}", site="Ulm")
    return api


def code_of(api: Api) -> dict[str, Any]:
    return next(field for field in api.get("box").json["fields"] if field["apiName"] == "code")


def make(api: Api, **data: Any) -> Answer:
    return api.post("box/records", {"data": {"name": "new", **data}})


def upsert(api: Api, by: list[str], **data: Any) -> Answer:
    return api.post("box/records/bulk", {"operations": [{"op": "upsert", "by": by, "data": data}], "atomic": True})


def rule() -> str:
    field = Field.objects.get(api_name="code")
    return str(field.unique_key_id or field.id)


def step(name: str | None = None) -> bool:
    return unique_rules.fill_keys_batch(CustomObject.objects.get().id, name or rule())


def test_a_field_becomes_unique_in_the_background(boxes: Api) -> None:
    answer = boxes.patch("box/fields/code", {"isUnique": True})
    assert (answer.status, answer.json["isUnique"]) == (200, True)
    rest = {
        **dict.fromkeys(("index", "default", "numbers", "texts", "lookups"), False),
        "recordsDone": 0,
        "problem": None,
    }
    assert answer.json["filling"] == code_of(boxes)["filling"] == {**rest, "unique": True}
    # What is written from now on is held to it.
    assert make(boxes, code="new").status == 201
    assert make(boxes, code="NEW").problem("data.code") == "duplicate"
    assert step() is True
    assert code_of(boxes)["filling"]["recordsDone"] == 2
    page = Client()
    page.force_login(boxes.user)
    assert "working on old records, 2 done" in page.get("/setup/objects/box/").content.decode()
    assert make(boxes, code="c1").problem("data.code") == "duplicate", "its key was made"
    assert upsert(boxes, ["code"], code="C6").problem("operations.0.by") == "busy", "it would not find the old ones"
    # Old records are changed meanwhile.
    late = boxes.get("box/records", code="C6").json["data"][0]["id"]
    assert boxes.patch(f"box/records/{late}", {"data": {"code": "other"}}).status == 200
    assert make(boxes, code="C6").status == 201
    work()
    assert (code_of(boxes)["isUnique"], code_of(boxes)["filling"]) == (True, None)
    for taken in ("c0", "C5", "C6", "Other", "new"):
        assert make(boxes, code=taken).problem("data.code") == "duplicate"
    assert UniqueKey.objects.count() == 9
    assert upsert(boxes, ["code"], code="C5", site="Bonn").json["data"][0]["record"]["name"] == "B5"


def test_duplicates_end_it(boxes: Api) -> None:
    twice = make(boxes, code="c4").json["id"]
    boxes.patch("box/fields/code", {"isUnique": True})
    work()
    field = code_of(boxes)
    assert field["isUnique"] is False
    assert "B4" in field["filling"]["problem"]
    assert "two records have the Code c4: B4 and " in field["filling"]["problem"]
    page = Client()
    page.force_login(boxes.user)
    assert escape(field["filling"]["problem"]) in page.get("/setup/objects/box/").content.decode()
    assert UniqueKey.objects.count() == 0
    assert make(boxes, code="C0").status == 201, "the rule holds no longer"
    assert boxes.delete(f"box/records/{twice}").status == 204
    for record in boxes.get("box/records", code="C0", name="new").json["data"]:
        boxes.delete(f"box/records/{record['id']}")
    boxes.patch("box/fields/code", {"isUnique": True})
    assert code_of(boxes)["filling"]["problem"] is None
    work()
    assert (code_of(boxes)["isUnique"], code_of(boxes)["filling"]) == (True, None)


def test_keys_that_are_not_dropped_yet_mean_nothing(boxes: Api) -> None:
    boxes.patch("box/fields/code", {"isUnique": True})
    work()
    boxes.patch("box/fields/code", {"isUnique": False})
    assert UniqueKey.objects.count() == 5, "a batch is dropped at once, the rest by the background"
    kept = boxes.get("box/records", code="C6").json["data"][0]["id"]
    assert boxes.patch(f"box/records/{kept}", {"data": {"code": "free"}}).status == 200
    assert boxes.patch("box/fields/code", {"isUnique": True}).status == 200
    assert make(boxes, code="C6").status == 201, "only a key of the rule that ended says otherwise"
    work()
    assert UniqueKey.objects.count() == 8
    assert make(boxes, code="C6").problem("data.code") == "duplicate"


def test_another_case_is_another_rule(boxes: Api) -> None:
    boxes.patch("box/fields/code", {"isUnique": True})
    work()
    assert make(boxes, code="c0").status == 409
    boxes.patch("box/fields/code", {"options": {"caseSensitive": True}})
    assert code_of(boxes)["filling"]["unique"] is True
    work()
    assert code_of(boxes)["filling"] is None
    assert make(boxes, code="c0").status == 201
    assert make(boxes, code="C0").status == 409


def test_a_key_of_several_fields(boxes: Api) -> None:
    keys = [{"fields": ["code", "site"]}]
    answer = boxes.patch("box", {"uniqueKeys": keys})
    filling = {"fields": ["code", "site"], "recordsDone": 0, "problem": None}
    assert (answer.json["uniqueKeys"], answer.json["uniqueKeyFillings"]) == (keys, [filling])
    assert step(CustomObject.objects.get().unique_keys[0]["id"]) is True
    assert boxes.get("box").json["uniqueKeyFillings"] == [{**filling, "recordsDone": 2}]
    # Sent again as it is, it goes on.
    assert boxes.patch("box", {"uniqueKeys": keys}).json["uniqueKeyFillings"] == [{**filling, "recordsDone": 2}]
    work()
    assert boxes.get("box").json["uniqueKeyFillings"] == []
    assert make(boxes, code="C3", site="Ulm").status == 409
    assert make(boxes, code="C3", site="Bonn").status == 201


def test_a_key_of_several_fields_that_records_do_not_keep(boxes: Api) -> None:
    make(boxes, code="C3", site="Ulm")
    boxes.patch("box", {"uniqueKeys": [{"fields": ["code", "site"]}]})
    work()
    answer = boxes.get("box").json
    assert answer["uniqueKeys"] == []
    [given_up] = answer["uniqueKeyFillings"]
    assert set(given_up["fields"]) == {"code", "site"}
    assert "two records have the Code C3 and the Site Ulm: " in given_up["problem"]
    assert boxes.patch("box", {"uniqueKeys": []}).json["uniqueKeyFillings"] == []


def test_a_field_that_is_deleted_meanwhile(boxes: Api) -> None:
    boxes.patch("box/fields/code", {"isUnique": True})
    assert boxes.delete("box/fields/code").status == 204
    work()
    assert boxes.get("box").status == 200
