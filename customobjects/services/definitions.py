"""Changing an object's definition: holding it, and noting that it changed."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from customobjects import access
from customobjects.models import CustomObject
from customobjects.queries.objects import find_object
from salesos.accounts.actor import Actor


def lock_object(actor: Actor, reference: str) -> CustomObject:
    """The object, held for changing its schema: nobody writes its records until this transaction ends.

    Raises ``NotFound``, ``PermissionDenied``.
    """
    custom_object = find_object(access.visible_objects(actor).select_for_update(), reference)
    access.require_define(actor, custom_object)
    return custom_object


def lock_for_batch(**conditions: Any) -> CustomObject | None:
    """The object that fits some conditions, held while the background writes a batch of its records; or None.

    Writers of records share its row with us; whoever changes the schema waits for one batch at most.
    """
    holders = CustomObject.objects.select_for_update(no_key=True)
    return holders.filter(deleted_at=None, **conditions).first()


def touch(custom_object: CustomObject, actor: Actor | None = None) -> None:
    """Save an object, and that its schema changed: by the actor, or by the server itself."""
    custom_object.schema_version += 1
    custom_object.updated_at = timezone.now()
    if actor is not None:
        custom_object.updated_by_id = actor.user_id
    custom_object.save()
