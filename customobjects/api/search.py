"""The search through all objects."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from customobjects.api.base import TruncationSerializer
from customobjects.api.parameters import GlobalSearchQuerySerializer, parameters
from customobjects.queries.global_search import ObjectHits, global_search
from salesos.accounts.actor import actor_of
from salesos.rest.serializers import StrictSerializer
from salesos.rest.viewsets import ApiViewSet


class HitSerializer(StrictSerializer):
    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(read_only=True)


class ObjectHitsSerializer(StrictSerializer):
    """What a search found in one object, the best first."""

    object = serializers.SerializerMethodField(method_name="get_object_")
    hits = HitSerializer(many=True, read_only=True)
    has_more = serializers.BooleanField(read_only=True)

    @extend_schema_field(
        {
            "type": "object",
            "properties": {name: {"type": "string"} for name in ("id", "apiName", "name", "pluralName")},
            "required": ["id", "apiName", "name", "pluralName"],
        }
    )
    def get_object_(self, found: ObjectHits) -> dict[str, Any]:
        schema = found.schema
        return {"id": schema.id, "apiName": schema.api_name, "name": schema.name, "pluralName": schema.plural_name}


@extend_schema_serializer(many=False)
class HitListSerializer(StrictSerializer):
    data = ObjectHitsSerializer(many=True, read_only=True)  # type: ignore[assignment]
    meta = TruncationSerializer(read_only=True)


@extend_schema(tags=["Records"])
class GlobalSearchViewSet(ApiViewSet):
    @extend_schema("searchEverywhere", parameters=[GlobalSearchQuerySerializer], responses=HitListSerializer)
    def list(self, request: Request) -> Response:
        """Search all objects.

        The best hits in each searchable object, objects with the best ones first.
        """
        given = parameters(request, GlobalSearchQuerySerializer)
        found, is_truncated = global_search(actor_of(request), given["q"], limit=given["limit"])
        return Response(HitListSerializer({"data": found, "meta": {"is_truncated": is_truncated}}).data)
