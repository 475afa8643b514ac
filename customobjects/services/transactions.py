"""One transaction for one write, and the locks that writes take."""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import OperationalError, connection, transaction
from django.db.models import Model, QuerySet

from customobjects.services import current_change

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=Model)

# PostgreSQL's codes for "your transaction lost against another one; run it again".
LOST_TRANSACTION_STATES = {"40001", "40P01"}
MAX_ATTEMPTS = 6
# How long the loser waits at most before it runs again; twice as long each time. At random, as two who lost to each
# other would meet again.
FIRST_WAIT_SECONDS = 0.02


def write(function: Callable[P, R]) -> Callable[P, R]:
    """Run a service in one transaction, and again where it lost a deadlock against another one.

    Every public function of ``services`` that writes is wrapped so; all that it writes is one change. Within a
    transaction of the caller's it is a part of that one, and a deadlock is the caller's to repeat.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(MAX_ATTEMPTS - 1):
            outermost = not connection.in_atomic_block
            try:
                with current_change.making(), transaction.atomic():
                    return function(*args, **kwargs)
            except OperationalError as error:
                if not outermost or not is_lost(error):
                    raise
            time.sleep(random.uniform(0, FIRST_WAIT_SECONDS * 2**attempt))
        with current_change.making(), transaction.atomic():
            return function(*args, **kwargs)

    return run


def is_lost(error: OperationalError) -> bool:
    """Whether a transaction lost against another one, and may be run again."""
    return getattr(error.__cause__, "sqlstate", None) in LOST_TRANSACTION_STATES


def share(rows: QuerySet[M], *, lock: str = "KEY SHARE") -> list[M]:
    """Read rows that must stay as they are until this transaction ends, without keeping others from doing the same.

    Whoever changes such a row takes it ``FOR UPDATE``, and so waits for us, or we for them; from one who just updates
    it, ``SHARE`` keeps it. Django has no word for PostgreSQL's ``FOR KEY SHARE``; in SQLite only one transaction writes
    at a time anyway.
    """
    if connection.vendor != "postgresql":
        return list(rows)
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return []
    table = connection.ops.quote_name(rows.model._meta.db_table)
    return list(rows.model._default_manager.raw(f"{sql} FOR {lock} OF {table}", params))
