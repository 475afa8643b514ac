"""All that this project uses of granian beside its documented interfaces.

``tests/processes/test_serving.py`` says which of it a new version of granian has changed.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import granian._futures
from granian._granian import RSGIProtocolClosed
from granian.server.common import AbstractServer

logger = logging.getLogger(__name__)

# So many processes may end within a minute, and come back. What ends more often can't start.
MAX_DEATHS_A_MINUTE = 60


def take_requests(take: Callable[[Any, Any], None]) -> None:
    """Have ``take(scope, protocol)`` called for each request as soon as its head is there.

    It runs in the server's one thread for this, which must not wait. Otherwise granian makes a task of the event loop
    of each request: with that and the turns of the loop that it takes, a small request cost 400 µs instead of 305.
    """

    def make_schedule(loop: Any, context: Any, callback: Any) -> Callable[[Any], None]:
        def schedule(watcher: Any) -> None:
            try:
                take(watcher.scope, watcher.proto)
            except BaseException:
                logger.exception("A request was not taken")
                watcher.done()

        return schedule

    granian._futures._cbsched_aioschedule = make_schedule


def is_read(sent: Any) -> bool:
    """Whether anybody is there to read a part of an answer that was sent.

    ``sent`` is what granian gives to be awaited. It is done already: it never waits, and a thread need not, either.
    """
    try:
        for _ in sent.__await__():
            pass
    except RSGIProtocolClosed:
        return False
    return True


class _Respawned(dict[int, float]):
    """When each process was started anew. Empty to who asks, as long as deaths are not too many."""

    def __init__(self) -> None:
        super().__init__()
        self._deaths: deque[float] = deque(maxlen=MAX_DEATHS_A_MINUTE)

    def get(self, index: int, default: Any = None) -> Any:
        now = time.monotonic()
        is_loop = len(self._deaths) == MAX_DEATHS_A_MINUTE and now - self._deaths[0] < 60
        self._deaths.append(now)
        return now if is_loop else default


def never_give_up(server: AbstractServer[Any]) -> None:
    """Start a process anew also where it ended within 5.5 seconds of its start, which granian takes for the end."""
    server.respawned_wrks = _Respawned()
