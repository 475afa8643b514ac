"""Writes of accounts: making organizations, users and API keys, and ending keys."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from salesos.accounts.models import ApiKey, Organization, User
from salesos.errors import Conflict, ValidationError, alternatives

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
    return organization, administrator


def create_api_key(
    user: User, name: str, scopes: Iterable[str], *, expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """Make a key that acts for ``user``. Returns the row and the key itself, which nobody can read again.

    Raises ``ValidationError`` for a scope that does not exist, or none.
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
    return row, key


def revoke_api_key(key: ApiKey) -> None:
    """End a key. It is refused on its very next request; doing it twice changes nothing."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())


def note_use(key: ApiKey) -> None:
    """Remember that ``key`` was used, at most once a minute."""
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at >= LAST_USED_INTERVAL:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
