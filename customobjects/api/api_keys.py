"""API keys of an organization's people, for its administrators."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from customobjects.api.base import MetaSerializer
from customobjects.api.filters import ApiKeyFilterSet
from customobjects.api.pagination import page_response
from customobjects.api.parameters import PageQuerySerializer, split_parameters
from customobjects.api.users import NOT_STORED, id_of
from customobjects.queries.totals import Total
from salesos.accounts import administration
from salesos.accounts.actor import actor_of
from salesos.accounts.models import ApiKey
from salesos.accounts.people import MAX_NAME_LENGTH
from salesos.rest.renderers import RenderedResponse
from salesos.rest.serializers import ChoiceField, Id, StrictSerializer, Text, body_of, json_of
from salesos.rest.viewsets import ApiViewSet


class ApiKeySerializer(StrictSerializer):
    """A key; ``key`` only in the answer that makes it."""

    left_out = frozenset({"key"})

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(read_only=True)
    prefix = serializers.CharField(read_only=True)
    user_id = serializers.UUIDField(read_only=True)
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=ApiKey.Scope.choices), read_only=True)
    is_usable = serializers.BooleanField(
        read_only=True, help_text="Neither revoked nor expired, and its person is active."
    )
    expires_at = serializers.DateTimeField(read_only=True, allow_null=True)
    revoked_at = serializers.DateTimeField(read_only=True, allow_null=True)
    last_used_at = serializers.DateTimeField(read_only=True, allow_null=True)
    created_at = serializers.DateTimeField(read_only=True)
    key = serializers.CharField(read_only=True, help_text="What a program sends as `X-API-Key`; told once.")

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = dict(super().to_representation(instance))
        if not hasattr(instance, "key"):
            shown.pop("key", None)
        return shown


class ApiKeyCreateSerializer(StrictSerializer):
    name = Text(max_length=MAX_NAME_LENGTH)
    user_id = Id(required=False, help_text="Whom the key acts for; yourself, unless said.")
    scopes = serializers.ListField(
        child=ChoiceField(choices=ApiKey.Scope.choices), min_length=1, max_length=len(ApiKey.Scope)
    )
    expires_at = serializers.DateTimeField(required=False, allow_null=True)


@extend_schema_serializer(many=False)
class ApiKeyPageSerializer(StrictSerializer):
    data = ApiKeySerializer(many=True, read_only=True)  # type: ignore[assignment]
    meta = MetaSerializer(read_only=True)


@extend_schema(tags=["API keys"])
class ApiKeyViewSet(ApiViewSet, GenericViewSet[ApiKey]):
    """The keys of the organization's people, for its administrators."""

    lookup_url_kwarg = "key_reference"
    queryset = ApiKey.objects.none()
    filterset_class = ApiKeyFilterSet
    # Nobody keeps answers with keys.
    takes_idempotency_key = False

    @extend_schema("listApiKeys", parameters=[PageQuerySerializer], responses=ApiKeyPageSerializer)
    def list(self, request: Request) -> RenderedResponse:
        """List the API keys of the organization's people, the newest first."""
        found = administration.list_keys(actor_of(request))
        asked, _filters = split_parameters(request, PageQuerySerializer)
        found = self.filter_queryset(found)
        page, limit = asked["page"], asked["limit"]
        shown = [json_of(key, ApiKeySerializer) for key in found[(page - 1) * limit : page * limit]]
        return page_response(request, shown, Total(found.count()), page=page, limit=limit)

    @extend_schema("createApiKey", request=ApiKeyCreateSerializer, responses={201: ApiKeySerializer})
    def create(self, request: Request) -> RenderedResponse:
        """Make an API key, which the answer has, this once. An API key cannot do this."""
        actor, given = actor_of(request), body_of(request, ApiKeyCreateSerializer)
        made: Any
        made, made_key = administration.make_key(actor, **{"user_id": actor.user_id, **given})
        made.key = made_key
        return RenderedResponse(json_of(made, ApiKeySerializer), status=status.HTTP_201_CREATED, headers=NOT_STORED)

    @extend_schema("revokeApiKey", responses={204: None})
    def destroy(self, request: Request, key_reference: str) -> Response:
        """Revoke an API key: it is refused at its very next request. It stays in the list."""
        administration.revoke_key(actor_of(request), id_of("API key", key_reference))
        return Response(status=status.HTTP_204_NO_CONTENT)
