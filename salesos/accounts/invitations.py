"""Inviting people by a link, and their accepting it."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from salesos.accounts import audit
from salesos.accounts.access import require_change
from salesos.accounts.actor import Actor, Via
from salesos.accounts.links import (
    INVITATION_LIFETIME,
    find_invitation,
    find_reset,
    invitation_token,
    new_nonce,
)
from salesos.accounts.models import AuditEntry, Invitation, User, normalized_email
from salesos.accounts.people import MAX_NAME_LENGTH
from salesos.accounts.services import change_password
from salesos.accounts.texts import clean_name
from salesos.accounts.users import hold_organizations
from salesos.db.transactions import write
from salesos.errors import Conflict, NotFound, ValidationError, alternatives, quoted

Kind = AuditEntry.Kind
# So many may be open at a time.
MAX_INVITATIONS = 500


@write
def invite(actor: Actor, email: str, role: str) -> tuple[Invitation, str]:
    """Invite somebody. Returns the invitation and the token of its link, which nobody can read again.

    Raises ``PermissionDenied``, ``ValidationError``, and ``Conflict`` for an address that has an account or is invited.
    """
    require_change(actor)
    email = _clean_email(email)
    if role not in User.Role.values:
        raise ValidationError.of(f"role must be one of {alternatives(User.Role.values)}", field="role", code="choice")
    hold_organizations({actor.organization_id})
    if User.objects.filter(email=email).exists():
        raise Conflict.of(
            f"email is that of somebody who has an account already: {email}", field="email", code="duplicate"
        )
    there = Invitation.objects.filter(organization_id=actor.organization_id)
    if there.filter(email=email).exists():
        message = f"email is invited already: {email}; renew that invitation for a new link"
        raise Conflict.of(message, field="email", code="duplicate")
    if there.count() >= MAX_INVITATIONS:
        raise Conflict.of(f"at most {MAX_INVITATIONS} invitations may be open; withdraw some", code="too_many")
    invitation = Invitation.objects.create(
        organization_id=actor.organization_id,
        email=email,
        role=role,
        nonce=new_nonce(),
        invited_by_id=actor.user_id,
        expires_at=timezone.now() + INVITATION_LIFETIME,
    )
    _note(actor, Kind.INVITATION_CREATED, invitation)
    return invitation, invitation_token(invitation)


def _clean_email(text: str) -> str:
    email, field = normalized_email(text), User._meta.get_field("email")
    try:
        field.run_validators(email)
    except DjangoValidationError as error:
        message = f"email must be an e-mail address, and {quoted(text)} is none"
        raise ValidationError.of(message, field="email", code="invalid") from error
    if not email:
        raise ValidationError.of("email must not be empty", field="email", code="required")
    return email


@write
def renew_invitation(actor: Actor, invitation_id: UUID) -> tuple[Invitation, str]:
    """Give an invitation a new link; the one before is no longer good. Raises ``NotFound``, ``PermissionDenied``."""
    require_change(actor)
    invitation = _held(actor, invitation_id)
    invitation.nonce, invitation.expires_at = new_nonce(), timezone.now() + INVITATION_LIFETIME
    invitation.save(update_fields=["nonce", "expires_at"])
    _note(actor, Kind.INVITATION_RENEWED, invitation)
    return invitation, invitation_token(invitation)


@write
def withdraw_invitation(actor: Actor, invitation_id: UUID) -> None:
    """End an invitation; its link is no longer good. Raises ``NotFound``, ``PermissionDenied``."""
    require_change(actor)
    invitation = _held(actor, invitation_id)
    _note(actor, Kind.INVITATION_WITHDRAWN, invitation)
    invitation.delete()


def _held(actor: Actor, invitation_id: UUID) -> Invitation:
    there = Invitation.objects.select_for_update().filter(id=invitation_id, organization_id=actor.organization_id)
    found = there.first()
    if found is None:
        raise NotFound.named("invitation", invitation_id)
    return found


@write
def accept_invitation(token: str, name: str, password: str, *, address: str = "") -> User:
    """Make the person whom a link invites, who has chosen a name and a password. The link is used then.

    They get the invitation's id. The form has judged the password. Raises ``NotFound`` for a link that is not good,
    ``ValidationError`` for the name, ``Conflict`` where the address has got an account meanwhile.
    """
    invitation = find_invitation(token, lock=True)
    name = clean_name(name, field="name", most=MAX_NAME_LENGTH)
    try:
        with transaction.atomic():
            person = User.objects.create_user(
                invitation.email,
                password,
                # What names who is invited names them now.
                id=invitation.id,
                organization=invitation.organization,
                name=name,
                role=invitation.role,
            )
    except IntegrityError as error:
        raise Conflict.of(f"{invitation.email} has an account already: sign in", code="duplicate") from error
    actor = Actor(person.organization_id, person.id, person.role, via=Via.PAGE, address=address)
    _note(actor, Kind.INVITATION_ACCEPTED, invitation, targetUserId=str(person.id))
    invitation.delete()
    return person


@write
def use_password_link(user_id: UUID, token: str, password: str, *, address: str = "") -> User:
    """Give the person of a link another password, which the form has judged. The link is used then.

    Raises ``NotFound`` for a link that is not good.
    """
    person = find_reset(user_id, token, lock=True)
    actor = Actor(person.organization_id, person.id, person.role, via=Via.PAGE, address=address)
    change_password(actor, person, password)
    return person


def _note(actor: Actor, kind: AuditEntry.Kind, invitation: Invitation, **more: str) -> None:
    audit.note_act(
        actor,
        kind,
        organization_id=invitation.organization_id,
        email=invitation.email,
        role=str(invitation.role),
        **more,
    )
