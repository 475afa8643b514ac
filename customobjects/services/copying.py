"""Copies of records: what they hold, but for what no two records share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from customobjects import access
from customobjects.queries.objects import as_uuid
from customobjects.schema import Schema
from customobjects.services.batches import cut_by_size, stored_sizes
from customobjects.services.bulk import MAX_OPERATIONS, bulk_schema
from customobjects.services.descriptions import with_ids
from customobjects.services.pending_writes import PendingWrite, StoredRecord, lock_records
from customobjects.services.records import Written, store_pending, writable_schema, written
from customobjects.services.transactions import write
from customobjects.services.values import at, merge
from salesos.accounts.actor import Actor
from salesos.errors import NotFound, ValidationError


@write
def duplicate_records(
    actor: Actor, object_reference: str, ids: Sequence[str | UUID], data: Mapping[str, Any] | None = None
) -> list[Written]:
    """Make a copy of each of some records, in their order, which the actor owns: all in one change, or none.

    A copy holds what its record does, as far as it can be seen. Unique values are left out, and of a unique key of
    several fields the last that may be empty; numbers are given anew; a text that names the record gets a word behind
    it where there is room. ``data`` is merged into each copy, as into a record that is changed.

    Raises ``ValidationError`` for too many, for fields that are required and unique and that ``data`` does not give,
    and as ``change_record`` does; ``NotFound`` for the object and the records; ``Conflict`` for a unique value that is
    taken, and where these are several and the object takes no bulk operations; ``PermissionDenied``.
    """
    if not 0 < len(ids) <= MAX_OPERATIONS:
        message = f"ids must name 1 to {MAX_OPERATIONS:,} records"
        raise ValidationError.of(message, field="ids", code="too_many" if ids else "required")
    schema_of = writable_schema if len(ids) == 1 else bulk_schema
    schema = schema_of(actor, object_reference, access.require_write, access.require_read)
    found = [_id(given) for given in ids]
    given = with_ids(actor, schema, data or {})
    sizes = stored_sizes(actor, schema, found)
    made: list[Written] = []
    for batch in cut_by_size(found, lambda id_: sizes.get(id_, 0)):
        held = lock_records(actor, schema, sorted(set(batch)))
        if missing := next((id_ for id_ in batch if id_ not in held), None):
            raise NotFound.named("record", missing)
        made += _copy(actor, schema, [held[id_] for id_ in batch], given)
    return made


def _id(given: str | UUID) -> UUID:
    id_ = as_uuid(str(given))
    if id_ is None:
        raise NotFound.named("record", given)
    return id_


def _copy(actor: Actor, schema: Schema, records: Sequence[StoredRecord], given: Mapping[str, Any]) -> Iterator[Written]:
    """Store copies of some records. Raises what is wrong with those that cannot be."""
    copies = [
        PendingWrite(merge(actor, schema, _values(schema, record, given), given), actor.user_id) for record in records
    ]
    store_pending(actor, schema, copies, all_or_nothing=True)
    if wrong := [copy.error for copy in copies if copy.error is not None]:
        raise type(wrong[0])(problem for error in wrong for problem in error.problems)
    return (written(actor, schema, copy) for copy in copies)


def _values(schema: Schema, record: StoredRecord, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a copy starts with, by ``data_key``. Raises ``ValidationError`` where it needs a value of its own."""
    values = {
        field.data_key: record.data[field.data_key]
        for field in schema.fields
        if field.type.writable and field.data_key in record.data
    }
    primary = schema.primary
    held = values.get(primary.data_key) if primary is not None else None
    if primary is not None and held is not None:
        values[primary.data_key] = primary.type.copied(held)
    in_the_way = []
    for rule in schema.unique_rules:
        # Where one of them is empty, or given, or another one, there is no key, or another.
        is_whole = all(field.data_key in values for field in rule.fields)
        is_another = primary in rule.fields and held is not None and values.get(primary.data_key) != held
        if not is_whole or is_another or any(field.api_name in given for field in rule.fields):
            continue
        if free := [field for field in rule.fields if not field.is_required]:
            del values[free[-1].data_key]
        else:
            in_the_way.append(rule.fields[-1])
    if in_the_way:
        raise ValidationError(
            at(field, "unique", "is required and unique: say what the copy is to have") for field in in_the_way
        )
    return values
