"""What a path names: looked for where a request is refused, since nobody is told more of what is not there for them."""

from __future__ import annotations

from customobjects import access
from customobjects.queries.objects import as_uuid, find_field, find_object, find_schema
from salesos.accounts.actor import Actor
from salesos.errors import NotFound


def require_target(
    actor: Actor,
    object_reference: str | None = None,
    *,
    field_reference: str | None = None,
    record_reference: str | None = None,
    related_reference: str | None = None,
) -> None:
    """Find all that a path names, by its ids or apiNames. Raises ``NotFound`` for what is not there for the actor."""
    if related_reference is not None:
        find_schema(actor, related_reference)
    if object_reference is None:
        return
    schema = find_schema(actor, object_reference)
    if field_reference is not None:
        find_field(find_object(access.visible_objects(actor), str(schema.id)), field_reference)
    if record_reference is not None:
        id_ = as_uuid(record_reference)
        if id_ is None or not access.visible_records(actor, schema).filter(id=id_).exists():
            raise NotFound.named("record", record_reference)
