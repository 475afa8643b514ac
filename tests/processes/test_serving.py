"""Slow clients and slow work keep nobody else waiting, and what is refused is refused in words."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import psycopg
import pytest
from granian._futures import _CBSchedulerAIO

from salesos.serving.granian_internals import MAX_DEATHS_A_MINUTE, _Respawned
from tests.server import PATIENCE, ROOT, Server, environment, fresh_database, manage, wait_until, with_company

SLOW_CLIENTS = 100
HEAD = b"POST /v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


@contextlib.contextmanager
def serving(folder: Path, *, workers: int = 2, **more: str) -> Iterator[Server]:
    with fresh_database(folder) as url:
        with_company(url)
        with Server(url, workers=workers, settings=more) as server:
            yield server


def ask(server: Server, path: str = "/healthz") -> int:
    with urllib.request.urlopen(server.url + path, timeout=PATIENCE) as answer:
        return int(answer.status)


def raw(server: Server, data: bytes) -> HTTPResponse:
    """Send bytes as they are, and read the answer's head."""
    connection = socket.create_connection(("127.0.0.1", server.port), PATIENCE)
    connection.sendall(data)
    answer = HTTPResponse(connection)
    answer.begin()
    return answer


def problem(answer: HTTPResponse) -> tuple[int, str]:
    """The status and the code of an error in the one shape."""
    document = json.loads(answer.read())
    assert set(document) == {"statusCode", "error", "message", "errors"}
    assert document["statusCode"] == answer.status
    return answer.status, document["errors"][0]["code"]


def change(server: Server, token: str, path: str, number: int) -> tuple[int, str | None, Any]:
    """Change a record that is locked; the answer's status, when it says to try again, and its code."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    body = json.dumps({"data": {"name": f"B{number}"}})
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    connection.request("PATCH", path, body, headers)
    answer = connection.getresponse()
    return answer.status, answer.headers["Retry-After"], json.loads(answer.read())["errors"][0]["code"]


def test_granian_calls_what_is_used_of_it() -> None:
    """``take_requests`` replaces a function by its name, which granian calls for each process."""
    assert "_cbsched_aioschedule" in _CBSchedulerAIO.__init__.__code__.co_names


def test_many_deaths_are_forgiven_and_endless_ones_are_not() -> None:
    respawned = _Respawned()
    assert {respawned.get(0, 0) for _ in range(MAX_DEATHS_A_MINUTE)} == {0}
    assert respawned.get(0, 0) > 0, "a process that cannot start ends the server"


@pytest.mark.slow
def test_a_second_server_on_the_same_port_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        env = environment(server.database_url) | {"PORT": str(server.port)}
        for command in ([sys.executable, "-m", "salesos.serving"], ["script/server"]):
            second = subprocess.run(
                command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False
            )
            assert second.returncode == 1, command
            assert f"The server does not start: port {server.port} is in use" in second.stderr, command
            assert f"such as PORT={server.port + 1}." in second.stderr
            assert "Traceback" not in second.stderr
            assert "Sign in as" not in second.stdout
        assert {ask(server) for _ in range(10)} == {200}
        # A process of the server that dies comes back to the port.
        [first, *_others] = server.processes()
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: first not in server.processes() and len(server.processes()) == 2, "it comes back")
        # Whoever was connected to a server that was killed does not keep the next one from starting at once.
        with socket.create_connection(("127.0.0.1", server.port), PATIENCE):
            server.kill()
            server.start()
        assert ask(server) == 200


@pytest.mark.slow
def test_bodies_that_do_not_arrive_hold_no_thread(tmp_path: Path) -> None:
    """Half of them send a byte now and then, half of them nothing; the server answers others meanwhile."""
    with serving(tmp_path, BODY_SECONDS="5", THREADS="1", MAX_THREADS="1") as server:
        clients = [socket.create_connection(("127.0.0.1", server.port), PATIENCE) for _ in range(SLOW_CLIENTS)]
        for client in clients:
            client.sendall(HEAD + b"Content-Length: 1000\r\n\r\n{")
        assert server.sign_in(), "while all of them wait"
        for client in clients[::2]:
            client.sendall(b" ")
        assert (ask(server), ask(server, "/sign-in/")) == (200, 200)
        for client in clients:
            answer = HTTPResponse(client)
            answer.begin()
            assert problem(answer) == (408, "timeout")
            assert client.recv(1) == b"", "the connection is closed"
        assert server.sign_in(), "and after them"


@pytest.mark.slow
def test_a_body_that_breaks_off_is_not_used(tmp_path: Path) -> None:
    """A form, half of which would be a whole form."""
    with serving(tmp_path) as server:
        token = server.sign_in()
        assert server.send("POST", "/v1/custom-objects", {"name": "Part"}, token)[0] == 201
        body = b'{"data": {"name": "Half"}}'
        head = f"POST /v1/custom-objects/part/records HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
        with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as client:
            client.sendall(head.encode() + b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n" + body)
        assert server.send("GET", "/v1/custom-objects/part/records", token=token)[1]["meta"]["total"] == 0


@pytest.mark.slow
def test_what_is_refused_is_refused_in_words(tmp_path: Path) -> None:
    with serving(tmp_path, MAX_BODY_KB="10") as server:
        assert problem(raw(server, HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")) == (
            411,
            "length_required",
        )
        assert problem(raw(server, HEAD + b"Content-Length: 11000\r\n\r\n" + b" " * 11_000)) == (413, "too_large")
        assert problem(raw(server, HEAD + b"Content-Length: 900000000\r\n\r\n")) == (413, "too_large")
        page = raw(server, b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000000\r\n\r\n")
        assert page.status == 413
        assert "The request body is too large." in page.read().decode()


@pytest.mark.slow
def test_headers_with_underscores_are_not_believed(tmp_path: Path) -> None:
    with serving(tmp_path, HTTPS="1", BEHIND_PROXY="1", ALLOWED_HOSTS="localhost") as server:
        plain = b"GET /sign-in/ HTTP/1.1\r\nHost: localhost\r\n"
        assert raw(server, plain + b"X-Forwarded-Proto: https\r\n\r\n").status == 200
        assert raw(server, plain + b"X_Forwarded_Proto: https\r\n\r\n").status == 301
        both = b"X-Forwarded-Proto: http\r\nX_Forwarded-Proto: https\r\n\r\n"
        assert raw(server, plain + both).status == 301


@pytest.mark.slow
def test_a_header_that_is_not_of_ascii_is_not_passed_over(tmp_path: Path) -> None:
    with serving(tmp_path, workers=1) as server:
        token = server.sign_in()
        head = f"POST /v1/custom-objects HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
        body = b"Content-Type: application/json\r\nContent-Length: 15\r\n\r\n" + b'{"name": "Box"}'
        for header in (b"Idempotency-Key: \xd7\xf8\r\n", b"If-Match: \xd7\r\n"):
            status, _code = problem(raw(server, head.encode() + header + body))
            assert status in (400, 412), header


def test_who_guesses_is_who_the_proxy_says(tmp_path: Path) -> None:
    """Not who a client says it is, by a header that the proxy knows nothing of."""
    limited = {"SIGN_IN_RATE": "3/hour", "HTTPS": "1", "BEHIND_PROXY": "1", "ALLOWED_HOSTS": "localhost"}
    with serving(tmp_path, **limited) as server:

        def guess(number: int, address: str = "203.0.113.1") -> int:
            body = json.dumps({"email": f"nobody{number}@example.com", "password": "wrong"}).encode()
            said = f"X-Forwarded-Proto: https\r\nX-Forwarded-For: {address}\r\nX_Forwarded_For: 198.51.100.{number}\r\n"
            return raw(server, HEAD + f"{said}Content-Length: {len(body)}\r\n\r\n".encode() + body).status

        assert [guess(number) for number in range(5)] == [401] * 3 + [429] * 2
        assert guess(6, "203.0.113.2") == 401


@pytest.mark.slow
# SQLite locks no rows.
@pytest.mark.postgresql
def test_a_locked_row_keeps_only_those_waiting_who_want_it(tmp_path: Path) -> None:
    """More requests for one row than there are threads; then each is told to try again, and nothing was changed."""
    with serving(tmp_path, workers=1, THREADS="2", LOCK_SECONDS="4") as server:
        token = server.sign_in()
        assert server.send("POST", "/v1/custom-objects", {"name": "Part"}, token)[0] == 201
        made = server.send("POST", "/v1/custom-objects/part/records", {"data": {"name": "A"}}, token)[1]
        path = f"/v1/custom-objects/part/records/{made['id']}"

        with psycopg.connect(server.database_url) as holder, ThreadPoolExecutor(4) as pool:
            holder.execute("SELECT 1 FROM customobjects_record WHERE id = %s FOR UPDATE", [made["id"]])
            changes = [pool.submit(change, server, token, path, number) for number in range(4)]
            time.sleep(0.5)
            assert ask(server) == 200
            assert server.send("GET", path, token=token)[1]["version"] == 1
            assert not any(future.done() for future in changes), "they were answered before those who wait"
            assert [future.result() for future in changes] == [(503, "1", "busy")] * 4
        assert server.send("GET", path, token=token)[1]["version"] == 1
        assert server.send("PATCH", path, {"data": {"name": "C"}}, token)[1]["version"] == 2


@pytest.mark.slow
@pytest.mark.sqlite
def test_a_locked_file_keeps_no_health_check_waiting(tmp_path: Path) -> None:
    """More requests that write than there are threads; each is told to try again, and nothing was changed."""
    with fresh_database(tmp_path) as url:
        with_company(url)
        with Server(f"{url}?timeout=2", workers=1, settings={"THREADS": "2"}) as server:
            token = server.sign_in()
            assert server.send("POST", "/v1/custom-objects", {"name": "Part"}, token)[0] == 201
            made = server.send("POST", "/v1/custom-objects/part/records", {"data": {"name": "A"}}, token)[1]
            path = f"/v1/custom-objects/part/records/{made['id']}"
            file = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
            with contextlib.closing(file) as holder, ThreadPoolExecutor(4) as pool:
                holder.execute("BEGIN IMMEDIATE")
                changes = [pool.submit(change, server, token, path, number) for number in range(4)]
                time.sleep(0.5)
                assert ask(server) == 200
                assert not any(future.done() for future in changes), "it was answered before those who wait"
                assert [future.result() for future in changes] == [(503, "1", "busy")] * 4
            assert server.send("GET", path, token=token)[1]["version"] == 1
            assert server.send("PATCH", path, {"data": {"name": "C"}}, token)[1]["version"] == 2


@pytest.mark.slow
# SQLite locks no rows.
@pytest.mark.postgresql
def test_commands_have_no_time_limits(tmp_path: Path) -> None:
    """They may work for hours; a server's process says its limits when it connects, and what its disk is like."""
    serve = "import salesos.wsgi;"
    with fresh_database(tmp_path) as url:
        assert "statement_timeout" not in environment(url)
        for begin, name, value in (
            ("", "statement_timeout", "0"),
            (serve, "statement_timeout", "30s"),
            (serve, "lock_timeout", "5s"),
            (serve, "idle_in_transaction_session_timeout", "1min"),
            (serve, "random_page_cost", "1.1"),
        ):
            show = f"from django.db import connection as c; cursor = c.cursor(); cursor.execute('SHOW {name}');"
            said = manage(url, "shell", "--no-imports", "--command", f"{begin}{show} print(cursor.fetchone()[0])")
            assert said.strip() == value
