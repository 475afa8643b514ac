"""Reading the audit log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from customobjects import access
from customobjects.models import CustomObject
from customobjects.queries.objects import as_uuid
from salesos.accounts.actor import Actor
from salesos.accounts.models import AuditEntry, User


@dataclass(frozen=True)
class Subjects:
    """What some entries are about that is there still, by id: objects, and people of the organization."""

    objects: dict[UUID, CustomObject]
    people: dict[UUID, User]


def list_audit_entries(actor: Actor) -> QuerySet[AuditEntry]:
    """The entries of the actor's organization, each with its user. Raises ``PermissionDenied``."""
    access.require_audit(actor)
    return access.visible_audit_entries(actor).select_related("user")


def subjects_of(actor: Actor, entries: Iterable[AuditEntry]) -> Subjects:
    """What entries are about that pages can lead to. At most two queries."""
    details = [entry.details for entry in entries]
    objects = _ids(one.get("objectId") for one in details)
    people = _ids(one.get(name) for one in details for name in ("targetUserId", "toUserId"))
    return Subjects(
        access.visible_objects(actor).in_bulk(objects) if objects else {},
        access.users_of(actor).in_bulk(people) if people else {},
    )


def _ids(texts: Iterable[object]) -> set[UUID]:
    return {id_ for text in texts if (id_ := as_uuid(str(text or "")))}
