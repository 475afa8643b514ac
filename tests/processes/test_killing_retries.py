"""Every write that is sent again with its key until it is answered happens once, whoever is killed meanwhile."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from tests.processes.test_killing import own_database
from tests.server import Server, manage, wait_until, with_company

KILLS = 20
CLIENTS = 6
BULK = 5
PATH = "/v1/custom-objects/part/records"

# Run in the server's own environment: the records of the object Part, and how many answers are kept.
INSPECT = """
import json
from customobjects.models import Record
from salesos.idempotency.models import KeptAnswer
records = Record.objects.filter(custom_object__api_name="part")
rows = [[r.name, r.version, r.deleted_at is not None] for r in records]
print(json.dumps({"rows": rows, "kept": KeptAnswer.objects.count()}))
"""


class Client(threading.Thread):
    """Makes, changes and deletes parts until it is told to stop, and sends each request until it is answered.

    No name is unique, and a change adds nothing of its own, so that only the key keeps a request from happening twice.
    """

    def __init__(self, number: int, server: Server, token: str, stop: threading.Event) -> None:
        super().__init__()
        self.number, self.server, self.token, self.stop = number, server, token, stop
        # What there is to be: the version of each record by its name, and whether it is deleted.
        self.expected: dict[str, tuple[int, bool]] = {}
        self.requests = self.repeated = self.replayed = 0
        self.wrong: list[Any] = []

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                self.one_round(f"{self.number}-{self.requests}")
        except Exception as error:
            self.wrong.append(error)

    def one_round(self, name: str) -> None:
        made = self.until_answered("POST", PATH, {"data": {"name": name}}, 201)
        self.expected[name] = (1, False)
        path = f"{PATH}/{made['id']}"
        self.until_answered("PATCH", path, {"data": {"amount": 1}}, 200)
        self.expected[name] = (2, False)
        operations = [{"op": "create", "data": {"name": f"{name}-{n}"}} for n in range(BULK)]
        self.until_answered("POST", f"{PATH}/bulk", {"operations": operations}, 200)
        self.expected |= {f"{name}-{n}": (1, False) for n in range(BULK)}
        # Sent a second time without the key's answer, it would be a 404.
        self.until_answered("DELETE", path, None, 204)
        self.expected[name] = (3, True)

    def until_answered(self, method: str, path: str, body: Any, status: int) -> Any:
        self.requests += 1
        key = f"{self.number}-{self.requests}"
        while True:
            request = urllib.request.Request(
                self.server.url + path,
                data=None if body is None else json.dumps(body).encode(),
                method=method,
                headers={
                    "Content-Type": "application/json",
                    "Authorization": f"Bearer {self.token}",
                    "Idempotency-Key": key,
                },
            )
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    found, text = answer.status, answer.read().decode()
                    self.replayed += answer.headers["Idempotent-Replayed"] == "true"
            except urllib.error.HTTPError as error:
                refusal = json.loads(error.read().decode())
                is_early = error.code == 409 and refusal["errors"][0]["code"] == "in_progress"
                if error.code != 503 and not is_early:
                    raise AssertionError(f"{method} {path}: {refusal}") from error
            except (OSError, HTTPException):  # no answer, or half of one: the server is gone
                pass
            else:
                assert found == status, text
                return json.loads(text or "null")
            self.repeated += 1
            time.sleep(0.02)


@pytest.mark.slow
def test_every_write_that_is_repeated_happens_once(tmp_path: Path) -> None:
    """Processes that answer, the whole server, and PostgreSQL are killed while the clients write."""
    chance = random.Random(11)
    with own_database(tmp_path) as (database, postgres), Server(database) as server:
        with_company(database)
        token = server.sign_in()
        fields = [{"label": "Name", "type": "TEXT"}, {"label": "Amount", "type": "NUMBER"}]
        assert server.send("POST", "/v1/custom-objects", {"name": "Part", "fields": fields}, token)[0] == 201
        stop = threading.Event()
        clients = [Client(number, server, token, stop) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        done = 0
        for number in range(KILLS):
            # Something is answered between two kills, whatever was killed.
            wait_until(
                lambda: sum(client.requests for client in clients) > done or any(client.wrong for client in clients),
                f"work after {number} kills",
            )
            assert not [problem for client in clients for problem in client.wrong]
            time.sleep(chance.uniform(0.1, 0.5))
            done = sum(client.requests for client in clients) + CLIENTS
            if number % 3 == 0:
                server.kill()
                server.start()
            elif number % 3 == 1 and postgres:
                postgres.kill()
                postgres.start()
            else:
                os.kill(chance.choice(server.processes()), signal.SIGKILL)
        wait_until(lambda: len(server.processes()) == 2, "both processes are back")
        stop.set()
        for client in clients:
            client.join()
        found = json.loads(manage(database, "shell", "--no-imports", "--command", INSPECT))

    assert not [problem for client in clients for problem in client.wrong]
    expected = {name: state for client in clients for name, state in client.expected.items()}
    rows = {name: (version, is_deleted) for name, version, is_deleted in found["rows"]}
    assert len(rows) == len(found["rows"]), "each was made once"
    assert rows == expected, "each change and deletion happened once, and nothing else"
    assert found["kept"] == sum(client.requests for client in clients)
    repeated, replayed = (sum(getattr(client, name) for client in clients) for name in ("repeated", "replayed"))
    print(f"{found['kept']} requests, {repeated} repeated, {replayed} answered again")  # noqa: T201
    assert repeated
