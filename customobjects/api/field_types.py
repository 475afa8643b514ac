"""The types that a field can have."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from customobjects.fieldtypes import TYPES, FieldType
from customobjects.queries.operators import operators_of
from salesos.rest.serializers import StrictSerializer
from salesos.rest.viewsets import ApiViewSet


class FieldTypeSerializer(StrictSerializer):
    """A field type: what a designer, or a program, needs to offer it."""

    key = serializers.CharField(read_only=True)
    label = serializers.CharField(read_only=True)  # type: ignore[assignment]
    icon = serializers.CharField(read_only=True)
    description = serializers.CharField(read_only=True)
    control = serializers.CharField(read_only=True)
    is_sortable = serializers.BooleanField(read_only=True, source="sortable")
    is_searchable = serializers.BooleanField(read_only=True, source="searchable")
    is_writable = serializers.BooleanField(read_only=True, source="writable")
    can_be_primary = serializers.BooleanField(read_only=True)
    can_be_unique = serializers.BooleanField(read_only=True)
    can_have_default = serializers.BooleanField(read_only=True)
    operators = serializers.SerializerMethodField(method_name="get_operators")
    options_schema = serializers.DictField(read_only=True)
    value_schema = serializers.DictField(read_only=True)

    def get_operators(self, type_: type[FieldType]) -> list[str]:
        return operators_of(type_)


@extend_schema_serializer(many=False)
class FieldTypeListSerializer(StrictSerializer):
    data = FieldTypeSerializer(many=True, read_only=True)  # type: ignore[assignment]


@extend_schema(tags=["Fields"])
class FieldTypeViewSet(ApiViewSet):
    @extend_schema("listFieldTypes", responses=FieldTypeListSerializer)
    def list(self, request: Request) -> Response:
        """The types a field can have, with their options."""
        return Response({"data": FieldTypeSerializer(list(TYPES.values()), many=True).data})
