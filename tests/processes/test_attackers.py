"""Twenty attackers at once, signed in or not: everybody else is served, and no process grows or answers at length."""

from __future__ import annotations

import contextlib
import http.client
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from salesos import json
from tests.processes.test_memory import megabytes, processes_of
from tests.server import PATIENCE, Server, fresh_database, with_company

pytestmark = pytest.mark.slow

ATTACKERS = 20
SLOW_CLIENTS = 200
ROUNDS = 5
MAX_MEGABYTES = 400
MAX_ANSWER_BYTES = 64_000
BODY_BYTES = 5_000_000


def filled(pattern: str, start: str, end: str) -> bytes:
    """A body of about as many bytes as are allowed, which has a pattern with a running number again and again."""
    count = BODY_BYTES // (len(pattern % 10**5) + 1)
    return (start + ",".join(pattern % number for number in range(count)) + end).encode()


BODIES: dict[str, Callable[[], bytes]] = {
    "unknown names": lambda: filled('"%d":1', "{", "}"),
    "long unknown names": lambda: filled('"%030d":1', '{"data":{', "}}"),
    "long unknown properties": lambda: filled('"%030d":1', "{", "}"),
    "unknown names of a record": lambda: filled('"x%d":1', '{"data":{', "}}"),
    "unknown names of operations": lambda: filled(
        '{"op":"create","data":{"%d":1,"a":1,"b":1}}', '{"operations":[', '],"atomic":false}'
    )[:BODY_BYTES],
    "unknown filters": lambda: filled('"x%d":1', '{"filter":{', "}}"),
    "groups of filters": lambda: ('{"filter":{"and":[' + ",".join(['{"and":[1,1,1]}'] * 300_000) + "]}}").encode(),
    "fields": lambda: filled('{"%d":1}', '{"name":"Crate","fields":[', "]}"),
    "an exponent": lambda: b'{"email": 1e1000000000000000000, "password": "x"}',
    "exponents": lambda: filled("1e%d000000000000000000", '{"data":{"payload":[', "]}}"),
    "levels": lambda: b'{"data":' + b"[" * 100 + b"]" * 100 + b"}",
    "half a body of levels": lambda: b"[" * BODY_BYTES,
    "lists": lambda: ('{"data":{"payload":[' + ",".join(["[]"] * (BODY_BYTES // 3 - 20)) + "]}}").encode(),
    "a text": lambda: b'{"data":{"name":"' + b"x" * BODY_BYTES + b'"}}',
}
PATHS = [
    "/v1/auth/login",
    "/v1/custom-objects",
    *(f"/v1/custom-objects/box/records{end}" for end in ("", "/bulk", "/search")),
]


class Attack:
    """What is sent to one server, and what comes of it."""

    def __init__(self, server: Server, token: str) -> None:
        self.server = server
        self.token = token
        self.bodies = [make() for make in BODIES.values()]
        self.over = Event()

    def attack(self, number: int) -> set[tuple[int, bool]]:
        """Send bodies to all paths, one after the other; returns the statuses, and whether answers were short."""
        seen: set[tuple[int, bool]] = set()
        for turn in range(ROUNDS):
            path = PATHS[(number + turn) % len(PATHS)]
            body = self.bodies[(number * ROUNDS + turn) % len(self.bodies)]
            chunked = number % 4 == 0
            connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE)
            headers = {"Content-Type": "application/json", "Authorization": f"bearer {self.token}"}
            try:
                connection.request("POST", path, iter([body]) if chunked else body, headers, encode_chunked=chunked)
                answer = connection.getresponse()
                seen.add((answer.status, len(answer.read()) < MAX_ANSWER_BYTES))
            except OSError:
                # Chunks, and the oldest of too many bodies, are refused while they are being sent.
                pass
            connection.close()
        return seen

    def send_slowly(self) -> int:
        """Send bodies a byte at a time, on many connections, until the attack is over; returns how many there were."""
        head = f"POST /v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: {BODY_BYTES}\r\n\r\n"
        clients = [socket.create_connection(("127.0.0.1", self.server.port)) for _ in range(SLOW_CLIENTS)]
        for client in clients:
            client.sendall(head.encode())
        while not self.over.wait(0.2):
            for client in clients:
                with contextlib.suppress(OSError):
                    client.sendall(b" ")
        for client in clients:
            client.close()
        return len(clients)

    def watch(self) -> Iterator[int]:
        """The statuses of /healthz, asked again and again until the attack is over."""
        while not self.over.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE)
            connection.request("GET", "/healthz")
            yield connection.getresponse().status
            connection.close()
            time.sleep(0.1)


def test_twenty_at_once(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as url:
        with_company(url)
        with Server(url) as server:
            token = server.sign_in()
            fields: list[dict[str, Any]] = [{"label": "Name", "type": "TEXT"}, {"label": "Payload", "type": "JSON"}]
            assert server.send("POST", "/v1/custom-objects", {"name": "Box", "fields": fields}, token)[0] == 201
            attack = Attack(server, token)
            with ThreadPoolExecutor(ATTACKERS + 2) as pool:
                health = pool.submit(lambda: list(attack.watch()))
                slow = pool.submit(attack.send_slowly)
                try:
                    seen = set().union(*pool.map(attack.attack, range(ATTACKERS)))
                finally:
                    attack.over.set()
                assert set(health.result()) == {200}
                assert slow.result() == SLOW_CLIENTS
            assert server.process is not None
            grown = {found: megabytes(found, "VmRSS") for found in processes_of(server.process.pid)}
            assert len(grown) > 1, "the server has workers"
            assert max(grown.values()) < MAX_MEGABYTES, grown
            # Refused, the oldest of too many, in chunks, or too large; every answer is short, and nothing a defect.
            assert {400} < {status for status, _short in seen} <= {400, 408, 411, 413}, seen
            assert all(short for _status, short in seen), seen
            status, answer = server.send("GET", "/v1/custom-objects/box/records", token=token)
            assert (status, answer["data"]) == (200, [])
            assert json.dumps(answer["meta"]["total"]) == "0"
