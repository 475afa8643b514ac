"""What changed in an organization, in order and without gaps."""

from __future__ import annotations

import time
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, transaction

from customobjects.services.records import create_record
from salesos.accounts.actor import Actor
from salesos.accounts.models import ApiKey, User
from salesos.accounts.services import create_api_key
from tests.conftest import Answer, Api

CHANGES = "/v1/changes"
# On PostgreSQL a change is told when its transaction has ended.
pytestmark = pytest.mark.django_db(transaction=True)


def settle() -> None:
    """Wait until what was written is told: on PostgreSQL, until what other tests have begun before has ended."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        [last] = cursor.fetchone()
        while True:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            if cursor.fetchone()[0] > last:
                return
            time.sleep(0.02)


def changes(api: Api, **params: Any) -> Answer:
    settle()
    answer = api.get(CHANGES, **params)
    assert answer.status == 200, answer
    return answer


def told(answer: Answer) -> list[tuple[str, str, int]]:
    return [(entry["kind"], entry["recordId"], entry["version"]) for entry in answer.json["data"]]


@pytest.fixture
def items(api: Api) -> Api:
    api.make_object("Item", {"label": "Cost", "type": "NUMBER"})
    return api


def test_everything_comes_once_in_order(items: Api) -> None:
    expected: list[tuple[str, str, int]] = []
    ids = [items.make_record("item", name=f"{n}")["id"] for n in range(3)]
    expected += [("create", id_, 1) for id_ in ids]
    made = items.post("item/records/bulk", {"operations": [{"op": "create", "data": {"name": "x"}}] * 4})
    expected += [("create", id_, 1) for id_ in sorted(one["id"] for one in made.json["data"])]
    items.patch(f"item/records/{ids[0]}", {"data": {"cost": 1}})
    items.delete(f"item/records/{ids[1]}")
    items.patch(f"item/records/{ids[0]}", {"data": {"cost": 2}})
    expected += [("update", ids[0], 2), ("delete", ids[1], 2), ("update", ids[0], 3)]
    for limit in (1, 2, 3, 100):
        found: list[tuple[str, str, int]] = []
        cursor, has_more = "", True
        while has_more:
            page = changes(items, limit=limit, cursor=cursor)
            found += told(page)
            cursor, has_more = page.json["meta"]["nextCursor"], page.json["meta"]["hasMore"]
        assert found == expected, limit
    assert told(changes(items, cursor=cursor)) == []
    last = items.patch(f"item/records/{ids[0]}", {"data": {"cost": 3}})
    [entry] = changes(items, cursor=cursor).json["data"]
    assert entry["changes"] == {"cost": {"old": 2, "new": 3}}
    assert entry["changeId"] == last.headers["X-Change-Id"]
    assert (entry["via"], entry["userId"]) == ("api", last.json["updatedBy"])


def test_from_now_on(items: Api) -> None:
    empty = changes(items, start="now").json["meta"]["nextCursor"]
    record = items.make_record("item", name="A")
    assert told(changes(items, cursor=empty)) == [("create", record["id"], 1)]
    answer = changes(items, start="now")
    assert answer.json["data"] == []
    items.patch(f"item/records/{record['id']}", {"data": {"cost": 1}})
    other = items.make_record("item", name="B")
    cursor = answer.json["meta"]["nextCursor"]
    assert told(changes(items, cursor=cursor)) == [("update", record["id"], 2), ("create", other["id"], 1)]


def test_of_one_object(items: Api) -> None:
    items.make_object("Other")
    other = items.make_record("other")
    items.make_record("item", name="A")
    assert told(changes(items, object="other")) == [("create", other["id"], 1)]
    assert items.get(CHANGES, object="nothing").problem("object") == "not_found"
    items.delete("other")
    assert len(changes(items).json["data"]) == 1, "a deleted object's records are out of sight"


def test_who_may_and_what_is_refused(items: Api, admin: User, stranger: User) -> None:
    items.make_record("item", name="A")
    assert changes(Api(stranger)).json["data"] == []
    _row, key = create_api_key(admin, "a program", [ApiKey.Scope.WRITE])
    assert Api(None, **{"x-api-key": key}).get(CHANGES).status == 403
    assert items.get(CHANGES, cursor="x").problem("cursor") == "cursor"
    assert items.get(CHANGES, start="then").status == 400
    assert items.get(CHANGES, nonsense=1).problem("nonsense") == "unknown"
    of_records = items.get("item/records", limit=1).json["meta"]["nextCursor"]
    assert of_records is None
    items.make_record("item", name="B")
    of_records = items.get("item/records", limit=1).json["meta"]["nextCursor"]
    assert items.get(CHANGES, cursor=of_records).problem("cursor") == "cursor"


def test_statements(items: Api, django_assert_num_queries: Any) -> None:
    for name in "abc":
        record = items.make_record("item", name=name)
        items.patch(f"item/records/{record['id']}", {"data": {"cost": 1}})
    changes(items)
    # 1. Who asks. 2. What was made. 3. What was changed. 4. The objects that it is of.
    # On PostgreSQL also which transactions have ended.
    with django_assert_num_queries(4 + (connection.vendor == "postgresql")):
        assert len(items.get(CHANGES).json["data"]) == 6


@pytest.mark.postgresql
def test_what_commits_late_is_not_passed_over(items: Api, actor: Actor) -> None:
    cursor = changes(items, start="now").json["meta"]["nextCursor"]
    has_written, may_commit = Event(), Event()
    late: list[str] = []

    def write_slowly() -> None:
        try:
            with transaction.atomic():
                late.append(str(create_record(actor, "item", {"name": "late"}).id))
                has_written.set()
                assert may_commit.wait(30)
        finally:
            connection.close()

    thread = Thread(target=write_slowly)
    thread.start()
    assert has_written.wait(30)
    early = items.make_record("item", name="early")["id"]
    meanwhile = items.get(CHANGES, cursor=cursor)
    assert told(meanwhile) == [], "the one that began before may still come before it"
    may_commit.set()
    thread.join(30)
    then = changes(items, cursor=meanwhile.json["meta"]["nextCursor"])
    assert told(then) == [("create", late[0], 1), ("create", early, 1)]
