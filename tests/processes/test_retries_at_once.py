"""Several requests with one key at once, by threads with connections of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from django.db import connection, connections, transaction

from customobjects.models import CustomObject, Record
from salesos.accounts.models import User
from salesos.idempotency.models import KeptAnswer
from tests.conftest import Answer, Api
from tests.processes.test_concurrency import TIMES, at_once, deadlocks
from tests.server import wait_until

# Without transactions around the test, which would hide one connection's work from another's.
pytestmark = pytest.mark.django_db(transaction=True)

BODY = {"data": {"name": "x", "code": "c"}}


@pytest.fixture
def box(api: Api) -> dict[str, Any]:
    return api.make_object(
        "Box", {"label": "Code", "type": "TEXT", "isUnique": True}, {"label": "Size", "type": "NUMBER"}
    )


def create(user: User, key: str = "k") -> Answer:
    return Api(user).send("POST", "box/records", BODY, **{"Idempotency-Key": key})


@contextmanager
def in_a_thread(act: Callable[[], Answer]) -> Iterator[list[Answer]]:
    """What ``act`` answers, in a thread that has ended when the block has."""
    answers: list[Answer] = []

    def run() -> None:
        try:
            answers.append(act())
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield answers
    finally:
        thread.join(60)


def waits_for_a_lock() -> bool:
    """Whether somebody waits in PostgreSQL for what another transaction holds."""
    with connection.cursor() as cursor:
        # Else a transaction sees it as it was when it looked first.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


def test_one_of_many_writes(api: Api, admin: User, box: dict[str, Any]) -> None:
    for attempt in range(3):
        key = f"k{attempt}"
        answers = at_once(*[lambda: create(admin, key)] * TIMES)
        written = [answer for answer in answers if answer.status == 201]
        # In SQLite all others have waited for the first.
        assert written if connection.vendor == "postgresql" else len(written) == TIMES, answers
        assert len({answer.text for answer in written}) == 1
        assert sum("Idempotent-Replayed" not in answer.headers for answer in written) == 1
        for early in set(answers) - set(written):
            assert early.status == 409
            assert early.problem("Idempotency-Key") == "in_progress"
            assert early.headers["Retry-After"] == "1"
        assert Record.objects.filter(deleted_at=None).count() == 1
        assert create(admin, key).text == written[0].text
        api.delete(f"box/records/{written[0].json['id']}")
    assert KeptAnswer.objects.count() == 3


@pytest.mark.postgresql
def test_the_second_does_not_wait_for_the_first(api: Api, admin: User, box: dict[str, Any]) -> None:
    with ExitStack() as threads, transaction.atomic():
        # Somebody is about to make the same code, and then does not.
        api.make_record("box", code="C")
        first = threads.enter_context(in_a_thread(lambda: create(admin)))
        wait_until(waits_for_a_lock, "the first request waits")
        [second] = at_once(lambda: create(admin))
        assert (second.status, second.headers["Retry-After"]) == (409, "1")
        assert second.problem("Idempotency-Key") == "in_progress"
        transaction.set_rollback(True)
    assert first[0].status == 201
    again = create(admin)
    assert (again.status, again.text) == (201, first[0].text)
    assert Record.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.parametrize("kind", ["one statement", "bulk"])
def test_a_request_that_loses_a_deadlock_is_done_again(api: Api, admin: User, box: dict[str, Any], kind: str) -> None:
    record = api.make_record("box", size=1)["id"]
    change = {"op": "update", "id": record, "data": {"size": 2}}
    asked: tuple[str, str, Any] = (
        ("PATCH", f"box/records/{record}", {"data": change["data"]})
        if kind == "one statement"
        else ("POST", "box/records/bulk", {"operations": [change]})
    )
    before = deadlocks()
    with ExitStack() as threads, transaction.atomic():
        with connection.cursor() as cursor:
            # The other one is to lose.
            cursor.execute("SET LOCAL deadlock_timeout = '60s'")
        Record.objects.select_for_update().get(id=record)
        answers = threads.enter_context(in_a_thread(lambda: Api(admin).send(*asked, **{"Idempotency-Key": "k"})))
        wait_until(waits_for_a_lock, "the request holds the object, and waits for the record")
        CustomObject.objects.select_for_update().get(id=box["id"])
    [first] = answers
    assert first.status == 200, first
    wait_until(lambda: deadlocks() == before + 1, "there was a deadlock")
    again = Api(admin).send(*asked, **{"Idempotency-Key": "k"})
    assert (again.text, again.headers["Idempotent-Replayed"]) == (first.text, "true")
    found = Record.objects.get(id=record)
    assert (found.data["size"], found.version) == (2, 2)
