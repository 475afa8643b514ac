"""Writing records, one at a time.

What changes nothing beside the record's own row is written by one statement, which asks in the database whether the
object, and the record, are still as they were read (optimistic locking). Everything else, and what has changed
meanwhile, is written under locks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import OperationalError, connection
from django.utils import timezone

from customobjects import access
from customobjects.fieldtypes import ValueProblem
from customobjects.queries.objects import find_schema
from customobjects.queries.records import ReadRecord, get_document
from customobjects.queries.subjects import RECORD_PROPERTIES
from customobjects.schema import Schema, State
from customobjects.services import (
    changes,
    current_change,
    deletion,
    following,
    numbering,
    references,
    stale,
    uniqueness,
)
from customobjects.services.descriptions import with_ids
from customobjects.services.pending_writes import (
    HERE_AND_NOW,
    UNCHANGED,
    Origin,
    PendingWrite,
    StoredRecord,
    good,
    lock_record,
    store,
    store_if_current,
)
from customobjects.services.transactions import is_lost, write
from customobjects.services.values import merge
from customobjects.services.versions import IfVersion
from salesos import json
from salesos.accounts.actor import Actor
from salesos.errors import Conflict, ValidationError

# One of the questions of ``access``, which raises where the answer is no.
Question = Callable[[Actor, Schema], None]


@dataclass(frozen=True)
class Written:
    """A record as it was written: its ``document`` is the API's JSON text.

    Who may not read is told the id alone; there is no ``name`` and no ``version`` then.
    """

    id: UUID
    object_id: UUID
    name: str
    version: int | None
    document: str


def writable_schema(actor: Actor, reference: str, *questions: Question, state: State | None = None) -> Schema:
    """The schema of an object whose records may be written, locked as it is until this transaction ends.

    ``questions`` are those of ``access`` that must be answered; ``require_write`` where none is given. With a
    ``state``, as ``find_schema`` takes it, nothing is read or locked. Raises ``NotFound``, ``PermissionDenied``, or
    ``Conflict`` where the object is archived.
    """
    schema = find_schema(actor, reference, lock=state is None, state=state)
    for require in questions or (access.require_write,):
        require(actor, schema)
    if not schema.is_active:
        raise Conflict.of(f"{schema.api_name} is archived; restore it to change its records", code="archived")
    return schema


def questions_of(question: Question, if_version: IfVersion) -> tuple[Question, ...]:
    """What is to be asked for a write: a version that it goes by tells who may not read whether the record has it."""
    return (question,) if if_version is None else (question, access.require_read)


def create_record(
    actor: Actor,
    object_reference: str,
    data: Mapping[str, Any],
    *,
    owner_id: UUID | None = UNCHANGED,
    created_at: str | None = None,
    created_by: UUID | None = UNCHANGED,
    state: State | None = None,
) -> Written:
    """Make a record. ``data`` has any input by apiName; without ``owner_id`` the actor owns the record.

    An importer says ``created_at`` (any input for a date and time) and ``created_by``. ``state`` is the object's, where
    it was just read for this actor and reference. Raises ``ValidationError`` with every problem at its field,
    ``Conflict`` for a unique value that is taken, ``NotFound`` for the object, ``PermissionDenied``.
    """
    given = _Given(data, owner_id, created_at, created_by)
    if state is not None:
        schema = writable_schema(actor, object_reference, state=state)
        if not schema.ties_new_records and _is_untied(schema, data):
            made = _write_if_current(actor, schema, _creation(actor, schema, given))
            if made is not None:
                return made
    return _create_locked(actor, object_reference, given)


class _Given(NamedTuple):
    """What is given of a record; of a new one also when and by whom it was made, of an old one its version."""

    data: Mapping[str, Any]
    owner_id: UUID | None
    created_at: str | None = None
    created_by: UUID | None = UNCHANGED
    if_version: IfVersion = None


@write
def _create_locked(actor: Actor, object_reference: str, given: _Given) -> Written:
    schema = writable_schema(actor, object_reference)
    return _write(actor, schema, _creation(actor, schema, given))


def _creation(actor: Actor, schema: Schema, given: _Given) -> PendingWrite:
    values = merge(actor, schema, None, with_ids(actor, schema, given.data))
    owner = choose_owner(actor, schema, given.owner_id, None, references.known_users(actor, [given.owner_id]))
    people = references.known_people(actor, [given.created_by])
    origin = choose_origin(actor, schema, given.created_at, given.created_by, people)
    return PendingWrite(values, owner, origin=origin)


def change_record(
    actor: Actor,
    object_reference: str,
    record_reference: str,
    data: Mapping[str, Any],
    *,
    owner_id: UUID | None = UNCHANGED,
    if_version: IfVersion = None,
    state: State | None = None,
    read: ReadRecord | None = None,
) -> Written:
    """Change a record: ``data`` is merged into what it holds, and a null clears a field.

    Nothing is written where nothing changes. ``state`` and ``read`` are the object's state and the record, where they
    were just read for this actor and these references. Raises as ``create_record`` does, ``NotFound`` for the record
    too, ``PermissionDenied`` also for another ``owner_id`` that the actor may not give it, and ``PreconditionFailed``
    where the record's version is not ``if_version``, with the fields that differ (``stale.require_version``).
    """
    given = _Given(data, owner_id, if_version=if_version)
    if state is not None and read is not None:
        schema = writable_schema(actor, object_reference, *questions_of(access.require_write, if_version), state=state)
        columns = read.for_(actor, schema)
        if columns is not None and _is_untied(schema, data):
            pending = _changing(actor, schema, StoredRecord(*columns), given)
            changed = None if pending.is_unchanged else _write_if_current(actor, schema, pending)
            if changed is not None:
                return changed
    return _change_locked(actor, object_reference, record_reference, given)


@write
def _change_locked(actor: Actor, object_reference: str, record_reference: str, given: _Given) -> Written:
    schema = writable_schema(actor, object_reference, *questions_of(access.require_write, given.if_version))
    return _write(actor, schema, _changing(actor, schema, lock_record(actor, schema, record_reference), given))


def _changing(actor: Actor, schema: Schema, existing: StoredRecord, given: _Given) -> PendingWrite:
    stale.require_version(actor, schema, existing, given.if_version, data=given.data, owner_id=given.owner_id)
    owner = choose_owner(actor, schema, given.owner_id, existing, references.known_users(actor, [given.owner_id]))
    values = merge(actor, schema, existing.data, with_ids(actor, schema, given.data))
    return PendingWrite(values, owner, existing)


def _is_untied(schema: Schema, data: Mapping[str, Any]) -> bool:
    """Whether writing ``data``, by apiName, concerns a record's own row alone, and nobody is told."""
    return not schema.ties_records and schema.tied.isdisjoint(data) and not changes.is_heard()


def _write_if_current(actor: Actor, schema: Schema, pending: PendingWrite) -> Written | None:
    """Write what changes the record's own row alone, or None where it has to be done under locks."""
    with current_change.making():
        try:
            is_written = store_if_current(actor, schema, pending)
        except OperationalError as error:
            # What is lost within a transaction of the caller's is lost with all of it.
            if not is_lost(error) or connection.in_atomic_block:
                raise
            return None
        return written(actor, schema, pending) if is_written else None


def _write(actor: Actor, schema: Schema, pending: PendingWrite) -> Written:
    store_pending(actor, schema, [pending])
    if pending.error is not None:
        raise pending.error.anew()
    return written(actor, schema, pending)


def written(actor: Actor, schema: Schema, pending: PendingWrite) -> Written:
    """What the actor is told of a write that is stored. One query, where nothing was written."""
    if not access.can_read(actor, schema):
        return Written(pending.id, schema.id, "", None, json.dumps({"id": pending.id}))
    if not pending.document:
        pending.document, _version = get_document(actor, schema, str(pending.id))
    return Written(pending.id, schema.id, pending.name(schema), pending.version, pending.document)


def store_pending(
    actor: Actor,
    schema: Schema,
    writes: Sequence[PendingWrite],
    *,
    lost: Collection[UUID] = (),
    all_or_nothing: bool = False,
) -> set[UUID]:
    """Take writes through all steps and store the good ones; the others have their ``error``.

    New records may refer to each other; ``lost`` are some that others may refer to, and that will not be made. With
    ``all_or_nothing`` unique values may change hands between them in any order. Returns the ids of the records whose
    unique values stood in the way.
    """
    references.refuse_lost(schema, writes, lost)
    references.check(actor, schema, good(writes))
    numbering.number(schema, [pending for pending in good(writes) if pending.existing is None])
    in_the_way = numbering.claim(actor, schema, good(writes), all_or_nothing=all_or_nothing)
    if refused := references.refuse_lost(schema, writes):
        uniqueness.restore(schema, refused)
    stored = good(writes)
    store(actor, schema, stored)
    references.link(schema, stored)
    following.follow(schema, _renamed(schema, stored))
    return in_the_way


def _renamed(schema: Schema, stored: Sequence[PendingWrite]) -> Iterator[UUID]:
    """The ids of records with another name, and of new ones after which others may have been named before they were."""
    is_circular = schema.names_follow and len(stored) > 1
    return (pending.id for pending in stored if pending.renames(schema) or (is_circular and not pending.existing))


@write
def delete_record(actor: Actor, object_reference: str, record_reference: str, *, if_version: IfVersion = None) -> int:
    """Put a record into the trash, with what its lookups' rules say for records that point at it.

    Returns how many lookups to it the background empties, where they are too many for now.
    Raises ``NotFound``, ``PermissionDenied``, also where the actor may not delete one that would go along,
    ``PreconditionFailed``, and ``Conflict`` where a lookup restricts it.
    """
    schema = writable_schema(actor, object_reference, *questions_of(access.require_delete, if_version))
    existing = lock_record(actor, schema, record_reference)
    access.require_delete(actor, schema, [existing.owner_id])
    stale.require_version(actor, schema, existing, if_version)
    return deletion.delete_records(actor, [existing.id])


def choose_origin(
    actor: Actor, schema: Schema, created_at: str | None, created_by: UUID | None, people: Container[UUID]
) -> Origin:
    """When and by whom a new record was made. ``people`` are the users, present and former, that can be named.

    Raises ``PermissionDenied`` where the actor may not say so, ``ValidationError`` for a moment that is none or still
    to come, and for somebody who is not known.
    """
    if created_at is None and created_by is UNCHANGED:
        return HERE_AND_NOW
    access.require_import(actor, schema)
    moment = None
    if created_at is not None:
        created_at_type = RECORD_PROPERTIES["createdAt"].type
        try:
            moment = datetime.fromisoformat(created_at_type.parse(created_at))
        except ValueProblem as problem:
            message = f"createdAt {problem.message}"
            raise ValidationError.of(message, field="createdAt", code=problem.code) from problem
        if moment > timezone.now():
            raise ValidationError.of("createdAt must not be in the future", field="createdAt", code="max")
    if created_by is not UNCHANGED and created_by is not None and created_by not in people:
        raise ValidationError.of("createdBy must be a user of the organization", field="createdBy", code="not_found")
    return Origin(moment, created_by)


def choose_owner(
    actor: Actor, schema: Schema, owner_id: UUID | None, existing: StoredRecord | None, known: Container[UUID]
) -> UUID | None:
    """The id of a record's owner. Where none is given, ``existing`` keeps its own, and the actor owns a new one.

    Who makes a record may make it for somebody else, as they could give it away. ``known`` are the users that can be
    named. Raises ``PermissionDenied`` where the actor may not change the owner, ``ValidationError`` for one not known.
    """
    unchanged = existing.owner_id if existing else actor.user_id
    if owner_id is UNCHANGED or owner_id == unchanged:
        return unchanged
    if existing:
        access.require_give(actor, schema, existing.owner_id)
    if owner_id is not None and owner_id not in known:
        message = "ownerId must be an active user of the organization"
        raise ValidationError.of(message, field="ownerId", code="not_found")
    return owner_id
