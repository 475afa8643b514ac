"""SQLite's file, which only its owner may read: everybody's records and password hashes are in it."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import tempfile
from pathlib import Path
from typing import Any

OWNER_ONLY = stat.S_IRUSR | stat.S_IWUSR
# SQLite makes these with the mode that the file has; they may be there from before.
COMPANIONS = ("-wal", "-shm", "-journal")


class PrivateConnection(sqlite3.Connection):
    """A connection to a file that is made, or made to be, its owner's alone before anything is written to it."""

    def __init__(self, database: str, *args: Any, **kwargs: Any) -> None:
        if not database.startswith((":memory:", "file:")):
            _make(Path(database))
            for suffix in ("", *COMPANIONS):
                _close_to_others(Path(f"{database}{suffix}"))
        super().__init__(database, *args, **kwargs)


def _make(path: Path) -> None:
    """Make an empty file for its owner only, where there is none; SQLite makes files that all may read.

    It is never opened under its own name: closing it would end all locks that other connections of this process hold
    on the database, and others would write over what they write (https://sqlite.org/howtocorrupt.html, 2.2).
    """
    if path.exists():
        return
    descriptor, made = tempfile.mkstemp(dir=path.parent)
    os.close(descriptor)
    with contextlib.suppress(FileExistsError):
        os.link(made, path)
    Path(made).unlink()


def _close_to_others(path: Path) -> None:
    # Not there, or another's file that we were let use.
    with contextlib.suppress(FileNotFoundError, PermissionError):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & ~OWNER_ONLY:
            path.chmod(OWNER_ONLY)
