"""Keys reach no further than their scopes: one without ``read`` learns nothing of records by any answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from customobjects.models import Record
from customobjects.services import unique_rules
from salesos.accounts.models import User
from salesos.accounts.services import create_api_key
from tests.conftest import Answer, Api
from tests.services.test_unique_rules import work

SECRET = "Wizard of Menlo Park"


@pytest.fixture
def key_of(admin: User) -> Callable[..., Api]:
    def make(*scopes: str, user: User = admin) -> Api:
        return Api(**{"x-api-key": create_api_key(user, "k", scopes)[1]})

    return make


@pytest.fixture
def asset(api: Api) -> dict[str, Any]:
    """An object with a record whose values are nobody's business."""
    api.make_object(
        "Asset",
        {"label": "Serial", "type": "TEXT", "isUnique": True},
        {"label": "Note", "type": "TEXT"},
        {"label": "Parent", "type": "LOOKUP", "options": {"target": "asset", "onDelete": "restrict"}},
        {"label": "Box", "type": "LOOKUP", "options": {"target": "asset", "onDelete": "cascade"}},
        {"label": "Number", "type": "AUTO_NUMBER"},
    )
    return api.make_record("asset", name=SECRET, serial="S-1", note="a note")


def assert_tells_nothing(answer: Answer, record: dict[str, Any], *, tag: str = "") -> None:
    """``tag`` is what the answer's ETag begins with: the version of a definition, which tells of no record."""
    told = answer.text + str(dict(answer.headers))
    for hidden in (SECRET, "a note", record["id"]):
        assert hidden not in told, answer
    assert answer.headers.get("ETag", "").startswith(tag)
    assert tag or "ETag" not in answer.headers


def test_what_a_writer_makes_is_answered_with_its_id(
    key_of: Callable[..., Api], api: Api, asset: dict[str, Any]
) -> None:
    made = key_of("write").post("asset/records", {"data": {"name": "Mine", "note": "x"}})
    assert made.status == 201
    assert set(made.json) == {"id"}
    assert made.headers["Location"].endswith(made.json["id"])
    assert_tells_nothing(made, asset)
    stored = api.get(f"asset/records/{made.json['id']}").json
    assert (stored["name"], stored["data"]["note"], stored["data"]["number"]) == ("Mine", "x", "0002")
    told = key_of("read", "write").post("asset/records", {"data": {"name": "Mine"}})
    assert told.json["data"]["number"] == "0003"
    assert told.headers["ETag"]


@pytest.mark.parametrize("data", [{"note": "changed"}, {}, {"note": "a note"}])
def test_what_a_writer_changes_is_answered_with_its_id(
    key_of: Callable[..., Api], api: Api, asset: dict[str, Any], data: dict[str, str]
) -> None:
    path = f"asset/records/{asset['id']}"
    changed = key_of("write").patch(path, {"data": data})
    assert (changed.status, changed.json) == (200, {"id": asset["id"]})
    assert "ETag" not in changed.headers
    assert api.get(path).json["data"]["note"] == data.get("note", "a note")


@pytest.mark.parametrize("scope", ["write", "delete"])
def test_versions_take_reading(key_of: Callable[..., Api], api: Api, asset: dict[str, Any], scope: str) -> None:
    method, body = ("PATCH", {"data": {"note": "x"}}) if scope == "write" else ("DELETE", None)
    path = f"asset/records/{asset['id']}"
    for version in ("1", "2"):
        refused = key_of(scope).send(method, path, body, **{"if-match": f'"{version}"'})
        assert (refused.status, refused.problem()) == (403, "scope")
        assert "version" not in refused.text
    kind: dict[str, Any] = {"op": "update", "data": {}} if scope == "write" else {"op": "delete"}
    bulk = {"operations": [{**kind, "id": asset["id"], "version": 2}], "atomic": False}
    assert key_of(scope).post("asset/records/bulk", bulk).problem() == "scope"
    assert key_of(scope, "read").send(method, path, body, **{"if-match": '"2"'}).status == 412
    assert api.get(path).json["version"] == 1
    assert key_of(scope).send(method, path, body).status in (200, 204)


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize("scope", ["write", "delete"])
def test_filters_take_reading(
    key_of: Callable[..., Api], api: Api, asset: dict[str, Any], scope: str, dry_run: bool
) -> None:
    act = {"write": "bulk-update", "delete": "bulk-delete"}[scope]
    body = {"filter": {"note": "a note"}, "dryRun": dry_run, **({"data": {"note": "x"}} if scope == "write" else {})}
    for value in ("a note", "none has this"):
        refused = key_of(scope).post(f"asset/records/{act}", {**body, "filter": {"note": value}})
        assert (refused.status, refused.problem()) == (403, "scope")
        assert_tells_nothing(refused, asset)
    assert api.get(f"asset/records/{asset['id']}").json["version"] == 1
    done = key_of(scope, "read").post(f"asset/records/{act}", body)
    assert (done.status, done.json["matched"]) == (200, 1)


def test_upserts_by_a_unique_key_take_reading(key_of: Callable[..., Api], asset: dict[str, Any]) -> None:
    def upsert(program: Api, serial: str) -> Answer:
        operation = {"op": "upsert", "by": "serial", "data": {"serial": serial, "name": "x"}}
        return program.post("asset/records/bulk", {"operations": [operation]})

    for serial in ("S-1", "S-2"):
        assert upsert(key_of("write"), serial).problem() == "scope"
    assert upsert(key_of("write", "read"), "S-1").json["data"][0]["id"] == asset["id"]


def test_bulk_answers_have_ids_alone(key_of: Callable[..., Api], asset: dict[str, Any]) -> None:
    operations = [
        {"op": "create", "data": {"name": "New"}},
        {"op": "update", "id": asset["id"], "data": {"note": "x"}},
        {"op": "upsert", "id": asset["id"], "data": {"note": "y"}},
    ]
    done = key_of("write").post("asset/records/bulk", {"operations": operations})
    assert [set(result) for result in done.json["data"]] == [{"index", "status", "id"}] * 3
    assert SECRET not in done.text
    told = key_of("write", "read").post("asset/records/bulk", {"operations": operations[:2]})
    assert told.json["data"][1]["record"]["name"] == SECRET


def test_a_duplicate_is_refused_without_a_name(key_of: Callable[..., Api], api: Api, asset: dict[str, Any]) -> None:
    body = {"data": {"name": "Mine", "serial": "S-1"}}
    refused = key_of("write").post("asset/records", body)
    assert (refused.status, refused.problem("data.serial")) == (409, "duplicate")
    assert_tells_nothing(refused, asset)
    operations = {"operations": [{"op": "create", **body}], "atomic": False}
    assert_tells_nothing(key_of("write").post("asset/records/bulk", operations), asset)
    second = api.make_record("asset", name="Second")
    both = [{"op": "update", "id": id_, "data": {"serial": "S-9"}} for id_ in (asset["id"], second["id"])]
    within = key_of("write").post("asset/records/bulk", {"operations": both, "atomic": True})
    assert within.status == 409
    assert_tells_nothing(within, asset)
    assert SECRET in key_of("write", "read").post("asset/records", body).text


def test_records_that_stand_against_a_deletion_have_no_name(
    key_of: Callable[..., Api], api: Api, asset: dict[str, Any], rep: User
) -> None:
    target = api.make_record("asset", name="Target")
    api.patch(f"asset/records/{asset['id']}", {"data": {"parent": target["id"]}})
    path = f"asset/records/{target['id']}"
    refused = key_of("delete").delete(path)
    assert (refused.status, refused.problem()) == (409, "restrict")
    assert_tells_nothing(refused, asset)
    assert SECRET in key_of("delete", "read").delete(path).text
    api.patch(f"asset/records/{asset['id']}", {"data": {"parent": None, "box": target["id"]}})
    Record.objects.filter(id=target["id"]).update(owner=rep)
    refused = key_of("delete", user=rep).delete(path)
    assert (refused.status, refused.problem()) == (403, "cascade")
    assert_tells_nothing(refused, asset)
    assert SECRET in key_of("delete", "read", user=rep).delete(path).text


def test_becoming_unique_takes_reading(key_of: Callable[..., Api], api: Api, asset: dict[str, Any]) -> None:
    api.make_record("asset", name=SECRET, note="a note")
    changes: list[tuple[str, dict[str, Any]]] = [
        ("asset/fields/note", {"isUnique": True}),
        ("asset/fields/serial", {"options": {"caseSensitive": False}}),
        ("asset", {"uniqueKeys": [{"fields": ["name", "note"]}]}),
    ]
    for path, body in changes:
        refused = key_of("admin").patch(path, body)
        assert (refused.status, refused.problem()) == (403, "scope")
        assert_tells_nothing(refused, asset)
    assert key_of("admin").patch("asset/fields/note", {"label": "Remark"}).status == 200


def test_reading_takes_reading(key_of: Callable[..., Api], asset: dict[str, Any]) -> None:
    program = key_of("write", "delete", "admin")
    paths = [
        "",
        "/asset",
        "/asset/fields",
        "/stats",
        "/asset/records",
        f"/asset/records/{asset['id']}",
        "/asset/records/aggregate",
        f"/asset/records/{asset['id']}/related/asset",
    ]
    for path in paths:
        refused = program.get(f"/v1/custom-objects{path}")
        assert (refused.status, refused.problem()) == (403, "scope"), path
        assert_tells_nothing(refused, asset)
    assert program.post("asset/records/search", {}).problem() == "scope"
    assert program.get("/v1/search", q="Wizard").problem() == "scope"


def test_definitions_tell_no_figures_of_records(
    key_of: Callable[..., Api], api: Api, asset: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    api.make_record("asset", name=SECRET, note="a note")
    # As where there are many: in the background, which finds the duplicates.
    monkeypatch.setattr(unique_rules, "MAX_RECORDS_AT_ONCE", 1)
    assert api.patch("asset/fields/note", {"isUnique": True}).status == 200
    assert api.patch("asset", {"uniqueKeys": [{"fields": ["name", "serial"]}]}).status == 200
    work()
    program = key_of("admin")
    note = program.patch("asset/fields/note", {"label": "Remark"})
    number = program.patch("asset/fields/number", {"label": "No"})
    order = program.put(
        "asset/fields/order", {"fields": [field["apiName"] for field in api.get("asset").json["fields"]]}
    )
    whole = program.patch("asset", {"description": "x"})
    version = whole.json["schemaVersion"]
    for answer, tag in ((note, version - 3), (number, version - 2), (order, ""), (whole, version)):
        assert answer.status == 200
        assert_tells_nothing(answer, asset, tag=f'"{tag}-' if tag else "")
    assert (note.json["filling"], number.json["nextNumber"], whole.json["uniqueKeyFillings"]) == (None, None, [])
    told = api.get("asset").json["fields"]
    assert SECRET in next(field["filling"]["problem"] for field in told if field["apiName"] == "note")
    assert next(field["nextNumber"] for field in told if field["apiName"] == "number") == 3
