"""Taking back what one request did, as a whole."""

from __future__ import annotations

from typing import Any

import pytest

from customobjects.models import RecordLink
from salesos.accounts.models import ApiKey, User
from salesos.accounts.services import create_api_key
from tests.conftest import Answer, Api


@pytest.fixture
def items(api: Api) -> Api:
    api.make_object(
        "Item",
        {"label": "Cost", "type": "NUMBER"},
        {"label": "Serial", "type": "TEXT", "isUnique": True},
        {"label": "Status", "type": "PICKLIST", "options": {"values": ["new", "used"]}},
    )
    for label, on_delete in (("Inside", "cascade"), ("Beside", "set_null")):
        options = {"target": "item", "onDelete": on_delete}
        assert api.post("item/fields", {"label": label, "type": "LOOKUP", "options": options}).status == 201
    return api


def change(api: Api, record: dict[str, Any], **data: Any) -> Answer:
    answer = api.patch(f"item/records/{record['id']}", {"data": data})
    assert answer.status == 200, answer
    return answer


def bulk(api: Api, *operations: dict[str, Any], **more: Any) -> Answer:
    answer = api.post("item/records/bulk", {"operations": list(operations), **more})
    assert answer.status == 200, answer
    return answer


def undo(api: Api, answer: Answer, **params: Any) -> Answer:
    query = "&".join(f"{name}={value}" for name, value in params.items())
    return api.post(f"/v1/changes/{answer.headers['X-Change-Id']}/undo?{query}")


def undone(api: Api, answer: Answer, **params: Any) -> dict[str, int]:
    taken_back = undo(api, answer, **params)
    assert taken_back.status == 200, taken_back
    return dict(taken_back.json)


def data_of(api: Api) -> dict[str, dict[str, Any]]:
    """All records' values by name."""
    return {record["name"]: record["data"] for record in api.get("item/records", limit=100).json["data"]}


def test_a_cell_and_back_again(items: Api) -> None:
    record = items.make_record("item", name="A", cost=1, status="new")
    changed = change(items, record, cost=2, status=None)
    back = undo(items, changed)
    assert back.json == {"deleted": 0, "restored": 0, "changed": 1, "left": 0}
    assert items.get(f"item/records/{record['id']}").json["data"] == record["data"]
    assert undone(items, back)["changed"] == 1
    assert items.get(f"item/records/{record['id']}").json["data"] == changed.json["data"]


def test_what_was_made_goes_and_comes_back(items: Api) -> None:
    made = items.post("item/records", {"data": {"name": "A", "serial": "1"}})
    back = undo(items, made)
    assert back.json == {"deleted": 1, "restored": 0, "changed": 0, "left": 0}
    assert data_of(items) == {}
    assert undone(items, back)["restored"] == 1
    assert data_of(items)["A"]["serial"] == "1"
    assert items.post("item/records", {"data": {"name": "B", "serial": "1"}}).status == 409


def test_a_deletion_with_all_that_went_along(items: Api) -> None:
    whole = items.make_record("item", name="Whole", serial="1")
    part = items.make_record("item", name="Part", inside=whole["id"])
    other = items.make_record("item", name="Other", beside=whole["id"])
    before = data_of(items)
    deleted = items.delete(f"item/records/{whole['id']}")
    assert data_of(items) == {"Other": {**other["data"], "beside": None}}
    assert undone(items, deleted) == {"deleted": 0, "restored": 2, "changed": 1, "left": 0}
    assert data_of(items) == before
    assert RecordLink.objects.count() == 2
    assert items.names("item", inside=whole["id"]) == [part["name"]]


def test_a_bulk_as_a_whole(items: Api) -> None:
    a, b, c = (items.make_record("item", name=name, serial=name, cost=1) for name in "ABC")
    before = data_of(items)
    done = bulk(
        items,
        {"op": "update", "id": a["id"], "data": {"serial": "B", "cost": 2}},
        {"op": "update", "id": b["id"], "data": {"serial": "A"}},
        {"op": "delete", "id": c["id"]},
        {"op": "create", "ref": "d", "data": {"name": "D", "serial": "C"}},
        {"op": "update", "id": a["id"], "data": {"beside": {"ref": "d"}}},
    )
    assert set(data_of(items)) == {"A", "B", "D"}
    back = undo(items, done)
    assert back.json == {"deleted": 1, "restored": 1, "changed": 2, "left": 0}
    assert data_of(items) == before
    assert undone(items, back) == {"deleted": 1, "restored": 1, "changed": 2, "left": 0}
    assert data_of(items)["A"]["serial"] == "B"


def test_a_thousand(items: Api) -> None:
    made = bulk(items, *({"op": "create", "data": {"name": f"{n}", "serial": f"{n}"}} for n in range(1_000)))
    changed = items.post("item/records/bulk-update", {"filter": {}, "data": {"cost": 5}})
    assert undone(items, changed)["changed"] == 1_000
    assert items.get("item/records", cost=5).json["meta"]["total"] == 0
    refused = undo(items, made)
    assert (refused.status, refused.json["errors"][-1]["code"]) == (409, "more")
    deleted = items.post("item/records/bulk-delete", {"filter": {}})
    assert undone(items, deleted)["restored"] == 1_000


def test_what_has_changed_on_top_stands_in_the_way(items: Api, rep: User) -> None:
    record = items.make_record("item", name="A", cost=1, status="new")
    changed = change(items, record, cost=2, status="used")
    Api(rep).patch(f"item/records/{record['id']}", {"data": {"cost": 3}})
    refused = undo(items, changed)
    assert (refused.status, refused.problem(f"records.{record['id']}")) == (409, "changed")
    assert refused.json["message"] == ["a record of Item has been changed (Cost) since by rep: A"]
    assert undone(items, changed, force="fields") == {"deleted": 0, "restored": 0, "changed": 1, "left": 1}
    now = items.get(f"item/records/{record['id']}").json["data"]
    assert (now["cost"], now["status"]) == (3, "new")


def test_forced_leaves_what_was_made_and_changed(items: Api) -> None:
    made = bulk(items, *({"op": "create", "data": {"name": name}} for name in "AB"))
    change(items, made.json["data"][0], cost=1)
    assert undone(items, made, force="fields") == {"deleted": 1, "restored": 0, "changed": 0, "left": 1}
    assert set(data_of(items)) == {"A"}


def test_a_value_that_was_taken_stands_in_the_way(items: Api) -> None:
    record = items.make_record("item", name="A", serial="1")
    changed = change(items, record, serial="2")
    items.make_record("item", name="B", serial="1")
    refused = undo(items, changed)
    assert (refused.status, refused.problem(f"records.{record['id']}.data.serial")) == (409, "duplicate")
    deleted = items.delete(f"item/records/{record['id']}")
    items.make_record("item", name="C", serial="2")
    assert undo(items, deleted).status == 409
    assert set(data_of(items)) == {"B", "C"}, "nothing is done by half"


def test_what_refers_to_it_stands_in_the_way(items: Api) -> None:
    made = items.post("item/records", {"data": {"name": "A"}})
    items.make_record("item", name="B", inside=made.json["id"])
    assert undo(items, made).problem() == "cascade"
    assert set(data_of(items)) == {"A", "B"}


def test_who_may(items: Api, admin: User, rep: User, stranger: User) -> None:
    record = items.make_record("item", name="A")
    changed = change(items, record, cost=2)
    assert undo(Api(stranger), changed).status == 404
    _row, key = create_api_key(admin, "writer", [ApiKey.Scope.WRITE])
    assert undo(Api(None, **{"x-api-key": key}), changed).status == 403
    assert undone(Api(rep), changed)["changed"] == 1, "whoever may change the value"
    made = items.post("item/records", {"data": {"name": "B"}})
    assert undo(Api(rep), made).status == 403, "and who may delete the record"
    assert set(data_of(items)) == {"A", "B"}


def test_what_is_no_change(items: Api) -> None:
    for reference in ("x", "1-x", "1", "-", "99999999999999999999-" + "0" * 32, "1-" + "0" * 32):
        answer = items.post(f"/v1/changes/{reference}/undo")
        assert (answer.status, answer.problem()) == (404, "not_found"), reference
    made = items.post("item/records", {"data": {"name": "B"}})
    assert undo(items, made, force="x").status == 400
    assert undo(items, made, nonsense="x").status == 400


def test_a_deletion_without_a_history(items: Api) -> None:
    items.patch("item", {"enableHistory": False})
    record = items.make_record("item", name="A", serial="1")
    deleted = items.delete(f"item/records/{record['id']}")
    assert undone(items, deleted)["restored"] == 1
    assert data_of(items)["A"]["serial"] == "1"


def test_a_restoration_is_taken_back(items: Api) -> None:
    record = items.make_record("item", name="A")
    items.delete(f"item/records/{record['id']}")
    restored = items.post(f"item/records/{record['id']}/restore")
    assert undone(items, restored)["deleted"] == 1
    assert data_of(items) == {}
