"""The threads that do the work: few, and more only while some are kept waiting by something slow."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Generic, TypeVar

from django.db import connections

logger = logging.getLogger(__name__)
Work = TypeVar("Work")

# Work that takes longer keeps its thread out of the count. Most requests take less than a hundredth of it.
SLOW_SECONDS = 0.2
# A thread that nobody needs any more ends after this time.
IDLE_SECONDS = 30.0
# How long the process waits for its threads when it ends.
END_SECONDS = 10.0


class WorkThreads(Generic[Work]):
    """``usual`` threads work. For each that is at something slow while others wait, one more is started, up to
    ``most``.

    More threads that compute at once would only take the interpreter from each other. ``watch`` is to be called
    several times a second.
    """

    def __init__(self, do: Callable[[Work], None], *, usual: int, most: int) -> None:
        self._do = do
        self._usual, self._most = usual, max(usual, most)
        self._waiting: SimpleQueue[Work | None] = SimpleQueue()
        # When each thread began what it is at; 0 where it waits for work.
        self._began: dict[threading.Thread, float] = {}
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start the usual threads."""
        for _ in range(self._usual):
            self._start_thread()

    def put(self, work: Work) -> None:
        """Have a thread do this when one is free."""
        self._waiting.put(work)

    @property
    def waiting(self) -> int:
        """How much work waits for a thread."""
        return self._waiting.qsize()

    def watch(self) -> None:
        """Start more threads, where work waits and threads are at something slow."""
        if self._waiting.empty():
            return
        for _ in range(min(self._usual - self._quick(), self._most - len(self._began))):
            self._start_thread()

    def end(self) -> None:
        """Have each thread end when it is done with what waits, and wait for them a while."""
        threads = list(self._began)
        for _ in threads:
            self._waiting.put(None)
        deadline = monotonic() + END_SECONDS
        for thread in threads:
            thread.join(max(0.0, deadline - monotonic()))

    def _quick(self) -> int:
        slow_since = monotonic() - SLOW_SECONDS
        return sum(not 0 < began < slow_since for began in list(self._began.values()))

    def _start_thread(self) -> None:
        thread = threading.Thread(target=self._run, name="work", daemon=True)
        self._began[thread] = 0.0
        thread.start()

    def _run(self) -> None:
        thread = threading.current_thread()
        try:
            while True:
                try:
                    work = self._waiting.get(timeout=IDLE_SECONDS)
                except Empty:
                    if self._may_end(thread):
                        return
                    continue
                if work is None:
                    return
                self._began[thread] = monotonic()
                try:
                    self._do(work)
                except Exception:
                    logger.exception("A request was not answered")
                # What it held is not held while this thread waits for the next.
                del work
                self._began[thread] = 0.0
        finally:
            self._began.pop(thread, None)
            connections.close_all()

    def _may_end(self, thread: threading.Thread) -> bool:
        with self._lock:
            if len(self._began) <= self._usual:
                return False
            del self._began[thread]
            return True
