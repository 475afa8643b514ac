"""What happens to records, noted in their history, and told to whoever listens.

Every function that writes records tells it here, within its transaction and in batches: one for a bulk of a thousand,
one for a deletion with all that goes along. A receiver that raises undoes the write. What one statement writes
(``storage.rows.update_if_current``) has its revision in the same, by ``revision_row``.

    @receiver(records_changed)
    def note(changes: Sequence[Change], **_: Any) -> None: ...
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from django.dispatch import Signal

from customobjects.models import Record
from customobjects.models.revision import OWNER
from customobjects.schema import Schema
from customobjects.services.current_change import current, making
from customobjects.storage.rows import insert_revisions
from salesos import json
from salesos.accounts.actor import Actor, Via

# Sent with ``changes``, a list of ``Change``.
records_changed = Signal()


class ChangeKind(StrEnum):
    """What was done to a record."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    RESTORE = "restore"


class RecordState(NamedTuple):
    """What a record holds at one version: ``data`` has canonical values by ``data_key``."""

    id: UUID
    version: int
    owner_id: UUID | None
    data: Mapping[str, Any]
    name: str


class Change(NamedTuple):
    """One change of one record. ``before`` is None for a new one, ``after`` for a deleted one.

    What a restored one gave up, since it stood in the way, it held before.

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
    def version(self) -> int:
        """The version that the record has now. Deleting it is one more."""
        if self.after is None:
            assert self.before is not None
            return self.before.version + 1
        return self.after.version

    def differences(self) -> dict[str, list[Any]]:
        """What the record holds otherwise: by ``data_key``, and ``OWNER``, the values before and after."""
        before, after = self.before, self.after
        if before is None or after is None:
            return {}
        held, holds = before.data.get, after.data.get
        # Most values are the very same.
        keys = sorted(key for key in before.data.keys() | after.data.keys() if held(key) is not holds(key))
        found = {key: [held(key), holds(key)] for key in keys if not json.are_same(held(key), holds(key))}
        if before.owner_id != after.owner_id:
            found[OWNER] = [_text(before.owner_id), _text(after.owner_id)]
        return found

    @property
    def via(self) -> Via:
        """What it was done through."""
        return self.actor.via if self.actor else Via.SYSTEM


def _text(id_: UUID | None) -> str | None:
    return None if id_ is None else str(id_)


def is_heard() -> bool:
    """Whether anybody listens."""
    return records_changed.has_listeners()


def rewritten(schema: Schema, rows: Iterable[tuple[Record, Mapping[str, Any]]]) -> Iterator[Change]:
    """What the server itself did to records, by the rows that it has written: those that are at another version."""
    for record, row in rows:
        if row["version"] != record.version:
            before = RecordState(record.id, record.version, record.owner_id, record.data, record.name)
            after = RecordState(record.id, row["version"], record.owner_id, row["data"], row["name"])
            yield Change(ChangeKind.UPDATE, schema, before, after, None)


def is_told(schema: Schema, kind: ChangeKind) -> bool:
    """Whether a change of such a kind is noted, or anybody listens. Else it need not be made."""
    return is_heard() or _is_noted(schema, kind)


def _is_noted(schema: Schema, kind: ChangeKind) -> bool:
    # The record itself tells who made it.
    return schema.enable_history and kind is not ChangeKind.CREATE


def tell(changes: Iterable[Change]) -> None:
    """Note some changes of this transaction in their records' histories, and tell them to whoever listens.

    They are of one organization. What the server does by itself, batch by batch, is one change for each batch.
    """
    made = list(changes)
    with making():
        if noted := [row for change in made if (row := revision_row(change))]:
            current().transaction = insert_revisions(noted)
    if made and is_heard():
        records_changed.send(sender=None, changes=made)


def revision_row(change: Change) -> dict[str, Any] | None:
    """The columns of a change's revision; None where there is to be none."""
    if not _is_noted(change.schema, change.kind):
        return None
    whole = current()
    return {
        "organization_id": change.schema.organization_id,
        "custom_object_id": change.schema.id,
        "record_id": change.record_id,
        "version": change.version,
        "kind": change.kind.value,
        "changes": change.differences(),
        "change_id": whole.id,
        "transaction": whole.transaction,
        "at": whole.at,
        "by_id": change.actor.user_id if change.actor else None,
        "via": change.via.value,
    }
