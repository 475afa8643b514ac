"""What signing in takes and gives."""

from __future__ import annotations

from rest_framework import serializers

from salesos.accounts.models import User
from salesos.rest.serializers import StrictSerializer, Text


class OrganizationSerializer(StrictSerializer):
    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(read_only=True)


class UserSerializer(StrictSerializer):
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
