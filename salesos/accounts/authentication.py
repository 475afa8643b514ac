"""How a request says who it is, beside Django's session: a bearer token or an API key."""

from __future__ import annotations

from functools import lru_cache
from time import time
from uuid import UUID

from django.db.models import Field
from django.utils.translation import gettext_lazy as _
from rest_framework import HTTP_HEADER_ENCODING
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken, Token
from rest_framework_simplejwt.utils import get_md5_hash_password

from salesos.accounts.models import ApiKey, User
from salesos.accounts.services import hash_key, note_use
from salesos.beliefs import Condition, Memory
from salesos.db.compiled_queries import CompiledQuery, Param


def _slot(name: str) -> Param:
    found = User._meta.get_field(name)
    assert isinstance(found, Field)
    return Param(name, found)


# All that decides who a user is and what they may: while these are the same, so is the user.
_DECIDING = ("id", "role", "organization_id", "password")
_users: Memory[str, User] = Memory(
    Condition(lambda: User.objects.filter(is_active=True, **{name: _slot(name) for name in _DECIDING})),
    lambda _id, user: {name: getattr(user, name) for name in _DECIDING},
)
_USER = CompiledQuery(lambda: User.objects.filter(id=Param("id", User._meta.pk)))
_KEY = CompiledQuery(lambda: ApiKey.objects.filter(key_hash=Param("hash", ApiKey._meta.get_field("key_hash"))))


def _find_user(id_: object) -> User | None:
    try:
        return next(iter(_USER.instances({"id": UUID(str(id_))})), None)
    except ValueError:
        return None


def _twin(user: User) -> User:
    """The same user for one more request: what that changes of it is not remembered."""
    twin = User.__new__(User)
    twin.__dict__.update(user.__dict__)
    return twin


@lru_cache(maxsize=4096)
def _decode(raw_token: bytes) -> AccessToken:
    """A token whose signature holds, which the same text will always have; when it ends is the caller's to look at."""
    return AccessToken(raw_token)  # type: ignore[arg-type]


class BearerAuthentication(JWTAuthentication):
    """``Authorization: Bearer <access token>``. The user is read each time, so that deactivation holds at once."""

    def get_header(self, request: Request) -> bytes | None:  # type: ignore[override]
        # DRF's request looks each attribute up in vain first.
        header = request._request.META.get("HTTP_AUTHORIZATION")
        return header.encode(HTTP_HEADER_ENCODING) if isinstance(header, str) else header

    def get_raw_token(self, header: bytes) -> bytes | None:
        try:
            header.decode("ascii")
        except UnicodeDecodeError:
            raise AuthenticationFailed(_("The Authorization header is malformed."), code="bad_authorization_header")
        return super().get_raw_token(header)

    def get_validated_token(self, raw_token: bytes) -> Token:
        try:
            token = _decode(raw_token)
            if token["exp"] > time():
                return token
        except Exception:
            pass
        return super().get_validated_token(raw_token)

    def get_user(self, validated_token: Token) -> User:  # type: ignore[override]
        """The token's user. Raises as simplejwt's own does, which takes ten times as long to read it."""
        claimed = validated_token.get(api_settings.USER_ID_CLAIM)
        if claimed is None:
            raise InvalidToken(str(_("Token contained no recognizable user identification")))
        user = _users.believed(claimed)
        if user is None:
            user = _find_user(claimed)
            if user is None:
                raise AuthenticationFailed(_("User not found"), code="user_not_found")
            if not user.is_active:
                raise AuthenticationFailed(_("User is inactive"), code="user_inactive")
            _users.remember(claimed, user)
        user = _twin(user)
        if validated_token.get(api_settings.REVOKE_TOKEN_CLAIM) != get_md5_hash_password(user.password):
            raise AuthenticationFailed(_("The user's password has been changed."), code="password_changed")
        return user


class ApiKeyAuthentication(BaseAuthentication):
    """``X-API-Key: sos_…``. The request acts for the key's user; ``request.auth`` is the key, with its scopes."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        text = request.headers.get("X-API-Key")
        if text is None:
            return None
        key = next(iter(_KEY.instances({"hash": hash_key(text)})), None)
        user = _find_user(key.user_id) if key is not None else None
        if key is not None and user is not None:
            key.user = user
            if key.is_usable:
                note_use(key)
                return user, key
        raise AuthenticationFailed(_("The API key is unknown, revoked or expired."), code="bad_api_key")
