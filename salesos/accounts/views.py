"""Signing in, staying signed in, signing out."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings

from salesos.accounts import audit, tokens
from salesos.accounts.models import ApiKey, AuditEntry, User
from salesos.accounts.profiles import LANGUAGES, MAX_ZONE_LENGTH, Density, Theme
from salesos.accounts.services import change_profile
from salesos.errors import PermissionDenied
from salesos.rest.serializers import ChoiceField, StrictSerializer, Text, body_of
from salesos.rest.viewsets import ApiViewSet


class OrganizationSerializer(StrictSerializer):
    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(read_only=True)
    language = serializers.CharField(
        read_only=True, help_text="That of its people who have chosen none; empty: there is none."
    )
    time_zone = serializers.CharField(
        read_only=True, help_text="That of its people who have chosen none; empty: there is none."
    )


class ProfileSerializer(StrictSerializer):
    """What a person has chosen for themselves."""

    language = ChoiceField(
        choices=list(LANGUAGES),
        allow_blank=True,
        required=False,
        help_text="Whose formats pages have for numbers and dates; empty: the organization's, or the browser's.",
    )
    time_zone = Text(
        max_length=MAX_ZONE_LENGTH,
        allow_blank=True,
        required=False,
        help_text="Such as Europe/Berlin, for times on pages; empty: the organization's, or the browser's.",
    )
    density = ChoiceField(choices=Density.choices, required=False)
    theme = ChoiceField(choices=Theme.choices, required=False)


class UserSerializer(ProfileSerializer):
    """A person, as the API shows one."""

    id = serializers.UUIDField(read_only=True)
    email = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)
    role = serializers.ChoiceField(choices=User.Role.choices, read_only=True)
    organization = OrganizationSerializer(read_only=True)


class SignInSerializer(StrictSerializer):
    email = Text(max_length=254, trim_whitespace=False)
    password = Text(max_length=128, trim_whitespace=False)


class RefreshTokenSerializer(StrictSerializer):
    refresh_token = Text(max_length=2_000, trim_whitespace=False)


class TokensSerializer(StrictSerializer):
    access_token = serializers.CharField(read_only=True)
    refresh_token = serializers.CharField(read_only=True)
    expires_in = serializers.IntegerField(read_only=True, help_text="Seconds that the access token is good for.")


class SignedInSerializer(TokensSerializer):
    user = UserSerializer(read_only=True)


def _tokens_json(given: tokens.Tokens) -> dict[str, Any]:
    lifetime = int(api_settings.ACCESS_TOKEN_LIFETIME.total_seconds())
    return {"access_token": given.access, "refresh_token": given.refresh, "expires_in": lifetime}


def _not_a_token() -> AuthenticationFailed:
    return AuthenticationFailed("The refresh token is invalid, expired or used already.", code="token_not_valid")


def _whole(user: Any) -> User:
    """A user of a request with all columns, and the organization. One query."""
    return User.objects.select_related("organization").get(pk=user.pk)


# Whoever keeps answers must not keep these.
NOT_STORED = {"Cache-Control": "no-store"}
# What anybody may call.
public: dict[str, Any] = {"authentication_classes": (), "permission_classes": (AllowAny,)}


@extend_schema(tags=["Auth"])
class AuthViewSet(ApiViewSet):
    """Signing in, staying signed in, signing out, and who is asking."""

    # Nobody keeps answers with tokens.
    takes_idempotency_key = False

    def get_authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'

    @extend_schema("signIn", request=SignInSerializer, responses=SignedInSerializer, auth=[])
    @action(detail=False, methods=["post"], **public)
    def login(self, request: Request) -> Response:
        """Sign in.

        An access token to send with every request, and a refresh token for when it is over.
        """
        given = body_of(request, SignInSerializer)
        user = authenticate(request, username=given["email"], password=given["password"])
        if not isinstance(user, User):
            raise AuthenticationFailed("The e-mail or the password is wrong.", code="bad_credentials")
        # Its receivers note when, and write the audit log.
        user_logged_in.send(sender=User, request=request, user=user)
        signed_in = {**_tokens_json(tokens.issue(user)), "user": user}
        return Response(SignedInSerializer(signed_in).data, headers=NOT_STORED)

    @extend_schema("refreshTokens", request=RefreshTokenSerializer, responses=TokensSerializer, auth=[])
    @action(detail=False, methods=["post"], **public)
    def refresh(self, request: Request) -> Response:
        """Trade a refresh token for new tokens.

        A refresh token is good once: the answer has the next one. One that comes again was copied: then all that came
        of that signing in end.
        """
        given = body_of(request, RefreshTokenSerializer)
        try:
            fresh = tokens.trade(given["refresh_token"])
        except TokenError as error:
            raise _not_a_token() from error
        return Response(TokensSerializer(_tokens_json(fresh)).data, headers=NOT_STORED)

    @extend_schema("signOut", request=RefreshTokenSerializer, responses={204: None}, auth=[])
    @action(detail=False, methods=["post"], **public)
    def logout(self, request: Request) -> Response:
        """Sign out.

        Ends a refresh token, and all that came of the same signing in. Access tokens end by themselves.
        """
        given = body_of(request, RefreshTokenSerializer)
        try:
            user = tokens.end(given["refresh_token"])
        except TokenError as error:
            raise _not_a_token() from error
        audit.note_session(request, AuditEntry.Kind.SIGN_OUT, user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema("whoAmI", responses=UserSerializer)
    @action(detail=False)
    def me(self, request: Request) -> Response:
        """Who is asking."""
        return Response(UserSerializer(_whole(request.user)).data)

    @extend_schema("changeMe", request=ProfileSerializer, responses=UserSerializer)
    @me.mapping.patch
    def change_me(self, request: Request) -> Response:
        """Change one's own settings.

        The format and the time zone of numbers and times on pages, and how pages look. A program with an API key
        cannot do this for its user.
        """
        if isinstance(request.auth, ApiKey):
            raise PermissionDenied.of("an API key cannot change the settings of its user", code="key")
        user = _whole(request.user)
        change_profile(user, body_of(request, ProfileSerializer))
        return Response(UserSerializer(user).data)
