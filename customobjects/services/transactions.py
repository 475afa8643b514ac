"""One transaction for one write, and the locks that writes take.

Every public function of ``services`` that writes is wrapped by ``write``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet

from customobjects.services import current_change
from salesos.db import transactions
from salesos.db.transactions import is_lost

__all__ = ["is_lost", "share", "write"]

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=Model)


def write(function: Callable[P, R]) -> Callable[P, R]:
    """Run a service as ``salesos.db.transactions.write`` does; all that it writes is one change.

    Every public function of ``services`` that writes is wrapped so.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with current_change.making():
            return function(*args, **kwargs)

    return transactions.write(run)


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
