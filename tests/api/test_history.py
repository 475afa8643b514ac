"""What was done to a record: its history, the record as it was, and going back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from customobjects.models import Record, Revision
from customobjects.services import backfill
from customobjects.services.purge import purge
from customobjects.services.revision_purge import REVISIONS
from salesos.accounts.models import ApiKey, User
from salesos.accounts.services import create_api_key
from salesos.db.append_only import purging
from tests.conftest import Answer, Api


@pytest.fixture
def assets(api: Api) -> Api:
    api.make_object(
        "Asset",
        {"label": "Status", "type": "PICKLIST", "options": {"values": ["new", "used", "gone"]}},
        {"label": "Cost", "type": "CURRENCY"},
        {"label": "No", "type": "AUTO_NUMBER"},
        {"label": "Notes", "type": "JSON"},
    )
    options = {"target": "asset", "onDelete": "set_null"}
    assert api.post("asset/fields", {"label": "Part of", "type": "LOOKUP", "options": options}).status == 201
    return api


def change(api: Api, record: dict[str, Any], **data: Any) -> Answer:
    answer = api.patch(f"asset/records/{record['id']}", {"data": data})
    assert answer.status == 200, answer
    return answer


def history(api: Api, record: dict[str, Any], **params: Any) -> list[dict[str, Any]]:
    answer = api.get(f"asset/records/{record['id']}/history", **params)
    assert answer.status == 200, answer
    return list(answer.json["data"])


def test_each_change_is_there_with_old_and_new(assets: Api, rep: User) -> None:
    record = assets.make_record("asset", name="Pump", status="new")
    change(assets, record, status="used", cost=1.5)
    change(assets, record, status="used")
    assert Api(rep).patch(f"asset/records/{record['id']}", {"data": {"cost": None, "notes": [True]}}).status == 200
    assert assets.patch(f"asset/records/{record['id']}", {"ownerId": str(rep.id)}).status == 200
    newest, second, first = history(assets, record)
    assert (first["version"], second["version"], newest["version"]) == (2, 3, 4)
    assert first["changes"] == {"status": {"old": "new", "new": "used"}, "cost": {"old": None, "new": 1.5}}
    assert second["changes"] == {"cost": {"old": 1.5, "new": None}, "notes": {"old": None, "new": [True]}}
    assert newest["changes"] == {"ownerId": {"old": record["ownerId"], "new": str(rep.id)}}
    assert (first["userId"], second["userId"]) == (record["createdBy"], str(rep.id))
    assert {one["via"] for one in (newest, second, first)} == {"api"}
    assert [one["kind"] for one in (newest, second, first)] == ["update"] * 3


def test_true_and_one_are_two_values(assets: Api) -> None:
    record = assets.make_record("asset", name="Pump", notes=[1, True])
    change(assets, record, notes=[True, 1])
    [revision] = history(assets, record)
    assert revision["changes"] == {"notes": {"old": [1, True], "new": [True, 1]}}
    for value in (True, 1, True):
        change(assets, record, notes=value)
        assert history(assets, record)[0]["changes"]["notes"]["new"] is value
    assert assets.get(f"asset/records/{record['id']}", at="4").json["data"]["notes"] == 1
    assert assets.get(f"asset/records/{record['id']}", at="4").json["data"]["notes"] is not True


def test_filters(assets: Api, admin: User, rep: User) -> None:
    record = assets.make_record("asset", name="Pump", status="new")
    change(assets, record, status="used")
    Api(rep).patch(f"asset/records/{record['id']}", {"data": {"cost": 3}})
    assets.patch(f"asset/records/{record['id']}", {"ownerId": None})
    assert [one["version"] for one in history(assets, record, field="status")] == [2]
    assert [one["version"] for one in history(assets, record, field="ownerId")] == [4]
    assert [one["version"] for one in history(assets, record, userId=str(rep.id))] == [3]
    assert history(assets, record, at__lt="2020-01-01") == []
    assert [one["version"] for one in history(assets, record, limit=2, page=2)] == [2]
    path = f"asset/records/{record['id']}/history"
    assert assets.get(path, field="nothing").problem("field") == "unknown"
    assert assets.get(path, field="a\x00b").status == 400
    assert assets.get(path, userId="x").status == 400
    assert assets.get(path, nonsense="x").problem("nonsense") == "unknown"
    assert assets.get(f"asset/records/{admin.id}/history").status == 404


def test_statements_of_a_history(assets: Api, django_assert_num_queries: Any) -> None:
    record = assets.make_record("asset", name="Pump")
    for cost in range(5):
        change(assets, record, cost=cost)
    history(assets, record)
    # 1. Who asks, and the object. 2. The record. 3. The revisions. 4. How many there are.
    with django_assert_num_queries(4):
        assert len(history(assets, record)) == 5


def test_a_bulk_writes_all_revisions_at_once(assets: Api, django_assert_num_queries: Any) -> None:
    ids = [assets.make_record("asset", name=f"{n}")["id"] for n in range(30)]
    operations = [{"op": "update", "id": id_, "data": {"cost": 1}} for id_ in ids]
    assets.get("asset/records", limit=1)
    # 1. Who asks, and the object. 2. and 9. The transaction. 3. The object, held.
    # 4. and 8. The batch. 5. The records, locked. 6. The records, written. 7. Their revisions.
    # Beside these: the records' sizes, as there are more than a few; in SQLite, the number of the transaction.
    with django_assert_num_queries(10 + (connection.vendor == "sqlite")):
        answer = assets.post("asset/records/bulk", {"operations": operations})
    assert answer.json["meta"]["succeeded"] == 30
    assert Revision.objects.count() == 30
    assert len(set(Revision.objects.values_list("change_id", "transaction"))) == 1
    [revision] = history(assets, {"id": ids[7]})
    assert revision["changeId"] == answer.headers["X-Change-Id"]


def test_deleting_is_told_with_what_it_changes_elsewhere(assets: Api) -> None:
    whole = assets.make_record("asset", name="Whole")
    part = assets.make_record("asset", name="Part", part_of=whole["id"])
    deleted = assets.delete(f"asset/records/{whole['id']}")
    assert [(one["kind"], one["version"]) for one in history(assets, whole)] == [("delete", 2)]
    [emptied] = history(assets, part)
    assert emptied["changes"] == {"part_of": {"old": whole["id"], "new": None}}
    assert emptied["changeId"] == deleted.headers["X-Change-Id"]


def test_an_object_without_a_history_has_none(assets: Api) -> None:
    assert assets.patch("asset", {"enableHistory": False}).status == 200
    record = assets.make_record("asset", name="Pump")
    assert "X-Change-Id" not in change(assets, record, cost=2).headers
    assert "X-Change-Id" in assets.delete(f"asset/records/{record['id']}").headers
    assert not Revision.objects.exists()


def test_every_write_names_its_change(assets: Api) -> None:
    made = assets.post("asset/records", {"data": {"name": "Pump"}})
    names = [made.headers["X-Change-Id"]]
    for answer in (
        change(assets, made.json, cost=1),
        assets.post("asset/records/bulk-update", {"filter": {}, "data": {"cost": 2}}),
        assets.post("asset/records/bulk", {"operations": [{"op": "create", "data": {"name": "x"}}]}),
        assets.delete(f"asset/records/{made.json['id']}"),
    ):
        names.append(answer.headers["X-Change-Id"])
    assert len(set(names)) == 5
    for answer in (
        assets.get("asset/records"),
        assets.post("asset/records", {"data": {}}),
        assets.post("asset/records/bulk-update", {"filter": {}, "data": {"cost": 9}, "dryRun": True}),
    ):
        assert "X-Change-Id" not in answer.headers, answer


def test_through_what(assets: Api, admin: User) -> None:
    record = assets.make_record("asset", name="Pump")
    _row, key = create_api_key(admin, "a program", [ApiKey.Scope.READ, ApiKey.Scope.WRITE])
    Api(None, **{"x-api-key": key}).patch(f"asset/records/{record['id']}", {"data": {"cost": 1}})
    assert [one["via"] for one in history(assets, record)] == ["key"]
    field = {"label": "Colour", "type": "TEXT", "defaultValue": "red", "fillDefault": True}
    assert assets.post("asset/fields", field).status == 201
    backfill.fill_all(lambda line: None)
    newest = history(assets, record)[0]
    assert (newest["via"], newest["userId"]) == ("system", None)
    assert newest["changes"] == {"colour": {"old": None, "new": "red"}}


def test_who_may_not_read_sees_no_history(assets: Api, admin: User, stranger: User) -> None:
    record = assets.make_record("asset", name="Pump")
    _row, key = create_api_key(admin, "a program", [ApiKey.Scope.WRITE])
    writer = Api(None, **{"x-api-key": key})
    path = f"asset/records/{record['id']}"
    assert writer.get(f"{path}/history").status == 403
    assert writer.get(path, at="1").status == 403
    assert writer.post(f"{path}/revert", {"version": 1}).status == 403
    assert Api(stranger).get(f"{record['customObjectId']}/records/{record['id']}/history").status == 404


def test_a_record_as_it_was(assets: Api) -> None:
    record = assets.make_record("asset", name="Pump", status="new", cost=1)
    change(assets, record, status="used", name="Old pump")
    assert change(assets, record, cost=None).json["version"] == 3
    path = f"asset/records/{record['id']}"
    first, second, third = (assets.get(path, at=str(version)).json for version in (1, 2, 3))
    assert first == record
    assert (second["name"], second["version"]) == ("Old pump", 2)
    assert second["data"] == {**record["data"], "name": "Old pump", "status": "used"}
    assert third == assets.get(path).json
    assert assets.get(path, at=record["createdAt"]).json == first
    assert assets.get(path, at=second["updatedAt"]).json == second
    assert assets.get(path, at="2999-01-01").json == third
    assert assets.get(path, at="2", fields="status").json["data"] == {"status": "used"}


@pytest.mark.parametrize("at", ["0", "4", "99999999999999999999", "2001-01-01"])
def test_a_time_that_never_was(assets: Api, at: str) -> None:
    record = assets.make_record("asset", name="Pump")
    assert assets.get(f"asset/records/{record['id']}", at=at).status == 404


@pytest.mark.parametrize("at", ["-1", "x", "١", "2020-13-01", "1.0", "\x00"])
def test_what_is_no_time(assets: Api, at: str) -> None:
    record = assets.make_record("asset", name="Pump")
    assert assets.get(f"asset/records/{record['id']}", at=at).status == 400


def test_what_is_not_kept_is_not_made_up(assets: Api) -> None:
    record = assets.make_record("asset", name="Pump", cost=1)
    change(assets, record, cost=2)
    assets.patch("asset", {"enableHistory": False})
    change(assets, record, cost=3)
    assets.patch("asset", {"enableHistory": True})
    change(assets, record, cost=4)
    path = f"asset/records/{record['id']}"
    assert assets.get(path, at="3").json["data"]["cost"] == 3
    assert assets.get(path, at="2").problem() == "not_kept"
    assert assets.get(path, at="1").problem() == "not_kept"


def test_a_record_in_the_trash(assets: Api) -> None:
    record = assets.make_record("asset", name="Pump", cost=1)
    change(assets, record, cost=2)
    assets.delete(f"asset/records/{record['id']}")
    path = f"asset/records/{record['id']}"
    assert assets.get(path, at="1").json["data"]["cost"] == 1
    assert assets.get(path, at="2").json["data"]["cost"] == 2
    assert assets.get(path, at="3").problem() == "deleted"
    assert assets.get(path).status == 404


def test_renamed_and_remade_fields(assets: Api) -> None:
    record = assets.make_record("asset", name="Pump", cost=1)
    change(assets, record, cost=2)
    assets.patch("asset/fields/cost", {"label": "Price"})
    assert "cost" in history(assets, record)[0]["changes"], "apiNames never change"
    assert assets.delete("asset/fields/cost").status == 204
    assert assets.post("asset/fields", {"label": "Cost", "type": "TEXT"}).status == 201
    change(assets, record, cost="much")
    newest, older = history(assets, record)
    assert newest["changes"] == {"cost": {"old": None, "new": "much"}}
    assert older["changes"] == {}, "what a field held that is gone is not told"
    assert assets.get(f"asset/records/{record['id']}", at="1").json["data"]["cost"] is None


def test_going_back(assets: Api, rep: User) -> None:
    whole = assets.make_record("asset", name="Whole")
    record = assets.make_record("asset", name="Pump", status="new", cost=1, part_of=whole["id"])
    change(assets, record, status="used", cost=2, part_of=None)
    assets.patch(f"asset/records/{record['id']}", {"ownerId": str(rep.id)})
    path = f"asset/records/{record['id']}/revert"
    some = assets.post(path, {"version": 1, "fields": ["cost"]})
    assert (some.status, some.json["version"]) == (200, 4)
    assert (some.json["data"]["cost"], some.json["data"]["status"], some.json["ownerId"]) == (1, "used", str(rep.id))
    back = assets.post(path, {"at": record["createdAt"]})
    assert back.json["data"] == record["data"]
    assert back.json["ownerId"] == record["ownerId"]
    assert back.json["version"] == 5
    assert assets.get("asset/records", part_of=whole["id"]).json["meta"]["total"] == 1, "the link is there again"
    assert history(assets, record)[0]["changes"]["status"] == {"old": "used", "new": "new"}
    assert assets.post(path, {"version": 5}).json["version"] == 5, "nothing changes"


def test_going_back_where_that_cannot_be(assets: Api) -> None:
    whole = assets.make_record("asset", name="Whole")
    record = assets.make_record("asset", name="Pump", part_of=whole["id"])
    change(assets, record, part_of=None)
    path = f"asset/records/{record['id']}/revert"
    assert assets.post(path, {"version": 9}).status == 404
    assert assets.post(path, {}).problem("version") == "required"
    assert assets.post(path, {"version": 1, "at": "2020-01-01"}).problem("version") == "required"
    assert assets.post(path, {"version": "1"}).status == 400
    assert assets.post(path, {"version": 1, "fields": ["nothing"]}).problem("fields") == "unknown"
    assert assets.send("POST", path, {"version": 1}, **{"if-match": '"1"'}).status == 412
    assets.delete(f"asset/records/{whole['id']}")
    assert assets.post(path, {"version": 1}).problem("data.part_of") == "not_found"
    assets.delete(f"asset/records/{record['id']}")
    assert assets.post(path, {"version": 1}).status == 404


def test_a_rep_gives_back_no_owner(assets: Api, rep: User) -> None:
    record = assets.make_record("asset", name="Pump", cost=1)
    assets.patch(f"asset/records/{record['id']}", {"ownerId": None, "data": {"cost": 2}})
    path = f"asset/records/{record['id']}/revert"
    assert Api(rep).post(path, {"version": 1}).problem("ownerId") == "role"
    assert Api(rep).post(path, {"version": 1, "fields": "cost"}).json["data"]["cost"] == 1


def test_the_database_refuses_to_change_the_past(assets: Api) -> None:
    record = assets.make_record("asset", name="Pump")
    change(assets, record, cost=2)
    for attempt in (lambda: Revision.objects.update(version=7), lambda: Revision.objects.all().delete()):
        with pytest.raises(DatabaseError, match="is append-only"), transaction.atomic():
            attempt()
    with purging(REVISIONS):
        Revision.objects.all().delete()
    assert not Revision.objects.exists()


def test_old_revisions_are_purged(assets: Api, settings: Any) -> None:
    settings.HISTORY_DAYS = 10
    assets.make_object("Kept", {"label": "Cost", "type": "NUMBER"}, historyDays=0)
    assets.make_object("Short", {"label": "Cost", "type": "NUMBER"}, historyDays=1)
    ids = {name: assets.make_record(name)["id"] for name in ("asset", "kept", "short")}

    def change_all(cost: int) -> None:
        for name, id_ in ids.items():
            assert assets.patch(f"{name}/records/{id_}", {"data": {"cost": cost}}).status == 200

    change_all(1)
    with purging(REVISIONS):
        old = Revision.objects.filter(record_id=ids["short"])
        old.update(at=timezone.now() - timedelta(days=2))
        Revision.objects.exclude(id__in=old.values("id")).update(at=timezone.now() - timedelta(days=11))
    change_all(2)
    purge(lambda line: None, batch=2)
    kept = {
        name: [one["version"] for one in assets.get(f"{name}/records/{ids[name]}/history").json["data"]] for name in ids
    }
    assert kept == {"asset": [3], "kept": [3, 2], "short": [3]}
    assert assets.get(f"asset/records/{ids['asset']}", at="1").problem() == "not_kept"


def test_values_of_a_purged_field_are_gone_from_histories(assets: Api, settings: Any) -> None:
    settings.TRASH_DAYS = 0
    record = assets.make_record("asset", name="Pump", cost=1)
    change(assets, record, cost=2, status="new")
    assets.delete("asset/fields/cost")
    purge(lambda line: None)
    [revision] = Revision.objects.all()
    assert revision.changes == {"status": [None, "new"]}


def test_a_purged_record_takes_its_history_along(assets: Api, settings: Any) -> None:
    settings.TRASH_DAYS = 0
    record = assets.make_record("asset", name="Pump", cost=1)
    change(assets, record, cost=2)
    assets.delete(f"asset/records/{record['id']}")
    purge(lambda line: None)
    assert not Revision.objects.exists()


def test_a_creation_knows_its_change(assets: Api) -> None:
    made = assets.post("asset/records", {"data": {"name": "Pump"}})
    record = Record.objects.get(id=made.json["id"])
    assert made.headers["X-Change-Id"] == f"{record.created_transaction}-{record.created_in.hex}"
