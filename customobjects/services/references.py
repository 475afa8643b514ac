"""Values that refer to users, and to records of other objects, with the links that go with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q

from customobjects import access
from customobjects.fieldtypes import ReferenceKind
from customobjects.models import Record, RecordLink
from customobjects.queries.lookup_filters import filter_of, fitting
from customobjects.queries.nameable import known_to_fields
from customobjects.queries.records import nameless, names_behind
from customobjects.schema import Schema, SchemaField
from customobjects.services.pending_writes import PendingWrite, good
from customobjects.services.transactions import share
from customobjects.services.values import at
from salesos.accounts.actor import Actor
from salesos.errors import ValidationError

REQUIREMENTS: Mapping[ReferenceKind | None, str] = {
    ReferenceKind.RECORD: "must be a record of the object it looks up to",
    ReferenceKind.USER: "must be an active user of the organization, or somebody who is invited",
}


def check(actor: Actor, schema: Schema, writes: Sequence[PendingWrite]) -> None:
    """Hold what writes newly refer to against what exists, and keep it there until this transaction ends.

    A pending write that names a record or a user which does not exist for the actor gets a ``ValidationError``. At most
    one query for the users of all writes, one for the records, and one for the names of what names the records.
    """
    if not schema.references:
        return
    # New records may refer to each other.
    made = {str(pending.id) for pending in writes if pending.existing is None} if len(writes) > 1 else set()
    added: dict[UUID, list[tuple[SchemaField, str]]] = {}
    ids: dict[ReferenceKind | None, set[str]] = defaultdict(set)
    for pending in writes:
        added[pending.id] = [(field, id_) for field in schema.references for id_ in _added(field, pending)]
        for field, id_ in added[pending.id]:
            if id_ not in made:
                ids[field.type.reference_kind].add(id_)
    people = known_to_fields(actor, map(UUID, ids[ReferenceKind.USER]))
    object_of = objects_of(actor, ids[ReferenceKind.RECORD])

    def exists(field: SchemaField, id_: str) -> bool:
        if field.type.reference_kind is ReferenceKind.USER:
            return UUID(id_) in people
        return (schema.id if id_ in made else object_of.get(id_)) == field.target_id

    for pending in writes:
        missing = [(field, id_) for field, id_ in added[pending.id] if not exists(field, id_)]
        if missing:
            pending.error = ValidationError(
                at(field, "not_found", f"{REQUIREMENTS[field.type.reference_kind]}, and {_which(field, pending, id_)}")
                for field, id_ in missing
            )
    _check_filters(actor, writes, added, made)
    name(schema, writes)


def _check_filters(
    actor: Actor,
    writes: Sequence[PendingWrite],
    added: Mapping[UUID, Sequence[tuple[SchemaField, str]]],
    made: Container[str],
) -> None:
    """Refuse writes that newly refer to a record which does not fit a lookup's filter.

    What a record held before it was deleted, it gets back. Two queries for each lookup with a filter. What the same
    request makes cannot be held against a filter yet. Raises ``PermissionDenied`` where the actor may not read, as the
    answer tells what a record holds.
    """
    asked: dict[SchemaField, set[str]] = defaultdict(set)
    new = {
        pending.id: [(field, id_) for field, id_ in added[pending.id] if filter_of(field)]
        for pending in good(writes)
        if not pending.restores
    }
    for pairs in new.values():
        for field, id_ in pairs:
            asked[field].add(id_)
    if asked:
        access.require_read(actor)
    fit = {field: fitting(actor, field, {id_ for id_ in ids if id_ not in made}) for field, ids in asked.items()}
    for pending in good(writes):
        if wrong := [field for field, id_ in new.get(pending.id, ()) if id_ not in fit[field]]:
            message = "must be a record that fits what the lookup is filtered to"
            pending.error = ValidationError(at(field, "filter", message) for field in dict.fromkeys(wrong))


def name(schema: Schema, writes: Sequence[PendingWrite]) -> None:
    """Give writes the names that their records are named by, which stay until this transaction ends. At most one query.

    To be called when records are locked, and what is newly referred to is held: whoever changes one of these names
    later finds the records by it, and has them follow.
    """
    if schema.names_follow:
        values = (pending.data for pending in writes)
        names = names_behind(schema, values, read_people=partial(share, lock="SHARE"))
        for pending in writes:
            pending.names = names
        if schema.primary is not None and schema.primary.target_id == schema.id and len(writes) > 1:
            # What one of them is called, others may be called by.
            for pending in writes:
                names[str(pending.id)] = pending.name(schema) or nameless(pending.id)


def _which(field: SchemaField, pending: PendingWrite, id_: str) -> str:
    """Which of a field's references names nothing. Who sent it has the id; to people, it says nothing."""
    ids = field.ids(pending.data)
    return "there is no such one" if len(ids) == 1 else f"number {ids.index(id_) + 1} of its {len(ids)} is none"


def _added(field: SchemaField, pending: PendingWrite) -> list[str]:
    """What a field of a pending write refers to, and did not before."""
    return sorted(set(field.ids(pending.data)) - set(field.ids(pending.current)))


def refuse_lost(schema: Schema, writes: Sequence[PendingWrite], lost: Collection[UUID] = ()) -> Sequence[PendingWrite]:
    """Refuse writes that refer to new records which will not be made: ``lost`` ones, and those of refused writes.

    Returns those that are refused now.
    """
    if not schema.own_lookups:
        return []
    gone = {str(id_) for id_ in lost}
    gone |= {str(pending.id) for pending in writes if pending.error and not pending.existing}
    refused: list[PendingWrite] = []
    is_going_on = bool(gone)
    while is_going_on:
        is_going_on = False
        for pending in good(writes):
            if wrong := [field for field in schema.own_lookups if not gone.isdisjoint(field.ids(pending.data))]:
                message = "refers to a record whose own operation has failed"
                pending.error = ValidationError(at(field, "lost", message) for field in wrong)
                refused.append(pending)
                if not pending.existing:
                    gone.add(str(pending.id))
                    is_going_on = True
    return refused


def known_people(actor: Actor, ids: Iterable[object]) -> set[UUID]:
    """Those of some ids, which may be none, that are users of the organization, or were. At most one query."""
    known = [id_ for id_ in ids if isinstance(id_, UUID)]
    return set(access.users_of(actor).filter(id__in=known).values_list("id", flat=True)) if known else set()


def known_users(actor: Actor, ids: Iterable[object]) -> set[UUID]:
    """Those of some ids, which may be none, that are active users, who can own records. At most one query."""
    known = [id_ for id_ in ids if isinstance(id_, UUID)]
    return set(access.visible_users(actor).filter(id__in=known).values_list("id", flat=True)) if known else set()


def objects_of(actor: Actor, ids: Collection[str]) -> dict[str, UUID]:
    """The objects of those of some records that exist, which stay until this transaction ends. By the records' ids."""
    if not ids:
        return {}
    rows = share(
        access.visible_records_of_all_objects(actor).filter(id__in=ids).order_by("id").only("id", "custom_object_id")
    )
    return {str(row.id): row.custom_object_id for row in rows}


def link(schema: Schema, writes: Sequence[PendingWrite]) -> None:
    """Make the records' links those of what the writes hold, where they had those of what is stored."""
    if not schema.lookups:
        return
    gone, new = Q(), []
    for pending in writes:
        wanted, held = links_of(schema, pending.data), links_of(schema, pending.current)
        for field_id, target_id in held - wanted:
            gone |= Q(source_id=pending.id, field_id=field_id, target_id=target_id)
        new += [
            RecordLink(field_id=field_id, source_id=pending.id, target_id=target_id)
            for field_id, target_id in sorted(wanted - held)
        ]
    if gone:
        RecordLink.objects.filter(gone).delete()
    RecordLink.objects.bulk_create(new)


def relink(field: SchemaField, records: Sequence[Record]) -> dict[UUID, dict[str, Any]]:
    """Make the links of some locked records by a lookup that was deleted itself, and is restored.

    What it refers to stays until this transaction ends. Returns the values, by the records' ids, of those that refer to
    what is gone meanwhile, without it: the caller stores them. Two queries, and more where links are not right.
    """
    wanted = {(record.id, UUID(id_)) for record in records for id_ in field.ids(record.data)}
    targets = Record.objects.filter(id__in={id_ for _source, id_ in wanted}, custom_object_id=field.target_id)
    there = {row.id for row in share(targets.filter(deleted_at=None).order_by("id").only("id"))}
    links = RecordLink.objects.filter(field_id=field.id, source_id__in=[record.id for record in records])
    held = {(link.source_id, link.target_id): link.id for link in links}
    right = {pair for pair in wanted if pair[1] in there}
    if wrong := [id_ for pair, id_ in held.items() if pair not in right]:
        RecordLink.objects.filter(id__in=wrong).delete()
    RecordLink.objects.bulk_create(
        RecordLink(field_id=field.id, source_id=source, target_id=target)
        for source, target in sorted(right - held.keys())
    )
    left: dict[UUID, dict[str, Any]] = {}
    data_of = {record.id: record.data for record in records}
    for source, target in sorted(wanted - right):
        data = left.setdefault(source, dict(data_of[source]))
        value = field.type.without(data.pop(field.data_key, None), str(target))
        if value is not None:
            data[field.data_key] = value
    return left


def links_of(schema: Schema, data: Mapping[str, Any]) -> set[tuple[UUID, UUID]]:
    """The links of a record that holds ``data``: pairs of a field's id and a target's."""
    return {(field.id, UUID(id_)) for field in schema.lookups for id_ in field.ids(data)}
