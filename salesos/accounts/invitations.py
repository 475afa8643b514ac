"""Inviting people by a link, and their accepting it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
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
from salesos.errors import Conflict, NotFound, Problem, ValidationError, alternatives, quoted

Kind = AuditEntry.Kind
# So many may be open at a time.
MAX_INVITATIONS = 500
# So many are invited at once.
MAX_AT_ONCE = 100


@write
def invite(actor: Actor, email: str, role: str) -> tuple[Invitation, str]:
    """Invite somebody. Returns the invitation and the token of its link, which nobody can read again.

    Raises ``PermissionDenied``, ``ValidationError``, and ``Conflict`` for an address that has an account or is invited.
    """
    return invite_all(actor, [email], role)[0]


@write
def invite_all(actor: Actor, emails: Sequence[str], role: str) -> list[tuple[Invitation, str]]:
    """Invite everybody with one of these addresses, or nobody. Returns what ``invite`` does of each, in their order.

    An address that is there twice is invited once. Raises as ``invite`` does, with a problem for each address that is
    refused: ``ValidationError`` where one is malformed.
    """
    require_change(actor)
    if len(emails) > MAX_AT_ONCE:
        message = f"email must be at most {MAX_AT_ONCE} addresses at once, and these are {len(emails)}"
        raise ValidationError.of(message, field="email", code="too_many")
    cleaned, problems = _clean_emails(emails)
    if role not in User.Role.values:
        message = f"role must be one of {alternatives(User.Role.values)}"
        problems.append(Problem("role", "choice", message))
    hold_organizations({actor.organization_id})
    there = Invitation.objects.filter(organization_id=actor.organization_id)
    taken = _taken(cleaned, there)
    if problems:
        raise ValidationError([*problems, *taken])
    if taken:
        raise Conflict(taken)
    if there.count() + len(cleaned) > MAX_INVITATIONS:
        raise Conflict.of(f"at most {MAX_INVITATIONS} invitations may be open; withdraw some", code="too_many")
    made = [
        Invitation(
            organization_id=actor.organization_id,
            email=email,
            role=role,
            nonce=new_nonce(),
            invited_by_id=actor.user_id,
            expires_at=timezone.now() + INVITATION_LIFETIME,
        )
        for email in cleaned
    ]
    Invitation.objects.bulk_create(made)
    for invitation in made:
        _note(actor, Kind.INVITATION_CREATED, invitation)
    return [(invitation, invitation_token(invitation)) for invitation in made]


def _clean_emails(texts: Sequence[str]) -> tuple[list[str], list[Problem]]:
    """The addresses in some texts, once each, and what is wrong with the others."""
    found: dict[str, None] = {}
    problems: list[Problem] = []
    for text in texts:
        try:
            found[_clean_email(text)] = None
        except ValidationError as error:
            problems += error.problems
    return list(found), problems


def _taken(emails: Sequence[str], there: QuerySet[Invitation]) -> list[Problem]:
    """What keeps addresses from being invited: they have an account, or are invited ``there``. Two queries."""
    people = set(User.objects.filter(email__in=emails).values_list("email", flat=True))
    invited = set(there.filter(email__in=emails).values_list("email", flat=True))
    has_account = "email is that of somebody who has an account already"
    is_invited = "email is invited already"
    return [
        Problem("email", "duplicate", f"{has_account}: {email}")
        if email in people
        else Problem("email", "duplicate", f"{is_invited}: {email}; renew that invitation for a new link")
        for email in emails
        if email in people or email in invited
    ]


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
