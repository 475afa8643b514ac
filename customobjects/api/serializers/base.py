"""What the shapes of several resources have in common."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from customobjects.services.naming import API_NAME
from customobjects.services.naming import MAX_LENGTH as API_NAME_LENGTH
from salesos.rest.serializers import StrictSerializer, Text, camel


@extend_schema_field({"type": "string", "maxLength": API_NAME_LENGTH, "pattern": f"^{API_NAME.pattern}$"})
class ApiName(Text):
    """A name for programs. Whether it is one is judged by the services, which suggest another."""


class AuthoredSerializer(StrictSerializer):
    """What every object and field has."""

    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)
    created_by = serializers.UUIDField(read_only=True, source="created_by_id", allow_null=True)
    updated_by = serializers.UUIDField(read_only=True, source="updated_by_id", allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        """These come last."""
        fields = super().get_fields()
        authored = {camel(name): fields.pop(camel(name)) for name in AuthoredSerializer._declared_fields}
        return {**fields, **authored}


class MetaSerializer(StrictSerializer):
    """Where a page lies in its list. Without a count there is no total, and with a cursor no page."""

    total = serializers.IntegerField(read_only=True, allow_null=True)
    total_is_estimate = serializers.BooleanField(read_only=True)
    page = serializers.IntegerField(read_only=True, allow_null=True)
    limit = serializers.IntegerField(read_only=True)
    total_pages = serializers.IntegerField(read_only=True, allow_null=True)
    next_cursor = serializers.CharField(read_only=True, allow_null=True)


class TruncationSerializer(StrictSerializer):
    is_truncated = serializers.BooleanField(read_only=True)
