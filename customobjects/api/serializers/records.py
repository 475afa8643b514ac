"""The shapes of records and of their aggregates, as the API takes and gives them."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from customobjects.api.serializers.base import MetaSerializer, TruncationSerializer
from salesos.rest.serializers import Id, JSONObject, StrictSerializer


class RecordChangeSerializer(StrictSerializer):
    """What may be sent to change a record. ``data`` is merged; a null clears a field."""

    data = JSONObject(required=False)  # type: ignore[assignment]
    owner_id = Id(required=False, allow_null=True)


class RecordCreateSerializer(RecordChangeSerializer):
    data = JSONObject()  # type: ignore[assignment]


class RecordSerializer(StrictSerializer):
    """A record, as the API shows it. The database writes it; this describes it."""

    id = serializers.UUIDField(read_only=True)
    custom_object_id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(read_only=True)
    data = JSONObject(read_only=True)  # type: ignore[assignment]
    version = serializers.IntegerField(read_only=True)
    owner_id = serializers.UUIDField(read_only=True, allow_null=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)
    created_by = serializers.UUIDField(read_only=True, allow_null=True)
    updated_by = serializers.UUIDField(read_only=True, allow_null=True)


@extend_schema_serializer(many=False)
class RecordPageSerializer(StrictSerializer):
    data = RecordSerializer(many=True, read_only=True)  # type: ignore[assignment]
    meta = MetaSerializer(read_only=True)


class GroupSerializer(StrictSerializer):
    """Figures of one group: its values by field, and each metric by field."""

    group = JSONObject(read_only=True)
    count = serializers.IntegerField(read_only=True, required=False)
    sum = JSONObject(read_only=True, required=False)
    avg = JSONObject(read_only=True, required=False)
    min = JSONObject(read_only=True, required=False)
    max = JSONObject(read_only=True, required=False)


class GroupListSerializer(StrictSerializer):
    data = GroupSerializer(many=True, read_only=True)  # type: ignore[assignment]
    meta = TruncationSerializer(read_only=True)
