"""An organization is deleted by a worker that is killed in the middle, and by the next one; nothing of it is left."""

from __future__ import annotations

import contextlib
import signal
import sqlite3
from typing import Any

import psycopg
import pytest

from tests.processes.test_background import Send, make_records, send, server, start_worker, wait_until
from tests.server import PATIENCE, Server, manage

__all__ = ["send", "server"]  # fixtures

pytestmark = pytest.mark.slow

RECORDS = 6_000
BEGIN = """
from customobjects.services import organization_deletion
from salesos.accounts.actor import Actor, Via
from salesos.accounts.models import Organization, User
from salesos.accounts.services import create_organization
doomed = Organization.objects.get()
_, operator = create_organization("Other", email="boss@other.example", password="a-password-for-it", operator=True)
organization_deletion.begin(Actor(doomed.id, operator.id, "ADMIN", via=Via.ADMIN), doomed.id)
"""
LEFT = "SELECT COUNT(*) FROM customobjects_record"
TABLES = """
from django.apps import apps
kept = {"User", "Organization", "AuditEntry", "Migration", "ContentType", "Permission", "DBTaskResult",
        "BackgroundTask", "Heartbeat", "TransactionBase", "Session"}
print(sorted(model.__name__ for model in apps.get_models(include_auto_created=True)
             if model.__name__ not in kept and model._default_manager.exists()))
from salesos.accounts.models import *
print(*Organization.objects.values_list("name", flat=True), User.objects.count(),
      *AuditEntry.objects.filter(kind="organization_deleted").order_by("at").values_list("details__phase", flat=True))
"""


def shell(server: Server, code: str) -> str:
    return manage(server.database_url, "shell", "--no-imports", "--command", code).strip()


def left(server: Server) -> int:
    """How many records there are. A process for each question would be slower than the worker."""
    url = server.database_url
    if url.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=60)) as file:
            return int(file.execute(LEFT).fetchone()[0])
    with psycopg.connect(url) as session:
        return int((session.execute(LEFT).fetchone() or (0,))[0])


def test_a_killed_worker_is_followed_by_one_that_deletes_the_rest(server: Server, send: Send) -> None:
    options: dict[str, Any] = {"enableHistory": True}
    send("POST", "", {"name": "Box", **options})
    make_records(send, "box", RECORDS)
    shell(server, BEGIN)
    worker = start_worker(server.database_url)
    wait_until(lambda: left(server) < RECORDS)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    half = left(server)
    assert 0 < half < RECORDS, "killed in the middle"
    worker = start_worker(server.database_url)
    try:
        wait_until(lambda: shell(server, TABLES).splitlines()[-1] == "Other 1 began ended")
    finally:
        worker.terminate()
        assert worker.wait(PATIENCE) == 0
    assert shell(server, TABLES).splitlines() == ["[]", "Other 1 began ended"]
    manage(server.database_url, "worker", "--batch")
    # Ends with an error where anything is wrong.
    manage(server.database_url, "doctor")
