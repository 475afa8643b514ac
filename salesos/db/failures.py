"""How a database fails to do its work: it is busy, slow, full, or gone. None of these is a defect of ours."""

from __future__ import annotations

from enum import Enum

from django.db import InterfaceError, OperationalError


class Failure(Enum):
    """A way to fail: the code and the sentence that callers are told, and after how many seconds to try again."""

    BUSY = "busy", "the database is busy; nothing was changed, try again", 1
    SLOW = "too_slow", "the database took too long; nothing was changed, ask for less or try again", 5
    FULL = "disk_full", "the disk of the database is full; nothing was changed", None
    GONE = "database", "the database does not answer; try again", 2

    def __init__(self, code: str, message: str, retry_after: int | None) -> None:
        self.code = code
        self.message = message
        self.retry_after = retry_after


# PostgreSQL's codes, and SQLite's names of its errors.
_KINDS = {
    "57014": Failure.SLOW,  # statement_timeout
    "53100": Failure.FULL,
    "57P01": Failure.GONE,  # it shuts down, crashed, or starts
    "57P02": Failure.GONE,
    "57P03": Failure.GONE,
    "57P05": Failure.GONE,
    "25P03": Failure.GONE,  # idle_in_transaction_session_timeout
    "SQLITE_FULL": Failure.FULL,
    "SQLITE_CANTOPEN": Failure.GONE,
    "SQLITE_READONLY": Failure.GONE,
}


def failure_of(error: BaseException) -> Failure | None:
    """How the database failed, or None where an error says something else."""
    if isinstance(error, InterfaceError):
        return Failure.GONE
    if not isinstance(error, OperationalError):
        return None
    cause = error.__cause__
    code = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None)
    if code is None:
        # The driver's own: there is no connection, or it broke off.
        return Failure.GONE
    return Failure.GONE if code.startswith("08") else _KINDS.get(code, Failure.BUSY)
