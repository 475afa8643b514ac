"""Activities of records: tasks, calls and meetings, whose they are, when they are due, and whether they are done."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from customobjects.models import Activity, Revision
from salesos.accounts.models import User
from salesos.accounts.services import create_api_key
from tests.api.attaching import add_activity, listed, make_deal, titles
from tests.conftest import Api

NOWHERE = "00000000-0000-7000-8000-000000000000"
ALL = "/v1/activities"


@pytest.fixture
def deal(api: Api) -> str:
    return make_deal(api)


def change(api: Api, deal: str, activity: dict[str, Any], **given: Any) -> dict[str, Any]:
    answer = api.patch(f"{deal}/activities/{activity['id']}", given)
    assert answer.status == 200, answer
    return dict(answer.json)


def test_an_activity(api: Api, admin: User, deal: str) -> None:
    answer = api.post(f"{deal}/activities", {"kind": "call", "title": " Call\tback ", "due": "2026-11-30"})
    assert answer.status == 201, answer
    activity = answer.json
    assert set(activity) == {
        *"id customObjectId recordId recordName kind title text mentions due assignee done doneAt doneBy".split(),
        *"author version createdAt updatedAt".split(),
    }
    assert (activity["kind"], activity["title"], activity["text"]) == ("call", "Call back", "")
    assert activity["due"] == "2026-11-30"
    assert activity["assignee"] == activity["author"] == {"id": str(admin.id), "name": "admin"}
    assert (activity["done"], activity["doneAt"], activity["doneBy"]) == (False, None, None)
    assert (activity["recordName"], activity["version"]) == ("Big one", 1)
    read = api.get(answer.headers["Location"])
    assert (read.json, read.headers["ETag"]) == (activity, answer.headers["ETag"])
    assert api.get(f"{deal}/activities").json["data"] == api.get(ALL).json["data"] == [activity]


def test_the_record_does_not_change(api: Api, deal: str) -> None:
    before, revisions = api.get(deal).json, Revision.objects.count()
    activity = add_activity(api, deal)
    path = f"{deal}/activities/{activity['id']}"
    answers = [api.patch(path, {"done": True}), api.delete(path), api.post(f"{path}/restore")]
    assert [one.status for one in answers] == [200, 204, 200]
    assert not any("X-Change-Id" in one.headers for one in answers)
    assert (api.get(deal).json, Revision.objects.count()) == (before, revisions)


def test_changes(api: Api, deal: str, rep: User) -> None:
    activity = add_activity(api, deal)
    assert change(api, deal, activity) == change(api, deal, activity, title="Call back", done=False) == activity
    changed = change(
        api,
        deal,
        activity,
        kind="meeting",
        title="Meet",
        text="x",
        due="2026-12-01T09:30:00+01:00",
        assigneeId=str(rep.id),
    )
    assert changed == {
        **activity,
        "kind": "meeting",
        "title": "Meet",
        "text": "x",
        "due": "2026-12-01T08:30:00Z",
        "assignee": {"id": str(rep.id), "name": "rep"},
        "version": 2,
        "updatedAt": changed["updatedAt"],
    }
    assert change(api, deal, activity, due=changed["due"]) == changed, "what is read can be sent"
    cleared = change(api, deal, activity, text="", due=None, assigneeId=None)
    assert (cleared["text"], cleared["due"], cleared["assignee"], cleared["version"]) == ("", None, None, 3)


def test_done_and_not_done(api: Api, deal: str, admin: User) -> None:
    activity = add_activity(api, deal)
    done = change(api, deal, activity, done=True)
    assert done["done"] is True
    assert done["doneBy"] == {"id": str(admin.id), "name": "admin"}
    assert done["doneAt"] == done["updatedAt"] or done["doneAt"] < done["updatedAt"]
    assert change(api, deal, activity, done=True) == done, "it stays as it was"
    again = change(api, deal, activity, done=False)
    assert (again["done"], again["doneAt"], again["doneBy"]) == (False, None, None)
    made = add_activity(api, deal, title="Called already", done=True)
    assert made["done"] is True


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"title": "x"}, "kind", "required"),
        ({"kind": "task"}, "title", "required"),
        ({"kind": "party", "title": "x"}, "kind", "invalid_choice"),
        ({"kind": "task", "title": "  "}, "title", "blank"),
        ({"kind": "task", "title": "x" * 256}, "title", "max_length"),
        ({"kind": "task", "title": "a\x00"}, "title", "null_characters_not_allowed"),
        ({"kind": "task", "title": "x", "text": 1}, "text", "invalid"),
        ({"kind": "task", "title": "x", "text": "x" * 10_001}, "text", "max_length"),
        ({"kind": "task", "title": "x", "due": "tomorrow"}, "due", "type"),
        ({"kind": "task", "title": "x", "due": "2026-02-30"}, "due", "type"),
        ({"kind": "task", "title": "x", "due": "0001-01-01T00:00:00+14:00"}, "due", "type"),
        ({"kind": "task", "title": "x", "due": 20261130}, "due", "invalid"),
        ({"kind": "task", "title": "x", "assigneeId": NOWHERE}, "assigneeId", "not_found"),
        ({"kind": "task", "title": "x", "assigneeId": "me"}, "assigneeId", "invalid"),
        ({"kind": "task", "title": "x", "done": "yes"}, "done", "invalid"),
        ({"kind": "task", "title": "x", "doneAt": "2026-01-01"}, "doneAt", "unknown"),
    ],
)
def test_what_is_refused(api: Api, deal: str, body: Any, field: str, code: str) -> None:
    answer = api.post(f"{deal}/activities", body)
    assert (answer.status, answer.problem(field)) == (400, code)
    assert Activity.objects.count() == 0


def test_all_that_is_wrong_is_told(api: Api, deal: str, stranger: User) -> None:
    answer = api.post(f"{deal}/activities", {"kind": "task", "title": "x", "due": "x", "assigneeId": str(stranger.id)})
    assert [one["field"] for one in answer.json["errors"]] == ["due", "assigneeId"]
    assert stranger.email not in answer.text


def test_who_may(api: Api, deal: str, rep: User, manager: User) -> None:
    activity = add_activity(api, deal, assigneeId=str(rep.id))
    path = f"{deal}/activities/{activity['id']}"
    assert Api(rep).patch(path, {"title": "x"}).problem() == "author"
    assert Api(rep).patch(path, {"done": True, "title": "x"}).problem() == "author"
    assert Api(rep).delete(path).problem() == Api(manager).patch(path, {"done": True}).problem() == "author"
    assert Api(rep).patch(path, {"done": True}).json["doneBy"]["name"] == "rep"
    assert Api(rep).patch(path, {"done": False}).status == 200
    own = add_activity(Api(rep), deal)
    assert Api(rep).patch(f"{deal}/activities/{own['id']}", {"title": "x"}).status == 200
    assert api.delete(f"{deal}/activities/{own['id']}").status == 204
    _row, key = create_api_key(rep, "a program", ["write"])
    made = Api(None, x_api_key=key).post(f"{deal}/activities", {"kind": "task", "title": "x"})
    assert (made.status, set(made.json)) == (201, {"id"})
    assert Api(None, x_api_key=key).get(ALL).problem() == "scope"


def test_deleted_and_restored(api: Api, deal: str) -> None:
    activity = add_activity(api, deal, due="2026-11-30", done=True)
    path = f"{deal}/activities/{activity['id']}"
    assert api.post(f"{path}/restore").status == 404
    assert api.delete(path).status == 204
    assert api.get(path).status == 404
    assert api.get(ALL).json["data"] == api.get(f"{deal}/activities").json["data"] == []
    assert api.post(f"{path}/restore").json == activity


def test_versions_and_retries(api: Api, deal: str) -> None:
    body = {"kind": "task", "title": "once"}
    first, again = (api.send("POST", f"{deal}/activities", body, idempotency_key="1f0e") for _time in range(2))
    assert (first.status, again.text) == (201, first.text)
    path, tag = f"{deal}/activities/{first.json['id']}", first.headers["ETag"]
    assert api.send("PATCH", path, {"done": True}, if_match=tag).status == 200
    for method, change in (("PATCH", {"done": False}), ("DELETE", None)):
        assert api.send(method, path, change, if_match=tag).status == 412
    assert len(listed(api, ALL)) == 1


def test_where_an_object_takes_no_activities(api: Api, deal: str) -> None:
    activity = add_activity(api, deal)
    path = f"{deal}/activities/{activity['id']}"
    api.patch("deal", {"enableActivities": False})
    for method, address, body in (
        ("POST", f"{deal}/activities", {"kind": "task", "title": "x"}),
        ("PATCH", path, {"done": True}),
        ("DELETE", path, None),
    ):
        answer = api.send(method, address, body)
        assert (answer.status, answer.problem()) == (409, "disabled")
        assert answer.json["message"] == [
            "deal takes no activities: its enableActivities is off; what there is can still be read"
        ]
    assert api.get(path).json == activity
    assert titles(api, ALL) == ["Call back"]
    assert api.post(f"{deal}/notes", {"text": "x"}).status == 201


def test_records_in_the_trash_hide_their_activities(api: Api, deal: str) -> None:
    activity = add_activity(api, deal)
    api.delete(deal)
    assert api.get(f"{deal}/activities/{activity['id']}").status == 404
    assert titles(api, ALL) == []
    api.post(f"{deal}/restore")
    assert titles(api, ALL) == ["Call back"]


def test_what_is_due_first_comes_first(api: Api, deal: str) -> None:
    for title, due in (
        ("never", None),
        ("in December", "2026-12-01T00:00:00Z"),
        ("on the 30th", "2026-11-30"),
        ("at noon", "2026-11-30T12:00:00Z"),
        ("never, too", None),
        ("at noon, too", "2026-11-30T12:00:00Z"),
    ):
        add_activity(api, deal, title=title, due=due)
    expected = ["at noon", "at noon, too", "on the 30th", "in December", "never", "never, too"]
    assert titles(api, ALL) == expected
    for limit in (1, 2, 3, 5):
        found: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            page = api.get(ALL, limit=limit, **({"cursor": cursor} if cursor else {})).json
            found += [one["title"] for one in page["data"]]
            cursor = page["meta"]["nextCursor"]
        assert found == expected, limit
    assert titles(api, ALL, limit=2, page=2) == expected[2:4]
    cursor = api.get(ALL, limit=2).json["meta"]["nextCursor"]
    assert api.get(ALL, limit=2, cursor=cursor, done="false").problem("cursor") == "cursor"
    assert titles(api, f"{deal}/activities")[0] == "at noon, too", "of a record, the newest first"


def test_filters(api: Api, deal: str, rep: User) -> None:
    api.make_object("Site")
    site = f"site/records/{api.make_record('site')['id']}"
    add_activity(api, deal, title="call", kind="call", due="2026-11-30")
    add_activity(api, deal, title="task", due="2026-11-30T10:00:00Z", done=True)
    add_activity(Api(rep), site, title="meeting", kind="meeting")
    for params, expected in (
        ({"assignee": "me"}, ["task", "call"]),
        ({"assignee": "me", "done": "false"}, ["call"]),
        ({"assignee": str(rep.id)}, ["meeting"]),
        ({"author": str(rep.id)}, ["meeting"]),
        ({"done": "true"}, ["task"]),
        ({"done": "false"}, ["call", "meeting"]),
        ({"kind": "call"}, ["call"]),
        ({"kind__in": "call,meeting"}, ["call", "meeting"]),
        ({"customObjectId": "site"}, ["meeting"]),
        ({"due__isnull": "true"}, ["meeting"]),
        ({"due": "2026-11-30"}, ["task", "call"]),
        ({"due__lte": "2026-11-30"}, ["task", "call"]),
        ({"due__gte": "2026-11-30"}, ["task", "call"]),
        ({"due__lt": "2026-11-30"}, []),
        ({"due__gt": "2026-11-30"}, []),
        # A day is not over before its end.
        ({"due__lt": "2026-11-30T23:00:00Z"}, ["task"]),
        ({"due__lte": "2026-11-29"}, []),
        ({"due__range": "2026-11-30,2026-12-01"}, ["task", "call"]),
        ({"createdAt__lt": "2020-01-01"}, []),
    ):
        assert titles(api, ALL, **params) == expected, params
    assert titles(api, f"{deal}/activities", done="false") == ["call"]
    for params in ({"done": "no"}, {"assignee": "us"}, {"kind": "party"}, {"due": "soon"}, {"zqx": "1"}, {"done": ""}):
        answer = api.get(ALL, **params)
        assert (answer.status, bool(answer.problem(next(iter(params))))) == (400, True), params


def test_people_who_are_gone(api: Api, deal: str, rep: User) -> None:
    activity = add_activity(Api(rep), deal, done=True)
    rep.delete()
    read = api.get(f"{deal}/activities/{activity['id']}").json
    assert (read["author"], read["assignee"], read["doneBy"], read["done"]) == (None, None, None, True)


def test_a_day_is_the_same_in_every_zone(api: Api, deal: str, settings: Any) -> None:
    activity = add_activity(api, deal, due="2026-11-30")
    row = Activity.objects.get(id=activity["id"])
    assert row.due == datetime(2026, 11, 30, 23, 59, 59, 999999, tzinfo=UTC)
    settings.TIME_ZONE = "Pacific/Auckland"
    assert api.get(f"{deal}/activities/{activity['id']}").json["due"] == "2026-11-30"


@pytest.mark.parametrize("count", [1, 20])
def test_queries(api: Api, deal: str, rep: User, count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        add_activity(api, deal, text=f"@{rep.email}", assigneeId=str(rep.id), done=number % 2 == 1)
    api.get(f"{deal}/activities")
    # 1. Who is asking, and the object.
    # 2. The record.
    # 3. The activities, with their people.
    # 4. Whom they mention.
    # 5. How many there are.
    with django_assert_num_queries(5):
        assert len(api.get(f"{deal}/activities", limit=100).json["data"]) == count
    # 1. Who is asking.
    # 2. The activities, with their records and people.
    # 3. Whom they mention.
    # 4. How many there are.
    with django_assert_num_queries(4):
        found = Api(rep).get(ALL, limit=100, assignee="me", done="false", due__isnull="true").json["data"]
    assert len(found) == (count + 1) // 2
