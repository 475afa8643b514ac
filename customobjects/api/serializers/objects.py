"""The shapes of objects, fields, records and lists, as the API takes and gives them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from customobjects.fieldtypes import TYPES, FieldType
from customobjects.fieldtypes.choices import COLOR
from customobjects.models import CustomObject, Field
from customobjects.queries.global_search import ObjectHits
from customobjects.queries.operators import operators_of
from customobjects.services.naming import API_NAME
from customobjects.services.naming import MAX_LENGTH as API_NAME_LENGTH
from customobjects.services.objects import ICON
from salesos.rest.serializers import Boolean, Id, Integer, JSONObject, JSONValue, StrictSerializer, Text, camel

LONGEST_DESCRIPTION = 5_000


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


class FieldSerializer(AuthoredSerializer):
    """A field, as the API shows it."""

    id = serializers.UUIDField(read_only=True)
    api_name = serializers.CharField(read_only=True)
    label = serializers.CharField(read_only=True)  # type: ignore[assignment]
    type = serializers.ChoiceField(choices=list(TYPES), read_only=True)
    help_text = serializers.CharField(read_only=True)  # type: ignore[assignment]
    is_required = serializers.BooleanField(read_only=True)
    is_unique = serializers.BooleanField(read_only=True)
    is_indexed = serializers.SerializerMethodField(method_name="get_is_indexed")
    is_active = serializers.BooleanField(read_only=True)
    default_value = JSONValue(read_only=True, allow_null=True)
    order = serializers.IntegerField(read_only=True)
    options = JSONObject(read_only=True)

    filling = serializers.SerializerMethodField(method_name="get_filling")

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


class UniqueKeySerializer(StrictSerializer):
    """Fields, by apiName, whose values no two records share together."""

    fields = serializers.ListField(child=Text(max_length=API_NAME_LENGTH))  # type: ignore[assignment]


class ObjectChangeSerializer(StrictSerializer):
    """What of an object may be sent to change it; ``apiName`` only as it is."""

    name = Text(max_length=80, required=False)
    api_name = ApiName(required=False)
    plural_name = Text(max_length=80, required=False)
    description = Text(max_length=LONGEST_DESCRIPTION, required=False, allow_blank=True)
    icon = serializers.RegexField(f"^{ICON.pattern}$", max_length=40, required=False)
    color = serializers.RegexField(f"^{COLOR.pattern}$", required=False)
    primary_field = Text(max_length=API_NAME_LENGTH, required=False)
    enable_search = Boolean(required=False)
    enable_history = Boolean(required=False)
    enable_notes = Boolean(required=False)
    enable_activities = Boolean(required=False)
    enable_bulk_operations = Boolean(required=False)
    is_active = Boolean(required=False)
    unique_keys = UniqueKeySerializer(many=True, required=False)


class ObjectCreateSerializer(ObjectChangeSerializer):
    name = Text(max_length=80)
    fields = FieldCreateSerializer(many=True, required=False)  # type: ignore[assignment]


class ObjectSerializer(AuthoredSerializer):
    """An object with its fields, as the API shows it."""

    id = serializers.UUIDField(read_only=True)
    api_name = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)
    plural_name = serializers.CharField(read_only=True)
    description = serializers.CharField(read_only=True)
    icon = serializers.CharField(read_only=True)
    color = serializers.CharField(read_only=True)
    primary_field = serializers.SerializerMethodField(method_name="get_primary_field")
    enable_search = serializers.BooleanField(read_only=True)
    enable_history = serializers.BooleanField(read_only=True)
    enable_notes = serializers.BooleanField(read_only=True)
    enable_activities = serializers.BooleanField(read_only=True)
    enable_bulk_operations = serializers.BooleanField(read_only=True)
    is_active = serializers.BooleanField(read_only=True)
    unique_keys = serializers.SerializerMethodField(method_name="get_unique_keys")
    schema_version = serializers.IntegerField(read_only=True)
    fields = FieldSerializer(many=True, read_only=True, source="fields.all")  # type: ignore[assignment]

    @extend_schema_field(UniqueKeySerializer(many=True))
    def get_unique_keys(self, custom_object: CustomObject) -> list[dict[str, Any]]:
        names = {str(field.id): field.api_name for field in custom_object.fields.all()}
        return [{"fields": [names[id_] for id_ in key["fields"]]} for key in custom_object.unique_keys]

    def get_primary_field(self, custom_object: CustomObject) -> str | None:
        listed = custom_object.fields.all()
        return next((field.api_name for field in listed if field.id == custom_object.primary_field_id), None)


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


class MetaSerializer(StrictSerializer):
    """Where a page lies in its list. Without a count there is no total, and with a cursor no page."""

    total = serializers.IntegerField(read_only=True, allow_null=True)
    total_is_estimate = serializers.BooleanField(read_only=True)
    page = serializers.IntegerField(read_only=True, allow_null=True)
    limit = serializers.IntegerField(read_only=True)
    total_pages = serializers.IntegerField(read_only=True, allow_null=True)
    next_cursor = serializers.CharField(read_only=True, allow_null=True)


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


class TruncationSerializer(StrictSerializer):
    is_truncated = serializers.BooleanField(read_only=True)


class GroupListSerializer(StrictSerializer):
    data = GroupSerializer(many=True, read_only=True)  # type: ignore[assignment]
    meta = TruncationSerializer(read_only=True)


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


class HitListSerializer(StrictSerializer):
    data = ObjectHitsSerializer(many=True, read_only=True)  # type: ignore[assignment]
    meta = TruncationSerializer(read_only=True)


class ObjectPageSerializer(StrictSerializer):
    data = ObjectSerializer(many=True, read_only=True)  # type: ignore[assignment]
    meta = MetaSerializer(read_only=True)


class FieldListSerializer(StrictSerializer):
    data = FieldSerializer(many=True, read_only=True)  # type: ignore[assignment]


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


class FieldTypeListSerializer(StrictSerializer):
    data = FieldTypeSerializer(many=True, read_only=True)  # type: ignore[assignment]


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
