"""All objects and how they point at each other."""

from __future__ import annotations

from customobjects import access
from customobjects.models import CustomObject, Field
from salesos.accounts.actor import Actor


def objects_and_lookups(actor: Actor) -> tuple[list[CustomObject], list[Field]]:
    """The actor's objects by name, without their fields, and the lookups between them. Two queries.

    Raises ``PermissionDenied``.
    """
    access.require_read(actor)
    objects = access.visible_objects(actor)
    lookups = Field.objects.filter(custom_object__in=objects, target__in=objects, deleted_at=None, is_active=True)
    return list(objects.order_by("name", "id")), list(lookups.order_by("custom_object_id", "order", "number"))
