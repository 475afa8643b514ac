"""Reading objects and their fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Prefetch, Q, QuerySet

from customobjects import access
from customobjects.models import CustomObject, Field
from customobjects.schema import Schema, known_schema, schema_of
from salesos.accounts.actor import Actor
from salesos.beliefs import Condition, Memory
from salesos.db.compiled_queries import CompiledQuery, Param
from salesos.errors import NotFound

UUID_LENGTH = 36


def as_uuid(reference: str) -> UUID | None:
    """The id that a path names, or None where it names something by its apiName, or nothing at all."""
    if len(reference) != UUID_LENGTH:
        return None
    try:
        return UUID(reference)
    except ValueError:
        return None


def by_reference(reference: str) -> Q:
    """The condition for a row that is named by its id or by its apiName."""
    found = as_uuid(reference)
    if found is not None:
        return Q(id=found)
    # A NUL, which no apiName has, would be an error inside PostgreSQL.
    return Q(api_name=reference) if "\x00" not in reference else Q(pk__in=[])


def find_object(objects: QuerySet[CustomObject], reference: str) -> CustomObject:
    """The object among ``objects`` that ``reference`` (an id or an apiName) names, or ``NotFound``."""
    found = objects.filter(by_reference(reference)).first()
    if found is None:
        raise NotFound.named("object", reference)
    return found


def _slot(name: str) -> Param:
    found = CustomObject._meta.get_field(name)
    assert isinstance(found, models.Field)
    return Param(name, found)


def _state_by(name: str, *, lock: str = "") -> CompiledQuery[CustomObject]:
    def build() -> QuerySet[CustomObject, Any]:
        objects = access.objects_of(_slot("organization_id")).filter(**{name: _slot(name)})
        return objects.values_list("id", "schema_version", "updated_at")

    return CompiledQuery(build, lock=lock, confirms=True)


_STATES = {name: _state_by(name) for name in ("id", "api_name")}
# Whoever changes the schema takes the row FOR UPDATE, and so waits for us, or we for them.
_HELD_STATES = {name: _state_by(name, lock=" FOR KEY SHARE") for name in ("id", "api_name")}


def _remembered() -> QuerySet[CustomObject, Any]:
    # An object never changes its organization.
    objects = CustomObject.objects.filter(deleted_at=None)
    return objects.filter(id=_slot("id"), schema_version=_slot("schema_version"), updated_at=_slot("updated_at"))


def _state_values(_key: tuple[UUID, str], schema: Schema) -> dict[str, Any]:
    id_, version, updated_at = schema.state
    return {"id": id_, "schema_version": version, "updated_at": updated_at}


# By organization and reference. An apiName never comes to mean another object while the one that has it is there.
_schemas: Memory[tuple[UUID, str], Schema] = Memory(Condition(_remembered), _state_values)


def find_schema(actor: Actor, reference: str, *, hold: bool = False) -> Schema:
    """The compiled schema of an object that exists for the actor. Raises ``NotFound``.

    One query, and two more where this version is new to the process; none, where the request may believe what is
    remembered. With ``hold`` the schema stays as it is until this transaction ends.
    """
    key = (actor.organization_id, reference)
    believed = None if hold else _schemas.believed(key)
    if believed is not None:
        return believed
    id_ = as_uuid(reference)
    name, value = ("api_name", reference) if id_ is None else ("id", id_)
    # A NUL, which no apiName has, would be an error inside PostgreSQL.
    given = {"organization_id": actor.organization_id, name: value}
    rows = (_HELD_STATES if hold else _STATES)[name].rows(given) if "\x00" not in reference else []
    if not rows:
        raise NotFound.named("object", reference)
    schema = known_schema(rows[0]) or schema_of(find_object(access.visible_objects(actor), str(rows[0][0])))
    _schemas.remember(key, schema)
    return schema


def get_schema(actor: Actor, reference: str) -> Schema:
    """The compiled schema of an object that the actor may read. Raises ``PermissionDenied``, ``NotFound``."""
    access.require_read(actor)
    return find_schema(actor, reference)


def with_fields(objects: QuerySet[CustomObject]) -> QuerySet[CustomObject]:
    """The same objects, each with its fields (those not deleted, in their order) read in one more query for all."""
    fields = Field.objects.filter(deleted_at=None).order_by("order", "number")
    return objects.prefetch_related(Prefetch("fields", queryset=fields))


def get_object(actor: Actor, reference: str) -> CustomObject:
    """An object with its fields. Raises ``PermissionDenied``, ``NotFound``."""
    access.require_read(actor)
    return find_object(with_fields(access.visible_objects(actor)), reference)


def as_written(actor: Actor, object_id: UUID) -> CustomObject:
    """An object with its fields as the actor has just written it, which takes no scope to read. ``NotFound``."""
    return find_object(with_fields(access.visible_objects(actor)), str(object_id))


def list_objects(actor: Actor, *, search: str = "") -> QuerySet[CustomObject]:
    """The actor's objects by name, with their fields; those that ``search`` finds. Raises ``PermissionDenied``."""
    access.require_read(actor)
    return search_objects(with_fields(access.visible_objects(actor)).order_by("name", "id"), search)


def search_objects(objects: QuerySet[CustomObject], search: str) -> QuerySet[CustomObject]:
    """The objects that have every word of ``search`` in one of their names or in the description."""
    for word in search.split():
        objects = objects.filter(
            Q(name__icontains=word)
            | Q(plural_name__icontains=word)
            | Q(api_name__icontains=word)
            | Q(description__icontains=word)
        )
    return objects


def list_fields(actor: Actor, reference: str) -> QuerySet[Field]:
    """The fields of an object that are not deleted, in their order. Raises ``PermissionDenied``, ``NotFound``."""
    access.require_read(actor)
    return find_object(access.visible_objects(actor), reference).fields.filter(deleted_at=None)


def find_field(custom_object: CustomObject, reference: str) -> Field:
    """The field of an object that ``reference`` (an id or an apiName) names, or ``NotFound``."""
    field = custom_object.fields.filter(by_reference(reference), deleted_at=None).first()
    if field is None:
        raise NotFound.named("field", reference)
    return field


def names_of_objects(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of objects, by id."""
    return dict(access.visible_objects(actor).filter(id__in=ids).values_list("id", "name"))
