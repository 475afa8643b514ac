"""Unique values. The database's constraint on ``UniqueKey`` decides; this room asks it, and says who was first."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from customobjects.models import Field, Record, UniqueKey
from customobjects.schema import Schema, SchemaField
from customobjects.services.values import at
from salesos.problems import ConflictError, Problem

ATTEMPTS = 3
NAMED_DUPLICATES = 5
BATCH = 2_000

KeyOf = tuple[str, bytes]


def key_of(field: SchemaField, value: Any) -> KeyOf:
    """The name and digest that the value has among its object's unique keys."""
    return str(field.id), hashlib.sha256(field.type.unique_text(value).encode()).digest()


def keys_of(schema: Schema, data: Mapping[str, Any]) -> dict[KeyOf, SchemaField]:
    """The unique keys of a record that holds ``data``, deactivated fields' among them, and the fields they are of."""
    return {
        key_of(field, data[field.data_key]): field
        for field in schema.kept
        if field.is_unique and data.get(field.data_key) is not None
    }


def claim(schema: Schema, record: Record, *, is_new: bool = False) -> None:
    """Take the unique keys of what ``record`` holds now, and give up those that it no longer needs.

    ``is_new`` says that the record was just inserted and has none yet. Safe against every other process: who comes
    second waits for the first to end, and is refused.
    Raises ``ConflictError`` that names the record which has a value.
    """
    if not any(field.is_unique for field in schema.kept):
        return
    wanted = keys_of(schema, record.data)
    held = () if is_new else UniqueKey.objects.filter(record=record)
    mine = {(key.name, bytes(key.digest)): key.id for key in held}
    if gone := [id_ for key, id_ in mine.items() if key not in wanted]:
        UniqueKey.objects.filter(id__in=gone).delete()
    _insert(schema, record, {key: field for key, field in wanted.items() if key not in mine})


def _insert(schema: Schema, record: Record, keys: Mapping[KeyOf, SchemaField]) -> None:
    missing = dict(keys)
    for _ in range(ATTEMPTS):
        if not missing:
            return
        # Sorted, so that two records that share several values wait for each other in one order only.
        UniqueKey.objects.bulk_create(
            [
                UniqueKey(custom_object_id=schema.id, name=name, digest=digest, record=record)
                for name, digest in sorted(missing)
            ],
            ignore_conflicts=True,
        )
        holders = _holders(schema.id, missing)
        if taken := {key: holder for key, holder in holders.items() if holder.id != record.id}:
            raise ConflictError(_taken(missing[key], record.data, holder) for key, holder in taken.items())
        # A key that nobody holds was given up by its holder in between.
        missing = {key: field for key, field in missing.items() if key not in holders}
    raise ConflictError.of("unique values changed hands too often at this moment; try again", code="busy")


def _holders(object_id: UUID, keys: Iterable[KeyOf]) -> dict[KeyOf, Record]:
    digests = [digest for _name, digest in keys]
    rows = UniqueKey.objects.filter(
        custom_object_id=object_id, name__in={name for name, _digest in keys}, digest__in=digests
    ).select_related("record")
    return {(row.name, bytes(row.digest)): row.record for row in rows}


def _taken(field: SchemaField, data: Mapping[str, Any], holder: Record) -> Problem:
    value = field.type.display(data[field.data_key])[:80]
    return at(field, "duplicate", f"must be unique, and record {holder.id} ({holder.name[:80]}) has {value!r} already")


def release(record_ids: Iterable[UUID]) -> None:
    """Give up all unique keys of records that are deleted."""
    UniqueKey.objects.filter(record_id__in=list(record_ids)).delete()


def drop_keys(field: Field) -> None:
    """Forget the keys of a field that is unique no longer."""
    UniqueKey.objects.filter(custom_object_id=field.custom_object_id, name=str(field.id)).delete()


def build_keys(field: Field) -> None:
    """Make the keys of all records for a field that becomes unique.

    The caller holds the object's row, so that no record is written meanwhile. Raises ``ConflictError`` that names
    records which share a value.
    """
    compiled = SchemaField.compile(field)
    drop_keys(field)
    first: dict[bytes, tuple[UUID, str]] = {}
    batch: list[UniqueKey] = []
    shared: list[Problem] = []
    records = Record.objects.filter(
        custom_object_id=field.custom_object_id, deleted_at=None, data__has_key=field.data_key
    )
    for record in records.order_by("id").only("id", "name", "data").iterator(BATCH):
        value = record.data[field.data_key]
        name, digest = key_of(compiled, value)
        if digest in first:
            shared.append(_shared(field, compiled.type.display(value), first[digest], record))
            if len(shared) == NAMED_DUPLICATES:
                break
            continue
        first[digest] = (record.id, record.name)
        batch.append(UniqueKey(custom_object_id=field.custom_object_id, name=name, digest=digest, record_id=record.id))
        if len(batch) == BATCH and not shared:
            UniqueKey.objects.bulk_create(batch)
            batch = []
    if shared:
        raise ConflictError(shared)
    UniqueKey.objects.bulk_create(batch)


def _shared(field: Field, value: str, first: tuple[UUID, str], second: Record) -> Problem:
    message = (
        f"{field.api_name} cannot become unique: records {first[0]} ({first[1][:80]}) and {second.id} "
        f"({second.name[:80]}) both have {value[:80]!r}"
    )
    return Problem("isUnique", "duplicate", message)
