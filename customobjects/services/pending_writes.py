"""Pending writes: records on their way into the database, one or a thousand, all by the same steps.

A step looks at all writes at once, with as many queries for a thousand as for one, and notes on each what is wrong
with it. What has no problems in the end is stored in one statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from customobjects import access
from customobjects.models import Record
from customobjects.queries.objects import as_uuid
from customobjects.queries.records import RECORD_ID, STORED_COLUMNS
from customobjects.schema import Schema
from customobjects.services import changes
from customobjects.services.changes import Change, ChangeKind, RecordState
from customobjects.services.current_change import current
from customobjects.services.versions import IfVersion, require_version
from customobjects.storage.derivation import derive, record_name
from customobjects.storage.rows import insert_if_current, insert_records, update_if_current, update_records
from salesos import json
from salesos.accounts.actor import Actor
from salesos.db.compiled_queries import CompiledQuery
from salesos.errors import DomainError, NotFound

# Stands for what is not given, where None means nobody.
UNCHANGED: Any = object()


class StoredRecord(RecordState):
    """A record as it is stored, of ``STORED_COLUMNS``.

    It is locked, so that nobody else changes it until this transaction ends, or written only where it is still at
    this version.
    """

    def require_version(self, wanted: IfVersion) -> None:
        """Raises ``PreconditionFailed`` where the caller's copy is not the stored one."""
        require_version("record", self.version, wanted)


@dataclass(frozen=True)
class Origin:
    """When a new record was made, and by whom: where that is not given, now, and by the actor."""

    created_at: datetime | None = None
    created_by: UUID | None = UNCHANGED


HERE_AND_NOW = Origin()


@dataclass
class PendingWrite:
    """What a record is to hold: ``existing`` is what it holds now, or None for a new one.

    One that ``restores`` its record gives back what it held in the trash: all of it counts as new.
    """

    data: dict[str, Any]
    owner_id: UUID | None
    existing: StoredRecord | None = None
    origin: Origin = HERE_AND_NOW
    restores: bool = False
    id: UUID = field(init=False)
    error: DomainError | None = None
    document: str = ""
    # The names that the record is named by, by id, where its schema's ``names_follow``.
    names: Mapping[str, str] = field(default_factory=dict)
    # What the fields that number records have counted it as.
    counts: dict[UUID, int] = field(default_factory=dict)
    # Those of them whose number another record has already.
    taken_numbers: frozenset[UUID] = frozenset()

    def __post_init__(self) -> None:
        self.id = self.existing.id if self.existing else uuid7()

    @property
    def current(self) -> Mapping[str, Any]:
        """The values that the record holds now; in the trash it holds none."""
        return self.existing.data if self.existing and not self.restores else {}

    @property
    def is_unchanged(self) -> bool:
        """Whether there is nothing to store."""
        if self.existing is None or self.restores or self.owner_id != self.existing.owner_id:
            return False
        return json.are_same(self.data, self.current)

    @property
    def version(self) -> int:
        """The version that the record has when the pending write is stored."""
        return 1 if self.existing is None else self.existing.version + (not self.is_unchanged)

    def name(self, schema: Schema) -> str:
        """The name that the record has when the pending write is stored."""
        return record_name(schema, self.data, self.names)

    def renames(self, schema: Schema) -> bool:
        """Whether a record that is there gets another name."""
        return self.existing is not None and self.name(schema) != self.existing.name

    @property
    def kind(self) -> ChangeKind:
        """What storing it is to the record."""
        if self.existing is None:
            return ChangeKind.CREATE
        return ChangeKind.RESTORE if self.restores else ChangeKind.UPDATE

    def change(self, actor: Actor, schema: Schema) -> Change:
        """What storing it does to the record."""
        after = RecordState(self.id, self.version, self.owner_id, self.data, self.name(schema))
        return Change(self.kind, schema, self.existing, after, actor)


def good(writes: Sequence[PendingWrite]) -> list[PendingWrite]:
    """The writes that nothing is wrong with."""
    return [pending for pending in writes if pending.error is None]


def lock_records(actor: Actor, schema: Schema, ids: Sequence[UUID]) -> dict[UUID, StoredRecord]:
    """Those of some records that exist for the actor, by id, locked in the order of their ids."""
    if len(ids) == 1:
        query: CompiledQuery[Record] = schema.memoize(
            ("lock", access.rights(actor, schema)),
            lambda: CompiledQuery(
                lambda: (
                    access.visible_records(access.with_parameters(actor), schema)
                    .filter(id=RECORD_ID)
                    .values_list(*STORED_COLUMNS)
                ),
                lock=" FOR UPDATE",
            ),
        )
        rows = query.rows({**access.parameters(actor), RECORD_ID.key: ids[0]})
    else:
        records = access.visible_records(actor, schema).select_for_update().filter(id__in=ids).order_by("id")
        rows = list(records.values_list(*STORED_COLUMNS))
    return {row[0]: StoredRecord(*row) for row in rows}


def lock_without_values(actor: Actor, schema: Schema, ids: Iterable[UUID]) -> dict[UUID, StoredRecord]:
    """Like ``lock_records``, for deleting: what the records hold, which may be much, is not read."""
    records = access.visible_records(actor, schema).select_for_update().filter(id__in=list(ids)).order_by("id")
    return {row[0]: StoredRecord(*row, data={}, name="") for row in records.values_list("id", "version", "owner_id")}


def lock_record(actor: Actor, schema: Schema, reference: str) -> StoredRecord:
    """One record, locked. Raises ``NotFound``."""
    id_ = as_uuid(reference)
    found = lock_records(actor, schema, [id_]) if id_ else {}
    if id_ is None or id_ not in found:
        raise NotFound.named("record", reference)
    return found[id_]


def store(actor: Actor, schema: Schema, writes: Sequence[PendingWrite]) -> None:
    """Write writes that have gone through all steps. One statement for the new ones, and one for the changed ones.

    Each gets its ``document``; one without a change, which is not written, does not.
    """
    stored = [pending for pending in writes if not pending.is_unchanged]
    change = current()
    by_id = {pending.id: pending for pending in stored}
    new = [_row(actor, schema, pending) for pending in stored if pending.existing is None]
    changed = [_row(actor, schema, pending) for pending in stored if pending.existing is not None]
    inserted = insert_records(schema, new) if new else []
    for written in inserted:
        change.transaction = written.transaction
    for written in [*inserted, *(update_records(schema, changed) if changed else ())]:
        by_id[written.id].document = written.document
    changes.tell(pending.change(actor, schema) for pending in stored if changes.is_told(schema, pending.kind))


def store_if_current(actor: Actor, schema: Schema, pending: PendingWrite) -> bool:
    """Write one write that changes the record's own row alone; it gets its ``document``.

    One statement, which is a transaction of its own where there is none. Returns False where nothing was written:
    where the object is no more as ``schema`` says, or the record is not at the version that the write goes by.
    """
    row = _row(actor, schema, pending)
    if pending.existing is None:
        written = insert_if_current(schema, row)
    else:
        is_told = changes.is_told(schema, pending.kind)
        revision = changes.revision_row(pending.change(actor, schema)) if is_told else None
        written = update_if_current(schema, row, revision)
    if written is not None:
        pending.document = written.document
        current().transaction = written.transaction
    return written is not None


def _row(actor: Actor, schema: Schema, pending: PendingWrite) -> dict[str, Any]:
    """The columns of a record that storing it writes."""
    change = current()
    now = change.at
    row = {
        "id": pending.id,
        "data": pending.data,
        "owner_id": pending.owner_id,
        "version": pending.version,
        "schema_version": schema.version,
        "updated_at": now,
        "updated_by_id": actor.user_id,
        **derive(schema, pending.data, pending.names),
    }
    if pending.existing is None:
        origin = pending.origin
        by = actor.user_id if origin.created_by is UNCHANGED else origin.created_by
        row |= {"created_at": origin.created_at or now, "created_by_id": by}
        row |= {"organization_id": actor.organization_id, "custom_object_id": schema.id}
        row |= {"created_in": change.id, "created_transaction": change.transaction}
    return row
