"""Writing many records at once: a list of operations, or one change of all records that a filter finds.

Operations are done in batches: as many in a row as can be done together, with a handful of queries for all of them.
One that touches what another of its batch touches begins the next batch; so the result is the one that doing them one
by one would have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.db import transaction

from customobjects import access
from customobjects.fieldtypes import ValueProblem
from customobjects.queries.objects import as_uuid
from customobjects.queries.selection import RecordRequest, Selection, matching_ids
from customobjects.queries.totals import count_of
from customobjects.schema import Schema, UniqueRule
from customobjects.services import deletion, references, uniqueness
from customobjects.services.batches import SMALL_BATCH, cut_by_size, stored_sizes
from customobjects.services.pending_writes import PendingWrite, StoredRecord, lock_records, lock_without_values
from customobjects.services.records import UNCHANGED, choose_owner, store_pending, writable_schema
from customobjects.services.transactions import write
from customobjects.services.uniqueness import KeyOf
from customobjects.services.values import at, merge
from salesos import json
from salesos.accounts.actor import Actor
from salesos.errors import Conflict, DomainError, NotFound, PermissionDenied, ValidationError

MAX_OPERATIONS = 1_000
MAX_ATTEMPTS = 4
MAX_NAMED_FAILURES = 10


class Kind(StrEnum):
    """What an operation does."""

    CREATE = "create"
    UPDATE = "update"
    UPSERT = "upsert"
    DELETE = "delete"


# What finds a record: its id, or the unique key that it holds.
FoundBy = UUID | KeyOf
Lock = Callable[[Actor, Schema, Sequence[UUID]], dict[UUID, StoredRecord]]


@dataclass
class Operation:
    """One of the things to do, and in the end what came of it: ``id`` and ``document``, or ``error``.

    ``by`` names the fields of the unique key that an upsert finds its record by; ``is_new`` says that it made one.
    """

    kind: Kind
    data: Mapping[str, Any] = field(default_factory=dict)
    record_id: str | None = None
    by: Sequence[str] = ()
    owner_id: UUID | None = UNCHANGED
    if_version: int | None = None
    found_by: FoundBy | None = None
    id: UUID | None = None
    document: str = ""
    is_new: bool = False
    error: DomainError | None = None

    @property
    def deletes(self) -> bool:
        """Whether it takes a record away."""
        return self.kind is Kind.DELETE


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
    schema = _bulk_schema(actor, object_reference, *questions)
    for operation in operations:
        # Left by an attempt that lost a deadlock.
        operation.id, operation.document, operation.is_new, operation.error = None, "", False, None
        try:
            operation.found_by = _found_by(schema, operation)
        except DomainError as error:
            operation.error = error.anew()
    batches = _batches(operation for operation in operations if operation.error is None)
    parts = [part for batch in batches for part in _with_room(actor, schema, batch)]
    if len(parts) > 1:
        _lock(actor, schema, [operation for part in parts for operation in part], lock_without_values)
    answer_bytes = 0
    for part in parts:
        _run_batch(actor, schema, part)
        answer_bytes += sum(len(operation.document) for operation in part)
        if answer_bytes > settings.MAX_ANSWER_BYTES:
            limit = settings.MAX_ANSWER_BYTES // 1024
            message = f"the answer would be larger than {limit:,} KB: send fewer operations at a time"
            raise ValidationError.of(message, field="operations", code="max_size")
    if atomic and (failed := [(place, op.error) for place, op in enumerate(operations) if op.error]):
        problems = [problem.under(f"operations.{place}") for place, error in failed for problem in error.problems]
        raise type(failed[0][1])(problems)


def _bulk_schema(actor: Actor, object_reference: str, *questions: Callable[[Actor, Schema], None]) -> Schema:
    schema = writable_schema(actor, object_reference, *questions)
    if not schema.enable_bulk:
        message = f"{schema.api_name} takes no bulk operations; an administrator can enable them"
        raise Conflict.of(message, code="disabled")
    return schema


def _found_by(schema: Schema, operation: Operation) -> FoundBy | None:
    """What finds an operation's record; None for a new one. Raises ``NotFound``, ``ValidationError``."""
    if operation.record_id is None and not operation.deletes:
        return _unique_key(schema, operation) if operation.by else None
    id_ = as_uuid(operation.record_id or "")
    if id_ is None:
        raise NotFound.named("record", operation.record_id)
    return id_


def _unique_key(schema: Schema, operation: Operation) -> KeyOf:
    """The unique key that an upsert finds its record by. Raises ``ValidationError``."""
    rule = _unique_rule(schema, operation.by)
    values = {}
    for part in rule.fields:
        try:
            values[part.data_key] = part.type.clean(operation.data.get(part.api_name))
        except ValueProblem as problem:
            raise ValidationError([at(part, problem.code, problem.message)]) from problem
    key = uniqueness.key_of(rule, values)
    if key is None:
        empty = next(part for part in rule.fields if values[part.data_key] is None)
        raise ValidationError([at(empty, "required", "is what the record is found by, and must have a value")])
    return key


def _unique_rule(schema: Schema, names: Sequence[str]) -> UniqueRule:
    named = sorted(found.api_name if (found := schema.find(name)) else name for name in names)
    for rule in schema.unique_rules:
        if sorted(part.api_name for part in rule.fields) == named:
            if not rule.is_filled:
                message = f"the keys of {' and '.join(names)} are being made for the records that are there; try again"
                raise Conflict.of(message, field="by", code="busy")
            return rule
    there = "; ".join(" and ".join(part.api_name for part in rule.fields) for rule in schema.unique_rules) or "none"
    message = f"by must name the fields of a unique key of {schema.api_name}: there is {there}"
    raise ValidationError.of(message, field="by", code="choice")


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


def _run_batch(actor: Actor, schema: Schema, batch: Sequence[Operation]) -> None:
    if batch[0].deletes:
        _delete_batch(actor, schema, batch)
        return
    for _ in range(MAX_ATTEMPTS):
        with transaction.atomic():
            again = _write_batch(actor, schema, batch)
            if not again:
                return
            transaction.set_rollback(True)
        if again == "singly" and len(batch) > 1:
            # What was locked, ended with the inner transaction.
            _lock(actor, schema, batch)
            for operation in batch:
                _run_batch(actor, schema, [operation])
            return
    for operation in batch:
        operation.error = Conflict.of("unique values changed hands too often at this moment; try again", code="busy")


def _write_batch(actor: Actor, schema: Schema, batch: Sequence[Operation]) -> Literal["", "singly", "again"]:
    """Create, change and upsert. Returns nothing, or how to do it again.

    ``singly``: one of the batch has a unique value that another gives up or takes. ``again``: somebody else has just
    made the record that an upsert did not find.
    """
    locked = _lock(actor, schema, batch)
    owners = references.known_users(actor, [operation.owner_id for operation in batch])
    pairs: list[tuple[Operation, PendingWrite]] = []
    for operation in batch:
        operation.error = None
        existing = locked.get(operation.found_by) if operation.found_by else None
        try:
            pairs.append((operation, _pending_write(actor, schema, operation, existing, owners)))
        except DomainError as error:
            operation.error = error.anew()
    changed = [pending.existing.id for _operation, pending in pairs if pending.existing]
    if len(changed) > len(set(changed)):
        return "singly"
    in_the_way = store_pending(actor, schema, [pending for _operation, pending in pairs])
    if in_the_way & {pending.id for _operation, pending in pairs}:
        return "singly"
    if _lock(actor, schema, [operation for operation, pending in pairs if pending.error and not pending.existing]):
        return "again"
    for operation, pending in pairs:
        operation.error, operation.id = pending.error, pending.id
        operation.document = pending.document if access.can_read(actor, schema) else ""
        operation.is_new = pending.existing is None
    return ""


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
    actor: Actor, schema: Schema, operation: Operation, existing: StoredRecord | None, owners: set[UUID]
) -> PendingWrite:
    """What an operation makes of its record. Raises ``DomainError``."""
    if existing is None:
        if operation.record_id is not None:
            raise NotFound.named("record", operation.record_id)
        owner = choose_owner(actor, schema, operation.owner_id, None, owners)
        return PendingWrite(merge(schema, None, operation.data), owner)
    existing.require_version(operation.if_version)
    owner = choose_owner(actor, schema, operation.owner_id, existing, owners)
    return PendingWrite(merge(schema, existing.data, operation.data), owner, existing)


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
    schema = _bulk_schema(actor, object_reference, access.require_write, access.require_read)
    ids = _matching(actor, schema, request)
    sizes = stored_sizes(actor, schema, ids)
    added = len(json.dumps_bytes(data))
    changed = 0
    failed: list[tuple[UUID, DomainError]] = []
    with transaction.atomic():
        for start in range(0, len(ids), MAX_OPERATIONS):
            some = ids[start : start + MAX_OPERATIONS]
            for batch in cut_by_size(some, lambda id_: sizes.get(id_, 0) + added):
                operations = [Operation(Kind.UPDATE, data, record_id=str(id_), found_by=id_) for id_ in batch]
                _run_batch(actor, schema, operations)
                # Nothing else of a batch is kept.
                changed += sum(bool(operation.document) for operation in operations)
                wrong = [(id_, op.error) for id_, op in zip(batch, operations, strict=True) if op.error]
                failed += wrong[: MAX_NAMED_FAILURES - len(failed)]
            if failed and not dry_run:
                break
        if dry_run:
            transaction.set_rollback(True)
    if failed and not dry_run:
        raise type(failed[0][1])(problem.under(f"records.{id_}") for id_, error in failed for problem in error.problems)
    return Outcome(len(ids), changed, tuple(failed))


@write
def delete_all(actor: Actor, object_reference: str, request: RecordRequest, *, dry_run: bool) -> Outcome:
    """Delete all records that fit a request's filters and search, with what their lookups' rules say.

    All or nothing; with ``dry_run`` nothing. Raises as ``change_all`` does.
    """
    schema = _bulk_schema(actor, object_reference, access.require_delete, access.require_read)
    ids = _matching(actor, schema, request)
    held = lock_without_values(actor, schema, ids) if ids else {}
    access.require_delete(actor, schema, [existing.owner_id for existing in held.values()])
    if not held:
        return Outcome(len(ids), 0)
    try:
        with transaction.atomic():
            deletion.delete_records(actor, held)
            if dry_run:
                transaction.set_rollback(True)
    except (Conflict, PermissionDenied) as error:
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
