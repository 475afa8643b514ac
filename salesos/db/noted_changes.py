"""What a request has changed: noted where it is written, and told by the answer."""

from __future__ import annotations

from contextvars import ContextVar
from uuid import UUID

_noted: ContextVar[str | None] = ContextVar("noted change", default=None)


def change_reference(id_: UUID, transaction: int) -> str:
    """What callers know a change by: its id, behind the number of its transaction, which leads to it in an index."""
    return f"{transaction}-{id_.hex}"


def note(id_: UUID, transaction: int) -> None:
    """Note the change that this request made. Of several, the last is told."""
    _noted.set(change_reference(id_, transaction))


def take() -> str | None:
    """The reference of the change that was noted since the last time, or None."""
    noted = _noted.get()
    if noted is not None:
        _noted.set(None)
    return noted
