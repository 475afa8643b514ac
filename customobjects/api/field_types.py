"""The types that a field can have."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from customobjects.api.serializers.field_types import FieldTypeListSerializer, FieldTypeSerializer
from customobjects.fieldtypes import TYPES
from salesos.rest.viewsets import ApiViewSet


@extend_schema(tags=["Fields"])
class FieldTypeViewSet(ApiViewSet):
    @extend_schema("listFieldTypes", responses=FieldTypeListSerializer)
    def list(self, request: Request) -> Response:
        """The types a field can have, with their options."""
        return Response({"data": FieldTypeSerializer(list(TYPES.values()), many=True).data})
