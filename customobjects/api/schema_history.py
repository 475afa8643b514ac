"""The history of an object's definition."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from customobjects.api.base import MetaSerializer, TargetViewSet
from customobjects.api.filters import SchemaRevisionFilterSet
from customobjects.api.pagination import newest_response
from customobjects.api.parameters import CursorQuerySerializer, split_parameters
from customobjects.models import SchemaRevision
from customobjects.queries.schema_history import list_schema_revisions, read_schema_revisions
from customobjects.services.changes import ChangeKind
from salesos.accounts.actor import Via, actor_of
from salesos.rest.renderers import RenderedResponse
from salesos.rest.serializers import JSONObject, StrictSerializer, json_of


class SchemaRevisionSerializer(StrictSerializer):
    """One change of an object's definition, or of one of its fields, as the API shows it."""

    id = serializers.UUIDField(read_only=True)
    at = serializers.DateTimeField(read_only=True)
    kind = serializers.ChoiceField(choices=[kind.value for kind in ChangeKind], read_only=True)
    field_id = serializers.UUIDField(read_only=True, allow_null=True, help_text="null: the object itself.")
    field_api_name = serializers.CharField(read_only=True, help_text="Empty: the object itself.")
    changes = JSONObject(
        read_only=True,
        help_text='Each property that became another: `{"label": ["Cost", "Price"], "options.max": [null, 9]}`',
    )
    schema_version = serializers.IntegerField(read_only=True)
    user_id = serializers.UUIDField(read_only=True, allow_null=True, source="by_id")
    user_email = serializers.CharField(read_only=True, allow_null=True, source="by.email", default=None)
    via = serializers.ChoiceField(choices=[via.value for via in Via], read_only=True)


@extend_schema_serializer(many=False)
class SchemaRevisionPageSerializer(StrictSerializer):
    data = SchemaRevisionSerializer(many=True, read_only=True)  # type: ignore[assignment]
    meta = MetaSerializer(read_only=True)


@extend_schema(tags=["Objects"])
class SchemaHistoryViewSet(TargetViewSet, GenericViewSet[SchemaRevision]):
    # What the filters are described by; the action reads what its actor may see.
    queryset = SchemaRevision.objects.none()
    filterset_class = SchemaRevisionFilterSet

    @extend_schema("listSchemaRevisions", parameters=[CursorQuerySerializer], responses=SchemaRevisionPageSerializer)
    def list(self, request: Request, object_reference: str) -> RenderedResponse:
        """List what was changed in an object's definition, the newest first.

        One revision for the object, and one for each field that a request changed. For whoever may read the object.
        """
        revisions = list_schema_revisions(actor_of(request), object_reference)
        asked, filters = split_parameters(request, CursorQuerySerializer)
        found = read_schema_revisions(
            self.filter_queryset(revisions), asked=["schema history", object_reference, sorted(filters)], **asked
        )
        shown = [json_of(revision, SchemaRevisionSerializer) for revision in found.rows]
        return newest_response(request, shown, found, asked)
