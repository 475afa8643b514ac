"""What a request has changed: noted where it is written, and told by the answer."""

from __future__ import annotations

from contextvars import ContextVar
from uuid import UUID

# Numbers of transactions have 63 bits.
MAX_DIGITS = 19

_noted: ContextVar[str | None] = ContextVar("noted change", default=None)


def change_reference(id_: UUID, transaction: int) -> str:
    """What callers know a change by: its id, behind the number of its transaction, which leads to it in an index."""
    return f"{transaction}-{id_.hex}"


def read_reference(reference: str) -> tuple[int, UUID] | None:
    """The number and the id that a reference was made of, or None for a text that is none."""
    transaction, _dash, hexadecimal = reference.partition("-")
    try:
        id_ = UUID(hexadecimal)
    except ValueError:
        return None
    is_number = transaction.isascii() and transaction.isdigit() and len(transaction) < MAX_DIGITS
    return (int(transaction), id_) if is_number else None


def note(id_: UUID, transaction: int) -> None:
    """Note the change that this request made. Of several, the last is told."""
    _noted.set(change_reference(id_, transaction))


def take() -> str | None:
    """The reference of the change that was noted since the last time, or None."""
    noted = _noted.get()
    if noted is not None:
        _noted.set(None)
    return noted
