"""Caches of one process: bounded in bytes, safe for threads, and revalidated where they hold what a row said.

names: RevalidatedCache[UUID, int, str] = RevalidatedCache(max_bytes=1_000_000, size_of=len)
names.put(id_, 3, "Compressor")
names.get(id_, 3)                   # "Compressor": the row, just read, is still at version 3
names.get(id_, 4)                   # None: what is kept is stale
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

from cachetools import FIFOCache

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Version = TypeVar("Version")


class BoundedCache(Generic[K, V]):
    """Values by key. The oldest go when all together are larger than ``max_bytes``."""

    def __init__(self, *, max_bytes: int, size_of: Callable[[V], int]) -> None:
        """``size_of`` gives about how many bytes a value takes, its key included."""
        self._kept: FIFOCache[K, V] = FIFOCache(max_bytes, getsizeof=size_of)
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def size_bytes(self) -> int:
        """How many bytes all values take, by ``size_of``."""
        return int(self._kept.currsize)

    def get(self, key: K) -> V | None:
        """The value at a key, or None."""
        try:
            # Nothing moves in such a cache when it is read, so that no lock is needed.
            return self._kept[key]
        except KeyError:
            return None

    def put(self, key: K, value: V) -> None:
        """Keep a value. One that is larger than the whole cache is not kept."""
        with self._lock:
            if self._kept.getsizeof(value) <= self._kept.maxsize:
                self._kept[key] = value

    def memoize(self, key: K, make: Callable[[], V]) -> V:
        """The value at a key; ``make`` gives it where there is none yet."""
        found = self.get(key)
        if found is None:
            found = make()
            self.put(key, found)
        return found


class RevalidatedCache(Generic[K, Version, V]):
    """What was made of rows, by their keys. Only the newest version of each is kept."""

    def __init__(self, *, max_bytes: int, size_of: Callable[[V], int]) -> None:
        self._kept: BoundedCache[K, tuple[Version, V]] = BoundedCache(
            max_bytes=max_bytes, size_of=lambda entry: size_of(entry[1])
        )

    def get(self, key: K, version: Version) -> V | None:
        """What was made of a row whose version was just read, or None where what is kept is stale."""
        found = self._kept.get(key)
        return found[1] if found is not None and found[0] == version else None

    def newest(self, key: K) -> V | None:
        """What is kept, which may be stale: for who learns the version later."""
        found = self._kept.get(key)
        return found[1] if found is not None else None

    def put(self, key: K, version: Version, value: V) -> None:
        """Keep what was just made of a row, in place of what was made of an earlier version."""
        self._kept.put(key, (version, value))
