"""Merging two values of a field's list: the records that hold the one hold the other from now on, and the one goes.

Few records are changed at once, in the same change as the list, which is taken back as one. Of many, the background
changes batch by batch: until it is done the value stays in the list, inactive, so that nobody newly chooses it and
whoever holds it keeps it. What names the value otherwise (the default, filters of views and of lookups) names the
other one at once; filters of views do so also after the merge is taken back.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone
from django_tasks import task

from customobjects import access
from customobjects.fieldtypes import TYPES
from customobjects.models import CustomObject, Field
from customobjects.queries.held_values import count_holding, ids_holding
from customobjects.queries.objects import find_field
from customobjects.schema import Schema, SchemaField, read_schema
from customobjects.services import background
from customobjects.services.batches import cut_by_size, stored_sizes
from customobjects.services.definitions import lock_for_batch, lock_object, touch
from customobjects.services.named_values import rename_value
from customobjects.services.pending_writes import PendingWrite, lock_records
from customobjects.services.records import store_pending
from customobjects.services.transactions import write
from customobjects.services.versions import IfVersion
from salesos.accounts.actor import Actor
from salesos.errors import Conflict, DomainError, Problem, ValidationError, quoted

logger = logging.getLogger(__name__)

# More records than these are changed in the background.
MAX_AT_ONCE = 2_000
BATCH_SIZE = 500


@dataclass(frozen=True)
class Merged:
    """How many records hold the value that is merged, whether the background changes them, and how many saved views
    and lookups named the value in their filters."""

    records: int
    in_background: bool
    views: int = 0
    lookups: int = 0


@write
def merge_values(
    actor: Actor,
    object_reference: str,
    field_reference: str,
    value: str,
    into: str,
    *,
    if_version: IfVersion = None,
    dry_run: bool = False,
) -> Merged:
    """Have the records that hold a value of a field's list hold another one, ``into``, and take it out of the list.

    With ``dry_run`` nothing changes. Raises ``ValidationError`` at ``value`` and ``into``, ``NotFound``,
    ``PermissionDenied``, ``PreconditionFailed`` where the version of the object's schema is not ``if_version``, and
    ``Conflict`` where the field is unique or inactive, the object is archived, or a record cannot be changed.
    """
    custom_object = lock_object(actor, object_reference, if_version=if_version)
    field = find_field(custom_object, field_reference)
    schema, compiled = _mergeable(actor, custom_object, field)
    _check(field, value, into)
    ids = ids_holding(actor, schema, compiled, value, MAX_AT_ONCE + 1)
    in_background = len(ids) > MAX_AT_ONCE
    if dry_run:
        count = count_holding(actor, schema, compiled, value) if in_background else len(ids)
        return Merged(count, in_background)
    _change_list(field, value, into, stays=in_background)
    field.updated_at, field.updated_by_id = timezone.now(), actor.user_id
    field.save(update_fields=["options", "default_value", "updated_at", "updated_by"])
    touch(custom_object, actor)
    views, lookups = rename_value(actor, custom_object, field, value, into)
    if in_background:
        merge_in_background.enqueue(str(custom_object.id), str(field.id), value, into, None, *actor.texts())
        return Merged(count_holding(actor, schema, compiled, value), in_background, views, lookups)
    schema, compiled = _mergeable(actor, custom_object, field)
    _replace(actor, schema, compiled, ids, value, into, all_or_nothing=True)
    return Merged(len(ids), in_background, views, lookups)


def _mergeable(actor: Actor, custom_object: CustomObject, field: Field) -> tuple[Schema, SchemaField]:
    """The schema and the field of it. Raises ``ValidationError``, ``Conflict``, ``PermissionDenied``."""
    schema = access.visible_schema(actor, read_schema(custom_object))
    access.require_read(actor, schema)
    access.require_write(actor, schema)
    if not TYPES[field.type].merged_option:
        message = f"{field.type} fields list no values that could be merged"
        raise ValidationError.of(message, field="value", code="type")
    if not schema.is_active:
        raise Conflict.of(f"{schema.api_name} is archived; restore it to change its records", code="archived")
    if field.is_unique:
        raise Conflict.of(f"{field.api_name} is unique: no two records may hold the same value", code="unique")
    compiled = next((known for known in schema.fields if known.id == field.id), None)
    if compiled is None:
        raise Conflict.of(f"{field.api_name} is inactive; make it active to merge its values", code="inactive")
    return schema, compiled


def _check(field: Field, value: str, into: str) -> None:
    """Raises ``ValidationError`` unless both are values of the field's list, and another one."""
    listed = {choice["value"]: choice for choice in _listed(field)}
    problems = [
        Problem(name, "choice", f"{name} must be a value of {field.api_name}, and {quoted(one)} is none")
        for name, one in (("value", value), ("into", into))
        if one not in listed
    ]
    if not problems and value == into:
        problems.append(Problem("into", "same", "into must be another value than the one that is merged into it"))
    elif not problems and not listed[into]["isActive"]:
        problems.append(Problem("into", "inactive", f"into must be an active value, and {quoted(into)} is not"))
    if problems:
        raise ValidationError(problems)


def _listed(field: Field) -> list[dict[str, Any]]:
    values: list[dict[str, Any]] = field.options[TYPES[field.type].merged_option]
    return values


def _change_list(field: Field, value: str, into: str, *, stays: bool) -> None:
    """Take a value out of a field's default and its list; where it ``stays`` there for now, let nobody choose it."""
    name = TYPES[field.type].merged_option
    left = [
        {**choice, "isActive": False} if choice["value"] == value else choice
        for choice in _listed(field)
        if stays or choice["value"] != value
    ]
    field.options = {**field.options, name: left}
    bound = TYPES[field.type](field.options)
    if value in bound.members(field.default_value):
        field.default_value = bound.replaced(field.default_value, value, into)


def _replace(
    actor: Actor,
    schema: Schema,
    field: SchemaField,
    ids: Sequence[UUID],
    value: str,
    into: str,
    *,
    all_or_nothing: bool = False,
) -> None:
    """Change the records of some ids that hold a value. Raises ``Conflict`` where ``all_or_nothing`` and one cannot."""
    sizes = stored_sizes(actor, schema, ids)
    for start in range(0, len(ids), BATCH_SIZE):
        for batch in cut_by_size(ids[start : start + BATCH_SIZE], lambda id_: sizes.get(id_, 0)):
            writes = [
                PendingWrite(_with(existing.data, field, value, into), existing.owner_id, existing)
                for existing in lock_records(actor, schema, batch).values()
                if value in field.type.members(existing.data.get(field.data_key))
            ]
            store_pending(actor, schema, writes)
            wrong = [(pending.id, pending.error) for pending in writes if pending.error]
            for id_, error in wrong:
                logger.info("Record %s keeps %r: %s", id_, value, error)
            if wrong and all_or_nothing:
                raise Conflict(problem.under(f"records.{id_}") for id_, error in wrong for problem in error.problems)


def _with(data: Any, field: SchemaField, value: str, into: str) -> dict[str, Any]:
    return {**data, field.data_key: field.type.replaced(data[field.data_key], value, into)}


# In the background ------------------------------------------------------------------------------------------------


@task()
def merge_in_background(object_id: str, field_id: str, value: str, into: str, done_to: str | None, *who: str) -> None:
    """Change the records that hold a value, behind an id, for the actor who merged it: what a worker runs."""
    actor = Actor.of_texts(*who)

    def step() -> bool:
        nonlocal done_to
        last = merge_batch(actor, UUID(object_id), UUID(field_id), value, into, done_to)
        done_to = str(last)
        if last is None:
            finish_merge(actor, object_id, field_id, value, into)
        return last is not None

    background.work(step, again=lambda: merge_in_background.enqueue(object_id, field_id, value, into, done_to, *who))


@write
def merge_batch(
    actor: Actor, object_id: UUID, field_id: UUID, value: str, into: str, done_to: str | None
) -> UUID | None:
    """Change the next records, in one transaction. Returns the last one that was looked at, or None where there are
    no more, or nothing is to be merged any more."""
    custom_object = lock_for_batch(id=object_id)
    field = None if custom_object is None else custom_object.fields.filter(id=field_id, deleted_at=None).first()
    if custom_object is None or field is None or not _is_going_on(field, value, into):
        return None
    try:
        schema, compiled = _mergeable(actor, custom_object, field)
    except DomainError as error:
        logger.info("The merge of %r into %r ends: %s", value, into, error)
        return None
    ids = ids_holding(actor, schema, compiled, value, BATCH_SIZE, behind=done_to)
    _replace(actor, schema, compiled, ids, value, into)
    return ids[-1] if ids else None


@write
def finish_merge(actor: Actor, object_id: str, field_id: str, value: str, into: str) -> None:
    """Take a value out of its list when no record holds it any more."""
    try:
        custom_object = lock_object(actor, object_id)
        field = find_field(custom_object, field_id)
        schema, compiled = _mergeable(actor, custom_object, field)
    except DomainError as error:
        logger.info("The merge of %r into %r ends: %s", value, into, error)
        return
    if _is_going_on(field, value, into) and not ids_holding(actor, schema, compiled, value, 1):
        _change_list(field, value, into, stays=False)
        field.save(update_fields=["options", "default_value"])
        touch(custom_object, actor)


def _is_going_on(field: Field, value: str, into: str) -> bool:
    """Whether a field's list still is as a merge in the background has left it."""
    listed = {choice["value"]: choice["isActive"] for choice in _listed(field)}
    return listed.get(value) is False and into in listed


def is_being_merged(field_id: UUID, value: str) -> bool:
    """Whether the background is about to change records that hold a value. One query."""
    return any(args[1:3] == [str(field_id), value] for args, _kwargs in background.waiting(merge_in_background))
