"""SQLite's file and what lies beside it: readable by its owner alone."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from salesos.db.private_file import PrivateConnection
from tests.server import ROOT, environment

BESIDE = ("", "-wal", "-shm")


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(file: Path) -> list[int]:
    return [stat.S_IMODE(Path(f"{file}{suffix}").stat().st_mode) for suffix in BESIDE]


def write(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE IF NOT EXISTS t (x)")
    connection.commit()


def test_what_migrate_makes(tmp_path: Path) -> None:
    file = tmp_path / "db.sqlite3"
    # While it is open, the log and its index lie beside it.
    script = (
        "from django.core.management import call_command; import django; django.setup(); "
        "call_command('migrate', verbosity=0); print('ready', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**environment(f"sqlite:///{file}"), "DJANGO_SETTINGS_MODULE": "salesos.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        found = modes(file)
        process.communicate("\n")
    assert found == [0o600] * 3


def test_a_file_from_before_is_closed_to_others(tmp_path: Path) -> None:
    file = tmp_path / "old.sqlite3"
    with closing(sqlite3.connect(file)) as old:
        write(old)
        assert modes(file) == [0o644] * 3, "what SQLite does by itself"
        with closing(PrivateConnection(str(file))) as now:
            assert modes(file) == [0o600] * 3
            assert now.execute("SELECT count(*) FROM t").fetchone() == (0,)


def test_a_database_in_memory_has_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in (":memory:", "file:x?mode=memory"):
        with closing(PrivateConnection(name, uri=name.startswith("file:"))) as connection:
            connection.execute("CREATE TABLE t (x)")
    assert list(tmp_path.iterdir()) == []


def test_a_second_connection_ends_no_lock_of_the_first(tmp_path: Path) -> None:
    """What another process writes and closes meanwhile, is seen, and nothing of it is lost."""
    file = tmp_path / "db.sqlite3"
    other = (
        f"import sqlite3; c = sqlite3.connect({str(file)!r}); "
        "c.execute('INSERT INTO t VALUES (1)'); c.commit(); c.close()"
    )
    with closing(PrivateConnection(str(file))) as first:
        write(first)
        for number in range(1, 4):
            with closing(PrivateConnection(str(file))) as second:
                subprocess.run([sys.executable, "-c", other], check=True)
                counts = [c.execute("SELECT count(*) FROM t").fetchone()[0] for c in (first, second)]
            assert counts == [number, number]
            assert Path(f"{file}-wal").exists(), "whoever closes it is not the last"
        assert first.execute("PRAGMA integrity_check").fetchone() == ("ok",)
