"""What a caller with a stale copy is told: what changed since, and who changed it, so that both can be merged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from customobjects.fieldtypes import ValueProblem
from customobjects.models import CustomObject, Field
from customobjects.queries.history import OWNER_ID
from customobjects.queries.stale import changed_since
from customobjects.schema import Schema, SchemaField
from customobjects.services.pending_writes import UNCHANGED, StoredRecord
from customobjects.services.schema_history import FIELD_PROPERTIES, OBJECT_PROPERTIES, settable
from customobjects.services.values import cleaned
from customobjects.services.versions import IfVersion, newest_before
from salesos.accounts.actor import Actor
from salesos.errors import PreconditionFailed, Problem

# What of a definition is compared as it is stored: what it is called outside, by the model's names.
_OBJECT_NAMES = settable(OBJECT_PROPERTIES)
_FIELD_NAMES = settable(FIELD_PROPERTIES)


def require_version(
    actor: Actor,
    schema: Schema,
    existing: StoredRecord,
    wanted: IfVersion,
    *,
    data: Mapping[str, Any] | None = None,
    owner_id: UUID | None = UNCHANGED,
) -> None:
    """Raises ``PreconditionFailed`` where a record is at none of the versions wanted, and names the fields that differ.

    Those are what its history says has changed since, and who changed each last. Where it does not say, they are what
    of ``data``, any input by apiName, and ``owner_id`` is not what the record holds.
    """
    try:
        existing.require_version(wanted)
    except PreconditionFailed as error:
        since = newest_before(existing.version, wanted)
        changes = None if since is None else changed_since(actor, schema, existing.id, since, existing.version)
        if changes is None:
            problems = _differing(schema, existing, data or {}, owner_id)
        else:
            problems = (
                Problem(_path(name), "changed", f"{name} was changed by {change.person} at {change.at_in_words}")
                for name, change in changes.items()
            )
        raise error.also(problems) from None


def _path(name: str) -> str:
    return name if name == OWNER_ID else f"data.{name}"


def _differing(
    schema: Schema, existing: StoredRecord, data: Mapping[str, Any], owner_id: UUID | None
) -> Iterator[Problem]:
    for field in schema.fields:
        if field.api_name in data and not _holds(existing, field, data[field.api_name]):
            yield _differs(_path(field.api_name), field.api_name)
    if owner_id is not UNCHANGED and owner_id != existing.owner_id:
        yield _differs(OWNER_ID, OWNER_ID)


def _holds(existing: StoredRecord, field: SchemaField, given: Any) -> bool:
    """Whether a record's value is the one given. What is no value, as with words for a reference, is another."""
    held = existing.data.get(field.data_key)
    try:
        value = cleaned(field, given, held)
    except ValueProblem:
        return False
    return bool(value is held or (value is not None and held is not None and field.type.is_same(value, held)))


def _differs(path: str, name: str) -> Problem:
    return Problem(path, "differs", f"{name} is not what you send")


def differing_object(given: Mapping[str, Any]) -> Callable[[CustomObject], Iterable[Problem]]:
    """What tells which of the properties given, by their names in the model, an object does not have."""

    def problems(custom_object: CustomObject) -> Iterator[Problem]:
        for name, value in given.items():
            if name in _OBJECT_NAMES and getattr(custom_object, name) != value:
                yield _differs(_OBJECT_NAMES[name], _OBJECT_NAMES[name])
        primary = custom_object.primary_field
        if "primary_field" in given and primary and given["primary_field"] not in (str(primary.id), primary.api_name):
            yield _differs("primaryField", "primaryField")
        if "unique_keys" in given and _key_names(custom_object, given["unique_keys"]) != _key_names(
            custom_object, custom_object.unique_keys
        ):
            yield _differs("uniqueKeys", "uniqueKeys")

    return problems


def _key_names(custom_object: CustomObject, keys: Iterable[Mapping[str, Any]]) -> set[frozenset[str]]:
    """The fields of each key by apiName; ids and apiNames are the same."""
    names = {str(id_): name for id_, name in custom_object.fields.values_list("id", "api_name")}
    return {frozenset(names.get(reference, reference) for reference in key["fields"]) for key in keys}


def differing_field(field: Field, given: Mapping[str, Any]) -> Iterator[Problem]:
    """Which of the properties given, by their names in the model, and of the options a field does not have."""
    for name, value in given.items():
        if name in _FIELD_NAMES and getattr(field, name) != value:
            yield _differs(_FIELD_NAMES[name], _FIELD_NAMES[name])
    if "is_indexed" in given and given["is_indexed"] != bool(field.column):
        yield _differs("isIndexed", "isIndexed")
    for name, value in (given.get("options") or {}).items():
        if name in field.options and field.options[name] != value:
            yield _differs(f"options.{name}", name)
