"""Restoring objects and fields, with everything in them, until they are purged.

Deleting one only marks it, so what its records hold is there again with it. What was written while it was gone is put
right as old records are (``services.backfill``): keys and search texts of a field's values, and the links of a lookup,
which lets go of what is gone meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from uuid_utils.compat import uuid7

from customobjects import access
from customobjects.fieldtypes import TYPES, ReferenceKind
from customobjects.models import CustomObject, Field
from customobjects.queries.trash import fields_that_went_along, find_deleted_field, find_deleted_object
from customobjects.schema import schema_of
from customobjects.services import backfill, relinking, schema_history, trash, unique_rules
from customobjects.services.definitions import lock_object, note_act, require_room, touch
from customobjects.services.fields import present
from customobjects.services.objects import note_naming, require_room_for
from customobjects.services.transactions import write
from salesos.accounts import audit
from salesos.accounts.actor import Actor
from salesos.accounts.models import Organization
from salesos.errors import Conflict, Problem, ValidationError, alternatives, quoted

# What may be given up so that the rest can be restored.
UNIQUE, LOOKUPS, RECORDS = "unique", "lookups", "records"


@write
def restore_field(actor: Actor, object_reference: str, field_reference: str, *, without: Collection[str] = ()) -> Field:
    """Restore a deleted field of an object with its values. ``without`` ``unique`` it is not unique any more.

    Raises ``NotFound``, ``PermissionDenied``, ``ValidationError`` for another ``without``, and ``Conflict`` where its
    name is taken, its object is full, the object that it is a lookup to is gone, or records share a unique value.
    """
    _require_known(without, [UNIQUE])
    custom_object = lock_object(actor, object_reference)
    field = find_deleted_field(custom_object, field_reference)
    _restore_fields(actor, custom_object, [field], without)
    require_room(custom_object, field="")
    _put_right([field])
    return field


@write
def restore_object(actor: Actor, reference: str, *, without: Collection[str] = ()) -> CustomObject:
    """Restore a deleted object with its fields and records, and what of other objects went along with it.

    Those are the lookups to it, where their objects are there, and the records that it took along: lookups that were
    emptied then point at them again, as far as their history tells (``services.relinking``). ``without`` ``lookups``
    and ``records`` those stay deleted. Its own lookups to objects that are gone stay deleted, too. Raises as
    ``restore_field`` does, and as ``trash.restore_records`` for the records.
    """
    _require_known(without, [UNIQUE, LOOKUPS, RECORDS])
    access.require_define(actor)
    # As for a new one: nobody else takes the last free place, or the name.
    Organization.objects.select_for_update().get(id=actor.organization_id)
    custom_object = find_deleted_object(access.deleted_objects(actor).select_for_update(), reference)
    deleted_at = custom_object.deleted_at
    assert deleted_at is not None
    schema_history.remember(custom_object)
    fields = list(fields_that_went_along(custom_object))
    _require_place(actor, custom_object)
    fields = _with_targets(actor, custom_object, fields)
    Field.objects.filter(id__in=[field.id for field in fields]).update(deleted_at=None)
    custom_object.deleted_at = None
    touch(custom_object, actor)
    for rule_name, filling in custom_object.key_fillings.items():
        if "recordsDone" in filling:
            unique_rules.fill_keys_in_background.enqueue(str(custom_object.id), rule_name)
    # Nobody has written its records, so only what they refer to may have changed.
    to_put_right = [field for field in fields if TYPES[field.type].reference_kind or backfill.is_waiting(field)]
    if LOOKUPS not in without:
        to_put_right += _restore_lookups(actor, custom_object, deleted_at, without)
    note_naming(custom_object)
    _put_right(to_put_right)
    if RECORDS not in without and (ids := _records_along(actor, deleted_at)):
        relinking.bring_back_links(actor, trash.restore_records(actor, ids))
    custom_object.refresh_from_db()
    note_act(actor, audit.Kind.OBJECT_RESTORED, custom_object, objectName=custom_object.name)
    return custom_object


def _require_known(without: Collection[str], known: Sequence[str]) -> None:
    if unknown := [name for name in without if name not in known]:
        message = f"without must be of {alternatives(known)}, and {quoted(unknown[0])} is not"
        raise ValidationError.of(message, field="without", code="choice")


def _require_place(actor: Actor, custom_object: CustomObject) -> None:
    """Raise ``Conflict`` where the organization has no place for a deleted object, or another one has its name."""
    require_room_for(actor)
    if holder := access.visible_objects(actor).filter(api_name=custom_object.api_name).first():
        message = f"apiName {custom_object.api_name!r} is taken by another object meanwhile: {holder.name}"
        raise Conflict.of(message, field="apiName", code="duplicate")


def _with_targets(actor: Actor, custom_object: CustomObject, fields: Sequence[Field]) -> list[Field]:
    """The fields of a deleted object without its lookups to what is gone. Raises ``Conflict`` where it needs one."""
    there = {*access.visible_objects(actor).values_list("id", flat=True), custom_object.id}
    kept = [field for field in fields if not _is_lookup(field) or field.target_id in there]
    needed = {str(custom_object.primary_field_id), *(id_ for key in custom_object.unique_keys for id_ in key["fields"])}
    if gone := [field for field in fields if field not in kept and str(field.id) in needed]:
        raise Conflict(_gone(field) for field in gone)
    return kept


def _restore_lookups(
    actor: Actor, custom_object: CustomObject, deleted_at: datetime, without: Collection[str]
) -> list[Field]:
    """Restore the lookups of other objects that went along with one, where their objects are there."""
    pointing = Field.objects.filter(target=custom_object, deleted_at=deleted_at, custom_object__deleted_at=None)
    restored: list[Field] = []
    for holder_id in sorted(set(pointing.exclude(custom_object=custom_object).values_list("custom_object", flat=True))):
        holder = lock_object(actor, str(holder_id))
        fields = list(pointing.filter(custom_object=holder).order_by("order", "number"))
        try:
            _restore_fields(actor, holder, fields, without)
        except Conflict as error:
            raise Conflict(problem.under(f"lookups.{holder.api_name}") for problem in error.problems) from error
        restored += fields
    return restored


def _restore_fields(
    actor: Actor, custom_object: CustomObject, fields: Sequence[Field], without: Collection[str]
) -> None:
    """Restore fields of an object that the caller holds. Raises ``Conflict`` with all that stands in the way."""
    if problems := list(_in_the_way(actor, custom_object, fields)):
        raise Conflict(problems)
    before = schema_of(custom_object)
    for field in fields:
        custom_object.key_fillings.pop(str(field.id), None)
        custom_object.key_fillings.pop(field.key_name, None)
        if field.is_unique and UNIQUE in without:
            unique_rules.drop_keys(custom_object.id, field.key_name)
            field.is_unique, field.unique_key_id = False, uuid7()
        if field.is_unique:
            # Records that share a value would be named.
            access.require_read(actor, custom_object)
        _mark_present(actor, field)
    unique_rules.rebuild(custom_object, before)
    touch(custom_object, actor)


def _in_the_way(actor: Actor, custom_object: CustomObject, fields: Sequence[Field]) -> Iterator[Problem]:
    """What keeps fields of an object from being restored."""
    there = set(present(custom_object).values_list("api_name", flat=True))
    limit = settings.MAX_FIELDS_PER_OBJECT
    if len(there) + len(fields) > limit:
        yield Problem("", "limit", f"the object has {len(there)} fields, and {limit} are the limit")
    targets = set(access.visible_objects(actor).values_list("id", flat=True))
    for field in fields:
        if field.api_name in there:
            message = f"apiName {field.api_name!r} is taken by another field of {custom_object.name} meanwhile"
            yield Problem("apiName", "duplicate", message)
        if _is_lookup(field) and field.target_id not in targets:
            yield _gone(field)


def _is_lookup(field: Field) -> bool:
    return TYPES[field.type].reference_kind is ReferenceKind.RECORD


def _gone(field: Field) -> Problem:
    return Problem("", "gone", f"{field.label} is a lookup to an object that is deleted; restore that one first")


def _mark_present(actor: Actor, field: Field) -> None:
    field.deleted_at = None
    field.updated_at = timezone.now()
    field.updated_by_id = actor.user_id
    field.save()


def _put_right(fields: Sequence[Field]) -> None:
    """Have what was written while fields were deleted put right: some at once, the rest in the background."""
    for field in fields:
        backfill.rewrite_texts(field)


def _records_along(actor: Actor, deleted_at: datetime) -> list[UUID]:
    """The records of other objects that went along with an object, by cascade: they have its moment."""
    along = access.deleted_records_of_all_objects(actor).filter(deleted_at=deleted_at)
    return list(along.values_list("id", flat=True)[: trash.MAX_AT_ONCE + 1])
