"""The limit: a bare WSGI application that runs the one needed statement, and returns its text.

No framework, no permissions, no checks: as fast as Python on this server and this database can be. ``LIMIT_FILE``
holds the statements by path, as ``benchmarks.run`` wrote them.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import psycopg
from uuid6 import uuid7

STATEMENTS: dict[str, dict[str, Any]] = json.loads(Path(os.environ["LIMIT_FILE"]).read_text())
DATABASE = os.environ["DATABASE_URL"]
IS_POSTGRESQL = DATABASE.startswith("postgres")
ANY_ID = UUID("00000000-0000-7000-8000-000000000000")
_local = threading.local()


def _as_stored(id_: UUID) -> str:
    return str(id_) if IS_POSTGRESQL else id_.hex


def _run(found: dict[str, Any], id_: UUID) -> str:
    """Run statements one after the other; the text of the last one that gives any."""
    text = ""
    given = {":id": _as_stored(id_), ":row": found.get("row", "").replace(_as_stored(ANY_ID), _as_stored(id_))}
    for sql, params in found["steps"]:
        rows = _execute(sql, [given.get(p, p) if isinstance(p, str) else p for p in params])
        if rows:
            # Beside the documents there may be ids, which are shorter.
            text = ",".join([max((cell for cell in row if isinstance(cell, str)), key=len, default="") for row in rows])
    return text


def _execute(sql: str, values: list[Any]) -> list[Any]:
    connection = getattr(_local, "connection", None)
    if connection is None:
        connection = _local.connection = _connect()
    if not IS_POSTGRESQL:
        return list(connection.execute(sql.replace("%s", "?"), values).fetchall())
    cursor = connection.execute(sql, values, prepare=True) if values else connection.execute(sql)
    return cursor.fetchall() if cursor.description else []


def _connect() -> Any:
    if not IS_POSTGRESQL:
        connection = sqlite3.connect(DATABASE.removeprefix("sqlite:///"), isolation_level=None, timeout=20)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-64000"):
            connection.execute(f"PRAGMA {pragma}")
        return connection
    return psycopg.connect(DATABASE, autocommit=True)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Run what the path names; ``?id=`` or a new id fills its parameters."""
    asked = parse_qs(environ["QUERY_STRING"]).get("id")
    if environ["REQUEST_METHOD"] == "POST":
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    body = _run(STATEMENTS[environ["PATH_INFO"]], UUID(asked[0]) if asked else uuid7()).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
