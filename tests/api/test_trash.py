"""The trash: what is in it, and how records come back from it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customobjects.models import Record, RecordLink, UniqueKey
from customobjects.services import changes
from customobjects.services.changes import Change, ChangeKind
from salesos.accounts.models import User
from salesos.accounts.services import create_api_key
from tests.conftest import Answer, Api


@pytest.fixture
def asset(api: Api) -> dict[str, Any]:
    """Sites have assets, which go along with them, and know by whom they were delivered."""
    api.make_object("Site")
    api.make_object("Vendor")
    return api.make_object(
        "Asset",
        {"label": "Serial", "type": "TEXT", "isUnique": True},
        {"label": "Cost", "type": "NUMBER", "options": {"precision": 2}},
        {"label": "No", "type": "AUTO_NUMBER"},
        {"label": "Site", "type": "LOOKUP", "options": {"target": "site", "onDelete": "cascade"}},
        {"label": "Vendors", "type": "LOOKUP", "options": {"target": "vendor", "multiple": True}},
    )


def delete(api: Api, object_name: str, record: dict[str, Any]) -> None:
    assert api.delete(f"{object_name}/records/{record['id']}").status == 204


def restore(api: Api, object_name: str, record: dict[str, Any], **params: str) -> Answer:
    query = "&".join(f"{name}={value}" for name, value in params.items())
    return api.post(f"{object_name}/records/{record['id']}/restore" + (f"?{query}" if query else ""))


def test_a_record_comes_back_as_it_was(api: Api, asset: dict[str, Any]) -> None:
    vendors = [api.make_record("vendor", name=name)["id"] for name in "ab"]
    record = api.make_record("asset", name="Pump", serial="S1", cost=7.25, vendors=vendors)
    delete(api, "asset", record)
    assert UniqueKey.objects.count() == RecordLink.objects.count() == 0
    answer = restore(api, "asset", record)
    assert (answer.status, answer.headers["ETag"][:3]) == (200, '"3-')
    assert answer.headers["X-Change-Id"]
    assert answer.json["data"] == record["data"]
    assert {**answer.json, "updatedAt": 0, "version": 1} == {**record, "updatedAt": 0}
    assert api.get(f"asset/records/{record['id']}").json == answer.json
    row = Record.objects.get(id=record["id"])
    assert (row.deleted_at, row.deleted_in, row.deleted_with) == (None, None, None)
    # Found by its keys, its text, its unique value and its links.
    assert api.names("asset", cost="7.25") == api.names("asset", search="pump") == ["Pump"]
    assert api.names("asset", vendors__has=vendors[0]) == ["Pump"]
    assert api.post("asset/records", {"data": {"name": "x", "serial": "s1"}}).problem("data.serial") == "duplicate"
    assert api.get("asset/records", deleted="true").json["data"] == []


def test_what_went_along_comes_back_with_it(api: Api, asset: dict[str, Any]) -> None:
    site = api.make_record("site", name="North")
    assets = [api.make_record("asset", name=f"A{n}", serial=f"S{n}", site=site["id"]) for n in range(3)]
    # One that was deleted before stays where it is.
    delete(api, "asset", assets[0])
    delete(api, "site", site)
    [root] = api.get("site/records", deleted="true").json["data"]
    assert (root["name"], root["along"], root["deletedWith"]) == ("North", 2, None)
    along = api.get("asset/records", deleted="true").json["data"]
    assert [(one["name"], one["deletedWith"]) for one in along[:2]] == [
        (name, {"id": site["id"], "name": "North"}) for name in ("A2", "A1")
    ]
    assert (along[2]["name"], along[2]["deletedWith"]) == ("A0", None)
    assert restore(api, "site", site).status == 200
    assert sorted(api.names("asset", site=site["id"])) == ["A1", "A2"]
    assert UniqueKey.objects.count() == RecordLink.objects.count() == 2
    assert [one["name"] for one in api.get("asset/records", deleted="true").json["data"]] == ["A0"]


def test_one_that_went_along_comes_back_alone(api: Api, asset: dict[str, Any]) -> None:
    site = api.make_record("site", name="North")
    assets = [api.make_record("asset", name=f"A{n}", site=site["id"]) for n in range(2)]
    delete(api, "site", site)
    refused = restore(api, "asset", assets[0])
    assert (refused.status, refused.problem("data.site")) == (409, "gone")
    assert refused.json["message"] == ["A0: its Site is in the trash, too: North"]
    restored = restore(api, "asset", assets[0], without="site")
    assert (restored.status, restored.json["data"]["site"]) == (200, None)
    assert api.names("asset") == ["A0"]
    # The other comes with the site.
    assert restore(api, "site", site).status == 200
    assert sorted(api.names("asset", site=site["id"])) == ["A1"]


def test_all_that_stands_in_the_way_is_told(api: Api, asset: dict[str, Any]) -> None:
    vendors = [api.make_record("vendor", name=name) for name in ("Gone", "There")]
    site = api.make_record("site", name="North")
    first = api.make_record("asset", name="A1", serial="S1", site=site["id"])
    api.make_record("asset", name="A2", serial="S2", site=site["id"], vendors=[one["id"] for one in vendors])
    delete(api, "site", site)
    delete(api, "vendor", vendors[0])
    taken = [api.make_record("asset", name=f"New {n}", serial=f"s{n}") for n in (1, 2)]
    before = list(Record.objects.order_by("id").values())
    answer = restore(api, "site", site)
    assert answer.status == 409
    assert sorted(answer.json["message"]) == [
        "A1: another Asset has the Serial S1: New 1",
        "A2: another Asset has the Serial S2: New 2",
        "A2: its Vendors is in the trash, too: Gone",
    ]
    assert sorted((one["field"], one["code"]) for one in answer.json["errors"]) == [
        ("data.serial", "duplicate"),
        ("data.serial", "duplicate"),
        ("data.vendors", "gone"),
    ]
    assert list(Record.objects.order_by("id").values()) == before, "nothing was changed"
    # Only what stands in the way is dropped.
    delete(api, "asset", taken[0])
    assert restore(api, "site", site, without="serial,vendors").status == 200
    found = api.get("asset/records", site=site["id"], sort="name").json["data"]
    assert [(one["data"]["serial"], one["data"]["vendors"]) for one in found] == [
        ("S1", None),
        (None, [vendors[1]["id"]]),
    ]
    assert found[0]["id"] == first["id"]


def test_a_target_that_is_purged(api: Api, asset: dict[str, Any]) -> None:
    vendor = api.make_record("vendor")
    record = api.make_record("asset", name="A", vendors=[vendor["id"]])
    delete(api, "asset", record)
    delete(api, "vendor", vendor)
    Record.objects.filter(id=vendor["id"]).delete()
    answer = restore(api, "asset", record)
    assert (answer.problem("data.vendors"), answer.json["message"]) == ("gone", ["A: its Vendors is no longer there"])
    assert restore(api, "asset", record, without="vendors").status == 200


def test_two_of_one_value_and_keys_of_several(api: Api) -> None:
    api.make_object(
        "Part",
        {"label": "Code", "type": "TEXT"},
        {"label": "Place", "type": "TEXT", "isRequired": True},
        uniqueKeys=[{"fields": ["code", "place"]}],
    )
    part = api.make_record("part", name="A", code="c", place="p")
    delete(api, "part", part)
    api.make_record("part", name="B", code="c", place="p")
    answer = restore(api, "part", part)
    assert answer.json["message"] == ["A: another Part has the Code c and the Place p: B"]
    refused = restore(api, "part", part, without="place")
    assert (refused.status, refused.problem("data.place")) == (409, "required")
    assert refused.json["message"] == ["A: place is required, and would be empty"]
    restored = restore(api, "part", part, without="code")
    assert (restored.json["data"]["code"], restored.json["data"]["place"]) == (None, "p")


def test_a_number_that_was_given_again(api: Api, asset: dict[str, Any]) -> None:
    api.patch("asset/fields/no", {"isUnique": True})
    record = api.make_record("asset", name="A")
    delete(api, "asset", record)
    api.patch("asset/fields/no", {"nextNumber": 1})
    api.make_record("asset", name="B")
    answer = restore(api, "asset", record)
    assert (answer.status, answer.problem("data.no")) == (409, "duplicate")
    assert restore(api, "asset", record, without="no").json["data"]["no"] is None


def test_by_the_schema_of_now(api: Api, asset: dict[str, Any]) -> None:
    """Fields may have come, gone, become unique or required, and another one may name the records."""
    record = api.make_record("asset", name="Pump", serial="S1", cost=5)
    delete(api, "asset", record)
    api.patch("asset", {"primaryField": "serial"})
    api.delete("asset/fields/cost")
    api.post("asset/fields", {"label": "Place", "type": "TEXT", "isRequired": True})
    restored = restore(api, "asset", record).json
    assert restored["name"] == "S1"
    assert "cost" not in restored["data"]
    # As with other records that are older than a required field.
    assert restored["data"]["place"] is None
    assert api.names("asset", search="S1") == ["S1"]


def test_names_that_follow(api: Api) -> None:
    api.make_object("Site")
    visit = {"label": "Site", "type": "LOOKUP", "options": {"target": "site", "onDelete": "cascade"}}
    api.post("/v1/custom-objects", {"name": "Visit", "fields": [visit], "primaryField": "site"})
    site = api.make_record("site", name="North")
    api.post("visit/records", {"data": {"site": site["id"]}})
    delete(api, "site", site)
    assert restore(api, "site", site).status == 200
    assert api.names("visit") == api.names("visit", search="north") == ["North"]


def test_what_is_not_in_the_trash(api: Api, asset: dict[str, Any]) -> None:
    record = api.make_record("asset")
    for reference in (record["id"], "nonsense", "00000000-0000-7000-8000-000000000000"):
        answer = api.post(f"asset/records/{reference}/restore", {})
        assert (answer.status, answer.problem()) == (404, "not_found")
    delete(api, "asset", record)
    assert api.post(f"site/records/{record['id']}/restore").status == 404
    assert restore(api, "asset", record).status == 200
    assert restore(api, "asset", record).status == 404


def test_what_is_refused(api: Api, asset: dict[str, Any]) -> None:
    record = api.make_record("asset")
    delete(api, "asset", record)
    path = f"asset/records/{record['id']}/restore"
    assert api.post(f"{path}?without=name").problem("without") == "unknown"
    assert api.post(f"{path}?without=%00").problem("without") == "unknown"
    assert api.post(f"{path}?with=name").problem("with") == "unknown"
    assert api.post(path, {"without": ["serial"]}).problem("without") == "unknown"
    assert api.post(path, []).status == 400
    assert api.patch("asset", {"isActive": False}).status == 200
    assert api.post(path).problem() == "archived"


def test_who_may(api: Api, asset: dict[str, Any], rep: User, manager: User, admin: User) -> None:
    own = Api(rep).make_record("asset", name="own")
    other = api.make_record("asset", name="other")
    for record in (own, other):
        delete(api, "asset", record)
    # Whoever reads records sees the trash.
    assert Api(rep).get("asset/records", deleted="true").json["meta"]["total"] == 2
    assert restore(Api(rep), "asset", own).status == 200
    refused = restore(Api(rep), "asset", other)
    assert (refused.status, refused.problem()) == (403, "role")
    assert restore(Api(manager), "asset", other).status == 200
    delete(api, "asset", other)
    for scopes, code in ((("write", "read"), "scope"), (("delete",), "scope"), (("delete", "read"), None)):
        key = Api(**{"x-api-key": create_api_key(admin, "k", scopes)[1]})
        assert restore(key, "asset", other).problem() == code if code else restore(key, "asset", other).status == 200


def test_who_may_not_restore_what_went_along(api: Api, asset: dict[str, Any], rep: User) -> None:
    site = Api(rep).make_record("site")
    api.make_record("asset", site=site["id"])
    delete(api, "site", site)
    refused = restore(Api(rep), "site", site)
    assert (refused.status, refused.problem()) == (403, "role")
    assert Record.objects.filter(deleted_at=None).count() == 0


def test_each_is_told_as_restored(api: Api, asset: dict[str, Any]) -> None:
    site = api.make_record("site", name="North")
    api.make_record("asset", name="A", site=site["id"])
    delete(api, "site", site)
    heard: list[Change] = []

    def hear(changes: list[Change], **_signal: Any) -> None:
        heard.extend(changes)

    changes.records_changed.connect(hear)
    try:
        assert restore(api, "site", site).status == 200
    finally:
        changes.records_changed.disconnect(hear)
    told = {(one.after.name, one.kind, one.version, str(one.differences())) for one in heard if one.after}
    assert told == {("North", ChangeKind.RESTORE, 3, "{}"), ("A", ChangeKind.RESTORE, 3, "{}")}


def test_more_than_a_request_restores(api: Api, asset: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    site = api.make_record("site")
    for _ in range(3):
        api.make_record("asset", site=site["id"])
    delete(api, "site", site)
    monkeypatch.setattr("customobjects.services.trash.MAX_AT_ONCE", 3)
    assert restore(api, "site", site).problem() == "too_many"


def test_the_list_of_an_object(api: Api, asset: dict[str, Any], manager: User) -> None:
    records = [api.make_record("asset", name=f"A{n}", cost=n) for n in range(5)]
    for record in records:
        delete(Api(manager), "asset", record)
    api.make_record("asset", name="there")
    first = api.get("asset/records", deleted="true", limit=2)
    assert first.headers["X-Total-Count"] == "5"
    newest = first.json["data"][0]
    row = Record.objects.get(id=records[4]["id"])
    assert row.deleted_at is not None
    assert newest == {
        **records[4],
        "version": 2,
        "updatedAt": newest["updatedAt"],
        "updatedBy": str(manager.id),
        "deletedAt": row.deleted_at.isoformat().replace("+00:00", "Z"),
        "deletedBy": str(manager.id),
        "deletedWith": None,
        "along": 0,
    }
    names, cursor = ["A4", "A3"], first.json["meta"]["nextCursor"]
    while cursor:
        page = api.get("asset/records", deleted="true", limit=2, cursor=cursor).json
        names += [one["name"] for one in page["data"]]
        cursor = page["meta"]["nextCursor"]
    assert names == ["A4", "A3", "A2", "A1", "A0"]
    assert [one["name"] for one in api.get("asset/records", deleted="true", limit=2, page=3).json["data"]] == ["A0"]
    only = api.get("asset/records", deleted="true", fields="cost").json["data"][0]
    assert only["data"] == {"cost": 4}
    assert api.names("asset", deleted="false") == api.names("asset", deleted="") == ["there"]


def test_the_list_takes_no_filters(api: Api, asset: dict[str, Any]) -> None:
    for name, value in {
        "cost__gte": "1",
        "search": "x",
        "sort": "cost",
        "sortBy": "cost",
        "sortOrder": "asc",
        "expand": "site",
        "count": "none",
        "zqx": "1",
    }.items():
        answer = api.get("asset/records", deleted="true", **{name: value})
        assert (answer.status, answer.problem(name)) == (400, "unsupported"), name
    assert api.get("asset/records", deleted="yes").problem("deleted") == "invalid_choice"
    assert api.get("asset/records", deleted="true", fields="zqx").problem("fields") == "unknown"
    assert api.get("asset/records", deleted="true", page=501).problem("page") == "max"
    assert api.get("asset/records", deleted="true", cursor="x").problem("cursor") == "cursor"
    record = api.make_record("asset")
    related = f"asset/records/{record['id']}/related/asset"
    assert api.get(related, deleted="true").status == 400


def test_the_trash_of_all_objects(api: Api, asset: dict[str, Any], manager: User) -> None:
    site = api.make_record("site", name="North")
    api.make_record("asset", name="A", site=site["id"])
    vendor = api.make_record("vendor", name="V")
    delete(api, "site", site)
    delete(Api(manager), "vendor", vendor)
    entries = api.get("/v1/trash").json["data"]
    assert [(one["name"], one["along"], one["deletedWith"] and one["deletedWith"]["name"]) for one in entries] == [
        ("V", 0, None),
        # Those of one moment have the newest first.
        ("A", 0, "North"),
        ("North", 1, None),
    ]
    assert set(entries[0]) == {
        *"id customObjectId name version ownerId deletedAt deletedBy deletedWith along".split(),
    }
    at = entries[0]["deletedAt"]

    def names(**params: Any) -> list[str]:
        answer = api.get("/v1/trash", **params)
        assert answer.status == 200, answer
        return [one["name"] for one in answer.json["data"]]

    assert names(customObjectId=asset["id"]) == names(customObjectId="asset") == ["A"]
    assert names(customObjectId="zqx") == []
    assert names(deletedBy=str(manager.id)) == names(deletedAt__gte=at) == names(deletedAt=at) == ["V"]
    assert names(deletedAt__lt=at) == ["A", "North"]
    cursor = api.get("/v1/trash", limit=1).json["meta"]["nextCursor"]
    assert names(limit=1, cursor=cursor) == ["A"]
    for params, field, code in (
        ({"cursor": cursor, "deletedBy": str(manager.id)}, "cursor", "cursor"),
        ({"deletedBy": "x"}, "deletedBy", "invalid"),
        ({"deletedAt__gte": "x"}, "deletedAt__gte", "invalid"),
        ({"customObjectId": "\x00"}, "customObjectId", "null_characters_not_allowed"),
        ({"zqx": "1"}, "zqx", "unknown"),
        ({"limit": "0"}, "limit", "min_value"),
    ):
        answer = api.get("/v1/trash", **params)
        assert (answer.status, answer.problem(field)) == (400, code), answer
    # What an object has in the trash goes with the object.
    api.delete("vendor")
    assert names() == ["A", "North"]


def test_a_root_that_is_purged_has_no_name(api: Api, asset: dict[str, Any]) -> None:
    site = api.make_record("site", name="North")
    api.make_record("asset", name="A", site=site["id"])
    delete(api, "site", site)
    Record.objects.filter(id=site["id"]).delete()
    assert api.get("/v1/trash").json["data"][0]["deletedWith"] == {"id": site["id"], "name": None}


def test_the_trash_takes_reading(api: Api, admin: User) -> None:
    key = Api(**{"x-api-key": create_api_key(admin, "k", ("delete", "admin"))[1]})
    assert key.get("/v1/trash").problem() == "scope"


@pytest.mark.parametrize("count", [1, 6])
def test_how_many_queries_the_trash_takes(
    api: Api, asset: dict[str, Any], count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        site = api.make_record("site")
        api.make_record("asset", site=site["id"])
        delete(api, "site", site)
    api.get("asset/records", deleted="true")
    # 1. Who is asking, and the object. 2. The page. 3. How many there are. 4. How many went along. 5. With what.
    with django_assert_num_queries(5):
        assert len(api.get("asset/records", deleted="true").json["data"]) == count
    # The same; who is asking alone.
    with django_assert_num_queries(5):
        assert len(api.get("/v1/trash").json["data"]) == 2 * count


def test_restoring_takes_as_many_queries_for_more(api: Api, asset: dict[str, Any]) -> None:
    taken = []
    for count in (2, 15):
        site = api.make_record("site")
        for number in range(count):
            api.make_record("asset", serial=f"{count}-{number}", site=site["id"])
        delete(api, "site", site)
        with CaptureQueriesContext(connection) as queries:
            assert restore(api, "site", site).status == 200
        assert len(api.get("asset/records", site=site["id"]).json["data"]) == count
        taken.append(len(queries))
    assert taken[0] == taken[1]
