"""What concerns a record's own row alone is written by one statement, which sees what others have changed meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections, transaction

from salesos.accounts.models import User
from tests.conftest import OBJECTS, Answer, Api

# Without transactions around the test, which would hide one connection's work from another's.
pytestmark = pytest.mark.django_db(transaction=True)

# As long as somebody's transaction stays open after its change.
OPEN_SECONDS = 0.5


@pytest.fixture
def part(api: Api) -> dict[str, Any]:
    api.make_object("Machine")
    return api.make_object(
        "Part",
        {"label": "Code", "type": "TEXT", "isUnique": True},
        {"label": "Machine", "type": "LOOKUP", "options": {"target": "machine"}},
        {"label": "Amount", "type": "NUMBER"},
        {"label": "Place", "type": "TEXT"},
    )


@pytest.fixture
def record(api: Api, part: dict[str, Any]) -> str:
    return str(api.post("part/records", {"data": {"name": "Pump", "amount": 1}}).json["id"])


def meanwhile(change: Callable[[], Answer], act: Callable[[], Answer]) -> Answer:
    """The answer to ``act``, begun while a change that others make is done and not committed yet."""
    is_done = threading.Event()
    changed: list[Answer] = []

    def run() -> None:
        try:
            with transaction.atomic():
                changed.append(change())
                is_done.set()
                time.sleep(OPEN_SECONDS)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    assert is_done.wait(30)
    answer = act()
    thread.join(30)
    assert changed[0].status < 300, changed[0].json
    return answer


def test_a_record_is_made_by_one_statement(api: Api, part: dict[str, Any], django_assert_num_queries: Any) -> None:
    api.post("part/records", {"data": {"name": "Pump"}})
    # Who asks, with the object's state; and the record.
    with django_assert_num_queries(2):
        assert api.post("part/records", {"data": {"name": "Valve", "amount": 2}}).status == 201


def test_a_record_is_changed_by_one_statement(api: Api, record: str, django_assert_num_queries: Any) -> None:
    path = f"part/records/{record}"
    api.patch(path, {"data": {"amount": 2}})
    # Who asks, with the object's state and the record; and the change, with its revision. SQLite has two statements for
    # these; the beginning and the end of their transaction are not counted (``execute_together``).
    with django_assert_num_queries(2 if connection.vendor == "postgresql" else 3):
        changed = api.patch(path, {"data": {"amount": 3, "place": "Hall"}})
    assert (changed.status, changed.json["version"]) == (200, 3)
    assert api.get(path).json["data"]["amount"] == 3


def test_what_has_changed_nothing_is_not_written(api: Api, record: str) -> None:
    changed = api.patch(f"part/records/{record}", {"data": {"amount": 1}})
    assert (changed.status, changed.json["version"]) == (200, 1)


def test_a_field_required_meanwhile_is_required(api: Api, admin: User, part: dict[str, Any], record: str) -> None:
    made = meanwhile(
        lambda: Api(admin).patch(f"{OBJECTS}/part/fields/place", {"isRequired": True}),
        lambda: api.post("part/records", {"data": {"name": "Valve"}}),
    )
    assert (made.status, made.json["errors"][0]["field"]) == (400, "data.place")
    assert api.get("part/records").json["meta"]["total"] == 1


def test_a_field_unique_meanwhile_is_unique(api: Api, admin: User, part: dict[str, Any], record: str) -> None:
    api.patch(f"part/records/{record}", {"data": {"place": "Hall"}})
    made = meanwhile(
        lambda: Api(admin).patch(f"{OBJECTS}/part/fields/place", {"isUnique": True}),
        lambda: api.post("part/records", {"data": {"name": "Valve", "place": "Hall"}}),
    )
    assert made.status == 409


def test_an_object_archived_or_deleted_meanwhile(api: Api, admin: User, part: dict[str, Any], record: str) -> None:
    changed = meanwhile(
        lambda: Api(admin).patch(f"{OBJECTS}/part", {"isActive": False}),
        lambda: api.patch(f"part/records/{record}", {"data": {"amount": 2}}),
    )
    assert changed.status == 409
    api.patch(f"{OBJECTS}/part", {"isActive": True})
    made = meanwhile(
        lambda: Api(admin).delete(f"{OBJECTS}/part"),
        lambda: api.post("part/records", {"data": {"name": "Valve"}}),
    )
    assert made.status == 404


def test_changes_of_other_fields_are_merged(api: Api, admin: User, part: dict[str, Any], record: str) -> None:
    path = f"part/records/{record}"
    changed = meanwhile(
        lambda: Api(admin).patch(path, {"data": {"place": "Hall"}}),
        lambda: api.patch(path, {"data": {"amount": 2}}),
    )
    assert (changed.status, changed.json["version"]) == (200, 3)
    held = api.get(path).json["data"]
    assert (held["place"], held["amount"]) == ("Hall", 2)


def test_a_version_that_is_gone_meanwhile_is_refused(api: Api, admin: User, part: dict[str, Any], record: str) -> None:
    path = f"part/records/{record}"
    changed = meanwhile(
        lambda: Api(admin).patch(path, {"data": {"place": "Hall"}}),
        lambda: api.send("PATCH", path, {"data": {"amount": 2}}, **{"If-Match": '"1"'}),
    )
    assert changed.status == 412
    assert api.get(path).json["data"]["amount"] == 1


def test_a_record_deleted_meanwhile_stays_deleted(api: Api, admin: User, part: dict[str, Any], record: str) -> None:
    path = f"part/records/{record}"
    changed = meanwhile(
        lambda: Api(admin).delete(path),
        lambda: api.patch(path, {"data": {"amount": 2}}),
    )
    assert changed.status == 404
    assert api.get(path).status == 404
