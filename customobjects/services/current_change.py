"""The change that is being made: all that one request writes, in one transaction.

Its id names it to whoever may want to take it back, with its place in the order of all changes. It begins with the
outermost service that writes (``transactions.write``), and is told to the caller in the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.utils import timezone
from uuid_utils.compat import uuid7

from customobjects.storage.transaction_numbers import current_number
from salesos.db.noted_changes import note


@dataclass
class CurrentChange:
    """A change: its id, and the number of its transaction once something of it is kept; none, where nothing is."""

    id: UUID = field(default_factory=uuid7)
    transaction: int | None = None

    @cached_property
    def at(self) -> datetime:
        """When it is made: the moment at which this is asked for the first time, with all locks taken.

        Within ``happening_at``, the moment that is said there.
        """
        return _moment.get() or timezone.now()

    def forget(self) -> None:
        """Say that what was written so far is not kept."""
        self.transaction = None

    def number(self, organization_id: UUID) -> int:
        """The number of the transaction, which is open. One query, the first time."""
        if self.transaction is None:
            self.transaction = current_number(organization_id)
        return self.transaction


_current: ContextVar[CurrentChange | None] = ContextVar("current change", default=None)
_moment: ContextVar[datetime | None] = ContextVar("when changes are made", default=None)


def current() -> CurrentChange:
    """The change that is being made; a new one, where none is."""
    return _current.get() or CurrentChange()


@contextmanager
def making() -> Iterator[None]:
    """Make a change, or go on with the one that is being made. In the end, what is kept of it is noted."""
    if _current.get() is not None:
        yield
        return
    change = CurrentChange()
    token = _current.set(change)
    try:
        yield
    finally:
        _current.reset(token)
    if change.transaction is not None:
        note(change.id, change.transaction)


@contextmanager
def happening_at(moment: datetime) -> Iterator[None]:
    """Have changes that are begun within be made at a moment in the past, as those of sample data are."""
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)
