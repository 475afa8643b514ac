"""A table is imported by a worker that is killed in the middle: the next one goes on, and no row is taken twice."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.server import EMAIL, PATIENCE, Server, fresh_database, manage, start_worker, wait_until, with_company

pytestmark = pytest.mark.slow

ROWS = 4_000
CODE = f"""
from customobjects.models import TableImport
from customobjects.services.table_import import importing, into
from customobjects.services.table_import.drafts import save_plan
from customobjects.services.table_import.plans import Plan
from salesos.accounts.actor import Actor
from salesos.accounts.models import User
actor = Actor.of_user(User.objects.get(email="{EMAIL}"))
table = "name,number\\n" + "".join(f"Row {{n}},{{n}}\\n" for n in range({ROWS}))
draft = into.bring_into(actor, "box", content=table.encode(), name="boxes.csv", zone="UTC")
plan = Plan.from_json(draft.plan)
plan.by = ["number"]
save_plan(actor, draft.id, plan, has_header=True)
importing.start_into(actor, draft.id)
"""
STATE = (
    "from customobjects.models import TableImport as T; print(*T.objects.values_list('state', 'made', 'changed')[0])"
)


def test_no_row_is_taken_twice(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as url:
        with_company(url)
        with Server(url, workers=1) as server:
            token = server.sign_in()
            fields = [{"label": "Name", "type": "TEXT"}, {"label": "Number", "type": "NUMBER", "isUnique": True}]
            assert server.send("POST", "/v1/custom-objects", {"name": "Box", "fields": fields}, token)[0] == 201
            manage(url, "shell", "--no-imports", "--command", CODE)

            def count() -> int:
                path = "/v1/custom-objects/box/records?limit=1&count=exact"
                return int(server.send("GET", path, token=token)[1]["meta"]["total"])

            worker = start_worker(url)
            wait_until(lambda: count() > 0, "the worker makes records")
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            assert 0 < count() < ROWS, "killed in the middle"
            worker = start_worker(url)
            try:
                wait_until(lambda: count() >= ROWS, "another worker goes on")
            finally:
                worker.terminate()
                worker.wait(PATIENCE)
            assert count() == ROWS
            assert manage(url, "shell", "--no-imports", "--command", STATE).split() == ["done", str(ROWS), "0"]
