"""Real server processes on databases of their own, for tests that need more than one process, or a browser."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any
from uuid import uuid4

import psycopg
from django.conf import settings

from salesos import json

ROOT = Path(__file__).resolve().parent.parent
EMAIL, PASSWORD = "admin@example.com", "a-password-for-tests"
PATIENCE = 300


@contextlib.contextmanager
def fresh_database(folder: Path) -> Iterator[str]:
    """The URL of an empty database of the kind that the tests run on, with all migrations applied."""
    with empty_database(folder) as url:
        manage(url, "migrate", "--verbosity", "0")
        yield url


@contextlib.contextmanager
def empty_database(folder: Path) -> Iterator[str]:
    """The URL of a database without a table; of SQLite, of a file that is not there yet."""
    default: dict[str, Any] = settings.DATABASES["default"]
    name = f"server_{uuid4().hex[:12]}"
    if default["ENGINE"].endswith("sqlite3"):
        yield f"sqlite:///{folder / name}.sqlite3"
        return
    login = {key.lower(): default[key] for key in ("HOST", "PORT", "USER", "PASSWORD")}
    address = f"{login['user']}:{login['password']}@{login['host'] or 'localhost'}:{login['port'] or 5432}"
    with psycopg.connect(f"postgres://{address}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"postgres://{address}/{name}"
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextlib.contextmanager
def copied_database(source_url: str, folder: Path) -> Iterator[str]:
    """The URL of a copy of a database that nobody is connected to, which takes less time than making it again."""
    with empty_database(folder) as url:
        if url.startswith("sqlite"):
            shutil.copyfile(source_url.removeprefix("sqlite:///"), url.removeprefix("sqlite:///"))
        else:
            source, copy = (address.rpartition("/")[2] for address in (source_url, url))
            with psycopg.connect(url.replace(copy, "postgres"), autocommit=True) as connection:
                connection.execute(f'DROP DATABASE "{copy}"')
                connection.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{source}"')
        yield url


def environment(database_url: str) -> dict[str, str]:
    """The environment of a server for tests: production settings, over plain HTTP."""
    return {
        **os.environ,
        "DATABASE_URL": database_url,
        "SECRET_KEY": "for-tests-only-for-tests-only-for-tests-only-for-tests-only-1234",
        "HTTPS": "0",
        "DEBUG": "0",
        "SIGN_IN_RATE": "100000/min",
        "SIGN_IN_ACCOUNT_RATE": "100000/min",
    }


def manage(database_url: str, *command: str, folder: Path = ROOT) -> str:
    """Run a management command in a process of its own, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=folder,
        env=environment(database_url),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Wait patiently until something holds; fails with ``what`` where it never does."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start_worker(database_url: str, log: int | IO[bytes] = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    """The background's worker, in a process of its own."""
    command = [sys.executable, "manage.py", "worker"]
    return subprocess.Popen(command, cwd=ROOT, env=environment(database_url), stderr=log)


class Server:
    """The production server on a free port. ``settings`` are its own, beside those of ``environment``.

    ``folder`` is where the product is installed.
    """

    def __init__(
        self,
        database_url: str,
        *,
        workers: int = 2,
        settings: Mapping[str, str] | None = None,
        folder: Path = ROOT,
    ) -> None:
        self.database_url = database_url
        self.folder = folder
        self.settings = {"WORKERS": str(workers), "THREADS": "4", **(settings or {})}
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self) -> None:
        """Start, and wait until it is ready."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "salesos.serving"],
            cwd=self.folder,
            env=environment(self.database_url) | self.settings | {"PORT": str(self.port)},
            start_new_session=True,
        )
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/healthz", timeout=2):
                return
            assert self.process.poll() is None, "the server ended; script/test runs collectstatic first"
            time.sleep(0.05)
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        """End all its processes, as losing power would."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def processes(self) -> list[int]:
        """The processes that answer requests."""
        assert self.process is not None
        main = self.process.pid
        return [int(pid) for pid in Path(f"/proc/{main}/task/{main}/children").read_text().split()]

    def send(self, method: str, path: str, body: Any = None, token: str = "") -> tuple[int, Any]:
        """The status and the JSON of an answer. Raises ``OSError`` where there is none."""
        request = urllib.request.Request(
            self.url + path,
            data=None if body is None else json.dumps_bytes(body),
            method=method,
            headers={"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {}),
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read().decode() or "null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read().decode())

    def sign_in(self) -> str:
        """An access token of the administrator that ``with_company`` made."""
        status, answer = self.send("POST", "/v1/auth/login", {"email": EMAIL, "password": PASSWORD})
        assert status == 200, answer
        return str(answer["accessToken"])


def with_company(database_url: str, *, sample: bool = False) -> None:
    """Make an organization with an administrator, and sample data where asked for."""
    manage(database_url, "create_organization", "Example", "--email", EMAIL, "--password", PASSWORD, "--operator")
    if sample:
        manage(database_url, "load_sample_data", EMAIL)
