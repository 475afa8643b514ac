"""How statements are sent over a thread's connection.

PostgreSQL plans a statement in half a millisecond and answers a small one in a fifth of that, so what comes again is
prepared: sent once, and from then on named. One plan then serves all values of its parameters. A filter wants a plan
of its own for each set of values, as the best one for a common value may be the worst for a rare one:

    execute(sql, [id_])                              # prepared; one plan for all ids
    execute(sql, ["active", 500], by_values=True)    # the first time: bound, planned for these values, not prepared
    execute(sql, ["active", 500], by_values=True)    # again: these values written in, prepared, planned no more
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.base import FORMAT_QMARK_REGEX

from salesos.db.caches import BoundedCache
from salesos.db.django_internals import Row, server_cursor

# Statements that a connection keeps prepared: those that were used last.
MAX_PREPARED_STATEMENTS = 100
# A larger statement is neither prepared nor kept in any form, with its values or without.
MAX_KEPT_STATEMENT_BYTES = 16_000
# Statements with values written in: how large all of them may be.
WRITTEN_STATEMENTS_CACHE_BYTES = 8_000_000
# Values that came once, by their hash.
SEEN_VALUES_CACHE_SIZE = 20_000
SQLITE_STATEMENTS_CACHE_SIZE = 1_000
# SQLite goes on counting where a statement that it keeps has ended before, and so calls the first time too early, by
# up to one part.
PARTS_OF_STEPS = 8

_seen: BoundedCache[int, bool] = BoundedCache(max_bytes=SEEN_VALUES_CACHE_SIZE, size_of=lambda _: 1)
_written: BoundedCache[tuple[str, Row], str] = BoundedCache(max_bytes=WRITTEN_STATEMENTS_CACHE_BYTES, size_of=len)


class _Cursors(NamedTuple):
    """The cursors that a connection of psycopg's keeps."""

    connection: Any
    running: Any
    # Writes values into statements, as the connection's own settings want them.
    writing: Any


class TooManySteps(Exception):
    """SQLite has taken as many steps for a statement as it was given, and is not done."""


def execute(sql: str, params: Sequence[Any], *, by_values: bool = False, steps: int = 0) -> list[Row]:
    """Run a statement, and read all its rows. Raises Django's database errors.

    With ``by_values`` PostgreSQL plans it for each set of values; they must be hashable. SQLite ends one that is given
    a number of ``steps`` (instructions of its machine) after about so many, and raises ``TooManySteps``.
    """
    if steps and connections[DEFAULT_DB_ALIAS].vendor == "sqlite":
        with _limited(steps):
            return execute(sql, params)
    # Looked up once: each attribute of Django's ``connection`` is a look-up of its own.
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.queries_logged or connection.execute_wrappers:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return list(cursor.fetchall())
    if connection.connection is None:
        connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        if connection.vendor == "postgresql":
            return _execute_on_postgresql(connection, sql, params, by_values=by_values)
        convert = _with_question_marks if len(sql) <= MAX_KEPT_STATEMENT_BYTES else _with_question_marks.__wrapped__
        return list(connection.connection.execute(convert(sql), params).fetchall())


def execute_together(statements: Sequence[tuple[str, Sequence[Any]]]) -> list[list[Row]]:
    """Run statements in one transaction, up to the first that gives no rows; returns the rows of each that ran.

    Raises Django's database errors. Where there is no transaction yet, SQLite's begins and ends here: Django's own
    ``atomic`` would hold SQLite's one lock for half as long again.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with transaction.atomic():
            return _until_nothing(statements)
    connection.ensure_connection()
    with connection.wrap_database_errors:
        connection.connection.execute("BEGIN IMMEDIATE")
    try:
        found = _until_nothing(statements)
        with connection.wrap_database_errors:
            connection.connection.execute("COMMIT")
    except BaseException:
        if connection.connection.in_transaction:
            connection.connection.execute("ROLLBACK")
        raise
    return found


def _until_nothing(statements: Sequence[tuple[str, Sequence[Any]]]) -> list[list[Row]]:
    found = []
    for sql, params in statements:
        found.append(execute(sql, params))
        if not found[-1]:
            break
    return found


@contextmanager
def _limited(steps: int) -> Iterator[None]:
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    raw = connection.connection
    parts = count(1)
    raw.set_progress_handler(lambda: _is_last(next(parts)), max(steps // PARTS_OF_STEPS, 1))
    try:
        yield
    except OperationalError as error:
        if getattr(error.__cause__, "sqlite_errorname", "") == "SQLITE_INTERRUPT":
            raise TooManySteps from None
        raise
    finally:
        raw.set_progress_handler(None, 0)


def _is_last(part: int) -> bool:
    return part > PARTS_OF_STEPS


@lru_cache(maxsize=SQLITE_STATEMENTS_CACHE_SIZE)
def _with_question_marks(sql: str) -> str:
    """The statement as SQLite's driver wants it. Django makes that anew each time."""
    return FORMAT_QMARK_REGEX.sub("?", sql).replace("%%", "%")


def _execute_on_postgresql(
    connection: BaseDatabaseWrapper, sql: str, params: Sequence[Any], *, by_values: bool
) -> list[Row]:
    cursors = _cursors(connection)
    if not by_values:
        # Left to itself, the driver prepares what comes again.
        cursors.running.execute(sql, params, prepare=None if len(sql) <= MAX_KEPT_STATEMENT_BYTES else False)
    elif connection.connection.prepare_threshold and (written := _written_statement(cursors, sql, tuple(params))):
        cursors.running.execute(written, prepare=True)
    else:
        cursors.running.execute(sql, params, prepare=False)
    return list(cursors.running.fetchall())


def _written_statement(cursors: _Cursors, sql: str, params: tuple[Any, ...]) -> str | None:
    """The statement with its values written in, or None for values that come for the first time, or are too large."""
    size = len(sql) + sum(len(param) for param in params if isinstance(param, str))
    if size > MAX_KEPT_STATEMENT_BYTES:
        return None
    statement = sql, params
    written = _written.get(statement)
    if written is not None:
        return written
    hashed = hash(statement)
    if _seen.get(hashed) is None:
        _seen.put(hashed, True)
        return None
    # The driver quotes a text with a backslash as E'…', which means the same whatever standard_conforming_strings is.
    written = str(cursors.writing.mogrify(sql, params))
    _written.put(statement, written)
    return written


def _cursors(connection: BaseDatabaseWrapper) -> _Cursors:
    kept: _Cursors | None = getattr(connection, "kept_cursors", None)
    if kept is None or kept.connection is not connection.connection:
        connection.connection.prepared_max = MAX_PREPARED_STATEMENTS
        kept = _Cursors(connection.connection, server_cursor(connection), connection.connection.cursor())
        connection.kept_cursors = kept  # type: ignore[attr-defined]
    return kept
