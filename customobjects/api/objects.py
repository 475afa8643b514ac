"""Objects: listing, making, reading, changing and deleting them, and counting all of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from customobjects.api.base import (
    AUTHORED_FIELDS,
    DELETED_FIELDS,
    ApiName,
    DefinitionSerializer,
    MetaSerializer,
    TargetViewSet,
    written_json,
)
from customobjects.api.fields import FieldCreateSerializer, FieldSerializer
from customobjects.api.filters import CustomObjectFilterSet
from customobjects.api.object_openapi import document_of
from customobjects.api.pagination import page_response
from customobjects.api.parameters import (
    ObjectQuerySerializer,
    ObjectRestoreQuerySerializer,
    parameters,
    split_parameters,
)
from customobjects.api.trash import RestoreSerializer
from customobjects.api.versions import SCHEMA_ETAG, SCHEMA_IF_MATCH, if_match, refuse_if_match, versioned
from customobjects.fieldtypes.choices import COLOR
from customobjects.models import CustomObject
from customobjects.queries import objects as queries
from customobjects.queries.filling import key_fillings_of
from customobjects.queries.stats import stats
from customobjects.queries.totals import Total
from customobjects.queries.trash import list_deleted_objects
from customobjects.services import objects as services
from customobjects.services.definition_trash import restore_object
from customobjects.services.naming import MAX_LENGTH as API_NAME_LENGTH
from customobjects.services.objects import ICON
from salesos.accounts.actor import actor_of
from salesos.rest.renderers import RenderedResponse
from salesos.rest.serializers import Boolean, Integer, StrictSerializer, Text, Texts, body_of, json_of

MAX_DESCRIPTION_CHARACTERS = 5_000
MAX_HISTORY_DAYS = 36_500
# More than these are not even looked at; how many an object may have, the services say.
MAX_KEYS = 100
MAX_KEY_NAMES = 100


class UniqueKeySerializer(StrictSerializer):
    """Fields, by apiName, whose values no two records share together."""

    fields = Texts(most_characters=API_NAME_LENGTH, max_length=MAX_KEY_NAMES)  # type: ignore[assignment]


class UniqueKeyFillingSerializer(UniqueKeySerializer):
    """How far the background is with a key that is new, or why it gave up: the key does not hold then."""

    records_done = serializers.IntegerField(read_only=True)
    problem = serializers.CharField(read_only=True, allow_null=True)


class ObjectChangeSerializer(StrictSerializer):
    """What of an object may be sent to change it; ``apiName`` only as it is."""

    name = Text(max_length=80, required=False)
    api_name = ApiName(required=False)
    plural_name = Text(max_length=80, required=False)
    description = Text(max_length=MAX_DESCRIPTION_CHARACTERS, required=False, allow_blank=True)
    icon = serializers.RegexField(f"^{ICON.pattern}$", max_length=40, required=False)
    color = serializers.RegexField(f"^{COLOR.pattern}$", required=False)
    primary_field = Text(max_length=API_NAME_LENGTH, required=False)
    enable_search = Boolean(required=False)
    enable_history = Boolean(required=False)
    history_days = Integer(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=MAX_HISTORY_DAYS,
        help_text="For how many days histories are kept; 0 is for ever, null as the server does.",
    )
    enable_notes = Boolean(required=False)
    enable_activities = Boolean(required=False)
    enable_bulk_operations = Boolean(required=False)
    is_active = Boolean(required=False)
    unique_keys = UniqueKeySerializer(many=True, required=False, max_length=MAX_KEYS)  # type: ignore[call-arg]


class ObjectCreateSerializer(ObjectChangeSerializer):
    name = Text(max_length=80)
    fields = FieldCreateSerializer(many=True, required=False, max_length=settings.MAX_FIELDS_PER_OBJECT)  # type: ignore[assignment,call-arg]


class ObjectSerializer(DefinitionSerializer):
    """An object with its fields, as the API shows it. A deleted one shows none, which come back with it."""

    primary_field = serializers.SerializerMethodField(method_name="get_primary_field")
    unique_keys = serializers.SerializerMethodField(method_name="get_unique_keys")
    unique_key_fillings = serializers.SerializerMethodField(method_name="get_unique_key_fillings")
    fields = FieldSerializer(many=True, read_only=True, source="fields.all")  # type: ignore[assignment]

    class Meta:
        model = CustomObject
        fields = (
            *"id api_name name plural_name description icon color primary_field".split(),
            *"enable_search enable_history history_days enable_notes enable_activities enable_bulk_operations".split(),
            *"is_active unique_keys unique_key_fillings schema_version fields".split(),
            *AUTHORED_FIELDS,
            *DELETED_FIELDS,
        )
        read_only_fields = fields

    @extend_schema_field(UniqueKeySerializer(many=True))
    def get_unique_keys(self, custom_object: CustomObject) -> list[dict[str, Any]]:
        names = {str(field.id): field.api_name for field in custom_object.fields.all()}
        keys = [key["fields"] for key in custom_object.unique_keys]
        return [{"fields": [names[id_] for id_ in ids]} for ids in keys if names.keys() >= set(ids)]

    @extend_schema_field(UniqueKeyFillingSerializer(many=True))
    def get_unique_key_fillings(self, custom_object: CustomObject) -> list[dict[str, Any]]:
        return [json_of(filling, UniqueKeyFillingSerializer) for filling in key_fillings_of(custom_object)]

    def get_primary_field(self, custom_object: CustomObject) -> str | None:
        listed = custom_object.fields.all()
        return next((field.api_name for field in listed if field.id == custom_object.primary_field_id), None)


@extend_schema_serializer(many=False)
class ObjectPageSerializer(StrictSerializer):
    data = ObjectSerializer(many=True, read_only=True)  # type: ignore[assignment]
    meta = MetaSerializer(read_only=True)


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


@extend_schema(tags=["Objects"])
class CustomObjectViewSet(TargetViewSet, GenericViewSet[CustomObject]):
    lookup_url_kwarg = "object_reference"
    # What the filters are described by; each action reads what its actor may see.
    queryset = CustomObject.objects.none()
    filterset_class = CustomObjectFilterSet

    @extend_schema("listObjects", parameters=[ObjectQuerySerializer], responses=ObjectPageSerializer)
    def list(self, request: Request) -> RenderedResponse:
        """List objects, or those that are deleted and can be restored."""
        asked, _filters = split_parameters(request, ObjectQuerySerializer)
        listed = list_deleted_objects if asked.get("deleted") == "true" else queries.list_objects
        objects = self.filter_queryset(listed(actor_of(request)))
        page, limit = asked["page"], asked["limit"]
        found = queries.read_with_fields(objects, page=page, limit=limit)
        shown = [json_of(one, ObjectSerializer) for one in found]
        return page_response(request, shown, Total(objects.count()), page=page, limit=limit)

    @extend_schema(
        "createObject", parameters=[SCHEMA_ETAG], request=ObjectCreateSerializer, responses={201: ObjectSerializer}
    )
    def create(self, request: Request) -> RenderedResponse:
        """Create an object, with its fields where given."""
        refuse_if_match(request)
        actor = actor_of(request)
        made = services.create_object(actor, **body_of(request, ObjectCreateSerializer))
        headers = {"Location": f"/v1/custom-objects/{made.id}"}
        return _written(request, queries.as_written(actor, made.id), status=status.HTTP_201_CREATED, headers=headers)

    @extend_schema("countEverything", responses=StatsSerializer)
    @action(detail=False)
    def stats(self, request: Request) -> Response:
        """Counts of objects, fields and records."""
        return Response(stats(actor_of(request)))

    @extend_schema("getObject", parameters=[SCHEMA_ETAG], responses=ObjectSerializer)
    def retrieve(self, request: Request, object_reference: str) -> RenderedResponse:
        """Get an object with its fields."""
        found = queries.get_object(actor_of(request), object_reference)
        return versioned(json_of(found, ObjectSerializer), found.schema_version)

    @extend_schema(
        "changeObject",
        parameters=[SCHEMA_IF_MATCH, SCHEMA_ETAG],
        request=ObjectChangeSerializer,
        responses=ObjectSerializer,
    )
    def partial_update(self, request: Request, object_reference: str) -> RenderedResponse:
        """Change an object; isActive archives and restores it."""
        actor, given = actor_of(request), body_of(request, ObjectChangeSerializer)
        changed = services.change_object(actor, object_reference, given, if_version=if_match(request))
        return _written(request, queries.as_written(actor, changed.id))

    @extend_schema("deleteObject", parameters=[SCHEMA_IF_MATCH], responses={204: None})
    def destroy(self, request: Request, object_reference: str) -> Response:
        """Delete an object with its fields and records."""
        services.delete_object(actor_of(request), object_reference, if_version=if_match(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        "restoreObject",
        parameters=[ObjectRestoreQuerySerializer, SCHEMA_ETAG],
        request=RestoreSerializer,
        responses=ObjectSerializer,
    )
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, object_reference: str) -> RenderedResponse:
        """Restore a deleted object with its fields and records, and what of others went along."""
        body_of(request, RestoreSerializer)
        without = parameters(request, ObjectRestoreQuerySerializer).get("without", ())
        actor = actor_of(request)
        restored = restore_object(actor, object_reference, without=without)
        return _written(request, queries.as_written(actor, restored.id))

    @extend_schema("describeObject", responses={200: OpenApiTypes.OBJECT})
    @action(detail=True, url_path="openapi.json")
    def openapi(self, request: Request, object_reference: str) -> RenderedResponse:
        """Get the OpenAPI document of an object's records, with its fields as they are."""
        schema = queries.get_schema(actor_of(request), object_reference)
        return RenderedResponse(document_of(schema))


def _written(request: Request, custom_object: CustomObject, **more: Any) -> RenderedResponse:
    """The response to who has written an object."""
    return versioned(written_json(request, custom_object, ObjectSerializer), custom_object.schema_version, **more)
