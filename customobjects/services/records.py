"""Writing records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from customobjects import access
from customobjects.fieldtypes.auto_number import AutoNumber
from customobjects.models import AutoNumberCounter, Record
from customobjects.queries.objects import as_uuid, by_reference
from customobjects.schema import Schema, schema_of
from customobjects.services import deletion, references, uniqueness
from customobjects.services.derivation import derive
from customobjects.services.saving import locked_record, require_version, save_changed
from customobjects.services.transactions import share, write
from customobjects.services.values import merge
from salesos.accounts.actor import Actor
from salesos.problems import ConflictError, InvalidError, MissingError

# Stands for "not given" where null means "nobody".
UNCHANGED = object()


def writable_schema(actor: Actor, reference: str) -> Schema:
    """The schema of an object whose records may be written, held as it is until this transaction ends.

    Raises ``MissingError``, or ``ConflictError`` where the object is archived.
    """
    rows = share(access.visible_objects(actor).filter(by_reference(reference)))
    if not rows:
        raise MissingError.named("object", reference)
    schema = schema_of(rows[0])
    if not schema.is_active:
        raise ConflictError.of(f"{schema.api_name} is archived; restore it to change its records", code="archived")
    return schema


@write
def create_record(
    actor: Actor, object_reference: str, data: Mapping[str, Any], *, owner_id: object = UNCHANGED
) -> Record:
    """Make a record. ``data`` has any input by apiName; without ``owner_id`` the actor owns the record.

    Raises ``InvalidError`` with every problem at its field, ``ConflictError`` for a unique value that is taken,
    ``MissingError`` for the object, ``DeniedError``.
    """
    access.require_write(actor)
    schema = writable_schema(actor, object_reference)
    values = merge(schema, None, data)
    references.check(actor, schema, values, {})
    owner = actor.user_id if owner_id is UNCHANGED else check_owner(actor, owner_id)
    _number(schema, values)
    record = Record(
        organization_id=actor.organization_id,
        custom_object_id=schema.id,
        data=values,
        schema_version=schema.version,
        owner_id=owner,
        created_by_id=actor.user_id,
        updated_by_id=actor.user_id,
    )
    record.updated_at = record.created_at
    derive(schema, record)
    record.save(force_insert=True)
    uniqueness.claim(schema, record, is_new=True)
    references.link(schema, record, values, {})
    return record


@write
def change_record(
    actor: Actor,
    object_reference: str,
    record_reference: str,
    data: Mapping[str, Any],
    *,
    owner_id: object = UNCHANGED,
    if_version: int | None = None,
) -> Record:
    """Change a record: ``data`` is merged into what it holds, and a null clears a field.

    Nothing is written where nothing changes. Raises as ``create_record`` does, ``MissingError`` for the record too,
    and ``StaleError`` where the record's version is not ``if_version``.
    """
    access.require_write(actor)
    schema = writable_schema(actor, object_reference)
    record = locked_record(actor, schema, record_reference)
    require_version(record, if_version)
    current = record.data
    values = merge(schema, current, data)
    owner = record.owner_id if owner_id is UNCHANGED else check_owner(actor, owner_id)
    if values == current and owner == record.owner_id:
        return record
    references.check(actor, schema, values, current)
    record.data = values
    record.owner_id = owner
    uniqueness.claim(schema, record)
    references.link(schema, record, values, current)
    save_changed(actor, schema, record)
    return record


@write
def delete_record(actor: Actor, object_reference: str, record_reference: str, *, if_version: int | None = None) -> None:
    """Put a record into the trash, with what its lookups' rules say for records that point at it.

    Raises ``MissingError``, ``DeniedError``, ``StaleError``, and ``ConflictError`` where a lookup restricts it.
    """
    access.require_delete(actor, [])
    schema = writable_schema(actor, object_reference)
    record = locked_record(actor, schema, record_reference)
    access.require_delete(actor, [record])
    require_version(record, if_version)
    deletion.delete_records(actor, [record.id])


def check_owner(actor: Actor, owner_id: object) -> UUID | None:
    """The id of a new owner, or None for nobody. Raises ``InvalidError`` where there is no such active user."""
    if owner_id is None:
        return None
    id_ = owner_id if isinstance(owner_id, UUID) else as_uuid(str(owner_id))
    if id_ is None or not access.visible_users(actor).filter(id=id_).exists():
        message = "ownerId must be an active user of the organization"
        raise InvalidError.of(message, field="ownerId", code="not_found")
    return id_


def _number(schema: Schema, values: dict[str, Any]) -> None:
    """Give a new record its auto numbers. A number's row stays locked until the record is committed."""
    for field in schema.kept:
        if isinstance(field.type, AutoNumber):
            counter = AutoNumberCounter.objects.select_for_update().get(field_id=field.id)
            values[field.data_key] = field.type.number(counter.next_number)
            counter.next_number += 1
            counter.save(update_fields=["next_number"])
