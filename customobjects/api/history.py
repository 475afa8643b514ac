"""What was done to a record, and taking it back."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from customobjects.api.base import MetaSerializer, ObjectViewSet
from customobjects.api.filters import MOMENT_SUFFIXES, ListFilterSet, TextFilter
from customobjects.api.pagination import page_response
from customobjects.api.parameters import MAX_MOMENT_CHARACTERS, Names, PageQuerySerializer, split_parameters
from customobjects.models import Revision
from customobjects.queries.history import changing_field, revisions_of, shown_changes
from customobjects.queries.totals import Total
from customobjects.schema import Schema
from customobjects.services.naming import MAX_LENGTH as API_NAME_LENGTH
from salesos.db.noted_changes import change_reference
from salesos.rest.renderers import RenderedResponse
from salesos.rest.serializers import Integer, StrictSerializer, Text, outer_names

CHANGES_SCHEMA = {
    "type": "object",
    "description": "The values before and after, by the fields' apiNames, and `ownerId`.",
    "additionalProperties": {"type": "object", "properties": {"old": {}, "new": {}}, "required": ["old", "new"]},
}


@extend_schema_field(CHANGES_SCHEMA)
class ChangedValues(serializers.DictField):
    """What a change did, value by value."""


class RevisionSerializer(StrictSerializer):
    """One change of a record. Deleting and restoring it changes no values."""

    version = serializers.IntegerField(read_only=True)
    kind = serializers.ChoiceField(read_only=True, choices=["update", "delete", "restore"])
    changes = ChangedValues(read_only=True)
    at = serializers.DateTimeField(read_only=True)
    user_id = serializers.UUIDField(read_only=True, allow_null=True)
    via = serializers.CharField(read_only=True)
    change_id = serializers.CharField(read_only=True)


@extend_schema_serializer(many=False)
class RevisionPageSerializer(StrictSerializer):
    data = RevisionSerializer(many=True, read_only=True)  # type: ignore[assignment]
    meta = MetaSerializer(read_only=True)


class RevisionFilterSet(ListFilterSet):
    """The filters of a record's history."""

    beside = outer_names(PageQuerySerializer)

    field = TextFilter(method="changing", max_length=API_NAME_LENGTH, help_text="A field that was changed, or ownerId.")
    user_id = filters.UUIDFilter(field_name="by_id")

    class Meta:
        model = Revision
        fields = {"kind": ["exact"], "at": MOMENT_SUFFIXES}

    def changing(self, revisions: QuerySet[Revision], _name: str, api_name: str) -> QuerySet[Revision]:
        assert isinstance(self.request, Request)
        assert self.request.parser_context is not None
        return revisions.filter(changing_field(self.request.parser_context["view"].object_schema(), api_name))


class RevertSerializer(StrictSerializer):
    """Which state to go back to: a version, or a time."""

    version = Integer(required=False, min_value=1, max_value=2**31 - 1)
    at = Text(required=False, max_length=MAX_MOMENT_CHARACTERS, help_text="A time in ISO 8601.")
    fields = Names(required=False, help_text="Only these, by apiName, and `ownerId`.")  # type: ignore[assignment]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("version" in attrs) == ("at" in attrs):
            raise serializers.ValidationError({"version": "Either version or at is needed."}, code="required")
        return attrs


def revision_json(schema: Schema, revision: Revision) -> dict[str, Any]:
    """A revision as the API shows it."""
    return {
        "version": revision.version,
        "kind": revision.kind,
        "changes": shown_changes(schema, revision.changes),
        "at": revision.at,
        "userId": revision.by_id,
        "via": revision.via,
        "changeId": change_reference(revision.change_id, revision.transaction),
    }


@extend_schema(tags=["History"])
class HistoryViewSet(ObjectViewSet, GenericViewSet[Revision]):
    # What the filters are described by; the action reads what its actor may see.
    queryset = Revision.objects.none()
    filterset_class = RevisionFilterSet

    @extend_schema("listRevisions", parameters=[PageQuerySerializer], responses=RevisionPageSerializer)
    def list(self, request: Request, object_reference: str, record_reference: str) -> RenderedResponse:
        """List what was done to a record, the newest first.

        Its creation is told by the record itself. A record in the trash has its history, too.
        """
        asked, _filters = split_parameters(request, PageQuerySerializer)
        schema = self.object_schema()
        revisions = self.filter_queryset(revisions_of(self.actor, schema, record_reference))
        page, limit = asked["page"], asked["limit"]
        shown = [revision_json(schema, one) for one in revisions[(page - 1) * limit : page * limit]]
        return page_response(request, shown, Total(revisions.count()), page=page, limit=limit)
