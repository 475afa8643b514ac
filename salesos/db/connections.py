"""How statements are sent to the database, so that it plans each of them once.

PostgreSQL's driver prepares a statement that comes again. With parameters, one plan serves all their values; written
into the statement, values are in the planner's sight, and each set of them has a plan of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper

Row = tuple[Any, ...]

# Statements that a connection keeps prepared: those that were used last.
PREPARED = 500


@dataclass(frozen=True)
class _Cursors:
    """The cursors that a connection keeps: for running statements, and for writing values into them.

    ``raw`` is the driver's own that ``running`` wraps.
    """

    connection: Any
    running: CursorWrapper
    raw: Any
    writing: Any


def here() -> Any:
    """This thread's connection. Looked up once: each attribute of Django's ``connection`` is a look-up of its own."""
    return connections[DEFAULT_DB_ALIAS]


def run(sql: str, params: Sequence[Any]) -> list[Row]:
    """Run a statement, and read all its rows."""
    return run_on(here(), sql, params)


def run_on(connection: Any, sql: str, params: Sequence[Any]) -> list[Row]:
    """Run a statement, and read all its rows. SQLite's driver prepares by itself.

    Where statements are logged none are prepared, so that the log shows their values.
    """
    if not prepares(connection):
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return list(cursor.fetchall())
    cursors = _cursors(connection)
    cursors.running.execute(sql, params)
    # All is here now, and nothing can go wrong any more that Django would have to translate.
    return list(cursors.raw.fetchall())


def prepares(connection: Any) -> bool:
    """Whether statements are prepared, and so values are better written into those that depend on them."""
    return connection.vendor == "postgresql" and not connection.queries_logged


def literal(connection: Any, value: Any) -> str:
    """A value as it is written into a statement that has parameters, too."""
    written: str = _cursors(connection).writing.mogrify("%s", [value])
    return written.replace("%", "%%")


def _cursors(connection: Any) -> _Cursors:
    from django.db.backends.postgresql.base import ServerBindingCursor

    connection.ensure_connection()
    kept: _Cursors | None = getattr(connection, "statement_cursors", None)
    if kept is None or kept.connection is not connection.connection:
        connection.connection.prepared_max = PREPARED
        # Django uses this class itself, where all statements are to be bound by the server.
        raw: Any = ServerBindingCursor(connection.connection)  # type: ignore[call-arg]
        kept = connection.statement_cursors = _Cursors(
            connection.connection, connection.make_cursor(raw), raw, connection.connection.cursor()
        )
    return kept
