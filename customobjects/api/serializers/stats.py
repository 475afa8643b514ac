"""The shapes of what ``queries.stats`` counts."""

from __future__ import annotations

from rest_framework import serializers

from salesos.rest.serializers import StrictSerializer


class ObjectCountsSerializer(StrictSerializer):
    total = serializers.IntegerField(read_only=True)
    active = serializers.IntegerField(read_only=True)


class FieldCountsSerializer(StrictSerializer):
    total = serializers.IntegerField(read_only=True)
    by_type = serializers.DictField(child=serializers.IntegerField(), read_only=True)


class ObjectCountSerializer(StrictSerializer):
    id = serializers.UUIDField(read_only=True)
    api_name = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)
    count = serializers.IntegerField(read_only=True)


class RecordCountsSerializer(StrictSerializer):
    total = serializers.IntegerField(read_only=True)
    created_last7_days = serializers.IntegerField(read_only=True)
    created_last30_days = serializers.IntegerField(read_only=True)
    by_object = ObjectCountSerializer(many=True, read_only=True)


class StatsSerializer(StrictSerializer):
    """Describes what ``queries.stats`` counts."""

    objects = ObjectCountsSerializer(read_only=True)
    fields = FieldCountsSerializer(read_only=True)  # type: ignore[assignment]
    records = RecordCountsSerializer(read_only=True)
