"""What the shapes of several resources have in common."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from customobjects.services.naming import API_NAME
from customobjects.services.naming import MAX_LENGTH as API_NAME_LENGTH
from salesos.rest.serializers import StrictSerializer, Text


@extend_schema_field({"type": "string", "maxLength": API_NAME_LENGTH, "pattern": f"^{API_NAME.pattern}$"})
class ApiName(Text):
    """A name for programs. Whether it is one is judged by the services, which suggest another."""


class ModelSerializer(StrictSerializer, serializers.ModelSerializer):
    """A row as the API shows it: the properties that ``Meta.fields`` names, in that order."""


AUTHORED_FIELDS = ("created_at", "updated_at", "created_by", "updated_by")


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
