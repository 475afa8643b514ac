"""What a deletion emptied comes back when the deleted record is restored."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from customobjects.models import RecordLink
from customobjects.services import emptying
from salesos.accounts.actor import Actor
from salesos.accounts.models import User
from tests.api.trashing import delete, restore
from tests.conftest import Answer, Api


@pytest.fixture
def jobs(api: Api) -> Api:
    """Jobs are about an asset, and need tools; both are emptied when these are deleted."""
    api.make_object("Site")
    api.make_object("Asset", lookup("Site", "site", onDelete="cascade"))
    api.make_object("Job", lookup("Asset", "asset"), lookup("Tools", "asset", multiple=True))
    return api


def lookup(label: str, target: str, **options: Any) -> dict[str, Any]:
    return {"label": label, "type": "LOOKUP", "options": {"target": target, "onDelete": "set_null", **options}}


def data_of(api: Api, record: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = api.get(f"job/records/{record['id']}").json["data"]
    return data


def change(api: Api, record: dict[str, Any], **data: Any) -> None:
    assert api.patch(f"job/records/{record['id']}", {"data": data}).status == 200


def restored(api: Api, name: str, record: dict[str, Any]) -> Answer:
    answer = restore(api, name, record)
    assert answer.status == 200, answer
    return answer


def make_assets(api: Api, names: str) -> list[dict[str, Any]]:
    return [api.make_record("asset", name=name) for name in names]


def test_links_come_back_in_one_change_that_is_undone_as_one(jobs: Api) -> None:
    a, b, c = make_assets(jobs, "abc")
    tools = [one["id"] for one in (a, b, c)]
    about = [jobs.make_record("job", asset=a["id"], tools=tools) for _ in range(3)]
    links = set(RecordLink.objects.values_list("source", "field", "target"))
    delete(jobs, "asset", a)
    assert [data_of(jobs, job)["asset"] for job in about] == [None] * 3
    answer = restored(jobs, "asset", a)
    for job in about:
        assert data_of(jobs, job) == job["data"]
        last = jobs.get(f"job/records/{job['id']}/history").json["data"][0]
        assert last["changes"]["asset"] == {"old": None, "new": a["id"]}
        assert last["changeId"] == answer.headers["X-Change-Id"]
    assert set(RecordLink.objects.values_list("source", "field", "target")) == links
    assert len(jobs.names("job", asset=a["id"])) == len(jobs.names("job", tools__has=a["id"])) == 3
    undone = jobs.post(f"/v1/changes/{answer.headers['X-Change-Id']}/undo")
    assert undone.status == 200, undone
    assert [data_of(jobs, job)["tools"] for job in about] == [tools[1:]] * 3
    assert jobs.get(f"asset/records/{a['id']}").status == 404
    # And back again.
    restored(jobs, "asset", a)
    assert [data_of(jobs, job) for job in about] == [job["data"] for job in about]


def test_undo_of_the_deletion_is_as_before(jobs: Api) -> None:
    [a] = make_assets(jobs, "a")
    job = jobs.make_record("job", asset=a["id"])
    deleted = jobs.delete(f"asset/records/{a['id']}")
    undone = jobs.post(f"/v1/changes/{deleted.headers['X-Change-Id']}/undo").json
    assert undone == {"deleted": 0, "restored": 1, "changed": 1, "left": 0}
    assert data_of(jobs, job) == job["data"]


def test_what_was_filled_since_stays(jobs: Api) -> None:
    a, b, c, d = make_assets(jobs, "abcd")
    ids = [one["id"] for one in (a, b, c, d)]
    filled = jobs.make_record("job", asset=a["id"], tools=ids[:3])
    gone = jobs.make_record("job", asset=a["id"])
    delete(jobs, "asset", a)
    delete(jobs, "asset", b)
    change(jobs, filled, asset=d["id"], tools=[d["id"], c["id"]])
    delete(jobs, "job", gone)
    restored(jobs, "asset", b)
    # In front of what it was in front of.
    assert data_of(jobs, filled)["tools"] == [d["id"], b["id"], c["id"]]
    restored(jobs, "asset", a)
    assert data_of(jobs, filled)["asset"] == d["id"]
    assert data_of(jobs, filled)["tools"] == [d["id"], a["id"], b["id"], c["id"]]
    assert restored(jobs, "job", gone).json["data"]["asset"] is None


def test_a_list_that_nothing_is_left_of_and_one_that_is_full(jobs: Api) -> None:
    [a, *others] = make_assets(jobs, "a" + "b" * 100)
    only, full = (jobs.make_record("job", tools=[a["id"]]) for _ in range(2))
    delete(jobs, "asset", a)
    change(jobs, only, tools=[others[0]["id"]])
    change(jobs, full, tools=[one["id"] for one in others])
    restored(jobs, "asset", a)
    assert data_of(jobs, only)["tools"] == [others[0]["id"], a["id"]]
    assert data_of(jobs, full)["tools"] == [one["id"] for one in others]


def test_links_to_what_went_along(jobs: Api) -> None:
    site = jobs.make_record("site", name="North")
    assets = [jobs.make_record("asset", name=name, site=site["id"]) for name in "ab"]
    about = [jobs.make_record("job", asset=one["id"]) for one in assets]
    delete(jobs, "site", site)
    restored(jobs, "site", site)
    assert [data_of(jobs, job)["asset"] for job in about] == [one["id"] for one in assets]


def test_a_unique_key_that_is_taken_leaves_it_empty(api: Api) -> None:
    api.make_object("Asset")
    api.make_object("Job", lookup("Asset", "asset"), {"label": "Code", "type": "TEXT"})
    assert api.patch("job", {"uniqueKeys": [{"fields": ["asset", "code"]}]}).status == 200
    [a] = make_assets(api, "a")
    first, second = (api.make_record("job", asset=a["id"], code=code) for code in "12")
    delete(api, "asset", a)
    change(api, first, code="2")
    restored(api, "asset", a)
    assert [data_of(api, job)["asset"] for job in (first, second)] == [a["id"], None]
    assert RecordLink.objects.count() == 1


def test_whoever_restores_needs_no_rights_on_what_points_there(jobs: Api, rep: User) -> None:
    own = Api(rep).make_record("asset", name="own")
    job = jobs.make_record("job", asset=own["id"])
    delete(Api(rep), "asset", own)
    restored(Api(rep), "asset", own)
    assert data_of(jobs, job)["asset"] == own["id"]


@pytest.mark.parametrize("without", ["asset", "job"])
def test_without_history_links_stay_empty(jobs: Api, without: str) -> None:
    assert jobs.patch(f"/v1/custom-objects/{without}", {"enableHistory": False}).status == 200
    [a] = make_assets(jobs, "a")
    job = jobs.make_record("job", asset=a["id"])
    delete(jobs, "asset", a)
    restored(jobs, "asset", a)
    assert data_of(jobs, job)["asset"] is None


def test_what_waits_for_the_background_is_kept(jobs: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emptying, "BATCH_SIZE", 2)
    [a] = make_assets(jobs, "a")
    about = [jobs.make_record("job", asset=a["id"]) for _ in range(5)]
    delete(jobs, "asset", a)
    [task] = DBTaskResult.objects.all()
    targets, named = [UUID(id_) for id_ in task.args_kwargs["args"][0]], task.args_kwargs["kwargs"]
    assert emptying.empty_batch(Actor.of_user(jobs.user), targets, **named) is True
    restored(jobs, "asset", a)
    emptying.empty_in_background.call(*task.args_kwargs["args"], **named)
    # What was emptied in a change of its own stays so.
    assert [data_of(jobs, job)["asset"] for job in about] == [None] * 2 + [a["id"]] * 3


def test_as_many_queries_for_more(jobs: Api) -> None:
    taken = []
    for count in (2, 15):
        [a] = make_assets(jobs, "a")
        for _ in range(count):
            jobs.make_record("job", asset=a["id"], tools=[a["id"]])
        delete(jobs, "asset", a)
        with CaptureQueriesContext(connection) as queries:
            restored(jobs, "asset", a)
        assert len(jobs.names("job", asset=a["id"])) == count
        taken.append(len(queries))
    assert taken[0] == taken[1]


@pytest.fixture
def owned(jobs: Api) -> Api:
    """Assets go along with their owners; jobs are about assets, and stay."""
    jobs.make_object("Owner")
    added = jobs.post("asset/fields", lookup("Owner", "owner", onDelete="cascade"))
    assert added.status == 201, added
    return jobs


def restore_object(api: Api, name: str, without: str = "") -> Answer:
    answer = api.post(f"/v1/custom-objects/{name}/restore" + (f"?without={without}" if without else ""))
    assert answer.status == 200, answer
    return answer


def test_links_to_records_that_come_back_with_their_object(owned: Api) -> None:
    owner = owned.make_record("owner", name="North")
    a, b = (owned.make_record("asset", name=name, owner=owner["id"]) for name in "ab")
    [other] = make_assets(owned, "o")
    tools = [a["id"], other["id"], b["id"]]
    job = owned.make_record("job", asset=a["id"], tools=tools)
    filled = owned.make_record("job", asset=b["id"])
    id_ = owned.get("owner").json["id"]
    assert owned.delete("owner").status == 204
    assert data_of(owned, job) == {**job["data"], "asset": None, "tools": [other["id"]]}
    change(owned, filled, asset=other["id"])
    answer = restore_object(owned, id_)
    assert data_of(owned, job) == job["data"]
    assert data_of(owned, filled)["asset"] == other["id"], "what was filled since stays"
    assert owned.names("job", tools__has=b["id"]) == [job["name"]]
    # It is told as a part of that change.
    last = owned.get(f"job/records/{job['id']}/history").json["data"][0]
    assert (last["changes"]["asset"], last["changeId"]) == (
        {"old": None, "new": a["id"]},
        answer.headers["X-Change-Id"],
    )


def test_without_the_records_their_links_stay_empty(owned: Api) -> None:
    owner = owned.make_record("owner", name="North")
    asset = owned.make_record("asset", name="a", owner=owner["id"])
    job = owned.make_record("job", asset=asset["id"])
    id_ = owned.get("owner").json["id"]
    assert owned.delete("owner").status == 204
    restore_object(owned, id_, "records")
    assert data_of(owned, job)["asset"] is None


def test_as_many_queries_for_more_links_to_what_comes_back_with_an_object(owned: Api) -> None:
    id_, taken = owned.get("owner").json["id"], []
    for count in (2, 15):
        owner = owned.make_record("owner", name=f"N{count}")
        asset = owned.make_record("asset", name="a", owner=owner["id"])
        about = [owned.make_record("job", asset=asset["id"], tools=[asset["id"]]) for _ in range(count)]
        assert owned.delete("owner").status == 204
        with CaptureQueriesContext(connection) as queries:
            restore_object(owned, id_)
        assert [data_of(owned, job) for job in about] == [job["data"] for job in about]
        taken.append(len(queries))
    assert taken[0] == taken[1]
