"""What a path names: looked for where a request is refused, since nobody is told more of what is not there for them."""

from __future__ import annotations

from customobjects import access
from customobjects.models import Activity, Note
from customobjects.queries.attached import find_attached
from customobjects.queries.objects import as_uuid, find_field, find_object, find_schema
from customobjects.queries.trash import find_deleted_field, find_deleted_object
from customobjects.queries.views import find_view
from salesos.accounts.actor import Actor
from salesos.errors import NotFound


def require_target(
    actor: Actor,
    object_reference: str | None = None,
    *,
    field_reference: str | None = None,
    record_reference: str | None = None,
    note_reference: str | None = None,
    activity_reference: str | None = None,
    related_reference: str | None = None,
    view_reference: str | None = None,
    deleted: bool = False,
) -> None:
    """Find all that a path names, by its ids or apiNames. Raises ``NotFound`` for what is not there for the actor.

    Where the last of it is to be ``deleted``, it is looked for among what can be restored.
    """
    if related_reference is not None:
        find_schema(actor, related_reference)
    if object_reference is None:
        return
    if deleted and field_reference is None and record_reference is None:
        find_deleted_object(access.deleted_objects(actor), object_reference)
        return
    schema = find_schema(actor, object_reference)
    if field_reference is not None:
        find = find_deleted_field if deleted else find_field
        find(find_object(access.visible_objects(actor), str(schema.id)), field_reference)
    if record_reference is not None and note_reference is not None:
        find_attached(actor, schema, record_reference, note_reference, Note, deleted=deleted)
    elif record_reference is not None and activity_reference is not None:
        find_attached(actor, schema, record_reference, activity_reference, Activity, deleted=deleted)
    elif record_reference is not None:
        id_ = as_uuid(record_reference)
        records = access.deleted_records(actor, schema) if deleted else access.visible_records(actor, schema)
        if id_ is None or not records.filter(id=id_).exists():
            raise NotFound.named("record", record_reference)
    if view_reference is not None:
        find_view(access.visible_views(actor, schema), view_reference)
