"""Reading the history of an object's definition."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from customobjects import access
from customobjects.models import SchemaRevision
from customobjects.queries.definition_sizes import require_room, with_change_sizes
from customobjects.queries.newest_first import NewestPage, newest_first
from customobjects.queries.objects import find_object
from salesos.accounts.actor import Actor


def list_schema_revisions(actor: Actor, reference: str) -> QuerySet[SchemaRevision]:
    """The revisions of an object's definition, for whoever may read it. Raises ``NotFound``, ``PermissionDenied``."""
    custom_object = find_object(access.visible_objects(actor), reference)
    access.require_read(actor, custom_object)
    return SchemaRevision.objects.filter(custom_object_id=custom_object.id).select_related("by")


def read_schema_revisions(
    revisions: QuerySet[SchemaRevision], *, asked: Iterable[object], page: int, limit: int, cursor: str
) -> NewestPage[SchemaRevision]:
    """A page of revisions, as ``newest_first`` gives it. Three queries.

    Raises ``ValidationError`` too where the page's answer would be too large, before the changes are read.
    """
    found = newest_first(with_change_sizes(revisions), asked=asked, page=page, limit=limit, cursor=cursor)
    listed: list[Any] = found.rows
    require_room([row.changes_size for row in listed], "the changes of these revisions")
    ids = [row.id for row in listed]
    changes = dict(SchemaRevision.objects.filter(id__in=ids).values_list("id", "changes"))
    for row in listed:
        row.changes = changes[row.id]
    return found


def schema_revisions_of(actor: Actor, transaction: int, change_id: UUID) -> list[SchemaRevision]:
    """What a change did to definitions, last first. One query."""
    revisions = SchemaRevision.objects.filter(
        organization_id=actor.organization_id, transaction=transaction, change_id=change_id
    )
    return list(revisions.order_by("-id"))
