"""Values that point at something: users, and records of other objects, with the links that go with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from customobjects import access
from customobjects.fieldtypes.references import Lookup
from customobjects.fieldtypes.references import User as UserType
from customobjects.models import Record, RecordLink
from customobjects.schema import Schema, SchemaField
from customobjects.services.transactions import share
from customobjects.services.values import at
from salesos.accounts.actor import Actor
from salesos.problems import InvalidError, Problem

Pair = tuple[UUID, UUID]


def targets_of(field: SchemaField, data: Mapping[str, Any]) -> list[str]:
    """The ids that a lookup field of a record with ``data`` points at."""
    assert isinstance(field.type, Lookup)
    return field.type.ids(data.get(field.data_key))


def check(actor: Actor, schema: Schema, data: Mapping[str, Any], current: Mapping[str, Any]) -> None:
    """Hold what a record newly points at against what exists, and keep it there until this transaction ends.

    Raises ``InvalidError`` at each field that names a record or a user which does not exist for the actor.
    """
    changed = [field for field in schema.fields if data.get(field.data_key) != current.get(field.data_key)]
    problems = [*_check_users(actor, changed, data), *_check_targets(actor, changed, data, current)]
    if problems:
        raise InvalidError(problems)


def _check_users(actor: Actor, fields: list[SchemaField], data: Mapping[str, Any]) -> list[Problem]:
    named = {field: data[field.data_key] for field in fields if isinstance(field.type, UserType) and _has(field, data)}
    if not named:
        return []
    known = {str(id_) for id_ in access.visible_users(actor).filter(id__in=named.values()).values_list("id", flat=True)}
    return [
        at(field, "not_found", f"must be an active user of the organization, and {id_} is none")
        for field, id_ in named.items()
        if id_ not in known
    ]


def _has(field: SchemaField, data: Mapping[str, Any]) -> bool:
    return data.get(field.data_key) is not None


def _check_targets(
    actor: Actor, fields: list[SchemaField], data: Mapping[str, Any], current: Mapping[str, Any]
) -> list[Problem]:
    named = {
        field: sorted(set(targets_of(field, data)) - set(targets_of(field, current)))
        for field in fields
        if field.target_id is not None
    }
    wanted = {id_ for ids in named.values() for id_ in ids}
    if not wanted:
        return []
    rows = share(
        Record.objects.filter(organization_id=actor.organization_id, id__in=wanted, deleted_at=None)
        .order_by("id")
        .only("id", "custom_object_id")
    )
    object_of = {str(row.id): row.custom_object_id for row in rows}
    return [
        at(field, "not_found", f"must be a record of the object it looks up to, and {id_} is none")
        for field, ids in named.items()
        for id_ in ids
        if object_of.get(id_) != field.target_id
    ]


def link(schema: Schema, record: Record, data: Mapping[str, Any], current: Mapping[str, Any]) -> None:
    """Make the record's links those of ``data``, where it had those of ``current``."""
    wanted, held = _pairs(schema, data), _pairs(schema, current)
    for field_id, target_id in held - wanted:
        RecordLink.objects.filter(source=record, field_id=field_id, target_id=target_id).delete()
    if new := wanted - held:
        RecordLink.objects.bulk_create(
            RecordLink(field_id=field_id, source=record, target_id=target_id) for field_id, target_id in sorted(new)
        )


def _pairs(schema: Schema, data: Mapping[str, Any]) -> set[Pair]:
    return {(field.id, UUID(id_)) for field in schema.lookups for id_ in targets_of(field, data)}
