"""What happens to records, told to whoever listens.

Every function that writes records tells it here, within its transaction and in batches: one for a bulk of a thousand,
one for a deletion with all that goes along. A receiver that raises undoes the write.

    @receiver(records_changed)
    def note(changes: Sequence[Change], **_: Any) -> None: ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.dispatch import Signal

from customobjects.schema import Schema
from salesos.accounts.actor import Actor, Via

# Sent with ``changes``, a list of ``Change``.
records_changed = Signal()


class ChangeKind(StrEnum):
    """What was done to a record."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True)
class RecordState:
    """What a record holds at one version: ``data`` has canonical values by ``data_key``."""

    id: UUID
    version: int
    owner_id: UUID | None
    data: Mapping[str, Any]
    name: str


@dataclass(frozen=True)
class Change:
    """One change of one record. ``before`` is None for a new one, ``after`` for a deleted one.

    ``actor`` is None where the server itself did it, as in a backfill.
    """

    kind: ChangeKind
    schema: Schema
    before: RecordState | None
    after: RecordState | None
    actor: Actor | None

    @property
    def record_id(self) -> UUID:
        """The id of the record."""
        state = self.after or self.before
        assert state is not None
        return state.id

    @property
    def via(self) -> Via:
        """What it was done through."""
        return self.actor.via if self.actor else Via.SYSTEM


def is_heard() -> bool:
    """Whether anybody listens."""
    return records_changed.has_listeners()


def tell(changes: Callable[[], Iterable[Change]]) -> None:
    """Tell some changes of this transaction. Where nobody listens, they are not even made."""
    if is_heard() and (made := list(changes())):
        records_changed.send(sender=None, changes=made)
