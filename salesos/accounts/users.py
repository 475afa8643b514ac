"""That nobody is locked out, whoever changes users: of an organization, or of the operations pages.

Whatever could leave an organization without an active administrator holds the organization first, so that two who
do so at once are one after the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from salesos.accounts.actor import Actor
from salesos.accounts.models import Invitation, Organization, User
from salesos.accounts.services import note_user, user_properties
from salesos.db.transactions import write
from salesos.errors import Conflict

LAST_ADMINISTRATOR = "the organization would have no active administrator: make somebody else one first"
LAST_OPERATOR = "nobody could open the operations pages any more: make somebody else an operator first"


@write
def save_user(actor: Actor, user: User) -> User:
    """Store a user, new or changed, as an operator has filled it in, and note it.

    A new one who is invited becomes the person whom records name already, and the invitation goes.
    Raises ``Conflict`` where an organization would be left without an active administrator, the installation without
    an operator, or where the organization, or the user, is being deleted.
    """
    before = User.objects.filter(pk=user.pk).first()
    properties = user_properties(before) if before else None
    hold_organizations({user.organization_id, before.organization_id if before else user.organization_id})
    require_nobody_locked_out(user, before)
    there = Invitation.objects.select_for_update().filter(organization_id=user.organization_id)
    invitation = there.filter(email=user.email).first() if before is None else None
    if invitation is not None:
        user.id = invitation.id
    user.save()
    if invitation is not None:
        invitation.delete()
    note_user(actor, user, properties)
    return user


def require_nobody_locked_out(user: User, before: User | None) -> None:
    """Raises ``Conflict`` as ``save_user`` does. ``before`` is the stored row, or None for a new user."""
    if before is not None and before.deleted_at is not None:
        raise Conflict.of("this user was deleted", field="", code="deleted")
    if (
        user.is_active
        and Organization.objects.filter(pk=user.organization_id, deletion_began_at__isnull=False).exists()
    ):
        raise Conflict.of("this organization is being deleted", field="organization", code="deleted")
    if before is None:
        return
    require_administrator_left(user, user_properties(before))
    require_operator_left(user, before)


def hold_organizations(ids: set[UUID]) -> None:
    """Have whoever else changes the administrators of organizations wait until this transaction ends."""
    list(Organization.objects.select_for_update(no_key=True).filter(id__in=ids).order_by("id").values_list("id"))


def require_administrator_left(user: User, before: Mapping[str, Any]) -> None:
    """Raises ``Conflict`` where nobody could administer an organization if ``user`` were stored as they are now.

    ``before`` is what ``user_properties`` had of the stored row; its organization is held by the caller.
    """
    was = before["role"] == User.Role.ADMIN and before["isActive"]
    is_same = str(user.organization_id) == before["organizationId"]
    if not was or (is_same and user.is_active and user.role == User.Role.ADMIN):
        return
    others = User.objects.filter(organization_id=before["organizationId"], role=User.Role.ADMIN, is_active=True)
    if not others.exclude(id=user.id).exists():
        field = "organization" if not is_same else "role" if user.is_active else "isActive"
        raise Conflict.of(LAST_ADMINISTRATOR, field=field, code="last_administrator")


def require_operator_left(user: User, before: User) -> None:
    """Raises ``Conflict`` where nobody with all rights could open the operations pages any more."""
    if _is_operator(before) and not _is_operator(user):
        others = User.objects.filter(is_staff=True, is_superuser=True, is_active=True)
        if not others.exclude(id=user.id).exists():
            field = "isOperator" if not user.is_staff else "isSuperuser" if not user.is_superuser else "isActive"
            raise Conflict.of(LAST_OPERATOR, field=field, code="last_operator")


def _is_operator(user: User) -> bool:
    return user.is_active and user.is_staff and user.is_superuser
