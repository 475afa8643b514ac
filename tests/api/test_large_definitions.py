"""What definitions cost is bounded: that of one object, and those of many in one answer."""

from __future__ import annotations

from typing import Any

import pytest

from customobjects.models import CustomObject, Field
from tests.api.test_bounded_answers import spent
from tests.conftest import OBJECTS, Api

# A picklist of these takes 100 KB.
VALUES = [{"value": f"{number:04d}" + "x" * 150, "label": "y" * 150} for number in range(280)]
PICKLIST = {"label": "Kind", "type": "PICKLIST", "options": {"values": VALUES}}


@pytest.fixture
def large(api: Api) -> Api:
    """Two objects of 100 KB."""
    for name in ("Box", "Crate"):
        api.make_object(name, PICKLIST)
    return api


def test_a_list_of_large_objects_is_bounded(large: Api, settings: Any, django_assert_num_queries: Any) -> None:
    settings.MAX_ANSWER_BYTES = 200_000
    # 1. Who is asking.
    # 2. The objects, and how large they are. Their fields are not read.
    with django_assert_num_queries(2):
        answer = large.get(OBJECTS)
    assert answer.status == 400
    assert answer.problem("limit") == "max_size"
    assert answer.json["message"] == [
        "limit is too high: the definitions of these objects take more than 195 KB; ask for fewer"
    ]
    listed = [large.get(OBJECTS, limit=1, page=page).json for page in (1, 2)]
    assert [page["data"][0]["apiName"] for page in listed] == ["box", "crate"]
    assert [page["meta"]["total"] for page in listed] == [2, 2]
    assert [len(page["data"][0]["fields"][1]["options"]["values"]) for page in listed] == [280, 280]
    assert large.get(OBJECTS, apiName="box").status == 200
    settings.MAX_ANSWER_BYTES = 250_000
    assert len(large.get(OBJECTS).json["data"]) == 2


def test_one_object_can_be_read_however_large_it_is(large: Api, settings: Any) -> None:
    """As there are some from before their size was judged."""
    settings.MAX_ANSWER_BYTES = 1_000
    for path in ("box", "box/fields", f"{OBJECTS}?limit=1"):
        assert large.get(path).status == 200


@pytest.mark.damages
def test_hundreds_of_large_objects_take_no_memory(api: Api, settings: Any) -> None:
    """A hundred objects whose fields would be 200 MB together, were they read."""
    made = api.make_object("Box", PICKLIST)
    field = Field.objects.get(custom_object_id=made["id"], type="PICKLIST")
    source = CustomObject.objects.get(id=made["id"])
    for place in range(100):
        source.pk = None
        source.api_name = f"box_{place}"
        source._state.adding = True
        source.primary_field = None
        source.save()
        copies = [
            Field(
                custom_object=source,
                number=number,
                api_name=f"f{number}",
                data_key=f"f{number}",
                label="F",
                type="PICKLIST",
                options=field.options,
            )
            for number in range(20)
        ]
        Field.objects.bulk_create(copies)
    answer, memory = spent(lambda: api.get(OBJECTS, limit=100))
    assert answer.problem("limit") == "max_size"
    assert memory < 5_000_000
    answer, memory = spent(lambda: api.get(OBJECTS, limit=7))
    assert len(answer.json["data"]) == 7
    assert memory < settings.MAX_ANSWER_BYTES * 8


def test_an_object_does_not_outgrow_its_limit(large: Api, settings: Any) -> None:
    settings.MAX_DEFINITION_BYTES = 150_000
    field = {**PICKLIST, "label": "Other kind"}
    message = "the options and defaults of all fields of the object must not take more than 146 KB together"
    refusals = {
        "options": large.post("box/fields", field),
        "fields": large.post(OBJECTS, {"name": "Chest", "fields": [PICKLIST, field]}),
    }
    for path, answer in refusals.items():
        assert answer.status == 400
        assert answer.problem(path) == "max_size"
        assert answer.json["message"] == [message]
    assert large.get("chest").status == 404
    small = large.post("box/fields", {**field, "options": {"values": ["a"]}})
    assert small.status == 201
    answer = large.patch("box/fields/other_kind", {"options": {"values": VALUES}})
    assert answer.problem("options") == "max_size"
    assert large.get("box/fields").json["data"][2]["options"]["values"][0]["value"] == "a"
    note = {"label": "Note", "type": "TEXTAREA", "defaultValue": "x" * 9_000}
    assert large.post("box/fields", note).status == 201
    settings.MAX_DEFINITION_BYTES = 60_000
    # What makes it no larger is taken, however large it is.
    assert large.patch("box/fields/other_kind", {"label": "Colour"}).status == 200
    assert large.patch("box/fields/kind", {"options": {"values": VALUES[:200]}}).status == 200
    assert large.patch("box/fields/note", {"defaultValue": "x" * 9_500}).problem("options") == "max_size"
    assert large.delete("box/fields/kind").status == 204
    assert large.patch("box/fields/note", {"defaultValue": "x" * 9_500}).status == 200
