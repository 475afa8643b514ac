"""Taking back what one request did, as a whole: what it made goes, what it deleted comes back, what it changed too.

All records are held first and held against the change: whoever has changed one since stands in the way, or, where only
what is untouched is wanted, is left alone. Then comes what the change made, then what it deleted, then its values: each
step finds what it needs, such as a unique value that was taken, or a record that a lookup points at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from customobjects import access
from customobjects.models import Record, Revision, RevisionKind
from customobjects.models.revision import OWNER
from customobjects.queries.history import shown_changes
from customobjects.queries.people import names_of_doers
from customobjects.queries.schema_history import schema_revisions_of
from customobjects.schema import Schema
from customobjects.services import deletion, schema_undo, trash
from customobjects.services.changes import ChangeKind
from customobjects.services.pending_writes import PendingWrite, StoredRecord, lock_records
from customobjects.services.records import choose_owner, store_pending, writable_schema
from customobjects.services.references import known_users
from customobjects.services.transactions import write
from salesos.accounts.actor import Actor
from salesos.db.noted_changes import read_reference
from salesos.errors import Conflict, Mention, NotFound, Problem

# What one request takes back at most, as what one deletes.
MAX_AT_ONCE = deletion.MAX_AT_ONCE


@dataclass(frozen=True)
class Undone:
    """How many records, or objects and fields, were deleted, restored and changed, and how many were left in part."""

    deleted: int
    restored: int
    changed: int
    left: int


@dataclass
class _Touched:
    """What a change did to one record, and what the record is now.

    ``before`` and ``after`` are the values that it changed, by ``data_key`` and ``OWNER``.
    """

    record: Record
    was_made: bool = False
    is_deleted: bool = False
    is_restored: bool = False
    version: int = 1
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)

    def note(self, revision: Revision) -> None:
        """Note one of the change's revisions of the record; they come in their order."""
        self.version = revision.version
        if revision.kind != RevisionKind.UPDATE:
            self.is_deleted = revision.kind == RevisionKind.DELETE
            self.is_restored = revision.kind == RevisionKind.RESTORE
        for key, (old, new) in revision.changes.items():
            self.before.setdefault(key, old)
            self.after[key] = new

    @property
    def is_untouched(self) -> bool:
        """Whether nothing has changed the record since."""
        return self.record.version == self.version

    @property
    def goes(self) -> bool:
        """Whether the record is there because of the change."""
        return self.is_there and (self.was_made or self.is_restored)

    @property
    def comes_back(self) -> bool:
        """Whether the record is in the trash because of the change, and was there before."""
        return self.is_deleted and not self.was_made and not self.is_there

    @property
    def is_there(self) -> bool:
        """Whether the record is not in the trash."""
        return self.record.deleted_at is None


@write
def undo_change(actor: Actor, reference: str, *, only_untouched: bool = False) -> Undone:
    """Take back all that a change did, by the reference that its answer had.

    With ``only_untouched`` what has changed since is left, field by field. Raises ``NotFound`` where nothing of such a
    change is kept, ``Conflict`` for what has changed since (each record at ``records.<id>``), and for what stands in
    the way of a restoration, a deletion or a value; ``PermissionDenied`` where the actor may not do what takes it back.
    """
    access.require_read(actor)
    named = read_reference(reference)
    if named is None:
        raise NotFound.named("change", reference)
    if revisions := schema_revisions_of(actor, *named):
        taken = Undone(*schema_undo.take_back(actor, revisions, only_untouched=only_untouched))
        if any(revision.kind != ChangeKind.UPDATE for revision in revisions):
            return taken
        # Where values were merged, the list has the one again that the records are to hold.
        touched = _touched(actor, *named)
        return _take_back(actor, touched, only_untouched=only_untouched) if touched else taken
    if not (touched := _touched(actor, *named)):
        raise NotFound.named("change", reference)
    return _take_back(actor, touched, only_untouched=only_untouched)


def _take_back(actor: Actor, touched: Sequence[_Touched], *, only_untouched: bool) -> Undone:
    """Take back what a change did to records. Raises as ``undo_change`` does."""
    schemas = {
        object_id: writable_schema(actor, str(object_id), access.require_write, access.require_read)
        for object_id in sorted({one.record.custom_object_id for one in touched})
    }
    if not only_untouched:
        _refuse_changed(actor, schemas, [one for one in touched if not one.is_untouched])
    untouched = [one for one in touched if one.is_untouched]
    gone = [one for one in untouched if one.goes]
    _delete(actor, schemas, gone)
    back = {one.record.id for one in untouched if one.comes_back}
    trash.restore_records(actor, back)
    there = (one for one in touched if one.is_there or one.record.id in back)
    values = _by_object(one for one in there if one.before and not one.was_made)
    changed = sum(_give_back(actor, schemas[object_id], of_object) for object_id, of_object in values)
    return Undone(len(gone), len(back), changed, left=len(touched) - len(untouched))


def _touched(actor: Actor, transaction: int, change_id: UUID) -> list[_Touched]:
    """What a change did, by record in the order of ids; the records are held."""
    records = access.records_of_all_objects_with_trash(actor)
    revisions = Revision.objects.filter(
        organization_id=actor.organization_id, transaction=transaction, change_id=change_id
    ).order_by("id")[: MAX_AT_ONCE + 1]
    noted: dict[UUID, list[Revision]] = defaultdict(list)
    for revision in revisions:
        noted[revision.record_id].append(revision)
    made = set(
        records.filter(created_transaction=transaction, created_in=change_id).values_list("id", flat=True)[
            : MAX_AT_ONCE + 1
        ]
    )
    deleted = set(records.filter(deleted_in=change_id).values_list("id", flat=True)[: MAX_AT_ONCE + 1])
    ids = noted.keys() | made | deleted
    if len(ids) > MAX_AT_ONCE:
        message = f"the change is of more than {MAX_AT_ONCE:,} records, which is too many to take back at once"
        raise Conflict.of(message, code="too_many")
    touched = []
    held = records.select_for_update(of=("self",)).filter(id__in=ids, custom_object__deleted_at=None)
    for record in held.order_by("id").defer("search_text", "overflow"):
        one = _Touched(record, was_made=record.id in made)
        for revision in noted[record.id]:
            one.note(revision)
        if record.id in deleted and not one.is_deleted:
            # Its object keeps no history.
            one.is_deleted, one.version = True, record.version
        touched.append(one)
    return touched


def _refuse_changed(actor: Actor, schemas: Mapping[UUID, Schema], changed: Iterable[_Touched]) -> None:
    problems = list(_changed_since(actor, schemas, list(changed)))
    if problems:
        raise Conflict(problems)


def _changed_since(actor: Actor, schemas: Mapping[UUID, Schema], changed: list[_Touched]) -> Iterator[Problem]:
    """What has changed each record since, and who."""
    later = Revision.objects.filter(record_id__in=[one.record.id for one in changed[:100]]).order_by("id")
    by_record: dict[UUID, list[Revision]] = defaultdict(list)
    for revision in later:
        by_record[revision.record_id].append(revision)
    people = names_of_doers(actor, (revision.by_id for revision in later))
    for one in changed:
        record = one.record
        since = [revision for revision in by_record[record.id] if revision.version > one.version]
        schema = schemas[record.custom_object_id]
        names = {name for revision in since for name in shown_changes(schema, revision.changes)}
        fields = sorted(schema.by_name[name].label if name in schema.by_name else "Owner" for name in names)
        who = sorted({people[revision.by_id] for revision in since})
        what = "deleted" if not one.is_there else f"changed ({', '.join(fields[:10])})" if fields else "changed"
        by = f" by {', '.join(who[:3])}" if who else ""
        name = record.name[:80]
        mention = Mention(name, str(schema.id), str(record.id))
        message = f"a record of {schema.name} has been {what} since{by}: {name}"
        yield Problem(f"records.{record.id}", "changed", message, (mention,) if one.is_there else ())


def _delete(actor: Actor, schemas: Mapping[UUID, Schema], made: list[_Touched]) -> None:
    """Put what a change made into the trash. Raises ``Conflict`` where others would go along."""
    for object_id, of_object in _by_object(made):
        access.require_delete(actor, schemas[object_id], [one.record.owner_id for one in of_object])
    ids = [one.record.id for one in made]
    if not ids:
        return
    if along := deletion.count_along(ids):
        message = f"{along:,} records that were made since refer to it, and would be deleted along with it"
        raise Conflict.of(message, code="cascade")
    deletion.delete_records(actor, ids)


def _by_object(touched: Iterable[_Touched]) -> list[tuple[UUID, list[_Touched]]]:
    found: dict[UUID, list[_Touched]] = defaultdict(list)
    for one in touched:
        found[one.record.custom_object_id].append(one)
    return sorted(found.items())


def _give_back(actor: Actor, schema: Schema, touched: list[_Touched]) -> int:
    """Give records the values that they had before, those that are still as the change left them."""
    stored = lock_records(actor, schema, [one.record.id for one in touched])
    owners = known_users(actor, [_owner(one.before[OWNER]) for one in touched if one.before.get(OWNER)])
    writes = []
    for one in touched:
        existing = stored.get(one.record.id)
        if existing is not None:
            writes.append(_pending(actor, schema, one, existing, owners))
    store_pending(actor, schema, writes, all_or_nothing=True)
    if wrong := [pending for pending in writes if pending.error]:
        raise Conflict(
            problem.under(f"records.{pending.id}")
            for pending in wrong
            if pending.error
            for problem in pending.error.problems
        )
    return sum(not pending.is_unchanged for pending in writes)


def _pending(actor: Actor, schema: Schema, one: _Touched, existing: StoredRecord, owners: set[UUID]) -> PendingWrite:
    data, owner_id = dict(existing.data), existing.owner_id
    kept = {field.data_key for field in schema.kept}
    for key, old in one.before.items():
        if key == OWNER:
            if one.is_untouched or _text(existing.owner_id) == one.after[OWNER]:
                owner_id = choose_owner(actor, schema, _owner(old), existing, owners)
        elif key in kept and (one.is_untouched or existing.data.get(key) == one.after[key]):
            data.pop(key, None)
            if old is not None:
                data[key] = old
    return PendingWrite(data, owner_id, existing)


def _owner(id_: str | None) -> UUID | None:
    return None if id_ is None else UUID(id_)


def _text(id_: UUID | None) -> str | None:
    return None if id_ is None else str(id_)
