"""Field values through changes of the schema: defaults for old records, and indexes that come later."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django_tasks_db.models import DBTaskResult

from customobjects.models import Field, Record
from customobjects.services import backfill
from tests.conftest import Api

NOTHING = {
    **dict.fromkeys(("index", "default", "numbers", "texts", "unique", "lookups"), False),
    "recordsDone": 0,
    "problem": None,
}


def quiet(_line: str) -> None:
    """Nobody wants to know."""


def field_of(api: Api, name: str) -> dict[str, Any]:
    return next(field for field in api.get("box").json["fields"] if field["apiName"] == name)


@pytest.fixture
def boxes(api: Api) -> Api:
    """Twelve text fields, so that the next one finds no free column, and seven records."""
    api.make_object("Box", *({"label": f"T{number}", "type": "TEXT"} for number in range(11)))
    api.post("box/fields", {"label": "Late", "type": "TEXT"})
    api.post("box/fields", {"label": "Spared", "type": "NUMBER", "isIndexed": False})
    for number in range(7):
        api.make_record("box", name=f"B{number}", late=f"é{number}", spared=None if number == 3 else 10 - number)
    return api


def test_an_index_that_comes_later(boxes: Api) -> None:
    before = boxes.names("box", sort="spared"), boxes.names("box", spared__gte=6)
    assert field_of(boxes, "spared")["isIndexed"] is False
    answer = boxes.patch("box/fields/spared", {"isIndexed": True})
    assert answer.json["filling"] == {**NOTHING, "index": True}
    assert answer.json["isIndexed"] is False
    boxes.make_record("box", name="new", spared=8.5)
    field_id = Field.objects.get(api_name="spared").id
    assert backfill.fill_batch(field_id, quiet, batch=3) is True
    # Half done: every reader still sees all of it.
    assert field_of(boxes, "spared")["filling"]["recordsDone"] == 3
    assert boxes.names("box", sort="spared") == ["B6", "B5", "B4", "B2", "new", "B1", "B0", "B3"]
    boxes.patch(f"box/records/{boxes.get('box/records', name='B6').json['data'][0]['id']}", {"data": {"spared": 9.5}})
    while backfill.fill_batch(field_id, quiet, batch=3):
        pass
    assert (field_of(boxes, "spared")["isIndexed"], field_of(boxes, "spared")["filling"]) == (True, None)
    assert boxes.names("box", sort="spared") == ["B5", "B4", "B2", "new", "B1", "B6", "B0", "B3"]
    assert boxes.names("box", spared__isnull="true") == ["B3"]
    assert [len(names) for names in before] == [7, 4]
    assert boxes.patch("box/fields/spared", {"isIndexed": False}).problem("isIndexed") == "immutable"
    assert backfill.fill_batch(field_id, quiet) is False


def test_no_column_is_left(boxes: Api) -> None:
    assert field_of(boxes, "late")["isIndexed"] is False
    assert boxes.patch("box/fields/late", {"isIndexed": True}).problem("isIndexed") == "limit"
    assert field_of(boxes, "late")["filling"] is None


def test_the_column_is_not_given_twice(boxes: Api) -> None:
    boxes.patch("box/fields/spared", {"isIndexed": True})
    boxes.post("box/fields", {"label": "Other", "type": "NUMBER"})
    rows = Field.objects.filter(type="NUMBER").values_list("column", "filling")
    assert len({name for pair in rows for name in pair if name}) == 2


def test_a_default_for_old_records(boxes: Api) -> None:
    versions = {row.name: row.version for row in Record.objects.all()}
    answer = boxes.post("box/fields", {"label": "Grade", "type": "NUMBER", "defaultValue": 5, "fillDefault": True})
    assert answer.status == 201, answer
    assert answer.json["filling"] == {**NOTHING, "default": True}
    boxes.make_record("box", name="cleared", grade=None)
    boxes.make_record("box", name="other", grade=7)
    mine = boxes.get("box/records", name="B1").json["data"][0]
    boxes.patch(f"box/records/{mine['id']}", {"data": {"late": "touched"}})
    assert boxes.names("box", grade=5) == [], "until it is filled, all readers show it as empty"
    boxes.patch("box/fields/grade", {"label": "Mark"})
    backfill.fill_all(quiet, batch=4)
    assert sorted(boxes.names("box", grade=5)) == ["B0", "B2", "B3", "B4", "B5", "B6"], "who wrote it since, decided"
    assert boxes.get("box/records/aggregate", metrics="sum:grade").json["data"][0]["sum"] == {"grade": 37}
    record = boxes.get("box/records", name="B4").json["data"][0]
    assert (record["data"]["grade"], record["version"]) == (5, versions["B4"] + 1)
    assert field_of(boxes, "grade")["filling"] is None


@pytest.mark.parametrize("method", ["post", "patch"])
def test_filling_needs_a_default(boxes: Api, method: str) -> None:
    if method == "post":
        answer = boxes.post("box/fields", {"label": "X", "type": "TEXT", "fillDefault": True})
    else:
        answer = boxes.patch("box/fields/late", {"fillDefault": True})
    assert answer.problem("fillDefault") == "required"


def test_a_default_that_is_given_later(boxes: Api) -> None:
    boxes.post("box/fields", {"label": "Grade", "type": "NUMBER"})
    boxes.patch("box/fields/grade", {"defaultValue": 3, "fillDefault": True})
    backfill.fill_all(quiet)
    assert len(boxes.names("box", grade=3)) == 7


def test_the_background_does_it(boxes: Api) -> None:
    boxes.patch("box/fields/spared", {"isIndexed": True})
    task = DBTaskResult.objects.get()
    assert (task.task_path, task.status) == ("customobjects.services.backfill.fill_in_background", "READY")
    backfill.fill_in_background.call(*task.args_kwargs["args"])
    assert field_of(boxes, "spared")["isIndexed"] is True


def test_an_operator_does_it(boxes: Api, capsys: pytest.CaptureFixture[str]) -> None:
    boxes.patch("box/fields/spared", {"isIndexed": True})
    call_command("fill", batch=5)
    assert "box.spared: 7 records, done" in capsys.readouterr().out
    assert field_of(boxes, "spared")["isIndexed"] is True


def test_a_field_or_object_that_goes_meanwhile(boxes: Api) -> None:
    boxes.patch("box/fields/spared", {"isIndexed": True})
    field_id = Field.objects.get(api_name="spared").id
    boxes.delete("box/fields/spared")
    assert backfill.fill_batch(field_id, quiet) is False
    assert backfill.unfinished() == []


def test_required_added_later_asks_at_the_next_edit(boxes: Api) -> None:
    boxes.post("box/fields", {"label": "Owner Name", "type": "NUMBER", "isRequired": True})
    record = boxes.get("box/records", name="B1").json["data"][0]
    assert record["data"]["owner_name"] is None
    path = f"box/records/{record['id']}"
    assert boxes.patch(path, {"data": {"late": "x"}}).problem("data.owner_name") == "required"
    assert boxes.patch(path, {"data": {"late": "x", "owner_name": 1}}).status == 200
