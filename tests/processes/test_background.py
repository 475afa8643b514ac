"""The background's worker in a process of its own, which is killed."""

from __future__ import annotations

import contextlib
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django_tasks_db.models import DBTaskResult

from customobjects.models import Record
from tests.server import PATIENCE, Server, fresh_database, manage, start_worker, with_company

pytestmark = pytest.mark.slow

OBJECTS = "/v1/custom-objects"
RECORDS = 8_000
FILLED = {"type": "NUMBER", "defaultValue": 5, "fillDefault": True}
TASKS = "from django_tasks_db.models import DBTaskResult as T; print(*T.objects.values_list('status', flat=True))"

Send = Callable[..., Any]


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@contextlib.contextmanager
def locked(database_url: str) -> Iterator[None]:
    """Nobody else can write, or take a task, meanwhile."""
    if database_url.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(database_url.removeprefix("sqlite:///"), timeout=60)) as file:
            file.execute("BEGIN IMMEDIATE")
            yield
        return
    with psycopg.connect(database_url) as session:
        tables = ", ".join(model._meta.db_table for model in (Record, DBTaskResult))
        session.execute(f"LOCK TABLE {tables} IN EXCLUSIVE MODE")  # type: ignore[arg-type]
        yield


def impatient(database_url: str) -> str:
    """The same database, where a statement waits for a lock for no longer than a second."""
    return f"{database_url}?{'timeout=1' if database_url.startswith('sqlite') else 'options=-c%20lock_timeout=1s'}"


@pytest.fixture
def server(tmp_path: Path) -> Any:
    with fresh_database(tmp_path) as url:
        with_company(url)
        with Server(url, workers=1) as server:
            yield server


@pytest.fixture
def send(server: Server) -> Send:
    """Send as the administrator; the JSON of the answer, which must be a success."""
    token = server.sign_in()

    def send(method: str, path: str, body: Any = None) -> Any:
        status, answer = server.send(method, OBJECTS + path, body, token)
        assert status < 300, answer
        return answer

    return send


def make_records(send: Send, object_: str, number: int, **data: Any) -> None:
    for start in range(0, number, 1_000):
        rows = [{"name": str(place), **data} for place in range(start, min(start + 1_000, number))]
        send("POST", f"/{object_}/records/bulk", {"operations": [{"op": "create", "data": row} for row in rows]})


@contextlib.contextmanager
def locked_in_the_middle(server: Server, send: Send) -> Iterator[str]:
    """Nobody else can write while the background fills a new field of the object Box, whose apiName this is."""
    for number in range(10):
        field = send("POST", "/box/fields", {"label": f"Grade {number}", **FILLED})["apiName"]
        wait_until(lambda field=field: (progress(send, field) or {"recordsDone": RECORDS})["recordsDone"] > 0)
        with locked(server.database_url):
            # All may be done before the lock is there: then it is another field's turn.
            if progress(send, field) is not None:
                yield field
                return
    raise AssertionError("the background was always done first")


def progress(send: Send, field: str) -> dict[str, Any] | None:
    """How far a field of the object Box is filled, or None where it is done."""
    fields = {known["apiName"]: known for known in send("GET", "/box/fields")["data"]}
    found: dict[str, Any] | None = fields[field]["filling"]
    return found


def statuses(server: Server) -> set[str]:
    return set(manage(server.database_url, "shell", "--no-imports", "--command", TASKS).split())


def test_a_killed_worker_is_followed_by_one_that_goes_on(server: Server, send: Send) -> None:
    send("POST", "", {"name": "Box"})
    make_records(send, "box", RECORDS)
    send("POST", "/box/fields", {"label": "Grade", **FILLED})
    worker = start_worker(server.database_url)
    wait_until(lambda: (progress(send, "grade") or {"recordsDone": RECORDS})["recordsDone"] > 0)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    half = progress(send, "grade")
    assert half is not None, "killed in the middle"
    assert 0 < half["recordsDone"] < RECORDS
    assert "RUNNING" in statuses(server)
    worker = start_worker(server.database_url)
    try:
        wait_until(lambda: progress(send, "grade") is None)
        wait_until(lambda: statuses(server) == {"SUCCESSFUL"})
    finally:
        worker.terminate()
        assert worker.wait(PATIENCE) == 0, "it ends when it is asked to"
    assert send("GET", "/box/records?grade=5&count=exact&limit=1")["meta"]["total"] == RECORDS


def test_a_worker_derives_the_records_of_an_older_version_anew(server: Server, send: Send) -> None:
    send("POST", "", {"name": "Box"})
    make_records(send, "box", 1_500, name="Z\u00fcrich")
    code = (
        "from customobjects.models import CustomObject, Record;"
        "Record.objects.update(search_text='', overflow=None); CustomObject.objects.update(derivation=1)"
    )
    manage(server.database_url, "shell", "--no-imports", "--command", code)
    assert send("GET", "/box/records?search=zurich&limit=1")["data"] == []
    manage(server.database_url, "worker", "--batch")
    assert send("GET", "/box/records?search=zurich&count=exact&limit=1")["meta"]["total"] == 1_500
    assert send("GET", "/box/records?name=Z%C3%9CRICH&count=exact&limit=1")["meta"]["total"] == 1_500


def test_a_worker_outlives_a_locked_database_and_goes_on(server: Server, send: Send, tmp_path: Path) -> None:
    assert server.send("GET", "/readyz")[1]["background"]["message"].startswith("the background has never worked")
    send("POST", "", {"name": "Box"})
    make_records(send, "box", RECORDS)
    log = tmp_path / "worker.log"
    with log.open("wb") as lines:
        worker = start_worker(impatient(server.database_url), lines)
    try:
        with locked_in_the_middle(server, send) as field:
            # The task is given up, and cannot even be written down as failed.
            wait_until(lambda: b"The database does not let the background work" in log.read_bytes())
            assert progress(send, field) is not None, "in the middle of it"
            assert server.send("GET", "/readyz")[0] == 200, "requests are answered meanwhile"
        wait_until(lambda: progress(send, field) is None)
        wait_until(lambda: b"The background works again" in log.read_bytes())
        assert worker.poll() is None, "the same worker"
        assert server.send("GET", "/readyz?require=background")[1]["background"]["status"] == "working"
    finally:
        worker.terminate()
        assert worker.wait(PATIENCE) == 0
    assert statuses(server) == {"SUCCESSFUL"}
    assert send("GET", f"/box/records?{field}=5&count=exact&limit=1")["meta"]["total"] == RECORDS


@pytest.mark.sqlite
def test_a_worker_brings_records_into_the_search_index(server: Server, send: Send) -> None:
    send("POST", "", {"name": "Box"})
    make_records(send, "box", 1_200, name="needle in a haystack")

    def waiting() -> str:
        code = "from customobjects.storage import search_index; print(search_index.is_anything_waiting())"
        return manage(server.database_url, "shell", "--no-imports", "--command", code).strip()

    assert waiting() == "True"
    worker = start_worker(server.database_url)
    try:
        wait_until(lambda: waiting() == "False")
    finally:
        worker.terminate()
        assert worker.wait(PATIENCE) == 0
    assert send("GET", "/box/records?search=edle%20hay&count=exact&limit=1")["meta"]["total"] == 1_200
    path = server.database_url.removeprefix("sqlite:///")
    with contextlib.closing(sqlite3.connect(path, timeout=60)) as file:
        file.execute("VACUUM")
    assert len(send("GET", "/box/records?search=edle&limit=7")["data"]) == 7
