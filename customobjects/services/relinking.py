"""Bringing back what a deletion emptied, where the deleted record is restored: the lookups of other records to it.

The revisions of the deletion's change tell them. So they come back where both objects keep a history, and not where the
background emptied them, which is changes of its own (``services.emptying``): what it has not come to yet was never
empty, and stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from customobjects import access
from customobjects.fieldtypes import ValueProblem
from customobjects.models import Record, Revision, RevisionKind
from customobjects.queries.records import STORED_COLUMNS
from customobjects.schema import Schema, SchemaField, schema_of
from customobjects.services import following, references, uniqueness
from customobjects.services.pending_writes import PendingWrite, StoredRecord, good, store
from customobjects.services.transactions import share
from salesos.accounts.actor import Actor


@dataclass(frozen=True)
class Restored:
    """A record that has come out of the trash: its object, and the change that had deleted it."""

    id: UUID
    object_id: UUID
    deleted_in: UUID | None


@dataclass(frozen=True)
class _Emptied:
    """A field of a record that pointed at restored ones: what it held, and which of that the deletion took."""

    record_id: UUID
    field: SchemaField
    members: Sequence[str]
    taken: Sequence[str]


def bring_back_links(actor: Actor, restored: Sequence[Restored]) -> None:
    """Point lookups at restored records again, within the caller's transaction, which holds these records.

    A lookup to one record gets it where it is empty; one to several where it does not have it, at its former place.
    Needs no rights on the records that point there, as emptying needs none. One is left as it is where it is in the
    trash, where its lookup is another one by now, and where a unique key, or a limit, stands in the way.

    Two queries where nothing was emptied, and one where there is no history.
    """
    changes = Revision.objects.filter(
        record_id__in=[one.id for one in restored],
        change_id__in={one.deleted_in for one in restored if one.deleted_in},
        kind=RevisionKind.DELETE,
    )
    revisions: list[Revision] = []
    for transaction, change_id in sorted(set(changes.values_list("transaction", "change_id"))):
        of_change = Revision.objects.filter(
            organization_id=actor.organization_id, transaction=transaction, change_id=change_id
        )
        revisions += of_change.filter(kind=RevisionKind.UPDATE).order_by("id")
    if not revisions:
        return
    object_ids = {revision.custom_object_id for revision in revisions}
    objects = share(access.visible_objects(actor).filter(id__in=object_ids).order_by("id"))
    schemas = {row.id: schema_of(row) for row in objects}
    by_record: dict[UUID, list[_Emptied]] = defaultdict(list)
    for one in _emptied(schemas, revisions, {str(one.id): one for one in restored}):
        by_record[one.record_id].append(one)
    writes: dict[UUID, list[PendingWrite]] = defaultdict(list)
    held = Record.objects.select_for_update().filter(id__in=list(by_record), custom_object__in=schemas, deleted_at=None)
    for object_id, *columns in held.order_by("id").values_list("custom_object_id", *STORED_COLUMNS):
        existing = StoredRecord(*columns)
        pending = PendingWrite(_filled(existing.data, by_record[existing.id]), existing.owner_id, existing)
        if not pending.is_unchanged:
            writes[object_id].append(pending)
    for object_id, of_object in writes.items():
        _store(actor, schemas[object_id], of_object)


def _emptied(
    schemas: Mapping[UUID, Schema], revisions: Iterable[Revision], restored: Mapping[str, Restored]
) -> Iterator[_Emptied]:
    """What the revisions of deletions tell of lookups that lost restored records, and got nothing instead."""
    lookups = {
        id_: [field for field in schema.lookups if field.type.options.get("onDelete") == "set_null"]
        for id_, schema in schemas.items()
    }
    for revision in revisions:
        for field in lookups.get(revision.custom_object_id, ()):
            old, new = revision.changes.get(field.data_key, (None, None))
            members, left = field.type.ids(old), field.type.ids(new)
            taken = [
                id_
                for id_ in members
                if id_ not in left and id_ in restored and restored[id_].object_id == field.target_id
            ]
            # One that points at another record instead was changed by somebody, in the same request.
            if taken and set(left) <= set(members):
                yield _Emptied(revision.record_id, field, members, taken)


def _filled(data: Mapping[str, Any], emptied: Iterable[_Emptied]) -> dict[str, Any]:
    """What a record holds, with what was taken from its lookups."""
    filled = dict(data)
    for one in emptied:
        key, type_ = one.field.data_key, one.field.type
        members = type_.ids(filled.get(key))
        if not type_.multiple:
            if not members:
                filled[key] = one.taken[0]
            continue
        for id_ in one.taken:
            if id_ in members:
                continue
            value = type_.parse(_put_back(members, one.members, id_))
            with suppress(ValueProblem):
                type_.check(value)
                filled[key], members = value, value
    return filled


def _put_back(members: Sequence[str], former: Sequence[str], id_: str) -> list[str]:
    """Some ids with one more, at the place that it had among former ones; at the end, where none of those is there."""
    place = former.index(id_)
    before = next((members.index(other) + 1 for other in reversed(former[:place]) if other in members), None)
    after = next((members.index(other) for other in former[place:] if other in members), len(members))
    at = after if before is None else before
    return [*members[:at], id_, *members[at:]]


def _store(actor: Actor, schema: Schema, writes: Sequence[PendingWrite]) -> None:
    """Store the writes of one object, but those that a unique key stands in the way of."""
    uniqueness.claim(actor, schema, writes)
    stored = good(writes)
    references.name(schema, stored)
    store(actor, schema, stored)
    references.link(schema, stored)
    following.follow(schema, (pending.id for pending in stored if pending.renames(schema)))
