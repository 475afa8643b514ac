"""How a request says who it is, beside Django's session: a bearer token or an API key."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication

from salesos.accounts.models import ApiKey, User
from salesos.accounts.services import hash_key, note_use


class BearerAuthentication(JWTAuthentication):
    """``Authorization: Bearer <access token>``. The user is read each time, so that deactivation holds at once."""

    def get_raw_token(self, header: bytes) -> bytes | None:
        try:
            header.decode("ascii")
        except UnicodeDecodeError:
            raise AuthenticationFailed(_("The Authorization header is malformed."), code="bad_authorization_header")
        return super().get_raw_token(header)


class ApiKeyAuthentication(BaseAuthentication):
    """``X-API-Key: sos_…``. The request acts for the key's user; ``request.auth`` is the key, with its scopes."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        text = request.headers.get("X-API-Key")
        if text is None:
            return None
        key = ApiKey.objects.select_related("user").filter(key_hash=hash_key(text)).first()
        if key is None or not key.is_usable:
            raise AuthenticationFailed(_("The API key is unknown, revoked or expired."), code="bad_api_key")
        note_use(key)
        return key.user, key
