"""Writing many records at once: a list of operations, or one change of all records that a filter finds.

Operations are done in *waves*: as many in a row as can be done together, with a handful of queries for all of them.
One that touches what another of its wave touches begins the next wave; so the result is the one that doing them one
by one would have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction

from customobjects import access
from customobjects.fieldtypes import ValueProblem
from customobjects.queries.objects import as_uuid
from customobjects.queries.requests import RecordRequest
from customobjects.queries.selection import Selection, matching_ids
from customobjects.queries.totals import count_of
from customobjects.schema import Schema, UniqueRule
from customobjects.services import deletion, uniqueness
from customobjects.services.pending_writes import LockedRecord, PendingWrite, lock_records
from customobjects.services.records import UNCHANGED, known_owners, store_pending, unknown_owner, writable_schema
from customobjects.services.transactions import write
from customobjects.services.uniqueness import KeyOf
from customobjects.services.values import merge
from salesos.accounts.actor import Actor
from salesos.errors import Conflict, DomainError, NotFound, ValidationError

MAX_OPERATIONS = 1_000
ATTEMPTS = 4
# How many records that a change does not fit are told of.
NAMED = 10


class Kind(StrEnum):
    """What an operation does."""

    CREATE = "create"
    UPDATE = "update"
    UPSERT = "upsert"
    DELETE = "delete"


# Who may do an operation.
QUESTIONS: Mapping[Kind, Callable[[Actor, Schema], None]] = {
    kind: access.require_delete if kind is Kind.DELETE else access.require_write for kind in Kind
}


@dataclass
class Operation:
    """One of the things to do, and in the end what came of it: ``id`` and ``document``, or ``error``.

    ``by`` names the fields of the unique key that an upsert finds its record by; ``is_new`` says that it made one.
    """

    kind: Kind
    data: Mapping[str, Any] = field(default_factory=dict)
    record_id: str | None = None
    by: tuple[str, ...] = ()
    owner_id: object = UNCHANGED
    if_version: int | None = None
    id: UUID | None = None
    document: str = ""
    is_new: bool = False
    error: DomainError | None = None


@write
def run_operations(actor: Actor, object_reference: str, operations: Sequence[Operation], *, atomic: bool) -> None:
    """Do all operations, in their order; each gets what came of it.

    With ``atomic`` all or nothing: raises the kind of error that the first one failed with, and all problems, each at
    its operation. Without, what can be done is done. Raises ``ValidationError`` for too many, ``NotFound`` for the
    object, ``Conflict`` where it takes no bulk operations, ``PermissionDenied``.
    """
    if len(operations) > MAX_OPERATIONS:
        message = f"at most {MAX_OPERATIONS:,} operations at a time"
        raise ValidationError.of(message, field="operations", code="too_many")
    questions = {QUESTIONS[operation.kind] for operation in operations}
    schema = _bulk_schema(actor, object_reference, *questions)
    for operation in operations:
        # Left by an attempt that lost a deadlock.
        operation.id, operation.document, operation.is_new, operation.error = None, "", False, None
    for wave in _waves(schema, operations):
        _run_wave(actor, schema, wave)
    if atomic and (failed := [(place, op.error) for place, op in enumerate(operations) if op.error]):
        problems = [problem.under(f"operations.{place}") for place, error in failed for problem in error.problems]
        raise type(failed[0][1])(problems)


def _bulk_schema(actor: Actor, object_reference: str, *questions: Callable[[Actor, Schema], None]) -> Schema:
    schema = writable_schema(actor, object_reference, *questions)
    if not schema.enable_bulk:
        message = f"{schema.api_name} takes no bulk operations; an administrator can enable them"
        raise Conflict.of(message, code="disabled")
    return schema


def _waves(schema: Schema, operations: Sequence[Operation]) -> Iterator[list[Operation]]:
    """The operations, cut where one touches a record or a key that an earlier one of its wave touches."""
    wave: list[Operation] = []
    touched: set[object] = set()
    for operation in operations:
        marks = {_mark(schema, operation)} - {None}
        deletes = operation.kind is Kind.DELETE
        if wave and (touched & marks or deletes != (wave[0].kind is Kind.DELETE)):
            yield wave
            wave, touched = [], set()
        wave.append(operation)
        touched |= marks
    if wave:
        yield wave


def _mark(schema: Schema, operation: Operation) -> object:
    """What an operation names its record by, or None where it names none."""
    if operation.record_id is not None:
        return operation.record_id.lower()
    try:
        return _key(schema, operation) if operation.by else None
    except DomainError:
        return None


def _run_wave(actor: Actor, schema: Schema, wave: Sequence[Operation]) -> None:
    if wave[0].kind is Kind.DELETE:
        _delete(actor, schema, wave)
        return
    for _ in range(ATTEMPTS):
        with transaction.atomic():
            again = _write_wave(actor, schema, wave)
            if not again:
                return
            transaction.set_rollback(True)
        if again == "singly" and len(wave) > 1:
            for operation in wave:
                _run_wave(actor, schema, [operation])
            return
    for operation in wave:
        operation.error = Conflict.of("unique values changed hands too often at this moment; try again", code="busy")


def _write_wave(actor: Actor, schema: Schema, wave: Sequence[Operation]) -> str:
    """Create, change and upsert. Returns nothing, or how to do it again.

    ``singly``: one of the wave has a unique value that another gives up or takes. ``again``: somebody else has just
    made the record that an upsert did not find.
    """
    for operation in wave:
        operation.error = None
    existing = _find(actor, schema, wave)
    owners = _owners(actor, wave)
    pairs: list[tuple[Operation, PendingWrite]] = []
    for operation in wave:
        if operation.error is not None:
            continue
        try:
            pairs.append((operation, _pending_write(actor, schema, operation, existing.get(id(operation)), owners)))
        except DomainError as error:
            operation.error = error
    held = [pending.existing.id for _operation, pending in pairs if pending.existing]
    if len(held) > len(set(held)):
        return "singly"
    in_the_way = store_pending(actor, schema, [pending for _operation, pending in pairs])
    if in_the_way & {pending.id for _operation, pending in pairs}:
        return "singly"
    if any(pending.error and operation.by and pending.existing is None for operation, pending in pairs) and _appeared(
        schema, pairs
    ):
        return "again"
    for operation, pending in pairs:
        operation.error, operation.id, operation.document = pending.error, pending.id, pending.document
        operation.is_new = pending.existing is None
    return ""


def _find(actor: Actor, schema: Schema, wave: Sequence[Operation]) -> dict[int, LockedRecord]:
    """The records that the operations name, held, by the operation's identity. What is not there is an error."""
    named: dict[int, UUID] = {}
    keys: dict[int, KeyOf] = {}
    for operation in wave:
        if operation.record_id is not None:
            if id_ := as_uuid(operation.record_id):
                named[id(operation)] = id_
        elif operation.by:
            try:
                keys[id(operation)] = _key(schema, operation)
            except DomainError as error:
                operation.error = error
    if keys:
        found = uniqueness.holders(schema.id, keys.values())
        named |= {place: found[key].id for place, key in keys.items() if key in found}
    held = lock_records(actor, schema, sorted(set(named.values()))) if named else {}
    for operation in wave:
        if operation.record_id is not None and named.get(id(operation)) not in held:
            operation.error = NotFound.named("record", operation.record_id)
    return {place: held[id_] for place, id_ in named.items() if id_ in held}


def _key(schema: Schema, operation: Operation) -> KeyOf:
    """The unique key that an upsert finds its record by. Raises ``ValidationError``."""
    rule = _rule(schema, operation.by)
    values, problems = {}, []
    for part in rule.fields:
        try:
            value = part.type.clean(operation.data.get(part.api_name))
        except ValueProblem as problem:
            raise ValidationError.of(
                f"{part.api_name} {problem.message}", field=f"data.{part.api_name}", code=problem.code
            ) from problem
        if value is None:
            problems.append(part.api_name)
        values[part.data_key] = value
    key = uniqueness.key_of(rule, values)
    if key is None:
        message = f"{problems[0]} is what the record is found by, and must have a value"
        raise ValidationError.of(message, field=f"data.{problems[0]}", code="required")
    return key


def _rule(schema: Schema, names: Sequence[str]) -> UniqueRule:
    for rule in schema.unique_rules:
        if sorted(part.api_name for part in rule.fields) == sorted(names):
            return rule
    there = "; ".join(" and ".join(part.api_name for part in rule.fields) for rule in schema.unique_rules) or "none"
    message = f"by must name the fields of a unique key of {schema.api_name}: there is {there}"
    raise ValidationError.of(message, field="by", code="choice")


def _owners(actor: Actor, wave: Sequence[Operation]) -> set[UUID]:
    ids = {operation.owner_id for operation in wave if isinstance(operation.owner_id, UUID)}
    return known_owners(actor, ids) if ids else set()


def _pending_write(
    actor: Actor, schema: Schema, operation: Operation, existing: LockedRecord | None, owners: set[UUID]
) -> PendingWrite:
    """What an operation makes of its record. Raises ``DomainError``."""
    if existing is not None:
        existing.require_version(operation.if_version)
    owner = existing.owner_id if existing else actor.user_id
    if operation.owner_id is not UNCHANGED:
        if operation.owner_id is not None and operation.owner_id not in owners:
            raise unknown_owner()
        owner = operation.owner_id  # type: ignore[assignment]
    if existing is None:
        return PendingWrite(merge(schema, None, operation.data), owner)
    return PendingWrite(merge(schema, existing.data, operation.data), owner, existing, existing.id)


def _appeared(schema: Schema, pairs: Sequence[tuple[Operation, PendingWrite]]) -> bool:
    """Whether there is now a record for an upsert that found none."""
    keys = [
        _key(schema, operation)
        for operation, pending in pairs
        if operation.by and pending.error and not pending.existing
    ]
    return bool(uniqueness.holders(schema.id, keys))


def _delete(actor: Actor, schema: Schema, wave: Sequence[Operation]) -> None:
    """Delete all at once, or, where a lookup restricts one, one by one."""
    ids = {id(operation): as_uuid(operation.record_id or "") for operation in wave}
    held = lock_records(actor, schema, sorted({id_ for id_ in ids.values() if id_}))
    doomed: list[Operation] = []
    for operation in wave:
        existing = held.get(ids[id(operation)] or UUID(int=0))
        try:
            if existing is None:
                raise NotFound.named("record", operation.record_id)
            access.require_delete(actor, schema, [existing.owner_id])
            existing.require_version(operation.if_version)
        except DomainError as error:
            operation.error = error
            continue
        operation.id = existing.id
        doomed.append(operation)
    if not doomed:
        return
    try:
        with transaction.atomic():
            deletion.delete_records(actor, [operation.id for operation in doomed if operation.id])
    except Conflict as error:
        if len(wave) == 1:
            wave[0].error = error
            return
        for operation in doomed:
            _delete(actor, schema, [operation])


# All that a filter finds ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """How many records a filter found, how many were changed, and the problems of the first that were not."""

    matched: int
    changed: int
    failures: tuple[tuple[UUID, DomainError], ...] = ()


@write
def change_all(
    actor: Actor, object_reference: str, request: RecordRequest, data: Mapping[str, Any], *, dry_run: bool
) -> Outcome:
    """Change all records that fit a request's filters and search: ``data`` is merged into each.

    All or nothing. With ``dry_run`` everything is judged, and nothing stays. At most ``deletion.MAX_AT_ONCE`` at a
    time. Raises ``ValidationError`` with the first records that the change does not fit, ``Conflict``,
    ``NotFound``, ``PermissionDenied``.
    """
    schema = _bulk_schema(actor, object_reference, access.require_write)
    ids = _matching(actor, schema, request)
    operations = [Operation(Kind.UPDATE, data, record_id=str(id_)) for id_ in ids]
    with transaction.atomic():
        for start in range(0, len(operations), MAX_OPERATIONS):
            _run_wave(actor, schema, operations[start : start + MAX_OPERATIONS])
        if dry_run:
            transaction.set_rollback(True)
    failed = [(UUID(op.record_id), op.error) for op in operations if op.error and op.record_id]
    if failed and not dry_run:
        raise type(failed[0][1])(
            problem.under(f"records.{id_}") for id_, error in failed[:NAMED] for problem in error.problems
        )
    changed = sum(bool(operation.document) for operation in operations)
    return Outcome(len(ids), changed, tuple(failed[:NAMED]))


@write
def delete_all(actor: Actor, object_reference: str, request: RecordRequest, *, dry_run: bool) -> Outcome:
    """Delete all records that fit a request's filters and search, with what their lookups' rules say.

    All or nothing; with ``dry_run`` nothing. Raises as ``change_all`` does.
    """
    schema = _bulk_schema(actor, object_reference, access.require_delete)
    ids = _matching(actor, schema, request)
    held = lock_records(actor, schema, ids) if ids else {}
    access.require_delete(actor, schema, [existing.owner_id for existing in held.values()])
    if not held:
        return Outcome(len(ids), 0)
    try:
        with transaction.atomic():
            deletion.delete_records(actor, held)
            if dry_run:
                transaction.set_rollback(True)
    except Conflict as error:
        if not dry_run:
            raise
        return Outcome(len(ids), 0, ((next(iter(held)), error),))
    return Outcome(len(ids), len(held))


def _matching(actor: Actor, schema: Schema, request: RecordRequest) -> list[UUID]:
    ids = matching_ids(actor, schema, request, deletion.MAX_AT_ONCE + 1)
    if len(ids) > deletion.MAX_AT_ONCE:
        total = count_of(Selection.of(actor, schema, request))
        message = f"{total:,} records fit; at most {deletion.MAX_AT_ONCE:,} are changed at a time, so narrow the filter"
        raise Conflict.of(message, code="too_many")
    return ids
