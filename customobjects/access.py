"""The one place that says who may see and change what.

Organizations never see each other: whatever another one owns is not found. Within an organization

- everybody reads objects and records, makes records and changes them;
- administrators and managers delete any record, representatives those they own;
- administrators define objects and fields.

An API key does at most what its user may, and of that what its scopes name: ``read``, ``write``, ``delete``, ``admin``.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from uuid import UUID

from django.db.models import QuerySet

from customobjects.models import CustomObject, Record
from customobjects.schema import Schema
from salesos.accounts.actor import Actor
from salesos.accounts.models import ApiKey, User
from salesos.db.compiled_queries import Param
from salesos.errors import PermissionDenied

Scope = ApiKey.Scope
DELETERS = {User.Role.ADMIN, User.Role.MANAGER}


def _require_scope(actor: Actor, scope: str) -> None:
    if scope not in actor.scopes:
        raise PermissionDenied.of(f"this API key lacks the scope {scope!r}", code="scope")


def can_define(actor: Actor) -> bool:
    """Whether the actor may make, change and delete objects and fields."""
    return actor.role == User.Role.ADMIN and Scope.ADMIN in actor.scopes


def can_delete(actor: Actor, owner_id: UUID | None) -> bool:
    """Whether the actor may delete a record that ``owner_id`` owns."""
    return Scope.DELETE in actor.scopes and (actor.role in DELETERS or owner_id == actor.user_id)


def require_read(actor: Actor) -> None:
    """Raises ``PermissionDenied`` unless the actor may read objects and records."""
    _require_scope(actor, Scope.READ)


def require_define(actor: Actor) -> None:
    """Raises ``PermissionDenied`` unless the actor may change objects and fields."""
    _require_scope(actor, Scope.ADMIN)
    if not can_define(actor):
        raise PermissionDenied.of("only administrators may change objects and fields", code="role")


def require_write(actor: Actor) -> None:
    """Raises ``PermissionDenied`` unless the actor may make and change records."""
    _require_scope(actor, Scope.WRITE)


def require_delete(actor: Actor, owner_ids: Iterable[UUID | None]) -> None:
    """Raises ``PermissionDenied`` unless the actor may delete records of each of these owners."""
    _require_scope(actor, Scope.DELETE)
    if not all(can_delete(actor, owner_id) for owner_id in owner_ids):
        raise PermissionDenied.of("only managers, administrators and its owner may delete a record", code="role")


def visible_objects(actor: Actor) -> QuerySet[CustomObject]:
    """The objects that exist for the actor."""
    return objects_of(actor.organization_id)


def objects_of(organization: UUID | Param) -> QuerySet[CustomObject]:
    """The objects that exist for the people of an organization: its id, or a slot for that."""
    return CustomObject.objects.filter(organization_id=organization, deleted_at=None)


def visible_records(actor: Actor, schema: Schema) -> QuerySet[Record]:
    """The records of an object that exist for the actor.

    Compiled queries are shared between actors whose ``reach`` is the same: what this looks at, that must tell apart.
    """
    if schema.organization_id != actor.organization_id:
        return Record.objects.none()
    return Record.objects.filter(custom_object_id=schema.id, deleted_at=None)


def reach(actor: Actor, schema: Schema) -> Hashable:
    """What ``visible_records`` depends on, beside the schema."""
    return actor.organization_id == schema.organization_id


def visible_users(actor: Actor) -> QuerySet[User]:
    """The people that the actor can name as owners and in USER fields."""
    return User.objects.filter(organization_id=actor.organization_id, is_active=True)


def users_of(actor: Actor) -> QuerySet[User]:
    """All people of the actor's organization, also those who have left: records keep their names."""
    return User.objects.filter(organization_id=actor.organization_id)
