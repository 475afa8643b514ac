"""Changing an object's definition: holding it, and noting that it changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.utils import timezone

from customobjects import access
from customobjects.models import CustomObject
from customobjects.queries.definition_sizes import definition_bytes
from customobjects.queries.objects import find_object
from customobjects.services import schema_history
from customobjects.services.versions import IfVersion, require_version
from salesos.accounts import audit
from salesos.accounts.actor import Actor
from salesos.errors import PreconditionFailed, Problem, ValidationError


def _no_problems(_custom_object: CustomObject) -> Iterable[Problem]:
    return ()


def lock_object(
    actor: Actor,
    reference: str,
    *,
    if_version: IfVersion = None,
    differing: Callable[[CustomObject], Iterable[Problem]] = _no_problems,
) -> CustomObject:
    """The object, held for changing its schema: nobody writes its records until this transaction ends.

    Raises ``NotFound``, ``PermissionDenied``, and ``PreconditionFailed`` where the schema's version is not
    ``if_version``: it, or one of its fields, was changed since the caller read it, by people or by the background.
    ``differing`` tells what of the caller's request the object does not have then.
    """
    custom_object = find_object(access.visible_objects(actor).select_for_update(), reference)
    access.require_define(actor, custom_object)
    try:
        require_version("object", custom_object.schema_version, if_version)
    except PreconditionFailed as error:
        raise error.also(differing(custom_object)) from None
    schema_history.remember(custom_object)
    return custom_object


def lock_for_batch(**conditions: Any) -> CustomObject | None:
    """The object that fits some conditions, held while the background writes a batch of its records; or None.

    Writers of records share its row with us; whoever changes the schema waits for one batch at most.
    """
    holders = CustomObject.objects.select_for_update(no_key=True)
    return holders.filter(deleted_at=None, **conditions).first()


def touch(custom_object: CustomObject, actor: Actor | None = None) -> None:
    """Save an object, and that its schema changed: by the actor, or by the server itself.

    Last of all: what the actor has changed since the object was locked goes into the schema's history.
    """
    custom_object.schema_version += 1
    custom_object.updated_at = timezone.now()
    if actor is not None:
        custom_object.updated_by_id = actor.user_id
    custom_object.save()
    if actor is not None:
        schema_history.note(actor, custom_object)


def require_room(custom_object: CustomObject, *, field: str) -> None:
    """Raises ``ValidationError`` at ``field`` where an object has grown beyond the setting MAX_DEFINITION_KB.

    Each answer about it, each form and each process's memory has all of its definition.
    """
    if definition_bytes(custom_object.id) > settings.MAX_DEFINITION_BYTES:
        limit = settings.MAX_DEFINITION_BYTES // 1024
        message = f"the options and defaults of all fields of the object must not take more than {limit:,} KB together"
        raise ValidationError.of(message, field=field, code="max_size")


def note_act(actor: Actor, kind: audit.Kind, about: access.Definition, **details: Any) -> None:
    """Note in the audit log what was done to an object, or to many of its records."""
    audit.note_act(
        actor,
        kind,
        organization_id=about.organization_id,
        objectId=str(about.id),
        objectApiName=about.api_name,
        **details,
    )
