"""One transaction for one piece of work, which is done again where the transaction lost."""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction

P = ParamSpec("P")
R = TypeVar("R")

# PostgreSQL's codes for "your transaction lost against another one; run it again".
LOST_TRANSACTION_STATES = {"40001", "40P01"}
MAX_ATTEMPTS = 6
# How long the loser waits at most before it runs again; twice as long each time. At random, as two who lost to each
# other would meet again.
FIRST_WAIT_SECONDS = 0.02


def write(function: Callable[P, R]) -> Callable[P, R]:
    """Run a function in one transaction, and again where it lost a deadlock against another one.

    Within a transaction of the caller's it is a part of that one, and a deadlock is the caller's to repeat.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(MAX_ATTEMPTS - 1):
            outermost = not connection.in_atomic_block
            try:
                with transaction.atomic():
                    return function(*args, **kwargs)
            except OperationalError as error:
                if not outermost or not is_lost(error):
                    raise
            time.sleep(random.uniform(0, FIRST_WAIT_SECONDS * 2**attempt))
        with transaction.atomic():
            return function(*args, **kwargs)

    return run


def is_lost(error: OperationalError) -> bool:
    """Whether a transaction lost against another one, and may be run again."""
    return getattr(error.__cause__, "sqlstate", None) in LOST_TRANSACTION_STATES
