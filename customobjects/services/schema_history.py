"""The history of definitions: what was changed in an object and its fields, by whom, from what to what.

``definitions.lock_object`` keeps what the definition was, ``definitions.touch`` notes what it has become: whatever a
service changes in between is told by comparing the two. What the background does to a definition is no change of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from customobjects.models import CustomObject, Field, SchemaRevision
from customobjects.services.changes import ChangeKind
from customobjects.services.current_change import current
from salesos import json
from salesos.accounts.actor import Actor

# Properties by their names in the API. What the object has only while the background works is none of its definition.
OBJECT_PROPERTIES = {
    "apiName": "api_name",
    "name": "name",
    "pluralName": "plural_name",
    "description": "description",
    "icon": "icon",
    "color": "color",
    "enableSearch": "enable_search",
    "enableHistory": "enable_history",
    "historyDays": "history_days",
    "enableNotes": "enable_notes",
    "enableActivities": "enable_activities",
    "enableBulkOperations": "enable_bulk_operations",
    "isActive": "is_active",
}
FIELD_PROPERTIES = {
    "apiName": "api_name",
    "label": "label",
    "type": "type",
    "helpText": "help_text",
    "group": "group",
    "isRequired": "is_required",
    "isUnique": "is_unique",
    "isActive": "is_active",
    "defaultValue": "default_value",
    "order": "order",
}
# What never changes after creation.
FIXED = {"apiName", "type"}
Properties = Mapping[str, Any]
Changes = dict[str, list[Any]]


def settable(properties: Mapping[str, str]) -> dict[str, str]:
    """What of some properties may change: their names in the API, by those in the model."""
    return {column: name for name, column in properties.items() if name not in FIXED}


@dataclass(frozen=True)
class Defined:
    """An object or a field, with its properties; one that is deleted keeps them, and may be restored."""

    properties: Properties
    is_deleted: bool


@dataclass(frozen=True)
class Definition:
    """What an object is, and its fields by their ids, at one moment."""

    own: Defined
    fields: Mapping[UUID, Defined]


def definition_of(custom_object: CustomObject) -> Definition:
    """The definition of an object as its row and those of its fields are now. One query."""
    fields = list(custom_object.fields.select_related("counter").order_by("order", "number"))
    names = {field.id: field.api_name for field in fields}
    own = {name: getattr(custom_object, column) for name, column in OBJECT_PROPERTIES.items()}
    primary = custom_object.primary_field_id
    own["primaryField"] = names.get(primary) if primary else None
    own["uniqueKeys"] = [
        {"fields": [names.get(UUID(id_)) for id_ in key["fields"]]} for key in custom_object.unique_keys
    ]
    return Definition(
        Defined(own, custom_object.deleted_at is not None),
        {field.id: Defined(_properties_of(field), field.deleted_at is not None) for field in fields},
    )


def _properties_of(field: Field) -> Properties:
    counter = getattr(field, "counter", None)
    return {
        **{name: getattr(field, column) for name, column in FIELD_PROPERTIES.items()},
        # An index that the background is still filling was asked for, too.
        "isIndexed": bool(field.column or field.filling),
        "nextNumber": counter.next_number if counter else None,
        **{f"options.{name}": value for name, value in field.options.items()},
    }


def remember(custom_object: CustomObject) -> None:
    """Keep what the definition of an object is that is about to be changed. One query."""
    custom_object.definition_before = definition_of(custom_object)


def note(actor: Actor, custom_object: CustomObject) -> None:
    """Write what has changed in a definition since it was remembered; all of it, where there was none.

    Two queries, and one INSERT for all changes, or none.
    """
    before, now = custom_object.definition_before, definition_of(custom_object)
    custom_object.definition_before = now
    change = current()
    made = [
        SchemaRevision(
            organization_id=custom_object.organization_id,
            custom_object=custom_object,
            field_id=field_id,
            field_api_name=now.fields[field_id].properties["apiName"] if field_id else "",
            kind=kind,
            changes=changes,
            schema_version=custom_object.schema_version,
            at=custom_object.updated_at,
            by_id=actor.user_id,
            via=actor.via,
            change_id=change.id,
            transaction=change.number(custom_object.organization_id),
        )
        for kind, field_id, changes in _revisions(before, now)
    ]
    SchemaRevision.objects.bulk_create(made)


def _revisions(before: Definition | None, now: Definition) -> Iterator[tuple[ChangeKind, UUID | None, Changes]]:
    """The revisions that lead from one definition to the next: the object's own, and each field's.

    An object that comes or goes does so with its fields: that is one revision.
    """
    kind = _kind(before.own if before else None, now.own)
    if kind is not ChangeKind.UPDATE:
        old = _with_fields(before) if before and kind is ChangeKind.DELETE else {}
        new = _with_fields(now) if kind is not ChangeKind.DELETE else {}
        yield kind, None, _changes(old, new)
        return
    assert before is not None
    if changes := _changes(before.own.properties, now.own.properties):
        yield kind, None, changes
    for id_, field in now.fields.items():
        old_field = before.fields.get(id_)
        was_there = old_field is not None and not old_field.is_deleted
        if field.is_deleted and not was_there:
            continue
        changes = _changes(
            old_field.properties if old_field and was_there else {}, {} if field.is_deleted else field.properties
        )
        if changes:
            yield _kind(old_field, field), id_, changes


def _kind(before: Defined | None, now: Defined) -> ChangeKind:
    if before is None:
        return ChangeKind.CREATE
    if before.is_deleted == now.is_deleted:
        return ChangeKind.UPDATE
    return ChangeKind.DELETE if now.is_deleted else ChangeKind.RESTORE


def _with_fields(definition: Definition) -> Properties:
    fields = [dict(field.properties) for field in definition.fields.values() if not field.is_deleted]
    return {**definition.own.properties, "fields": fields}


def _changes(old: Properties, new: Properties) -> Changes:
    """What is another in the new properties, each with both values. As JSON, 1 and true are two values."""
    both = {name: [old.get(name), new.get(name)] for name in [*old, *(name for name in new if name not in old)]}
    return {name: change for name, change in both.items() if json.dumps(change[0]) != json.dumps(change[1])}
