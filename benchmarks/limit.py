"""The limit: a bare WSGI application that runs the needed statements, and returns the text that they give.

No framework, no permissions, no checks: as fast as Python on this server and this database can be. ``LIMIT_FILE``
holds the statements by name, as ``benchmarks.statements`` noted them.
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import psycopg
from uuid_utils.compat import uuid7

from benchmarks.servers import NEW_ID, Step

STATEMENTS: dict[str, list[list[Step]]] = json.loads(Path(os.environ["LIMIT_FILE"]).read_text())
DATABASE = os.environ["DATABASE_URL"]
IS_POSTGRESQL = DATABASE.startswith("postgres")


def _run(steps: list[Step]) -> str:
    """Run statements one after the other; the text of the last one that gives any."""
    text = ""
    for sql, params in steps:
        rows = _execute(sql, [re.sub(NEW_ID, _new_id, param) if isinstance(param, str) else param for param in params])
        if rows:
            # Beside the documents there may be ids, which are shorter.
            text = ",".join([max((cell for cell in row if isinstance(cell, str)), key=len, default="") for row in rows])
    return text


def _new_id(_match: object) -> str:
    return str(uuid7()) if IS_POSTGRESQL else uuid7().hex


def _execute(sql: str, values: list[Any]) -> list[Any]:
    connection = _local.connection
    if not IS_POSTGRESQL:
        return list(connection.execute(sql.replace("%s", "?").replace("%%", "%"), values).fetchall())
    cursor = connection.execute(sql, values) if values else connection.execute(sql.replace("%%", "%"))
    return cursor.fetchall() if cursor.description else []


def _connect() -> Any:
    if IS_POSTGRESQL:
        return psycopg.connect(DATABASE, autocommit=True, prepare_threshold=1)
    # The same settings as the product's, and the functions that it gives to SQLite.
    import django

    django.setup()
    from django.db import connection

    connection.ensure_connection()
    return connection.connection


class _Local(threading.local):
    """The connection of each thread."""

    def __init__(self) -> None:
        self.connection = _connect()


_local = _Local()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Run what the path names, in the variant ``?n=``."""
    number = int(parse_qs(environ["QUERY_STRING"])["n"][0])
    variants = STATEMENTS[environ["PATH_INFO"].strip("/")]
    body = _run(variants[number % len(variants)]).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
