"""Reading objects and their fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects

from customobjects import access
from customobjects.fieldtypes.folding import caseless, composed
from customobjects.models import CustomObject, Field
from customobjects.queries.definition_sizes import require_room, with_sizes
from customobjects.schema import Schema, State, known_schema, newest_schema, schema_of
from salesos.accounts.actor import Actor
from salesos.accounts.authentication import USER_COLUMNS, USER_ID, read_user, user_of
from salesos.accounts.models import User
from salesos.db.caches import BoundedCache
from salesos.db.compiled_queries import CompiledQuery, Param
from salesos.errors import NotFound

UUID_LENGTH = 36
OBJECT_IDS_CACHE_SIZE = 10_000
STATE_COLUMNS = ("id", "schema_version", "updated_at")


def as_uuid(reference: str) -> UUID | None:
    """The id that a path names, or None where it names something by its apiName, or nothing at all."""
    if len(reference) != UUID_LENGTH:
        return None
    try:
        return UUID(reference)
    except ValueError:
        return None


def _named(reference: str) -> tuple[str, Any]:
    """The column that a reference names a row by, and the value in it."""
    id_ = as_uuid(reference)
    # A NUL, which no apiName has, would be an error inside PostgreSQL.
    return ("id", id_) if id_ is not None else ("api_name", "" if "\x00" in reference else reference)


def by_reference(reference: str) -> Q:
    """The condition for a row that is named by its id or by its apiName."""
    return Q(_named(reference))


def find_object(objects: QuerySet[CustomObject], reference: str) -> CustomObject:
    """The object among ``objects`` that ``reference`` (an id or an apiName) names, or ``NotFound``."""
    found = objects.filter(by_reference(reference)).first()
    if found is None:
        raise NotFound.named("object", reference)
    return found


def _param(name: str) -> Param:
    found = CustomObject._meta.get_field(name)
    assert isinstance(found, models.Field)
    return Param(name, found)


def _state_by(name: str, *, lock: str = "") -> CompiledQuery[CustomObject]:
    def build() -> QuerySet[CustomObject, Any]:
        objects = access.objects_of(_param("organization_id")).filter(**{name: _param(name)})
        return objects.order_by().values_list(*STATE_COLUMNS)

    return CompiledQuery(build, lock=lock)


def _state_and_user_by(name: str) -> CompiledQuery[CustomObject]:
    """The state of an object, and a user for whom it exists: one statement for both."""

    def build() -> QuerySet[CustomObject, Any]:
        objects = CustomObject.objects.filter(access.exists_among(), **{name: _param(name)}, users__id=USER_ID)
        return objects.order_by().values_list(*STATE_COLUMNS, *(f"users__{column}" for column in USER_COLUMNS))

    return CompiledQuery(build)


_STATES = {name: _state_by(name) for name in ("id", "api_name")}
# Whoever changes the schema takes the row FOR UPDATE, and so waits for us, or we for them.
_LOCKED_STATES = {name: _state_by(name, lock=" FOR KEY SHARE") for name in ("id", "api_name")}
# The objects that users have meant by references. Each is as large as an apiName at most.
_object_ids: BoundedCache[tuple[UUID, str], UUID] = BoundedCache(max_bytes=OBJECT_IDS_CACHE_SIZE, size_of=lambda _: 1)
_STATES_AND_USERS = {name: _state_and_user_by(name) for name in ("id", "api_name")}


def probable_schema(user_id: UUID, reference: str) -> Schema | None:
    """The schema that a user most probably means by ``reference``, by what was read before; it may be stale."""
    object_id = _object_ids.get((user_id, reference))
    return newest_schema(object_id) if object_id is not None else None


def read_user_and_state(user_id: UUID, reference: str) -> tuple[User | None, State | None]:
    """A user, and the state of the object that the user means by ``reference``; None where there is none.

    One query, and one more where there is no such object.
    """
    name, value = _named(reference)
    for row in _STATES_AND_USERS[name].rows({USER_ID.key: user_id, name: value}):
        if _object_ids.get((user_id, reference)) != row[0]:
            _object_ids.put((user_id, reference), row[0])
        return user_of(row[len(STATE_COLUMNS) :]), row[: len(STATE_COLUMNS)]
    return read_user(user_id), None


def find_schema(actor: Actor, reference: str, *, lock: bool = False, state: State | None = None) -> Schema:
    """The compiled schema of an object that exists for the actor. Raises ``NotFound``.

    One query, and two more where this version is new to the process; none, where the ``state`` was just read for
    this actor and reference. With ``lock`` the schema stays as it is until this transaction ends.
    """
    if state is None:
        name, value = _named(reference)
        query = (_LOCKED_STATES if lock else _STATES)[name]
        state = next(iter(query.rows({"organization_id": actor.organization_id, name: value})), None)
        if state is None:
            raise NotFound.named("object", reference)
    known = known_schema(state)
    schema = known or schema_of(find_object(access.visible_objects(actor), str(state[0])))
    return access.visible_schema(actor, schema)


def get_schema(actor: Actor, reference: str, *, state: State | None = None) -> Schema:
    """The compiled schema of an object that the actor may read. Raises ``PermissionDenied``, ``NotFound``.

    ``state`` is as ``find_schema`` takes it.
    """
    schema = find_schema(actor, reference, state=state)
    access.require_read(actor, schema)
    return schema


def with_fields(objects: QuerySet[CustomObject]) -> QuerySet[CustomObject]:
    """The same objects, each with its fields (those not deleted, in their order) read in one more query for all."""
    return objects.prefetch_related(_fields())


def _fields() -> Prefetch[str, QuerySet[Field], str]:
    fields = Field.objects.filter(deleted_at=None).select_related("counter").order_by("order", "number")
    return Prefetch("fields", queryset=fields)


def read_with_fields(objects: QuerySet[CustomObject], *, page: int, limit: int) -> list[CustomObject]:
    """One page of some objects, each with its fields as ``with_fields`` gives them. Two queries.

    Raises ``ValidationError`` where an answer of them all would be too large, before their fields are read.
    """
    found: list[Any] = list(with_sizes(objects)[(page - 1) * limit : page * limit])
    require_room([one.definition_bytes for one in found])
    prefetch_related_objects(found, _fields())
    return found


def get_object(actor: Actor, reference: str) -> CustomObject:
    """An object with its fields. Raises ``PermissionDenied``, ``NotFound``."""
    custom_object = find_object(with_fields(access.visible_objects(actor)), reference)
    access.require_read(actor, custom_object)
    return custom_object


def as_written(actor: Actor, object_id: UUID) -> CustomObject:
    """An object with its fields as the actor has just written it, which takes no scope to read. ``NotFound``."""
    return find_object(with_fields(access.visible_objects(actor)), str(object_id))


def list_objects(actor: Actor, *, search: str = "") -> QuerySet[CustomObject]:
    """The actor's objects by name, those that ``search`` finds, without their fields. Raises ``PermissionDenied``."""
    access.require_read(actor)
    return search_objects(access.visible_objects(actor).order_by("name", "id"), search)


def search_objects(objects: QuerySet[CustomObject], search: str) -> QuerySet[CustomObject]:
    """The objects that have every word of ``search`` in one of their names or in the description."""
    for word in composed(search).split():
        found = Q()
        for name in ("name", "plural_name", "api_name", "description"):
            found |= Q(**{f"{name}__icontains": word})
        objects = objects.filter(found)
    return objects


def list_fields(actor: Actor, reference: str) -> QuerySet[Field]:
    """The fields of an object that are not deleted, in their order. Raises ``PermissionDenied``, ``NotFound``."""
    custom_object = find_object(access.visible_objects(actor), reference)
    access.require_read(actor, custom_object)
    return custom_object.fields.filter(deleted_at=None).select_related("counter")


def get_field(actor: Actor, reference: str, field_reference: str) -> Field:
    """A field of an object, which it has with it. Raises ``PermissionDenied``, ``NotFound``."""
    custom_object = find_object(access.visible_objects(actor), reference)
    access.require_read(actor, custom_object)
    return find_field(custom_object, field_reference)


def find_field(custom_object: CustomObject, reference: str) -> Field:
    """The field of an object that ``reference`` (an id or an apiName) names, or ``NotFound``."""
    fields = custom_object.fields.filter(by_reference(reference), deleted_at=None)
    field = fields.select_related("counter").first()
    if field is None:
        raise NotFound.named("field", reference)
    return field


def usual_option(actor: Actor, type_: str, name: str) -> Any:
    """What an option is in most fields of a type; None where there is no such field. One query."""
    there = Field.objects.filter(custom_object__in=access.visible_objects(actor), type=type_, deleted_at=None)
    values = Counter(options.get(name) for options in there.order_by("id").values_list("options", flat=True))
    return next((value for value, _count in values.most_common(1)), None)


def names_taken(actor: Actor) -> dict[str, str]:
    """The names of all objects that are not deleted, by what is the same in other letters' case. One query."""
    return {caseless(name): name for name in access.visible_objects(actor).values_list("name", flat=True)}


def object_called(actor: Actor, name: str) -> CustomObject | None:
    """The object that has a name, whatever the case of its letters; an active one where several have. One query."""
    objects = access.visible_objects(actor).order_by("-is_active", "id")
    return next((one for one in objects if caseless(one.name) == caseless(name)), None)


def names_of_objects(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of objects, by id."""
    return dict(access.visible_objects(actor).filter(id__in=ids).values_list("id", "name"))
