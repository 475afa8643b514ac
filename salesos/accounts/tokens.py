"""Tokens of people: an access token for half an hour, and a refresh token that is traded for the next pair, once.

All refresh tokens that come of one signing in are a family, which knows the only one that is good. Whoever shows
another of them holds a copy, or was copied: nobody can tell which, so the family ends, and its person signs in anew.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import RefreshToken
from rest_framework_simplejwt.utils import get_md5_hash_password

from salesos.accounts.models import TokenFamily, User

FAMILY_CLAIM = "family"


class Tokens(NamedTuple):
    """An access token, and the refresh token for when it is over, as texts."""

    access: str
    refresh: str

    @classmethod
    def of(cls, refresh: RefreshToken) -> Tokens:
        """A refresh token with an access token that is made of it."""
        return cls(str(refresh.access_token), str(refresh))


def issue(user: User) -> Tokens:
    """The first tokens of a new family, for somebody who has just signed in."""
    refresh = RefreshToken.for_user(user)
    family = TokenFamily.objects.create(user=user, token_id=refresh["jti"], expires_at=_expiry(refresh))
    refresh[FAMILY_CLAIM] = str(family.id)
    return Tokens.of(refresh)


def trade(text: str) -> Tokens:
    """The next tokens for a refresh token, which is good no longer. However many ask at once, one gets them.

    Raises ``TokenError`` for what is no refresh token or is over. One that was traded before, one of a user who has
    left, and one that was made with another password end their family besides.
    """
    refresh, family_id = _read(text)
    user = User.objects.filter(id=refresh[api_settings.USER_ID_CLAIM], is_active=True).first()
    used = refresh["jti"]
    refresh.set_jti()
    refresh.set_exp()
    refresh.set_iat()
    is_good = user is not None and refresh.get(api_settings.REVOKE_TOKEN_CLAIM) == get_md5_hash_password(user.password)
    # Compared and changed in one statement: the second of two finds another token in the row.
    current = TokenFamily.objects.filter(id=family_id, token_id=used)
    if not is_good or not current.update(token_id=refresh["jti"], expires_at=_expiry(refresh)):
        TokenFamily.objects.filter(id=family_id).delete()
        raise TokenError("the refresh token is good no longer")
    return Tokens.of(refresh)


def end(text: str) -> User:
    """End the family of a refresh token. Returns whose it was.

    Raises ``TokenError`` where it has none, or it has ended.
    """
    _refresh, family_id = _read(text)
    families = TokenFamily.objects.filter(id=family_id)
    family = families.select_related("user").first()
    # Of several who end it at once, one does.
    if family is None or not families.delete()[0]:
        raise TokenError("the refresh token is good no longer")
    return family.user


def forget_expired() -> int:
    """Forget the families whose last token is over. Returns how many."""
    return TokenFamily.objects.filter(expires_at__lt=timezone.now()).delete()[0]


def _read(text: str) -> tuple[RefreshToken, UUID]:
    """A refresh token whose signature holds, with its family's id. Raises ``TokenError``."""
    refresh = RefreshToken(text)  # type: ignore[arg-type]
    try:
        return refresh, UUID(str(refresh[FAMILY_CLAIM]))
    except (KeyError, ValueError) as error:
        raise TokenError("the refresh token is of no family") from error


def _expiry(refresh: RefreshToken) -> datetime:
    return datetime.fromtimestamp(refresh["exp"], UTC)
