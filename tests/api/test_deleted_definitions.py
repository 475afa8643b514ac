"""Objects and fields that are deleted, and come back with everything in them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from customobjects.models import CustomObject, Field, Record, RecordLink, UniqueKey
from customobjects.services import backfill, unique_rules
from customobjects.services.purge import purge
from salesos.accounts.models import User
from tests.background import work
from tests.conftest import OBJECTS, Answer, Api


@pytest.fixture
def box(api: Api) -> dict[str, Any]:
    return api.make_object(
        "Box",
        {"label": "Code", "type": "TEXT", "isUnique": True},
        {"label": "Size", "type": "NUMBER"},
        {"label": "Loose", "type": "NUMBER", "isIndexed": False},
        {"label": "Parent", "type": "LOOKUP", "options": {"target": "box"}},
    )


def delete(api: Api, path: str) -> None:
    assert api.delete(path).status == 204


def restore(api: Api, path: str, without: str = "") -> Answer:
    return api.post(f"{path}/restore" + (f"?without={without}" if without else ""))


def test_a_field_comes_back_with_its_values(api: Api, box: dict[str, Any]) -> None:
    record = api.make_record("box", name="A", code="C1", size=5)
    before = api.get("box/fields").json["data"]
    delete(api, "box/fields/size")
    [deleted] = api.get("box/fields", deleted="true").json["data"]
    assert (deleted["apiName"], deleted["deletedBy"]) == ("size", str(api.user.id))
    assert deleted["deletedAt"]
    assert api.get("box/fields", deleted="true", type="TEXT").json["data"] == []
    answer = restore(api, "box/fields/size")
    assert answer.status == 200
    assert "deletedAt" not in answer.json
    after = api.get("box/fields").json["data"]
    assert [{**field, "updatedAt": 0} for field in after] == [{**field, "updatedAt": 0} for field in before]
    assert api.get(f"box/records/{record['id']}").json == record
    assert api.names("box", size="5") == ["A"]
    assert api.get("box/fields", deleted="true").json["data"] == []
    assert restore(api, "box/fields/size").status == 404


@pytest.mark.parametrize("name", ["size", "loose", "code"])
def test_what_was_written_meanwhile(api: Api, box: dict[str, Any], name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records that were written without the field have its keys and texts again, some of them by the background."""
    monkeypatch.setattr(backfill, "BATCH_SIZE", 2)
    values = ["c1", "c2", "c3", "c4", "c5"] if name == "code" else [1, 2, 3, 4, 5]
    records = [api.make_record("box", name=f"A{value}", **{name: value}) for value in values]
    delete(api, f"box/fields/{name}")
    for record in records:
        assert api.patch(f"box/records/{record['id']}", {"data": {"name": "changed"}}).status == 200
    api.make_record("box", name="new")
    assert restore(api, f"box/fields/{name}").status == 200
    work()
    for record, value in zip(records, values, strict=True):
        [found] = api.get("box/records", **{name: value}).json["data"]
        assert (found["id"], found["data"][name], found["version"]) == (record["id"], value, 2)
    assert api.get("box/records", **{f"{name}__isnull": "true"}).json["meta"]["total"] == 1
    if name == "code":
        assert len(api.names("box", search="c3")) == 1
        assert UniqueKey.objects.count() == 5
        assert api.post("box/records", {"data": {"name": "x", "code": "C5"}}).problem("data.code") == "duplicate"


def test_links_are_those_of_now(api: Api, box: dict[str, Any]) -> None:
    parents = [api.make_record("box", name=name) for name in ("kept", "gone", "back")]
    children = [api.make_record("box", name=f"of {one['name']}", parent=one["id"]) for one in parents]
    delete(api, "box/fields/parent")
    for one in (*parents[1:], children[0]):
        delete(api, f"box/records/{one['id']}")
    for one in (parents[2], children[0]):
        assert restore(api, f"box/records/{one['id']}").status == 200
    assert RecordLink.objects.count() == 0
    assert restore(api, "box/fields/parent").status == 200
    assert {(str(link.source_id), str(link.target_id)) for link in RecordLink.objects.all()} == {
        (children[place]["id"], parents[place]["id"]) for place in (0, 2)
    }
    held = [api.get(f"box/records/{child['id']}").json for child in children]
    assert [one["data"]["parent"] for one in held] == [parents[0]["id"], None, parents[2]["id"]]
    assert held[1]["version"] == 2
    assert api.names("box", parent=parents[2]["id"]) == ["of back"]


def test_values_that_are_not_unique_any_more(api: Api, box: dict[str, Any]) -> None:
    """While the field is deleted, one record goes to the trash; another one gets its value; both come back."""
    first = api.make_record("box", name="First", code="C1")
    delete(api, f"box/records/{first['id']}")
    api.make_record("box", name="Second", code="C1")
    delete(api, "box/fields/code")
    assert restore(api, f"box/records/{first['id']}").status == 200
    refused = restore(api, "box/fields/code")
    assert (refused.status, refused.problem("isUnique")) == (409, "duplicate")
    assert refused.json["message"][0].endswith("First and Second")
    assert restore(api, "box/fields/code", "zqx").problem("without") == "invalid_choice"
    answer = restore(api, "box/fields/code", "unique")
    assert (answer.status, answer.json["isUnique"]) == (200, False)
    assert api.names("box", code="C1", sort="name") == ["First", "Second"]
    assert UniqueKey.objects.count() == 0
    assert api.patch("box/fields/code", {"isUnique": True}).status == 409


def test_unique_over_very_many(api: Api, box: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    records = [api.make_record("box", code=f"C{number}") for number in range(3)]
    delete(api, "box/fields/code")
    delete(api, f"box/records/{records[0]['id']}")
    assert restore(api, f"box/records/{records[0]['id']}").status == 200
    monkeypatch.setattr(unique_rules, "MAX_RECORDS_AT_ONCE", 2)
    answer = restore(api, "box/fields/code")
    assert answer.json["filling"]["unique"] is True
    work()
    assert UniqueKey.objects.count() == 3
    assert api.get("box/fields").json["data"][1]["filling"] is None


def test_names_and_limits(api: Api, box: dict[str, Any], settings: Any) -> None:
    delete(api, "box/fields/size")
    again = api.post("box/fields", {"label": "Size", "type": "TEXT"}).json
    answer = restore(api, "box/fields/size")
    assert (answer.status, answer.problem("apiName")) == (409, "duplicate")
    delete(api, "box/fields/size")
    # Of two of one name, the one that was deleted last; the other by its id.
    assert restore(api, "box/fields/size").json["id"] == again["id"]
    delete(api, "box/fields/size")
    settings.MAX_FIELDS_PER_OBJECT = 4
    assert restore(api, f"box/fields/{box['fields'][2]['id']}").problem() == "limit"
    settings.MAX_FIELDS_PER_OBJECT = 5
    assert restore(api, f"box/fields/{box['fields'][2]['id']}").json["type"] == "NUMBER"


def test_a_lookup_to_what_is_gone(api: Api, box: dict[str, Any]) -> None:
    api.make_object("Crate", {"label": "Box", "type": "LOOKUP", "options": {"target": "box"}})
    delete(api, "crate/fields/box")
    delete(api, "box")
    answer = restore(api, "crate/fields/box")
    assert (answer.status, answer.problem()) == (409, "gone")
    assert restore(api, "box").status == 200
    assert restore(api, "crate/fields/box").status == 200


def test_an_object_comes_back_with_everything(api: Api, box: dict[str, Any]) -> None:
    api.make_object(
        "Crate",
        {"label": "Box", "type": "LOOKUP", "options": {"target": "box"}},
        {"label": "Owner box", "type": "LOOKUP", "options": {"target": "box", "onDelete": "cascade"}},
    )
    # One that was deleted before the object stays deleted.
    delete(api, "box/fields/loose")
    boxes = [api.make_record("box", name=f"B{n}", code=f"C{n}") for n in range(3)]
    api.patch(f"box/records/{boxes[1]['id']}", {"data": {"parent": boxes[0]["id"]}})
    crates = [
        api.make_record("crate", name="points", box=boxes[0]["id"]),
        api.make_record("crate", name="goes", owner_box=boxes[0]["id"]),
    ]
    earlier = api.make_record("crate", name="earlier", owner_box=boxes[1]["id"])
    delete(api, f"crate/records/{earlier['id']}")
    before = {name: (api.get(name).json, api.get(f"{name}/records").json["data"]) for name in ("box", "crate")}
    links = RecordLink.objects.count()
    delete(api, "box")
    assert api.names("crate") == ["points"]
    [deleted] = api.get(OBJECTS, deleted="true").json["data"]
    assert (deleted["apiName"], deleted["deletedBy"], deleted["fields"]) == ("box", str(api.user.id), [])
    assert api.get(OBJECTS, deleted="true", search="zqx").json["data"] == []
    answer = restore(api, "box")
    assert answer.status == 200
    for name, (definition, records) in before.items():
        now = api.get(name).json
        for key in ("schemaVersion", "updatedAt"):
            assert now.pop(key) > definition.pop(key)
        changed = [{**field, "updatedAt": 0} for field in now.pop("fields")]
        assert changed == [{**field, "updatedAt": 0} for field in definition.pop("fields")]
        assert now == definition
        found = [{**one, "version": 1, "updatedAt": 0} for one in api.get(f"{name}/records").json["data"]]
        assert found == [{**one, "version": 1, "updatedAt": 0} for one in records]
    assert RecordLink.objects.count() == links
    assert api.post("box/records", {"data": {"name": "x", "code": "c1"}}).problem("data.code") == "duplicate"
    assert api.names("crate", owner_box=boxes[0]["id"]) == [crates[1]["name"]]
    assert [one["apiName"] for one in api.get("box/fields", deleted="true").json["data"]] == ["loose"]
    assert [one["name"] for one in api.get("/v1/trash").json["data"]] == ["earlier"]


def test_what_stands_in_an_objects_way(api: Api, box: dict[str, Any], settings: Any) -> None:
    api.make_object(
        "Crate",
        {"label": "Box", "type": "LOOKUP", "options": {"target": "box", "onDelete": "cascade"}},
        {"label": "Tag", "type": "TEXT", "isUnique": True},
    )
    target = api.make_record("box", name="B")
    api.make_record("crate", name="C", box=target["id"], tag="T")
    delete(api, "box")
    other = api.make_object("Box")
    answer = restore(api, box["id"])
    assert (answer.status, answer.problem("apiName")) == (409, "duplicate")
    delete(api, "box")
    settings.MAX_OBJECTS_PER_ORGANIZATION = 1
    assert restore(api, box["id"]).problem() == "limit"
    settings.MAX_OBJECTS_PER_ORGANIZATION = 10
    api.post("crate/fields", {"label": "Box", "type": "TEXT"})
    answer = restore(api, box["id"])
    assert (answer.status, answer.problem("lookups.crate.apiName")) == (409, "duplicate")
    delete(api, "crate/fields/box")
    api.make_record("crate", name="New", tag="T")
    answer = restore(api, box["id"])
    assert (answer.status, answer.json["message"]) == (409, ["C: another Crate has the Tag T: New"])
    assert CustomObject.objects.filter(deleted_at=None).count() == 1, "nothing was changed"
    assert restore(api, box["id"], "records").status == 200
    assert api.names("crate") == ["New"]
    assert [field["apiName"] for field in api.get("crate/fields").json["data"]] == ["name", "box", "tag"]
    delete(api, "box")
    assert restore(api, box["id"], "records,lookups").status == 200
    assert [field["apiName"] for field in api.get("crate/fields").json["data"]] == ["name", "tag"]
    assert restore(api, other["id"]).problem("apiName") == "duplicate"


def test_lookups_of_an_object_to_what_is_gone(api: Api, box: dict[str, Any]) -> None:
    api.make_object("Crate", {"label": "Box", "type": "LOOKUP", "options": {"target": "box"}})
    lookup = {"label": "Box", "type": "LOOKUP", "options": {"target": "box"}}
    named = api.post(OBJECTS, {"name": "Lid", "fields": [lookup], "primaryField": "box"}).json
    for name in ("crate", "lid", "box"):
        delete(api, name)
    assert restore(api, "crate").status == 200
    assert [field["apiName"] for field in api.get("crate/fields").json["data"]] == ["name"]
    assert restore(api, named["id"]).problem() == "gone"
    assert restore(api, "box").status == 200
    assert restore(api, "crate/fields/box").status == 200
    assert restore(api, named["id"]).status == 200


def test_who_may(api: Api, box: dict[str, Any], manager: User) -> None:
    delete(api, "box/fields/size")
    boss = Api(manager)
    for answer in (
        boss.get(OBJECTS, deleted="true"),
        boss.get("box/fields", deleted="true"),
        restore(boss, "box/fields/size"),
    ):
        assert (answer.status, answer.problem()) == (403, "role")
    delete(api, "box")
    assert restore(boss, "box").problem() == "role"
    assert api.get(OBJECTS, deleted="maybe").problem("deleted") == "invalid_choice"
    assert restore(api, "box", "zqx").problem("without") == "choice"


def test_until_they_are_purged(api: Api, box: dict[str, Any], settings: Any) -> None:
    settings.TRASH_DAYS = 10
    api.make_record("box", code="C", size=1)
    for name in ("code", "size"):
        delete(api, f"box/fields/{name}")
    Field.objects.filter(api_name="code").update(deleted_at=timezone.now() - timedelta(days=11))
    # Its values may be half gone: it is not there any more.
    assert [one["apiName"] for one in api.get("box/fields", deleted="true").json["data"]] == ["size"]
    assert restore(api, "box/fields/code").status == 404
    purge(lambda _line: None)
    assert not Field.objects.filter(api_name="code").exists()
    assert Record.objects.get().data == {"name": "A record", "size": 1}
    assert restore(api, "box/fields/size").status == 200
    delete(api, "box")
    purge(lambda _line: None)
    assert restore(api, "box").status == 200
    delete(api, "box")
    CustomObject.objects.update(deleted_at=timezone.now() - timedelta(days=11))
    assert restore(api, box["id"]).status == 404
    assert api.get(OBJECTS, deleted="true").json["data"] == []
    purge(lambda _line: None)
    assert CustomObject.objects.count() == 0


@pytest.mark.parametrize("count", [1, 4])
def test_how_many_queries_the_lists_take(
    api: Api, box: dict[str, Any], count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        api.make_object(f"Gone {number}")
        delete(api, f"gone_{number}")
        api.post("box/fields", {"label": f"Gone {number}", "type": "TEXT"})
        delete(api, f"box/fields/gone_{number}")
    # 1. Who is asking. 2. The objects. 3. Their fields. 4. How many there are.
    with django_assert_num_queries(4):
        assert len(api.get(OBJECTS, deleted="true").json["data"]) == count
    # 1. Who is asking. 2. The object. 3. The fields.
    with django_assert_num_queries(3):
        assert len(api.get("box/fields", deleted="true").json["data"]) == count
