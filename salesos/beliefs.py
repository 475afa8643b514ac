"""Beliefs: what this process remembers of a row, confirmed by the very statement that reads what was asked for.

Each request must know who asks, and what the schema is, as it is now. Reading both first costs a small request most
of its time. So a request that only reads may go by what the process remembers, as a *belief*: a condition that holds
while the row is as it was. The next statement carries the beliefs with it and says whether they held, in the same
snapshot of the database. Where one did not, whatever was made of it is thrown away, and the request done again with
everything read anew. No answer leaves before all its beliefs are confirmed (``salesos.rest.believing``).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import QuerySet

K = TypeVar("K")
V = TypeVar("V")

KEPT = 10_000


class OutdatedError(Exception):
    """A belief did not hold: what was made of it is wrong."""


class Condition:
    """A kind of belief: there is such a row. ``build`` is a query with parameters."""

    def __init__(self, build: Callable[[], QuerySet[Any, Any]]) -> None:
        self._build = build
        self._compiled: tuple[str, Sequence[Any]] | None = None

    def compiled(self) -> tuple[str, Sequence[Any]]:
        """Its SQL, and the parameters with their parameters."""
        if self._compiled is None:
            sql, params = self._build().order_by().values_list("pk").query.get_compiler(connection.alias).as_sql()
            self._compiled = f"EXISTS ({sql})", params
        return self._compiled


@dataclass
class Belief:
    """A condition, and what goes into its parameters; ``filled`` is the same as parameters, once they were wanted."""

    condition: Condition
    values: Mapping[Any, Any]
    filled: list[Any] | None = None


@dataclass
class Beliefs:
    """The beliefs of one request that are not confirmed yet."""

    open: list[Belief] = field(default_factory=list)
    forgets: list[Callable[[], Any]] = field(default_factory=list)

    def forget(self) -> None:
        """Remember nothing of what was believed."""
        for forget in self.forgets:
            forget()


_current: ContextVar[Beliefs | None] = ContextVar("beliefs", default=None)


def current() -> Beliefs | None:
    """The beliefs of this request, or None where it may have none."""
    return _current.get()


@contextlib.contextmanager
def allowed() -> Iterator[Beliefs]:
    """Let what runs inside believe what is remembered. Who opens this sees to it that nothing stays unconfirmed."""
    beliefs = Beliefs()
    token = _current.set(beliefs)
    try:
        yield beliefs
    finally:
        _current.reset(token)


class Memory(Generic[K, V]):
    """What a process remembers of one kind of row, by some key."""

    def __init__(self, condition: Condition, values: Callable[[K, V], Mapping[Any, Any]]) -> None:
        """``values`` gives what goes into the parameters of ``condition``, from what is remembered."""
        self._condition = condition
        self._values = values
        self._kept: dict[K, tuple[V, Belief]] = {}

    def believed(self, key: K) -> V | None:
        """What is remembered, as a belief of this request; None where there is none, or it may have none."""
        beliefs = current()
        found = self._kept.get(key) if beliefs is not None else None
        if beliefs is None or found is None:
            return None
        value, belief = found
        beliefs.open.append(belief)
        beliefs.forgets.append(lambda: self._kept.pop(key, None))
        return value

    def remember(self, key: K, value: V) -> None:
        """Keep what was just read."""
        while len(self._kept) >= KEPT:
            self._kept.pop(next(iter(self._kept)), None)
        self._kept[key] = value, Belief(self._condition, self._values(key, value))
