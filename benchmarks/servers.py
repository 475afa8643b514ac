"""Starting what is measured: the production server with our application, and the same with the bare limit."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parent.parent
# Stands in noted statements where the limit puts an id that it makes up.
NEW_ID = ":id"
# A noted statement, and its parameters.
Step = tuple[str, list[Any]]
PRODUCT = ["-m", "salesos.serving"]
LIMIT = (
    "-m granian --interface wsgi benchmarks.limit:application --host 127.0.0.1 --workers 2 --blocking-threads 1 --no-ws"
    " --log-level warning".split()
)
SECRET_KEY = "for-measuring-only-for-measuring-only-for-measuring-only-12345678"


def environment(database_url: str) -> dict[str, str]:
    """Production settings, over plain HTTP, and tokens that outlast the measurement."""
    return {
        **os.environ,
        "ACCESS_TOKEN_MINUTES": "1000",
        "DATABASE_URL": database_url,
        "DEBUG": "0",
        "DJANGO_SETTINGS_MODULE": "salesos.settings",
        "HTTPS": "0",
        "SECRET_KEY": SECRET_KEY,
    }


def version_of(database_url: str) -> str:
    """The version of the database's server or library."""
    if not database_url.startswith("postgres"):
        return sqlite3.sqlite_version
    with psycopg.connect(database_url) as connection:
        return connection.info.parameter_status("server_version") or ""


def manage(database_url: str, *command: str) -> None:
    """Run a management command."""
    subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment(database_url), check=True)


def shell(database_url: str, code: str) -> None:
    """Run Python code with the product at hand."""
    manage(database_url, "shell", "--command", code, "--verbosity", "0")


def output(database_url: str, code: str) -> str:
    """The last line that Python code prints which is run with the product at hand."""
    command = [sys.executable, "manage.py", "shell", "--command", code, "--verbosity", "0"]
    run = subprocess.run(command, cwd=ROOT, env=environment(database_url), check=True, capture_output=True, text=True)
    return run.stdout.splitlines()[-1]


@contextlib.contextmanager
def serving(program: list[str], env: Mapping[str, str]) -> Iterator[int]:
    """``PRODUCT`` or ``LIMIT`` on a free port, with two processes of one thread each; gives the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    log = ROOT / "var" / f"benchmark-{port}.log"
    own = {"PORT": str(port), "GRANIAN_PORT": str(port), "WORKERS": "2", "THREADS": "1"}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *program],
            cwd=ROOT,
            env={**env, **own},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(port, log)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait(port: int, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            time.sleep(1)
            return
        time.sleep(0.1)
    raise TimeoutError(log.read_text())
