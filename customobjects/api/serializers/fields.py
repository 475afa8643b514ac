"""The shapes of fields, as the API takes and gives them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from customobjects.api.serializers.base import AUTHORED_FIELDS, ApiName, ModelSerializer
from customobjects.fieldtypes import TYPES
from customobjects.models import Field
from customobjects.services.naming import MAX_LENGTH as API_NAME_LENGTH
from salesos.rest.serializers import Boolean, Integer, JSONObject, JSONValue, StrictSerializer, Text


class FieldChangeSerializer(StrictSerializer):
    """What of a field may be sent to change it; ``apiName`` and ``type`` only as they are."""

    api_name = ApiName(required=False)
    type = serializers.ChoiceField(choices=list(TYPES), required=False)
    label = Text(max_length=80, required=False)  # type: ignore[assignment]
    help_text = Text(max_length=500, required=False, allow_blank=True)  # type: ignore[assignment]
    is_required = Boolean(required=False)
    is_unique = Boolean(required=False)
    is_indexed = Boolean(required=False)
    is_active = Boolean(required=False)
    default_value = JSONValue(required=False, allow_null=True)
    fill_default = Boolean(required=False, help_text="Give the default to records that are there already, too.")
    order = Integer(required=False, min_value=0, max_value=1_000_000)
    options = JSONObject(required=False)


class FieldCreateSerializer(FieldChangeSerializer):
    label = Text(max_length=80)  # type: ignore[assignment]
    type = serializers.ChoiceField(choices=list(TYPES))


# What the background is writing into old records.
FILLING = {
    "type": ["object", "null"],
    "properties": {"index": {"type": "boolean"}, "default": {"type": "boolean"}, "recordsDone": {"type": "integer"}},
    "required": ["index", "default", "recordsDone"],
}


class FieldSerializer(ModelSerializer):
    """A field, as the API shows it."""

    type = serializers.ChoiceField(choices=list(TYPES), read_only=True)
    is_indexed = serializers.SerializerMethodField(method_name="get_is_indexed")
    default_value = JSONValue(read_only=True, allow_null=True)
    options = JSONObject(read_only=True)
    filling = serializers.SerializerMethodField(method_name="get_filling")

    class Meta:
        model = Field
        fields = (
            *"id api_name label type help_text is_required is_unique is_indexed is_active".split(),
            *"default_value order options filling".split(),
            *AUTHORED_FIELDS,
        )
        read_only_fields = fields

    def get_is_indexed(self, field: Field) -> bool:
        return bool(field.column)

    @extend_schema_field(FILLING)
    def get_filling(self, field: Field) -> dict[str, Any] | None:
        if not (field.filling or field.fills_default):
            return None
        return {"index": bool(field.filling), "default": field.fills_default, "recordsDone": field.filled_count}


class FieldOrderSerializer(StrictSerializer):
    """All fields of an object, by id or apiName, in the order they are to have."""

    fields = serializers.ListField(child=Text(max_length=API_NAME_LENGTH))  # type: ignore[assignment]


@extend_schema_serializer(many=False)
class FieldListSerializer(StrictSerializer):
    data = FieldSerializer(many=True, read_only=True)  # type: ignore[assignment]
