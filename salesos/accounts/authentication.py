"""How a request says who it is, beside Django's session: a bearer token or an API key."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from time import time
from typing import Any
from uuid import UUID

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
from salesos.db.caches import RevalidatedCache
from salesos.db.compiled_queries import CompiledQuery, Param
from salesos.db.django_internals import Row

# Tokens whose signature was checked; each is at most as long as a header may be.
DECODED_TOKENS_CACHE_SIZE = 1_000
USERS_CACHE_BYTES = 10_000_000
BEARER = b"Bearer "
USER_BYTES = 3_000

# What decides who a user is and what they may; the rest is read where somebody asks for it.
# In the model's order, as ``from_db`` wants them.
_DECIDING = {"id", "organization_id", "role", "is_active", "password"}
USER_COLUMNS = tuple(field.attname for field in User._meta.concrete_fields if field.attname in _DECIDING)
_ID_PLACE = USER_COLUMNS.index("id")
USER_ID = Param("user_id", User._meta.pk)
_USER = CompiledQuery(lambda: User.objects.filter(id=USER_ID).order_by().values_list(*USER_COLUMNS))
KEY_COLUMNS = tuple(field.attname for field in ApiKey._meta.concrete_fields)
KEY_HASH = Param("hash", ApiKey._meta.get_field("key_hash"))
_KEY = CompiledQuery(lambda: ApiKey.objects.filter(key_hash=KEY_HASH).order_by().values_list(*KEY_COLUMNS))
# Making an instance of a row takes longer than reading the row.
_users: RevalidatedCache[Any, Row, User] = RevalidatedCache(max_bytes=USERS_CACHE_BYTES, size_of=lambda _: USER_BYTES)


def read_user(user_id: UUID) -> User | None:
    """The user with that id, as the row is now. One query."""
    return next((user_of(row) for row in _USER.rows({USER_ID.key: user_id})), None)


def user_of(row: Row) -> User:
    """The user of a row of ``USER_COLUMNS``, which was just read."""
    id_ = row[_ID_PLACE]
    user = _users.get(id_, row)
    if user is None:
        user = User.from_db(None, USER_COLUMNS, row)
        _users.put(id_, row, user)
    # An instance of its own for each request: what one changes of it is nothing to the others.
    copy = User.__new__(User)
    copy.__dict__.update(user.__dict__)
    return copy


def _user_of_request(request: Request, user_id: object) -> User | None:
    """The user, read by the view where it can read more in the same statement (its ``read_user``)."""
    try:
        id_ = UUID(str(user_id))
    except ValueError:
        return None
    read: Callable[[UUID], User | None] = getattr((request.parser_context or {}).get("view"), "read_user", read_user)
    return read(id_)


@lru_cache(maxsize=DECODED_TOKENS_CACHE_SIZE)
def _decode(raw_token: bytes) -> AccessToken:
    """A token whose signature holds, which the same text will always have; when it ends is the caller's to look at."""
    return AccessToken(raw_token)  # type: ignore[arg-type]


class BearerAuthentication(JWTAuthentication):
    """``Authorization: Bearer <access token>``. The user is read each time, so that deactivation holds at once."""

    def authenticate(self, request: Request) -> tuple[User, Token] | None:  # type: ignore[override]
        header = self.get_header(request)
        raw_token = self.get_raw_token(header) if header is not None else None
        if raw_token is None:
            return None
        token = self.get_validated_token(raw_token)
        return self._user(request, token), token

    def get_header(self, request: Request) -> bytes | None:  # type: ignore[override]
        # DRF's request looks each attribute up in vain first.
        header = request._request.META.get("HTTP_AUTHORIZATION")
        return header.encode(HTTP_HEADER_ENCODING) if isinstance(header, str) else header

    def get_raw_token(self, header: bytes) -> bytes | None:
        try:
            header.decode("ascii")
        except UnicodeDecodeError:
            raise AuthenticationFailed(_("The Authorization header is malformed."), code="bad_authorization_header")
        # The scheme's name is the same in any case (RFC 9110).
        is_bearer = header[: len(BEARER)].lower() == BEARER.lower()
        return super().get_raw_token(BEARER + header[len(BEARER) :] if is_bearer else header)

    def get_validated_token(self, raw_token: bytes) -> Token:
        try:
            token = _decode(raw_token)
            if token["exp"] > time():
                return token
        except Exception:
            pass
        return super().get_validated_token(raw_token)

    def _user(self, request: Request, token: Token) -> User:
        """The token's user. Raises as simplejwt's own ``get_user`` does, which takes ten times as long to read it."""
        claimed = token.get(api_settings.USER_ID_CLAIM)
        if claimed is None:
            raise InvalidToken(str(_("Token contained no recognizable user identification")))
        user = _user_of_request(request, claimed)
        if user is None:
            raise AuthenticationFailed(_("User not found"), code="user_not_found")
        if not user.is_active:
            raise AuthenticationFailed(_("User is inactive"), code="user_inactive")
        if token.get(api_settings.REVOKE_TOKEN_CLAIM) != get_md5_hash_password(user.password):
            raise AuthenticationFailed(_("The user's password has been changed."), code="password_changed")
        return user


class ApiKeyAuthentication(BaseAuthentication):
    """``X-API-Key: sos_…``. The request acts for the key's user; ``request.auth`` is the key, with its scopes."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        text = request.headers.get("X-API-Key")
        if text is None:
            return None
        rows = _KEY.rows({KEY_HASH.key: hash_key(text)})
        key = ApiKey.from_db(None, KEY_COLUMNS, rows[0]) if rows else None
        user = _user_of_request(request, key.user_id) if key is not None else None
        if key is not None and user is not None:
            key.user = user
            if key.is_usable:
                note_use(key)
                return user, key
        raise AuthenticationFailed(_("The API key is unknown, revoked or expired."), code="bad_api_key")
