"""What else administrators do with their organization: its keys, its name and look, and reading who is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from salesos.accounts import audit
from salesos.accounts.access import require_administer, require_change
from salesos.accounts.actor import Actor
from salesos.accounts.models import ApiKey, AuditEntry, Invitation, Organization, User
from salesos.accounts.people import MAX_NAME_LENGTH, find_person
from salesos.accounts.services import check_choices, create_api_key, revoke_api_key
from salesos.accounts.texts import clean_name
from salesos.db.transactions import write
from salesos.errors import Conflict, NotFound, ValidationError

USABLE, EXPIRED, REVOKED = KEY_STATES = ("usable", "expired", "revoked")


def list_people(actor: Actor) -> QuerySet[User]:
    """All people of the actor's organization, by e-mail. Raises ``PermissionDenied``."""
    require_administer(actor)
    return User.objects.filter(organization_id=actor.organization_id, deleted_at=None).order_by("email")


def people_by_role(actor: Actor) -> dict[str, int]:
    """How many active people of the actor's organization have each role. One query. Raises ``PermissionDenied``."""
    active = list_people(actor).filter(is_active=True).order_by()
    return dict.fromkeys(User.Role.values, 0) | dict(active.values_list("role").annotate(Count("id")))


def get_person(actor: Actor, user_id: UUID) -> User:
    """One of them. Raises ``NotFound``, ``PermissionDenied``."""
    require_administer(actor)
    return find_person(actor, user_id)


def list_invitations(actor: Actor) -> QuerySet[Invitation]:
    """The open invitations of the actor's organization, by e-mail. Raises ``PermissionDenied``."""
    require_administer(actor)
    there = Invitation.objects.filter(organization_id=actor.organization_id)
    return there.select_related("invited_by").order_by("email")


def get_invitation(actor: Actor, invitation_id: UUID) -> Invitation:
    """One of them. Raises ``NotFound``, ``PermissionDenied``."""
    found = list_invitations(actor).filter(id=invitation_id).first()
    if found is None:
        raise NotFound.named("invitation", invitation_id)
    return found


def list_keys(actor: Actor) -> QuerySet[ApiKey]:
    """All keys of the people of the actor's organization, the newest first. Raises ``PermissionDenied``."""
    require_administer(actor)
    keys = ApiKey.objects.filter(user__organization_id=actor.organization_id)
    return keys.select_related("user").order_by("-created_at", "-id")


def get_key(actor: Actor, key_id: UUID) -> ApiKey:
    """One of them. Raises ``NotFound``, ``PermissionDenied``."""
    found = list_keys(actor).filter(id=key_id).first()
    if found is None:
        raise NotFound.named("API key", key_id)
    return found


def having_words(rows: QuerySet, text: str, *names: str) -> QuerySet:
    """The rows that have each word of a text in one of some columns."""
    for word in text.split():
        found = Q()
        for name in names:
            found |= Q(**{f"{name}__icontains": word})
        rows = rows.filter(found)
    return rows


def keys_in_state(keys: QuerySet[ApiKey], state: str) -> QuerySet[ApiKey]:
    """The keys that are ``usable``, ``expired`` or ``revoked``; those of who is deactivated are none of these."""
    is_over = Q(expires_at__lte=timezone.now())
    if state == REVOKED:
        return keys.exclude(revoked_at=None)
    return keys.filter(is_over if state == EXPIRED else ~is_over & Q(user__is_active=True), revoked_at=None)


@write
def make_key(
    actor: Actor, user_id: UUID, name: str, scopes: Iterable[str], *, expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """Make a key that acts for one of the organization's people. Returns it and its text, which is shown once.

    Raises ``PermissionDenied``, and ``ValidationError`` for a name, a person, scopes or a time that will not do.
    """
    require_change(actor)
    name = clean_name(name, field="name", most=MAX_NAME_LENGTH)
    try:
        person = find_person(actor, user_id, lock=True)
    except NotFound as error:
        raise ValidationError.of("userId must be one of the people", field="userId", code="not_found") from error
    if not person.is_active:
        raise ValidationError.of(
            f"userId must be somebody who is active, and {person} is not", field="userId", code="inactive"
        )
    if expires_at is not None and expires_at <= timezone.now():
        raise ValidationError.of("expiresAt must be in the future", field="expiresAt", code="min")
    return create_api_key(person, name, scopes, expires_at=expires_at, actor=actor)


@write
def revoke_key(actor: Actor, key_id: UUID) -> ApiKey:
    """End a key; doing it twice changes nothing. Raises ``NotFound``, ``PermissionDenied``."""
    require_change(actor)
    key = get_key(actor, key_id)
    revoke_api_key(key, actor)
    return key


@write
def change_organization(actor: Actor, changes: Mapping[str, str]) -> Organization:
    """Change the ``name`` or the ``hue`` of the actor's organization, or what holds for its people who have not chosen.

    That is the ``language`` whose formats numbers and dates have, and the ``time_zone``; empty, there is none. Raises
    ``PermissionDenied``, ``ValidationError``, and ``Conflict`` for a name that is taken.
    """
    require_change(actor)
    organization = Organization.objects.select_for_update(no_key=True).get(id=actor.organization_id)
    before = organization_properties(organization)
    if "name" in changes:
        organization.name = clean_name(changes["name"], field="name", most=MAX_NAME_LENGTH)
    chosen = {name: value for name, value in changes.items() if name != "name"}
    check_choices(chosen)
    for name, value in chosen.items():
        setattr(organization, name, value)
    try:
        with transaction.atomic():
            organization.save(update_fields=["name", *chosen])
    except IntegrityError as error:
        raise Conflict.of("name is taken by another organization", field="name", code="duplicate") from error
    note_organization(actor, organization, before)
    return organization


def organization_properties(organization: Organization) -> dict[str, str]:
    """What of an organization is noted when somebody changes it."""
    return {
        "name": organization.name,
        "hue": str(organization.hue),
        "language": organization.language,
        "timeZone": organization.time_zone,
    }


def note_organization(actor: Actor, organization: Organization, before: Mapping[str, str]) -> None:
    """Note what of an organization was changed, where ``before`` has what stood there."""
    now = organization_properties(organization)
    if changes := {name: [before[name], value] for name, value in now.items() if before[name] != value}:
        kind = AuditEntry.Kind.ORGANIZATION_CHANGED
        audit.note_act(actor, kind, organization_id=organization.id, changes=changes)
