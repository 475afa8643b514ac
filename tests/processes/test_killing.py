"""A server that is killed at any moment leaves every record that it acknowledged, whole, and nothing half-made."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.postgres import Postgres, has_postgres
from tests.server import Server, fresh_database, manage, wait_until, with_company

KILLS = 34
CLIENTS = 8

# Run in the server's own environment: what the tables say of every record of the object Part.
INSPECT = """
import hashlib, json
from collections import Counter
from customobjects.models import CustomObject, Record, RecordLink, UniqueKey
part = CustomObject.objects.get(api_name="part")
field = part.fields.get(api_name="code")
keys = Counter(UniqueKey.objects.filter(custom_object=part).values_list("record_id", flat=True))
links = Counter(RecordLink.objects.values_list("source_id", flat=True))
rows = []
for record in Record.objects.filter(custom_object=part):
    digest = hashlib.sha256(record.data["code"].casefold().encode()).digest()
    mine = UniqueKey.objects.filter(record=record, name=str(field.id)).first()
    rows.append([
        str(record.id), record.data["code"], keys[record.id], links[record.id],
        mine is not None and bytes(mine.digest) == digest, record.text_2 == record.data["code"].casefold(),
    ])
print(json.dumps({"rows": rows, "keys": sum(keys.values()), "links": sum(links.values())}))
"""


class Client(threading.Thread):
    """Creates parts with unique codes until it is told to stop; remembers what it sent and what was acknowledged."""

    def __init__(self, number: int, server: Server, token: str, machine: str, stop: threading.Event) -> None:
        super().__init__()
        self.number, self.server, self.token, self.machine, self.stop = number, server, token, machine, stop
        self.sent: set[str] = set()
        self.acknowledged: dict[str, str] = {}
        self.wrong: list[Any] = []

    def run(self) -> None:
        count = 0
        while not self.stop.is_set():
            count += 1
            code = f"C{self.number}-{count}"
            self.sent.add(code)
            body = {"data": {"name": code, "code": code, "machine": self.machine}}
            try:
                status, answer = self.server.send("POST", "/v1/custom-objects/part/records", body, self.token)
            except (OSError, HTTPException):  # no answer, or half of one: the server is gone
                time.sleep(0.02)
                continue
            if status == 201:
                self.acknowledged[code] = answer["id"]
            elif status == 503:  # the database is gone
                time.sleep(0.02)
            else:
                self.wrong.append(answer)


@contextlib.contextmanager
def own_database(folder: Path) -> Iterator[tuple[str, Postgres | None]]:
    """A database that may be killed, or where the tests run on SQLite, a file."""
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        with fresh_database(folder) as url:
            yield url, None
    elif not has_postgres():
        pytest.skip("there are no PostgreSQL binaries here to kill")
    else:
        with Postgres(folder) as postgres:
            manage(postgres.url, "migrate", "--verbosity", "0")
            yield postgres.url, postgres


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_and_nothing_is_half_made(tmp_path: Path) -> None:
    """Processes that answer, the whole server, and PostgreSQL are killed while eight clients write."""
    chance = random.Random(7)
    with own_database(tmp_path) as (database, postgres), Server(database) as server:
        with_company(database)
        token = server.sign_in()
        assert server.send("POST", "/v1/custom-objects", {"name": "Machine"}, token)[0] == 201
        fields = [
            {"label": "Name", "type": "TEXT"},
            {"label": "Code", "type": "TEXT", "isUnique": True},
            {"label": "Machine", "type": "LOOKUP", "options": {"target": "machine", "onDelete": "restrict"}},
        ]
        assert server.send("POST", "/v1/custom-objects", {"name": "Part", "fields": fields}, token)[0] == 201
        machine = server.send("POST", "/v1/custom-objects/machine/records", {"data": {"name": "M"}}, token)[1]["id"]

        stop = threading.Event()
        clients = [Client(number, server, token, machine, stop) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        done = 0
        for number in range(KILLS):
            # Something is acknowledged between two kills, whatever was killed.
            wait_until(lambda: sum(len(client.acknowledged) for client in clients) > done, f"work after {number} kills")
            time.sleep(chance.uniform(0.1, 0.6))
            done = sum(len(client.acknowledged) for client in clients)
            if number % 3 == 0:
                server.kill()
                server.start()
            elif number % 3 == 1 and postgres:
                postgres.kill()
                postgres.start()
            else:
                os.kill(chance.choice(server.processes()), signal.SIGKILL)
        wait_until(lambda: len(server.processes()) == 2, "both processes are back")
        time.sleep(0.5)
        stop.set()
        for client in clients:
            client.join()

        found = json.loads(manage(database, "shell", "--no-imports", "--command", INSPECT))
    sent = set().union(*(client.sent for client in clients))
    acknowledged = {code: id_ for client in clients for code, id_ in client.acknowledged.items()}
    assert not [problem for client in clients for problem in client.wrong]
    rows = {code: id_ for id_, code, *_ in found["rows"]}
    assert len(rows) == len(found["rows"]), "each value once"
    assert acknowledged.items() <= rows.items(), "every acknowledged record is there"
    assert set(rows) <= sent, "nothing that nobody sent"
    for id_, _code, keys, links, digest_fits, column_fits in found["rows"]:
        assert (keys, links, digest_fits, column_fits) == (1, 1, True, True), id_
    assert found["keys"] == found["links"] == len(rows), "no key and no link of a record that is not there"
