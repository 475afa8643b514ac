"""Writes of accounts: making organizations, users and API keys, ending keys, and people's own settings."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Container, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from salesos.accounts import audit
from salesos.accounts.actor import Actor
from salesos.accounts.models import ApiKey, AuditEntry, Organization, User
from salesos.accounts.profiles import LANGUAGES, Density, Hue, Theme, time_zones
from salesos.errors import Conflict, Problem, ValidationError, alternatives, quoted

KEY_START = "sos_"
# "Last used" is for people who look for forgotten keys; a write for every request would cost more than it tells.
LAST_USED_INTERVAL = timedelta(minutes=1)


def hash_key(key: str) -> str:
    """The stored form of a key. A plain hash is enough: the key is 256 random bits, which nobody guesses."""
    return hashlib.sha256(key.encode()).hexdigest()


@transaction.atomic
def create_organization(
    name: str, *, email: str, password: str, person: str = "", operator: bool = False
) -> tuple[Organization, User]:
    """Make an organization with its administrator.

    ``operator`` also opens the operations pages (Django's admin) of the whole installation to that user.
    Raises ``Conflict`` where the name or the e-mail is taken.
    """
    if Organization.objects.filter(name=name).exists():
        raise Conflict.of(f"an organization named {name!r} exists", field="name", code="duplicate")
    if User.objects.filter(email=email.strip().lower()).exists():
        raise Conflict.of(f"a user with the e-mail {email!r} exists", field="email", code="duplicate")
    organization = Organization.objects.create(name=name)
    administrator = User.objects.create_user(
        email,
        password,
        organization=organization,
        name=person,
        role=User.Role.ADMIN,
        is_staff=operator,
        is_superuser=operator,
    )
    note_user(None, administrator)
    return organization, administrator


def note_user(actor: Actor | None, user: User, before: Mapping[str, Any] | None = None) -> None:
    """Note that a user was made, or what of one was changed, where ``before`` has what stood in ``user_properties``.

    Who moves to another organization is noted in both.
    """
    now = user_properties(user)
    changes = {name: [None if before is None else before[name], value] for name, value in now.items()}
    if before is not None:
        changes = {name: change for name, change in changes.items() if change[0] != change[1]}
        if not changes:
            return
    kind = AuditEntry.Kind.USER_CREATED if before is None else _kind_of(changes)
    for organization in sorted({now["organizationId"], (before or now)["organizationId"]}):
        audit.note_act(
            actor,
            kind,
            organization_id=UUID(organization),
            targetUserId=str(user.id),
            targetUserEmail=user.email,
            changes=changes,
        )


def _kind_of(changes: Mapping[str, list[Any]]) -> AuditEntry.Kind:
    """What a change of a user is called that changed nothing but one thing of weight."""
    if changes.keys() == {"role"}:
        return AuditEntry.Kind.ROLE_CHANGED
    if changes.keys() == {"isActive"}:
        is_active = changes["isActive"][1]
        return AuditEntry.Kind.USER_REACTIVATED if is_active else AuditEntry.Kind.USER_DEACTIVATED
    return AuditEntry.Kind.USER_CHANGED


def user_properties(user: User) -> dict[str, Any]:
    """What of a user is noted when somebody changes it."""
    return {
        "email": user.email,
        "name": user.name,
        "organizationId": str(user.organization_id),
        "role": str(user.role),
        "isActive": user.is_active,
        "isOperator": user.is_staff,
        "isSuperuser": user.is_superuser,
    }


@transaction.atomic
def change_password(actor: Actor, user: User, password: str) -> None:
    """Give a user another password. It ends every session and token that was made with the old one."""
    user.set_password(password)
    user.save(update_fields=["password"])
    note_password(actor, user)


def change_profile(user: User, changes: Mapping[str, str]) -> None:
    """Change what a person has chosen for themselves: ``language``, ``time_zone``, ``density``, ``theme``.

    An empty language or time zone is none of their own. Raises ``ValidationError`` for a value that is not one of those
    that there are; then nothing is changed.
    """
    check_choices(changes)
    for name, value in changes.items():
        setattr(user, name, value)
    if changes:
        # Only these columns: what others change of the person meanwhile stays.
        user.save(update_fields=list(changes))


def check_choices(changes: Mapping[str, str]) -> None:
    """Look at settings of a person or an organization. Raises ``ValidationError`` for values that there are not."""
    problems = []
    for name, value in changes.items():
        outside, choices, example = _CHOICES[name]
        if value not in choices():
            message = f"{outside} must be {example}, and {quoted(value)} is not"
            problems.append(Problem(outside, "choice", message))
    if problems:
        raise ValidationError(problems)


# What each setting is called outside, what it can be, and what it is to be, in words.
_CHOICES: Mapping[str, tuple[str, Callable[[], Container[str]], str]] = {
    "language": ("language", lambda: {"", *LANGUAGES}, f"empty or one of {alternatives(LANGUAGES)}"),
    "time_zone": ("timeZone", lambda: {"", *time_zones()}, "empty or a time zone's name such as Europe/Berlin"),
    "density": ("density", lambda: Density.values, f"one of {alternatives(Density.values)}"),
    "hue": ("hue", lambda: Hue.values, f"one of {alternatives(Hue.values)}"),
    "theme": ("theme", lambda: Theme.values, f"one of {alternatives(Theme.values)}"),
}


def note_password(actor: Actor, user: User) -> None:
    """Note that somebody gave a user another password."""
    audit.note_act(
        actor,
        AuditEntry.Kind.PASSWORD_CHANGED,
        organization_id=user.organization_id,
        targetUserId=str(user.id),
        targetUserEmail=user.email,
    )


@transaction.atomic
def create_api_key(
    user: User,
    name: str,
    scopes: Iterable[str],
    *,
    expires_at: datetime | None = None,
    actor: Actor | None = None,
) -> tuple[ApiKey, str]:
    """Make a key that acts for ``user``. Returns the row and the key itself, which nobody can read again.

    ``actor`` is who makes it; None is the server itself. Raises ``ValidationError`` for a scope that does not exist, or
    none.
    """
    chosen = sorted(set(scopes))
    if not chosen or not set(chosen) <= set(ApiKey.Scope.values):
        raise ValidationError.of(
            f"choose scopes among {alternatives(ApiKey.Scope.values)}", field="scopes", code="choice"
        )
    key = KEY_START + secrets.token_urlsafe(32)
    row = ApiKey.objects.create(
        user=user, name=name, prefix=key[:12], key_hash=hash_key(key), scopes=chosen, expires_at=expires_at
    )
    _note_key(actor, AuditEntry.Kind.KEY_CREATED, row)
    return row, key


@transaction.atomic
def revoke_api_key(key: ApiKey, actor: Actor | None = None) -> None:
    """End a key. It is refused on its very next request; doing it twice changes nothing."""
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now()):
        _note_key(actor, AuditEntry.Kind.KEY_REVOKED, key)


def _note_key(actor: Actor | None, kind: AuditEntry.Kind, key: ApiKey) -> None:
    audit.note_act(
        actor,
        kind,
        organization_id=key.user.organization_id,
        keyId=str(key.id),
        name=key.name,
        prefix=key.prefix,
        scopes=key.scopes,
        expiresAt=key.expires_at.isoformat() if key.expires_at else None,
        targetUserId=str(key.user_id),
        targetUserEmail=key.user.email,
    )


def note_use(key: ApiKey) -> None:
    """Remember that ``key`` was used, at most once a minute."""
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at >= LAST_USED_INTERVAL:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
