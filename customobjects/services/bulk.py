"""Writing many records at once, by a list of operations.

Operations are done in batches: as many in a row as can be done together, with a handful of queries for all of them.
One that touches what another of its batch touches begins the next batch; so the result is the one that doing them one
by one would have.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.db import transaction

from customobjects import access
from customobjects.fieldtypes import ValueProblem
from customobjects.queries.objects import as_uuid
from customobjects.schema import Schema, UniqueRule
from customobjects.services import deletion, references, uniqueness
from customobjects.services.batches import SMALL_BATCH, cut_by_size, stored_sizes
from customobjects.services.definitions import note_act
from customobjects.services.operations import FoundBy, Operation, Run
from customobjects.services.pending_writes import (
    PendingWrite,
    StoredRecord,
    lock_records,
    lock_without_values,
)
from customobjects.services.records import choose_origin, choose_owner, store_pending, writable_schema
from customobjects.services.transactions import write
from customobjects.services.uniqueness import KeyOf
from customobjects.services.values import at, cleaned, merge
from salesos.accounts import audit
from salesos.accounts.actor import Actor
from salesos.errors import Conflict, DomainError, NotFound, PermissionDenied, ValidationError

MAX_OPERATIONS = 1_000
MAX_ATTEMPTS = 4


Lock = Callable[[Actor, Schema, Sequence[UUID]], dict[UUID, StoredRecord]]


@write
def run_operations(actor: Actor, object_reference: str, operations: Sequence[Operation], *, atomic: bool) -> None:
    """Do all operations, in their order; each gets what came of it.

    With ``atomic`` all or nothing: raises the kind of error that the first one failed with, and all problems, each at
    its operation. Without, what can be done is done. Raises ``ValidationError`` for too many, ``NotFound`` for the
    object, ``Conflict`` where it takes no bulk operations, ``PermissionDenied``, and ``ValidationError`` where the
    records would make an answer larger than the setting MAX_ANSWER_KB.
    """
    if len(operations) > MAX_OPERATIONS:
        message = f"at most {MAX_OPERATIONS:,} operations at a time"
        raise ValidationError.of(message, field="operations", code="too_many")
    questions = {access.require_delete if operation.deletes else access.require_write for operation in operations}
    if any(operation.by or operation.if_version is not None for operation in operations):
        # Whether a record is there, or has that version, would be told.
        questions.add(access.require_read)
    schema = bulk_schema(actor, object_reference, *questions)
    run = Run.of(actor, schema, operations, atomic=atomic)
    for operation in operations:
        # Left by an attempt that lost a deadlock.
        operation.id, operation.document, operation.is_new, operation.error = None, "", False, None
        try:
            operation.found_by = _found_by(schema, operation, run)
        except DomainError as error:
            operation.error = error.anew()
    batches = _batches(operation for operation in operations if operation.error is None)
    parts = [part for batch in batches for part in _with_room(actor, schema, batch)]
    if len(parts) > 1:
        _lock(actor, schema, [operation for part in parts for operation in part], lock_without_values)
    answer_bytes = 0
    for part in parts:
        run_batch(actor, schema, part, run)
        answer_bytes += sum(len(operation.document) for operation in part)
        if answer_bytes > settings.MAX_ANSWER_BYTES:
            limit = settings.MAX_ANSWER_BYTES // 1024
            message = f"the answer would be larger than {limit:,} KB: send fewer operations at a time"
            raise ValidationError.of(message, field="operations", code="max_size")
    if atomic and (failed := [(place, op.error) for place, op in enumerate(operations) if op.error]):
        problems = [problem.under(f"operations.{place}") for place, error in failed for problem in error.problems]
        raise type(failed[0][1])(problems)
    note_deletion(actor, schema, sum(operation.deletes and operation.error is None for operation in operations), "list")


def note_deletion(actor: Actor, of: access.Definition, count: int, by: Literal["list", "filter"]) -> None:
    """Note in the audit log that so many records of an object were deleted at once, if any were.

    What went along with them is not counted.
    """
    if count:
        note_act(actor, audit.Kind.RECORDS_DELETED, of, count=count, by=by)


def bulk_schema(actor: Actor, object_reference: str, *questions: Callable[[Actor, Schema], None]) -> Schema:
    """As ``writable_schema``. Raises ``Conflict`` too where the object takes no bulk operations."""
    schema = writable_schema(actor, object_reference, *questions)
    if not schema.enable_bulk:
        message = f"{schema.api_name} takes no bulk operations; an administrator can enable them"
        raise Conflict.of(message, code="disabled")
    return schema


def _found_by(schema: Schema, operation: Operation, run: Run) -> FoundBy | None:
    """What finds an operation's record; None for a new one. Raises ``NotFound``, ``ValidationError``."""
    if operation.record_id is None and not operation.deletes:
        return _unique_key(schema, operation, run) if operation.by else None
    id_ = as_uuid(operation.record_id or "")
    if id_ is None:
        raise NotFound.named("record", operation.record_id)
    return id_


def _unique_key(schema: Schema, operation: Operation, run: Run) -> KeyOf:
    """The unique key that an upsert finds its record by. Raises ``ValidationError``."""
    rule = _unique_rule(schema, operation.by)
    data = run.descriptions.with_ids(operation.data)
    values = {}
    for part in rule.fields:
        try:
            values[part.data_key] = cleaned(part, data.get(part.api_name))
        except ValueProblem as problem:
            raise ValidationError([at(part, problem.code, problem.message)]) from problem
    key = uniqueness.key_of(rule, values)
    if key is None:
        empty = next(part for part in rule.fields if values[part.data_key] is None)
        raise ValidationError([at(empty, "required", "is what the record is found by, and must have a value")])
    return key


def _unique_rule(schema: Schema, names: Sequence[str]) -> UniqueRule:
    rule = uniqueness.find_rule(schema, names)
    if rule is None:
        there = uniqueness.rules_in_words(schema)
        message = f"by must name the fields of a unique key of {schema.api_name}: there is {there}"
        raise ValidationError.of(message, field="by", code="choice")
    if not rule.is_filled:
        message = f"the keys of {' and '.join(names)} are being made for the records that are there; try again"
        raise Conflict.of(message, field="by", code="busy")
    return rule


def _batches(operations: Iterable[Operation]) -> Iterator[list[Operation]]:
    """The operations, cut where one is for a record that an earlier one of its batch is for."""
    batch: list[Operation] = []
    touched: set[FoundBy] = set()
    for operation in operations:
        if batch and (operation.found_by in touched or operation.deletes != batch[0].deletes):
            yield batch
            batch, touched = [], set()
        batch.append(operation)
        if operation.found_by is not None:
            touched.add(operation.found_by)
    if batch:
        yield batch


def _with_room(actor: Actor, schema: Schema, batch: Sequence[Operation]) -> Iterable[list[Operation]]:
    """A batch, cut where the records that it changes take too much memory together."""
    found_by = [operation.found_by for operation in batch if operation.found_by is not None and not operation.deletes]
    if len(found_by) <= SMALL_BATCH:
        return [list(batch)]
    ids = _ids_by(schema, found_by)
    sizes = stored_sizes(actor, schema, ids.values())

    def size_of(operation: Operation) -> int:
        id_ = ids.get(operation.found_by) if operation.found_by is not None else None
        return sizes.get(id_, 0) if id_ is not None else 0

    return cut_by_size(batch, size_of)


def run_batch(actor: Actor, schema: Schema, batch: Sequence[Operation], run: Run | None = None) -> None:
    """Do operations that can be done together; each gets what came of it."""
    if batch[0].deletes:
        _delete_batch(actor, schema, batch)
        return
    run = run or Run.of(actor, schema, batch)
    noted = run.descriptions.noted()
    for _ in range(MAX_ATTEMPTS):
        with transaction.atomic():
            again = _write_batch(actor, schema, batch, run)
            if not again:
                return
            transaction.set_rollback(True)
        run.descriptions.undo(noted)
        if again == "singly" and len(batch) > 1:
            # What was locked, ended with the inner transaction.
            _lock(actor, schema, batch)
            run.forget(batch)
            for operation in batch:
                run_batch(actor, schema, [operation], run)
            return
    for operation in batch:
        operation.error = Conflict.of("unique values changed hands too often at this moment; try again", code="busy")


def _write_batch(actor: Actor, schema: Schema, batch: Sequence[Operation], run: Run) -> Literal["", "singly", "again"]:
    """Create, change and upsert. Returns nothing, or how to do it again.

    ``singly``: one of the batch has a unique value that another gives up or takes. ``again``: somebody else has just
    made the record that an upsert did not find.
    """
    locked = _lock(actor, schema, batch)
    run.begin(batch, locked)
    pairs = _pending_writes(actor, schema, batch, locked, run)
    if pairs is None:
        return "singly"
    changed = [pending.existing.id for _operation, pending in pairs if pending.existing]
    if len(changed) > len(set(changed)):
        return "singly"
    in_the_way = store_pending(
        actor,
        schema,
        [pending for _operation, pending in pairs],
        lost=[operation.own_id for operation in batch if operation.error and operation.own_id],
        all_or_nothing=run.atomic,
    )
    failed = [pending for _operation, pending in pairs if pending.error]
    if in_the_way & {pending.id for _operation, pending in pairs} or (len(batch) > 1 and run.misled(failed)):
        return "singly"
    if _lock(actor, schema, [operation for operation, pending in pairs if pending.error and not pending.existing]):
        return "again"
    for pending in failed:
        run.descriptions.drop(pending)
    for operation, pending in pairs:
        operation.error, operation.id = pending.error, pending.id
        operation.document = pending.document if access.can_read(actor, schema) else ""
        operation.is_new = pending.existing is None
    return ""


def _pending_writes(
    actor: Actor, schema: Schema, batch: Sequence[Operation], locked: Mapping[FoundBy, StoredRecord], run: Run
) -> list[tuple[Operation, PendingWrite]] | None:
    """What the operations of a batch make of their records; one that cannot be done gets its ``error``.

    None where an upsert is to find a record that one before it makes.
    """
    owners = references.known_users(actor, [operation.owner_id for operation in batch])
    people = references.known_people(actor, [operation.created_by for operation in batch])
    pairs: list[tuple[Operation, PendingWrite]] = []
    is_mixed = any(operation.by for operation in batch) and not all(operation.by for operation in batch)
    taken: set[FoundBy] = set()
    for operation in batch:
        existing = locked.get(operation.found_by) if operation.found_by else None
        if existing is None and operation.found_by in taken:
            return None
        try:
            pending = _pending_write(actor, schema, operation, existing, run, owners, people)
        except DomainError as error:
            operation.error = error.anew()
        else:
            if is_mixed:
                taken |= uniqueness.keys_of(schema, pending.data).keys()
            run.descriptions.note(pending)
            pairs.append((operation, pending))
    return pairs


def _lock(
    actor: Actor, schema: Schema, batch: Sequence[Operation], lock: Lock = lock_records
) -> dict[FoundBy, StoredRecord]:
    """The records of operations that are there, by what finds them, locked in the order of their ids.

    All are locked before the first of several batches is done, so that two requests for the same records never wait
    for each other crosswise.
    """
    ids = _ids_by(schema, [operation.found_by for operation in batch if operation.found_by is not None])
    locked = lock(actor, schema, sorted(set(ids.values()))) if ids else {}
    return {found_by: locked[id_] for found_by, id_ in ids.items() if id_ in locked}


def _ids_by(schema: Schema, found_by: Iterable[FoundBy]) -> dict[FoundBy, UUID]:
    """The ids of records by what finds them. One query, or none where all are found by their ids."""
    ids: dict[FoundBy, UUID] = {}
    keys: list[KeyOf] = []
    for found in found_by:
        if isinstance(found, UUID):
            ids[found] = found
        else:
            keys.append(found)
    ids.update(uniqueness.holders(schema.id, keys).items())
    return ids


def _pending_write(
    actor: Actor,
    schema: Schema,
    operation: Operation,
    existing: StoredRecord | None,
    run: Run,
    owners: Container[UUID],
    people: Container[UUID],
) -> PendingWrite:
    """What an operation makes of its record. Raises ``DomainError``."""
    if existing is None and operation.record_id is not None:
        raise NotFound.named("record", operation.record_id)
    if existing is not None:
        existing.require_version(operation.if_version)
    owner = choose_owner(actor, schema, operation.owner_id, existing, owners)
    origin = choose_origin(actor, schema, operation.created_at, operation.created_by, people)
    data = run.descriptions.with_ids(operation.data)
    pending = PendingWrite(merge(actor, schema, existing.data if existing else None, data), owner, existing, origin)
    pending.id = operation.own_id or pending.id
    return pending


def _delete_batch(actor: Actor, schema: Schema, batch: Sequence[Operation]) -> None:
    """Delete all at once, or, where something stands against one, one by one."""
    locked = _lock(actor, schema, batch, lock_without_values)
    doomed: dict[UUID, Operation] = {}
    for operation in batch:
        existing = locked.get(operation.found_by) if operation.found_by else None
        try:
            if existing is None:
                raise NotFound.named("record", operation.record_id)
            access.require_delete(actor, schema, [existing.owner_id])
            existing.require_version(operation.if_version)
        except DomainError as error:
            operation.error = error.anew()
        else:
            operation.id = existing.id
            doomed[existing.id] = operation
    try:
        with transaction.atomic():
            deletion.delete_records(actor, doomed)
    except (Conflict, PermissionDenied) as error:
        if len(batch) == 1:
            batch[0].error = error.anew()
            return
        for operation in doomed.values():
            _delete_batch(actor, schema, [operation])
