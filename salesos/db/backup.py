"""A copy of SQLite's database while it is in use: for ``manage.py backup``."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

from django.db import connection

from salesos.db.private_file import PrivateConnection


def copy_database(path: Path) -> None:
    """Copy SQLite's database, with what is only in its write-ahead log so far, into a new file that its owner may read.

    Others read and write meanwhile; the copy is what was committed when it began. It appears under its name when it is
    whole. Raises ``FileExistsError`` where there is a file of that name, ``OSError`` and ``sqlite3.Error`` where it
    cannot be written.
    """
    if path.exists():
        raise FileExistsError(path)
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    connection.ensure_connection()
    try:
        with closing(PrivateConnection(str(part))) as copy:
            # In one step: it would begin anew whenever somebody has written between two.
            connection.connection.backup(copy)
            # One file, and no log beside it that could be forgotten.
            copy.execute("PRAGMA journal_mode=DELETE")
        _to_disk(part)
        # Unlike a renaming, this does not replace a file that came meanwhile.
        os.link(part, path)
        _to_disk(path.parent)
    finally:
        part.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
