"""While the database is gone everybody is told so in words; when it is back, nobody's answer is lost to that."""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.postgres import Postgres, has_postgres
from tests.server import PATIENCE, Server, manage, with_company

pytestmark = [
    pytest.mark.slow,
    # A file is not gone and back.
    pytest.mark.postgresql,
    pytest.mark.skipif(not has_postgres(), reason="there are no PostgreSQL binaries here to kill"),
]
THREADS = 3
RECORDS = "/v1/custom-objects/part/records"


def page(server: Server, path: str, cookie: str = "") -> tuple[int, str]:
    request = urllib.request.Request(server.url + path, headers={"Cookie": cookie})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.parametrize("pool", ["0", "4"], ids=["threads' own connections", "a pool"])
def test_the_database_goes_and_comes_back(pool: str, tmp_path: Path) -> None:
    with Postgres(tmp_path) as postgres:
        manage(postgres.url, "migrate", "--verbosity", "0")
        with_company(postgres.url)
        more = {"THREADS": str(THREADS), "MAX_THREADS": str(THREADS), "DATABASE_POOL_SIZE": pool}
        with Server(postgres.url, workers=1, settings=more) as server:
            token = server.sign_in()
            assert server.send("POST", "/v1/custom-objects", {"name": "Part"}, token)[0] == 201
            made = server.send("POST", RECORDS, {"data": {"name": "A"}}, token)[1]
            one = f"{RECORDS}/{made['id']}"
            # As many requests as it takes for each thread to have a connection.
            for _ in range(4 * THREADS):
                assert server.send("GET", one, token=token)[0] == 200

            if pool == "0":
                is_gone(server, postgres, token, one)
            # It is gone and back between two requests, and the threads have not heard of it.
            postgres.kill()
            postgres.start()
            for number in range(4 * THREADS):
                status, answer = server.send("PATCH", one, {"data": {"name": f"C{number}"}}, token)
                assert (status, answer.get("version")) == (200, number + 2), "the first request of each thread, too"


def is_gone(server: Server, postgres: Postgres, token: str, one: str) -> None:
    """Kill PostgreSQL, ask for everything, and start it again."""
    postgres.kill()
    calls = [
        ("GET", RECORDS, None),
        ("GET", one, None),
        ("PATCH", one, {"data": {"name": "B"}}),
        ("POST", RECORDS, {"data": {"name": "B"}}),
        ("GET", "/v1/custom-objects", None),
        ("GET", "/v1/custom-objects/stats", None),
        ("POST", "/v1/auth/login", {"email": "a@example.com", "password": "x"}),
        ("GET", "/readyz", None),
    ]
    for method, path, body in calls * 2:
        status, answer = server.send(method, path, body, token)
        assert (status, answer["errors"][0]["code"]) == (503, "database"), (method, path, answer)
    for path in ("/", "/part/", "/admin/", "/no-such-page"):
        status, text = page(server, path, "sessionid=abcdefghijklmnopqrstuvwxyz012345")
        assert status == 503, (path, status)
        assert "The database does not answer" in text
    assert page(server, "/healthz")[0] == 200

    postgres.start()
    for _ in range(4 * THREADS):
        status, answer = server.send("GET", one, token=token)
        assert (status, answer.get("version")) == (200, 1), "the first request of each thread, too"
