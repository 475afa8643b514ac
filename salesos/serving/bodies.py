"""Bodies that are still arriving: how long they may take, how many there may be, and how large they are together."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import Any, NamedTuple

# Bodies that arrive at once in one process, and the bytes that they and those being worked on may have together.
MAX_ARRIVING = 500
MAX_BYTES = 64 * 1024 * 1024


class Arriving(NamedTuple):
    """A body that is arriving: until when it may, how large it is, and what tells its sender that it came too late."""

    deadline: float
    size: int
    refuse: Callable[[], None]


class Bodies:
    """The bodies that a process holds. Where there are too many, the one that has taken longest makes room."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        # By the future that gives the body, oldest first.
        self._arriving: dict[Any, Arriving] = {}
        self._bytes = 0
        # Threads that are done with a body release it.
        self._lock = Lock()

    def begin(self, future: Any, size: int, refuse: Callable[[], None]) -> None:
        """A body of some size begins to arrive. ``refuse`` is called where it does not in time."""
        self._arriving[future] = Arriving(monotonic() + self._seconds, size, refuse)
        with self._lock:
            self._bytes += size

    def arrived(self, future: Any) -> bool:
        """It is there, or broke off. False where it was refused before. What it takes is held until ``release``."""
        return self._arriving.pop(future, None) is not None

    def release(self, size: int) -> None:
        """The body of some size is needed no more."""
        with self._lock:
            self._bytes -= size

    def watch(self) -> None:
        """Refuse what takes too long, and the oldest where there is too much. To be called in the event loop."""
        now = monotonic()
        for future, oldest in list(self._arriving.items()):
            if oldest.deadline > now and len(self._arriving) <= MAX_ARRIVING and self._bytes <= MAX_BYTES:
                return
            if self.arrived(future):
                self.release(oldest.size)
                future.cancel()
                oldest.refuse()
