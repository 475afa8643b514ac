"""Fields of an object: listing, adding, changing, deleting and ordering them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
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
    TargetViewSet,
    written_json,
)
from customobjects.api.filters import FieldFilterSet
from customobjects.api.parameters import (
    DefinitionQuerySerializer,
    FieldRestoreQuerySerializer,
    parameters,
    split_parameters,
)
from customobjects.api.trash import RestoreSerializer
from customobjects.api.versions import SCHEMA_ETAG, SCHEMA_IF_MATCH, if_match, versioned
from customobjects.fieldtypes import TYPES
from customobjects.fieldtypes.auto_number import MAX_NUMBER
from customobjects.fieldtypes.folding import MAX_KEY_LENGTH
from customobjects.models import Field
from customobjects.queries.filling import filling_of
from customobjects.queries.objects import get_field, list_fields
from customobjects.queries.trash import list_deleted_fields
from customobjects.services import field_order
from customobjects.services import fields as services
from customobjects.services.definition_trash import restore_field
from customobjects.services.merging import merge_values
from customobjects.services.naming import MAX_LENGTH as API_NAME_LENGTH
from salesos.accounts.actor import actor_of
from salesos.rest.renderers import RenderedResponse
from salesos.rest.serializers import (
    Boolean,
    ChoiceField,
    Integer,
    JSONObject,
    JSONValue,
    StrictSerializer,
    Text,
    Texts,
    body_of,
    json_of,
)


class FieldChangeSerializer(StrictSerializer):
    """What of a field may be sent to change it; ``apiName`` and ``type`` only as they are."""

    api_name = ApiName(required=False)
    type = ChoiceField(choices=list(TYPES), required=False)
    label = Text(max_length=80, required=False)  # type: ignore[assignment]
    help_text = Text(max_length=500, required=False, allow_blank=True)  # type: ignore[assignment]
    group = Text(
        max_length=80,
        required=False,
        allow_blank=True,
        help_text="The heading that the field stands under on a record's page and in its forms; empty: under none.",
    )
    is_required = Boolean(required=False)
    is_unique = Boolean(required=False)
    is_indexed = Boolean(required=False)
    is_active = Boolean(required=False)
    default_value = JSONValue(required=False, allow_null=True)
    fill_default = Boolean(required=False, help_text="Give the default to records that are there already, too.")
    next_number = Integer(
        required=False,
        min_value=0,
        max_value=MAX_NUMBER,
        help_text="The next record's number, where the field numbers records. One that is taken is passed over.",
    )
    number_existing = Boolean(
        required=False, help_text="Number the records that have no number yet, in the order of their creation."
    )
    order = Integer(required=False, min_value=0, max_value=1_000_000)
    options = JSONObject(required=False)


class FieldCreateSerializer(FieldChangeSerializer):
    label = Text(max_length=80)  # type: ignore[assignment]
    type = ChoiceField(choices=list(TYPES))


class FieldFillingSerializer(StrictSerializer):
    """What the background is doing for old records, and why it gave up to make a field unique."""

    index = serializers.BooleanField(read_only=True)
    default = serializers.BooleanField(read_only=True)  # type: ignore[assignment]
    numbers = serializers.BooleanField(read_only=True)
    texts = serializers.BooleanField(read_only=True)
    unique = serializers.BooleanField(read_only=True)
    lookups = serializers.BooleanField(read_only=True)
    records_done = serializers.IntegerField(read_only=True)
    problem = serializers.CharField(read_only=True, allow_null=True)


class FieldSerializer(DefinitionSerializer):
    """A field, as the API shows it."""

    type = serializers.ChoiceField(choices=list(TYPES), read_only=True)
    is_indexed = serializers.BooleanField(read_only=True, source="column")
    default_value = JSONValue(read_only=True, allow_null=True)
    options = JSONObject(read_only=True)
    next_number = serializers.SerializerMethodField(method_name="get_next_number")
    filling = serializers.SerializerMethodField(method_name="get_filling")

    class Meta:
        model = Field
        fields = (
            *"id api_name label type help_text group is_required is_unique is_indexed is_active".split(),
            *"default_value next_number order options filling".split(),
            *AUTHORED_FIELDS,
            *DELETED_FIELDS,
        )
        read_only_fields = fields

    @extend_schema_field(FieldFillingSerializer(allow_null=True))
    def get_filling(self, field: Field) -> dict[str, Any] | None:
        filling = filling_of(field)
        return json_of(filling, FieldFillingSerializer) if filling else None

    @extend_schema_field({"type": ["integer", "null"]})
    def get_next_number(self, field: Field) -> int | None:
        counter = getattr(field, "counter", None)
        return counter.next_number if counter else None


class FieldOrderSerializer(StrictSerializer):
    """All fields of an object, by id or apiName, in the order they are to have."""

    fields = Texts(most_characters=API_NAME_LENGTH, max_length=settings.MAX_FIELDS_PER_OBJECT)  # type: ignore[assignment]


class MergeSerializer(StrictSerializer):
    """A value of the field's list, and the one that takes its records."""

    value = Text(max_length=MAX_KEY_LENGTH, help_text="The value that goes from the list.")
    into = Text(max_length=MAX_KEY_LENGTH, help_text="An active value of the list.")
    dry_run = Boolean(required=False, default=False, help_text="Only say how many records hold the value.")


class MergedSerializer(StrictSerializer):
    """How many records hold the value that is merged, and whether the background changes them; how many saved views
    named it in their filters, and how many lookups."""

    records = serializers.IntegerField(read_only=True)
    in_background = serializers.BooleanField(read_only=True)
    views = serializers.IntegerField(read_only=True)
    lookups = serializers.IntegerField(read_only=True)


@extend_schema_serializer(many=False)
class FieldListSerializer(StrictSerializer):
    data = FieldSerializer(many=True, read_only=True)  # type: ignore[assignment]


@extend_schema(tags=["Fields"])
class FieldViewSet(TargetViewSet, GenericViewSet[Field]):
    lookup_url_kwarg = "field_reference"
    # What the filters are described by; each action reads what its actor may see.
    queryset = Field.objects.none()
    filterset_class = FieldFilterSet

    @extend_schema("listFields", parameters=[DefinitionQuerySerializer], responses=FieldListSerializer)
    def list(self, request: Request, object_reference: str) -> Response:
        """List an object's fields, or those of it that are deleted and can be restored."""
        asked, _filters = split_parameters(request, DefinitionQuerySerializer)
        listed = list_deleted_fields if asked.get("deleted") == "true" else list_fields
        fields = self.filter_queryset(listed(actor_of(request), object_reference))
        return Response({"data": [json_of(field, FieldSerializer) for field in fields]})

    @extend_schema(
        "addField",
        parameters=[SCHEMA_IF_MATCH, SCHEMA_ETAG],
        request=FieldCreateSerializer,
        responses={201: FieldSerializer},
    )
    def create(self, request: Request, object_reference: str) -> RenderedResponse:
        """Add a field."""
        given = body_of(request, FieldCreateSerializer)
        field = services.add_field(actor_of(request), object_reference, if_version=if_match(request), **given)
        return _written(request, field, status=status.HTTP_201_CREATED)

    @extend_schema("getField", parameters=[SCHEMA_ETAG], responses=FieldSerializer)
    def retrieve(self, request: Request, object_reference: str, field_reference: str) -> RenderedResponse:
        """Get a field."""
        field = get_field(actor_of(request), object_reference, field_reference)
        return versioned(json_of(field, FieldSerializer), field.custom_object.schema_version)

    @extend_schema(
        "changeField",
        parameters=[SCHEMA_IF_MATCH, SCHEMA_ETAG],
        request=FieldChangeSerializer,
        responses=FieldSerializer,
    )
    def partial_update(self, request: Request, object_reference: str, field_reference: str) -> RenderedResponse:
        """Change a field; isActive hides and shows it."""
        actor, changes = actor_of(request), body_of(request, FieldChangeSerializer)
        wanted = if_match(request)
        return _written(
            request, services.change_field(actor, object_reference, field_reference, changes, if_version=wanted)
        )

    @extend_schema("deleteField", parameters=[SCHEMA_IF_MATCH], responses={204: None})
    def destroy(self, request: Request, object_reference: str, field_reference: str) -> Response:
        """Delete a field with all its values."""
        services.delete_field(actor_of(request), object_reference, field_reference, if_version=if_match(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        "restoreField",
        parameters=[FieldRestoreQuerySerializer, SCHEMA_ETAG],
        request=RestoreSerializer,
        responses=FieldSerializer,
    )
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, object_reference: str, field_reference: str) -> RenderedResponse:
        """Restore a deleted field with its values."""
        body_of(request, RestoreSerializer)
        without = parameters(request, FieldRestoreQuerySerializer).get("without")
        given_up = [without] if without else []
        return _written(request, restore_field(actor_of(request), object_reference, field_reference, without=given_up))

    @extend_schema("mergeValues", parameters=[SCHEMA_IF_MATCH], request=MergeSerializer, responses=MergedSerializer)
    @action(detail=True, methods=["post"], url_path="merge-values")
    def merge_values(self, request: Request, object_reference: str, field_reference: str) -> Response:
        """Merge a value of a picklist into another one.

        The records that hold the one hold the other from now on; so do defaults, and filters of saved views and lookups
        that name it. Up to 2,000 records are changed at once, and taken back as one by the answer's change; of more,
        the background changes batch by batch, and the value stays in the list, inactive, until it is done.
        """
        given = body_of(request, MergeSerializer)
        merged = merge_values(
            actor_of(request), object_reference, field_reference, if_version=if_match(request), **given
        )
        return Response(json_of(merged, MergedSerializer))

    @extend_schema(
        "orderFields", parameters=[SCHEMA_IF_MATCH], request=FieldOrderSerializer, responses=FieldListSerializer
    )
    @action(detail=False, methods=["put"])
    def order(self, request: Request, object_reference: str) -> Response:
        """Put the fields into an order."""
        references = body_of(request, FieldOrderSerializer)["fields"]
        fields = field_order.reorder_fields(
            actor_of(request), object_reference, references, if_version=if_match(request)
        )
        return Response({"data": [written_json(request, field, FieldSerializer) for field in fields]})


def _written(request: Request, field: Field, **more: Any) -> RenderedResponse:
    """The response to who has written a field. Its version is that of its object's schema."""
    return versioned(written_json(request, field, FieldSerializer), field.custom_object.schema_version, **more)
