"""A PostgreSQL of a test's own, which the test may kill and start again."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path
from types import TracebackType

import psycopg

from tests.server import ROOT, wait_until


def has_postgres() -> bool:
    """Whether there are PostgreSQL's binaries."""
    return bool(shutil.which("pg_config") or list(Path("/usr/lib/postgresql").glob("*/bin/initdb")))


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs, such as pg_dump."""
    if shutil.which("pg_config"):
        folder = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=True).stdout.strip()
        if (Path(folder) / name).exists():
            return str(Path(folder) / name)
    return str(max(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4])))


class Postgres:
    """What ``script/postgres`` starts."""

    def __init__(self, folder: Path) -> None:
        self._said = folder / "postgres-url"

    def __enter__(self) -> Postgres:
        command = f'echo "$TEST_DATABASE_URL" > {self._said}.new; mv {self._said}.new {self._said}; exec sleep 100000'
        self._script = subprocess.Popen(["script/postgres", "bash", "-c", command], cwd=ROOT, start_new_session=True)
        wait_until(self._said.exists, "PostgreSQL starts")
        self.url = self._said.read_text().strip()
        with psycopg.connect(self.url) as connection:
            self._data = Path(connection.execute("SHOW data_directory").fetchone()[0])  # type: ignore[index]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self._script.terminate()
        self._script.wait()

    def kill(self) -> None:
        """End it at once, as a crash would; who is connected hears of it or not."""
        try:
            process = int((self._data / "postmaster.pid").read_text().split()[0])
            os.kill(process, signal.SIGQUIT)
        except (FileNotFoundError, ProcessLookupError):
            return
        wait_until(lambda: not (self._data / "postmaster.pid").exists(), "PostgreSQL ends")

    def start(self) -> None:
        """Start it again where it was, and wait until it answers."""
        program, *options = (self._data / "postmaster.opts").read_text().replace('"', "").split()
        command = [str(Path(program).with_name("pg_ctl")), "start", "-w", "-s", "-D", str(self._data)]
        # As the user whose data it is, which is another one where the tests run as root.
        owner = pwd.getpwuid(self._data.stat().st_uid)
        as_owner = ["setpriv", "--reuid", owner.pw_name, "--regid", str(owner.pw_gid), "--clear-groups"]
        subprocess.run(
            [
                *(as_owner if owner.pw_uid != os.getuid() and shutil.which("setpriv") else []),
                *command,
                "-l",
                str(self._data.parent / "server.log"),
                "-o",
                " ".join(options[2:]),
            ],
            check=True,
            cwd=self._data.parent,
        )
