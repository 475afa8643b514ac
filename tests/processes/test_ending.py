"""What a script starts ends with it, however it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from tests.postgres import has_postgres
from tests.server import ROOT, environment, free_port, wait_until

pytestmark = pytest.mark.slow
# Both scripts end by script/ending, so each is tried in half of the ways.
ENDS_OF_SERVER = [signal.SIGHUP, signal.SIGKILL]
ENDS_OF_POSTGRES = [signal.SIGTERM, signal.SIGINT, signal.SIGKILL]


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def processes(mark: str) -> list[int]:
    """The processes in whose environment ``mark`` is."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (process / "environ").read_bytes():
                found.append(int(process.name))
        except OSError:
            continue
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="it takes Linux to see who is left")
@pytest.mark.parametrize("by", ENDS_OF_SERVER, ids=lambda by: by.name)
def test_the_server_ends_with_its_script(by: signal.Signals, tmp_path: Path) -> None:
    port = free_port()
    mark = f"MARK={tmp_path}"
    env = environment(f"sqlite:///{tmp_path}/db.sqlite3") | {"PORT": str(port), "MARK": str(tmp_path)}
    with (tmp_path / "log").open("wb") as log:
        script = subprocess.Popen(["script/server"], cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True)
        wait_until(lambda: answers(port), "the server starts")
        wait_until(lambda: len(processes(mark)) >= 6, "script, main, two processes, the background and its loop")
        os.kill(script.pid, by)
        script.wait()
        wait_until(lambda: not processes(mark), "every process is gone")
    assert not answers(port)


@pytest.mark.skipif(not has_postgres(), reason="there are no PostgreSQL binaries here")
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="it takes Linux to see who is left")
@pytest.mark.parametrize("by", ENDS_OF_POSTGRES, ids=lambda by: by.name)
def test_postgresql_and_the_command_end_with_their_script(by: signal.Signals, tmp_path: Path) -> None:
    mark = f"MARK={tmp_path}"
    said = tmp_path / "url"
    command = f'sleep 600 & echo "$TEST_DATABASE_URL" > {said}.new; mv {said}.new {said}; sleep 600; true'
    script = subprocess.Popen(
        ["script/postgres", "bash", "-c", command],
        cwd=ROOT,
        env=os.environ | {"MARK": str(tmp_path), "TMPDIR": "/tmp"},
        start_new_session=True,
    )
    wait_until(said.exists, "PostgreSQL starts")
    port = int(said.read_text().rsplit(":", 1)[1].split("/")[0])
    assert answers(port)
    os.kill(script.pid, by)
    script.wait()
    wait_until(lambda: not answers(port), "PostgreSQL is gone")
    wait_until(lambda: not processes(mark), "every process is gone")
