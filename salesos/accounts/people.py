"""The people of an organization, as its administrators change them.

Whatever could leave an organization without an active administrator holds the organization first, so that two who
do so at once are one after the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from salesos.accounts import audit
from salesos.accounts.access import require_change
from salesos.accounts.actor import Actor, Via
from salesos.accounts.links import reset_token
from salesos.accounts.models import AuditEntry, User
from salesos.accounts.services import note_user, user_properties
from salesos.accounts.texts import clean_name
from salesos.accounts.users import hold_organizations, require_administrator_left
from salesos.db.transactions import write
from salesos.errors import Conflict, NotFound, PermissionDenied, ValidationError, alternatives

Kind = AuditEntry.Kind
MAX_NAME_LENGTH = 120


def find_person(actor: Actor, user_id: UUID, *, lock: bool = False) -> User:
    """One of the people of the actor's organization. Raises ``NotFound``."""
    people = User.objects.filter(id=user_id, organization_id=actor.organization_id, deleted_at=None)
    found = (people.select_for_update(no_key=True) if lock else people).first()
    if found is None:
        raise NotFound.named("user", user_id)
    return found


@write
def change_person(actor: Actor, user_id: UUID, changes: Mapping[str, Any]) -> User:
    """Change the ``name``, the ``role`` or ``is_active`` of one of the actor's people.

    Who is deactivated is refused on the very next request, and so is each of their keys. Raises ``NotFound``,
    ``PermissionDenied``, ``ValidationError``, and ``Conflict`` where no active administrator would be left.
    """
    require_change(actor)
    _hold(actor)
    person = find_person(actor, user_id, lock=True)
    before = user_properties(person)
    for name, value in changes.items():
        setattr(person, name, _CLEANERS[name](value))
    if person.is_active != before["isActive"]:
        _require_operator(actor, person, "activate or deactivate")
    require_administrator_left(person, before)
    person.save(update_fields=list(changes))
    note_user(actor, person, before)
    return person


def _role(value: str) -> str:
    if value not in User.Role.values:
        raise ValidationError.of(f"role must be one of {alternatives(User.Role.values)}", field="role", code="choice")
    return value


_CLEANERS: Mapping[str, Any] = {
    "name": lambda text: clean_name(text, field="name", most=MAX_NAME_LENGTH),
    "role": _role,
    "is_active": bool,
}


def _hold(actor: Actor) -> None:
    """Hold the organization, and read anew whether the actor is an administrator of it. Raises ``PermissionDenied``."""
    hold_organizations({actor.organization_id})
    is_operator = actor.via == Via.ADMIN
    there = User.objects.filter(id=actor.user_id, is_active=True)
    if not is_operator:
        there = there.filter(organization_id=actor.organization_id, role=User.Role.ADMIN)
    if not there.exists():
        raise PermissionDenied.of("you are no administrator of this organization any more", code="role")


def _require_operator(actor: Actor, person: User, what: str) -> None:
    """Raises ``PermissionDenied`` where ``person`` is an operator of the whole installation, and the actor is not."""
    if not (person.is_staff or person.is_superuser):
        return
    if not User.objects.filter(id=actor.user_id, is_staff=True).exists():
        message = f"{person} is an operator of this installation: only an operator may {what} them"
        raise PermissionDenied.of(message, code="operator")


@write
def make_password_link(actor: Actor, user_id: UUID) -> tuple[User, str]:
    """A person, and the token of a link by which they choose a new password. The old one is good until they do.

    Raises ``NotFound``, ``PermissionDenied``, and ``Conflict`` for somebody who is not active.
    """
    require_change(actor)
    person = find_person(actor, user_id, lock=True)
    _require_operator(actor, person, "make a link for the password of")
    if not person.is_active:
        raise Conflict.of(f"{person} is deactivated: reactivate them first", code="inactive")
    audit.note_act(
        actor,
        Kind.PASSWORD_LINK_CREATED,
        organization_id=person.organization_id,
        targetUserId=str(person.id),
        targetUserEmail=person.email,
    )
    return person, reset_token(person)
