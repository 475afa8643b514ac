"""Values that point at something: users, and records of other objects, with the links that go with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q

from customobjects import access
from customobjects.fieldtypes.references import Lookup
from customobjects.fieldtypes.references import User as UserType
from customobjects.models import Record, RecordLink
from customobjects.schema import Schema, SchemaField
from customobjects.services.pending_writes import PendingWrite
from customobjects.services.transactions import share
from customobjects.services.values import at
from salesos.accounts.actor import Actor
from salesos.errors import Problem, ValidationError

Pair = tuple[UUID, UUID]


def targets_of(field: SchemaField, data: Mapping[str, Any]) -> list[str]:
    """The ids that a lookup field of a record with ``data`` points at."""
    assert isinstance(field.type, Lookup)
    return field.type.ids(data.get(field.data_key))


def check(actor: Actor, schema: Schema, writes: Sequence[PendingWrite]) -> None:
    """Hold what writes newly point at against what exists, and keep it there until this transaction ends.

    A pending that names a record or a user which does not exist for the actor gets an ``ValidationError``. At most one
    query for the users of all writes, and one for the records.
    """
    if not schema.references:
        return
    changed = {pending.id: pending.changed_fields(schema.references) for pending in writes}
    users = {
        pending.data[field.data_key]
        for pending in writes
        for field in changed[pending.id]
        if isinstance(field.type, UserType) and _has(field, pending.data)
    }
    targets = {
        id_
        for pending in writes
        for field in changed[pending.id]
        if isinstance(field.type, Lookup)
        for id_ in _added(field, pending)
    }
    known = _known_users(actor, users)
    object_of = _objects_of(actor, targets)
    for pending in writes:
        problems = [
            problem
            for field in changed[pending.id]
            for problem in _problems(field, pending, known=known, object_of=object_of)
        ]
        if problems:
            pending.error = ValidationError(problems)


def _problems(
    field: SchemaField, pending: PendingWrite, *, known: set[str], object_of: Mapping[str, UUID]
) -> Iterator[Problem]:
    if isinstance(field.type, UserType):
        id_ = pending.data.get(field.data_key)
        if id_ is not None and id_ not in known:
            yield at(field, "not_found", f"must be an active user of the organization, and {id_} is none")
        return
    for id_ in _added(field, pending):
        if object_of.get(id_) != field.target_id:
            yield at(field, "not_found", f"must be a record of the object it looks up to, and {id_} is none")


def _added(field: SchemaField, pending: PendingWrite) -> list[str]:
    """The records that a lookup of the pending points at, and did not before."""
    return sorted(set(targets_of(field, pending.data)) - set(targets_of(field, pending.current)))


def _known_users(actor: Actor, ids: set[str]) -> set[str]:
    if not ids:
        return set()
    return {str(id_) for id_ in access.visible_users(actor).filter(id__in=ids).values_list("id", flat=True)}


def _objects_of(actor: Actor, ids: set[str]) -> dict[str, UUID]:
    """The objects of records that exist, which stay until this transaction ends."""
    if not ids:
        return {}
    rows = share(
        Record.objects.filter(organization_id=actor.organization_id, id__in=ids, deleted_at=None)
        .order_by("id")
        .only("id", "custom_object_id")
    )
    return {str(row.id): row.custom_object_id for row in rows}


def _has(field: SchemaField, data: Mapping[str, Any]) -> bool:
    return data.get(field.data_key) is not None


def link(schema: Schema, writes: Sequence[PendingWrite]) -> None:
    """Make the records' links those of what the writes hold, where they had those of what is stored."""
    if not schema.lookups:
        return
    gone, new = Q(), []
    for pending in writes:
        wanted, held = _pairs(schema, pending.data), _pairs(schema, pending.current)
        for field_id, target_id in held - wanted:
            gone |= Q(source_id=pending.id, field_id=field_id, target_id=target_id)
        new += [
            RecordLink(field_id=field_id, source_id=pending.id, target_id=target_id)
            for field_id, target_id in sorted(wanted - held)
        ]
    if gone:
        RecordLink.objects.filter(gone).delete()
    RecordLink.objects.bulk_create(new)


def _pairs(schema: Schema, data: Mapping[str, Any]) -> set[Pair]:
    return {(field.id, UUID(id_)) for field in schema.lookups for id_ in targets_of(field, data)}
