"""One change of all records that a filter finds, or their deletion: all or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from customobjects import access
from customobjects.queries.selection import RecordRequest, Selection, matching_ids
from customobjects.queries.totals import count_of
from customobjects.schema import Schema
from customobjects.services import deletion
from customobjects.services.batches import cut_by_size, stored_sizes
from customobjects.services.bulk import MAX_OPERATIONS, bulk_schema, note_deletion, run_batch
from customobjects.services.current_change import current
from customobjects.services.descriptions import with_ids
from customobjects.services.operations import Kind, Operation
from customobjects.services.pending_writes import UNCHANGED, lock_without_values
from customobjects.services.transactions import write
from salesos import json
from salesos.accounts.actor import Actor
from salesos.errors import Conflict, DomainError, PermissionDenied

MAX_NAMED_FAILURES = 10


@dataclass(frozen=True)
class Outcome:
    """How many records a filter found, how many were changed, and the problems of the first that were not."""

    matched: int
    changed: int
    failures: tuple[tuple[UUID, DomainError], ...] = ()


@write
def change_all(
    actor: Actor,
    object_reference: str,
    request: RecordRequest,
    data: Mapping[str, Any],
    *,
    dry_run: bool,
    owner_id: UUID | None = UNCHANGED,
) -> Outcome:
    """Change all records that fit a request's filters and search: ``data`` is merged into each, and ``owner_id``, where
    it is given, owns them all.

    All or nothing. With ``dry_run`` everything is judged, and nothing stays. At most ``deletion.MAX_AT_ONCE`` at a
    time. Raises ``ValidationError`` with the first records that the change does not fit, ``Conflict``,
    ``NotFound``, ``PermissionDenied``.
    """
    schema = bulk_schema(actor, object_reference, access.require_write, access.require_read)
    ids = _matching(actor, schema, request)
    sizes = stored_sizes(actor, schema, ids)
    added = len(json.dumps_bytes(data))
    # Found once, for all of them.
    data = with_ids(actor, schema, data)
    changed = 0
    failed: list[tuple[UUID, DomainError]] = []
    with transaction.atomic():
        for start in range(0, len(ids), MAX_OPERATIONS):
            some = ids[start : start + MAX_OPERATIONS]
            for batch in cut_by_size(some, lambda id_: sizes.get(id_, 0) + added):
                operations = [
                    Operation(Kind.UPDATE, data, record_id=str(id_), owner_id=owner_id, found_by=id_) for id_ in batch
                ]
                run_batch(actor, schema, operations)
                # Nothing else of a batch is kept.
                changed += sum(bool(operation.document) for operation in operations)
                wrong = [(id_, op.error) for id_, op in zip(batch, operations, strict=True) if op.error]
                failed += wrong[: MAX_NAMED_FAILURES - len(failed)]
            if failed and not dry_run:
                break
        if dry_run:
            undo_all()
    if failed and not dry_run:
        raise type(failed[0][1])(problem.under(f"records.{id_}") for id_, error in failed for problem in error.problems)
    return Outcome(len(ids), changed, tuple(failed))


@write
def delete_all(actor: Actor, object_reference: str, request: RecordRequest, *, dry_run: bool) -> Outcome:
    """Delete all records that fit a request's filters and search, with what their lookups' rules say.

    All or nothing; with ``dry_run`` nothing. Raises as ``change_all`` does.
    """
    schema = bulk_schema(actor, object_reference, access.require_delete, access.require_read)
    ids = _matching(actor, schema, request)
    held = lock_without_values(actor, schema, ids) if ids else {}
    access.require_delete(actor, schema, [existing.owner_id for existing in held.values()])
    if not held:
        return Outcome(len(ids), 0)
    try:
        with transaction.atomic():
            deletion.delete_records(actor, held)
            note_deletion(actor, schema, len(held), "filter")
            if dry_run:
                undo_all()
    except (Conflict, PermissionDenied) as error:
        if not dry_run:
            raise
        return Outcome(len(ids), 0, ((next(iter(held)), error),))
    return Outcome(len(ids), len(held))


def undo_all() -> None:
    """Keep nothing of what the innermost transaction wrote, and of the change that it is."""
    transaction.set_rollback(True)
    current().forget()


def _matching(actor: Actor, schema: Schema, request: RecordRequest) -> list[UUID]:
    ids = matching_ids(actor, schema, request, deletion.MAX_AT_ONCE + 1)
    if len(ids) > deletion.MAX_AT_ONCE:
        total = count_of(Selection.of(actor, schema, request))
        message = f"{total:,} records fit; at most {deletion.MAX_AT_ONCE:,} are changed at a time, so narrow the filter"
        raise Conflict.of(message, code="too_many")
    return ids
