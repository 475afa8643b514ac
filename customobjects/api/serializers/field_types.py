"""The shapes of field types."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from customobjects.fieldtypes import FieldType
from customobjects.queries.operators import operators_of
from salesos.rest.serializers import StrictSerializer


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
    options_schema = serializers.SerializerMethodField(method_name="get_options_schema")
    value_schema = serializers.SerializerMethodField(method_name="get_value_schema")

    def get_operators(self, type_: type[FieldType]) -> list[str]:
        return operators_of(type_)

    def get_options_schema(self, type_: type[FieldType]) -> dict[str, Any]:
        return type_.options_schema()

    def get_value_schema(self, type_: type[FieldType]) -> dict[str, Any]:
        return type_.value_schema()


@extend_schema_serializer(many=False)
class FieldTypeListSerializer(StrictSerializer):
    data = FieldTypeSerializer(many=True, read_only=True)  # type: ignore[assignment]
