"""The shapes of aggregates: the metrics of groups of records."""

from __future__ import annotations

from rest_framework import serializers

from customobjects.api.serializers.base import TruncationSerializer
from salesos.rest.serializers import JSONObject, StrictSerializer


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
