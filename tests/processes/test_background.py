"""The background's worker in a process of its own, which is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.server import PATIENCE, ROOT, Server, environment, fresh_database, manage, with_company

pytestmark = pytest.mark.slow

OBJECTS = "/v1/custom-objects"
RECORDS = 8_000
TASKS = "from django_tasks_db.models import DBTaskResult as T; print(*T.objects.values_list('status', flat=True))"

Send = Callable[..., Any]


def start_worker(server: Server) -> subprocess.Popen[bytes]:
    command = [sys.executable, "manage.py", "worker"]
    return subprocess.Popen(command, cwd=ROOT, env=environment(server.database_url), stderr=subprocess.DEVNULL)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


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


def statuses(server: Server) -> set[str]:
    return set(manage(server.database_url, "shell", "--no-imports", "--command", TASKS).split())


def test_a_killed_worker_is_followed_by_one_that_goes_on(server: Server, send: Send) -> None:
    send("POST", "", {"name": "Box"})
    make_records(send, "box", RECORDS)
    send("POST", "/box/fields", {"label": "Grade", "type": "NUMBER", "defaultValue": 5, "fillDefault": True})

    def filling() -> dict[str, Any] | None:
        found: dict[str, Any] | None = send("GET", "/box/fields")["data"][1]["filling"]
        return found

    worker = start_worker(server)
    wait_until(lambda: (filling() or {"recordsDone": RECORDS})["recordsDone"] > 0)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    half = filling()
    assert half is not None, "killed in the middle"
    assert 0 < half["recordsDone"] < RECORDS
    assert statuses(server) == {"RUNNING"}
    worker = start_worker(server)
    try:
        wait_until(lambda: filling() is None)
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
