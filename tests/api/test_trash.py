"""How records come back from the trash."""

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
from tests.api.trashing import delete, make_assets, restore
from tests.conftest import Api


@pytest.fixture
def asset(api: Api) -> dict[str, Any]:
    return make_assets(api)


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
