"""Activities: of a record, and of all records."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from customobjects.api.attached import (
    MENTION_HELP,
    AttachedFilterSet,
    PersonFilter,
    PersonSerializer,
    attached_response,
    location,
)
from customobjects.api.base import MetaSerializer, ObjectViewSet, written_schema
from customobjects.api.filters import MOMENT_SUFFIXES, ChoiceInFilter, FlagFilter, ObjectFilter
from customobjects.api.pagination import newest_response
from customobjects.api.parameters import MAX_MOMENT_CHARACTERS, CursorQuerySerializer, parameters, split_parameters
from customobjects.api.trash import RestoreSerializer
from customobjects.api.versions import ACTIVITY_ETAG, ACTIVITY_IF_MATCH, if_match, refuse_if_match
from customobjects.models import Activity, ActivityKind
from customobjects.queries import attached as queries
from customobjects.queries.activities import activity_row, list_by_due
from customobjects.queries.newest_first import NewestPage
from customobjects.services import activities as services
from customobjects.services.activities import WrittenActivity
from customobjects.services.attached import MAX_TEXT, MAX_TITLE
from salesos.accounts.actor import actor_of
from salesos.rest.renderers import RenderedResponse
from salesos.rest.serializers import Boolean, ChoiceField, Id, StrictSerializer, Text, body_of, json_of
from salesos.rest.viewsets import ApiViewSet

KINDS = [(kind, kind) for kind in ActivityKind.values]
DUE_SCHEMA = {"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}]}


@extend_schema_field(DUE_SCHEMA)
class Due(Text):
    """A day, or a moment in ISO 8601. Whether it is one, the service judges."""


class ActivityChangeSerializer(StrictSerializer):
    """What may be sent to change an activity. Whom it is assigned to may send ``done`` alone."""

    kind = ChoiceField(required=False, choices=ActivityKind.values)
    title = Text(required=False, max_length=MAX_TITLE)
    text = Text(required=False, allow_blank=True, max_length=MAX_TEXT, trim_whitespace=False, help_text=MENTION_HELP)
    due = Due(required=False, allow_null=True, max_length=MAX_MOMENT_CHARACTERS)
    assignee_id = Id(required=False, allow_null=True)
    done = Boolean(required=False)


class ActivityCreateSerializer(ActivityChangeSerializer):
    kind = ChoiceField(choices=ActivityKind.values)
    title = Text(max_length=MAX_TITLE)
    assignee_id = Id(required=False, allow_null=True, help_text="Without it, it is your own; null: nobody's.")


class ActivitySerializer(StrictSerializer):
    """An activity, as the API shows it. Its author is null once the user is gone."""

    id = serializers.UUIDField(read_only=True)
    custom_object_id = serializers.UUIDField(read_only=True)
    record_id = serializers.UUIDField(read_only=True)
    record_name = serializers.CharField(read_only=True)
    kind = serializers.ChoiceField(read_only=True, choices=ActivityKind.values)
    title = serializers.CharField(read_only=True)
    text = serializers.CharField(read_only=True)
    mentions = PersonSerializer(many=True, read_only=True)
    due = Due(read_only=True, allow_null=True, help_text="A day such as `2026-11-30`, or a moment.")
    assignee = PersonSerializer(read_only=True, allow_null=True)
    done = serializers.BooleanField(read_only=True)
    done_at = serializers.DateTimeField(read_only=True, allow_null=True)
    done_by = PersonSerializer(read_only=True, allow_null=True)
    author = PersonSerializer(read_only=True, allow_null=True)
    version = serializers.IntegerField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)


@extend_schema_serializer(many=False)
class ActivityPageSerializer(StrictSerializer):
    data = ActivitySerializer(many=True, read_only=True)  # type: ignore[assignment]
    meta = MetaSerializer(read_only=True)


class ActivityFilterSet(AttachedFilterSet):
    """The filters of the activities of a record."""

    kind = filters.ChoiceFilter(choices=KINDS)
    kind__in = ChoiceInFilter(field_name="kind", lookup_expr="in", choices=KINDS)
    assignee = PersonFilter(field_name="assignee", help_text="`me`, or the id of whom it is assigned to.")
    done = FlagFilter(method="that_are_done")

    class Meta:
        model = Activity
        fields = {"created_at": MOMENT_SUFFIXES, "due": [*MOMENT_SUFFIXES, "isnull"]}

    def that_are_done(self, activities: QuerySet[Activity], _name: str, done: bool) -> QuerySet[Activity]:
        return activities.filter(done_at__isnull=not done)


class AllActivitiesFilterSet(ActivityFilterSet):
    """The filters of the activities of all records."""

    custom_object_id = ObjectFilter(help_text="The id or the apiName of an object.")


WRITTEN_ACTIVITY = written_schema("Activity")


@extend_schema(tags=["Notes and activities"])
class ActivityViewSet(ObjectViewSet, GenericViewSet[Activity]):
    # What the filters are described by; the actions read what their actor may see.
    queryset = Activity.objects.none()
    filterset_class = ActivityFilterSet
    lookup_url_kwarg = "activity_reference"

    @extend_schema("listActivities", parameters=[CursorQuerySerializer], responses=ActivityPageSerializer)
    def list(self, request: Request, object_reference: str, record_reference: str) -> RenderedResponse:
        """List the activities of a record, the newest first."""
        activities = queries.attached_to(self.actor, self.object_schema(), record_reference, Activity)
        asked, filters = split_parameters(request, CursorQuerySerializer)
        told = [record_reference, sorted(filters)]
        page = queries.list_attached(self.actor, self.filter_queryset(activities), asked=told, **asked)
        return _page(request, page, asked)

    @extend_schema(
        "createActivity",
        parameters=[ACTIVITY_ETAG],
        request=ActivityCreateSerializer,
        responses={201: WRITTEN_ACTIVITY},
    )
    def create(self, request: Request, object_reference: str, record_reference: str) -> RenderedResponse:
        """Attach an activity to a record, which itself does not change."""
        refuse_if_match(request)
        given = body_of(request, ActivityCreateSerializer)
        made = services.create_activity(self.actor, object_reference, record_reference, given)
        response = self._response(made, status=status.HTTP_201_CREATED)
        response["Location"] = location(made.after, "activities")
        return response

    @extend_schema("getActivity", parameters=[ACTIVITY_ETAG], responses=ActivitySerializer)
    def retrieve(
        self, request: Request, object_reference: str, record_reference: str, activity_reference: str
    ) -> RenderedResponse:
        """Get an activity."""
        parameters(request, StrictSerializer)
        found = queries.get_attached(self.actor, self.object_schema(), record_reference, activity_reference, Activity)
        return attached_response(self.actor, activity_row(found), ActivitySerializer)

    @extend_schema(
        "changeActivity",
        parameters=[ACTIVITY_IF_MATCH, ACTIVITY_ETAG],
        request=ActivityChangeSerializer,
        responses={200: WRITTEN_ACTIVITY},
    )
    def partial_update(
        self, request: Request, object_reference: str, record_reference: str, activity_reference: str
    ) -> RenderedResponse:
        """Change an activity, or say that it is done.

        Its author and administrators may; whom it is assigned to may say whether it is done.
        """
        given = body_of(request, ActivityChangeSerializer)
        place = (object_reference, record_reference, activity_reference)
        return self._response(services.change_activity(self.actor, *place, given, if_version=if_match(request)))

    @extend_schema("deleteActivity", parameters=[ACTIVITY_IF_MATCH], responses={204: None})
    def destroy(
        self, request: Request, object_reference: str, record_reference: str, activity_reference: str
    ) -> Response:
        """Delete an activity: its author and administrators may."""
        place = (object_reference, record_reference, activity_reference)
        services.delete_activity(self.actor, *place, if_version=if_match(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        "restoreActivity",
        parameters=[ACTIVITY_ETAG],
        request=RestoreSerializer,
        responses={200: ActivitySerializer},
    )
    @action(detail=True, methods=["post"])
    def restore(
        self, request: Request, object_reference: str, record_reference: str, activity_reference: str
    ) -> RenderedResponse:
        """Bring a deleted activity back, as it was, until it is purged."""
        body_of(request, RestoreSerializer)
        place = (object_reference, record_reference, activity_reference)
        return self._response(services.restore_activity(self.actor, *place))

    def _response(self, written: WrittenActivity, *, status: int = 200) -> RenderedResponse:
        return attached_response(self.actor, written.after, ActivitySerializer, status=status)


@extend_schema(tags=["Notes and activities"])
class AllActivitiesViewSet(ApiViewSet, GenericViewSet[Activity]):
    queryset = Activity.objects.none()
    filterset_class = AllActivitiesFilterSet

    @extend_schema("listAllActivities", parameters=[CursorQuerySerializer], responses=ActivityPageSerializer)
    def list(self, request: Request) -> RenderedResponse:
        """List the activities of all records, what is due first at the beginning.

        Those that are due at no time come last. What is open of one's own: `assignee=me&done=false`.
        """
        actor = actor_of(request)
        activities = queries.attached_to_all(actor, Activity)
        asked, filters = split_parameters(request, CursorQuerySerializer)
        page = list_by_due(actor, self.filter_queryset(activities), asked=sorted(filters), **asked)
        return _page(request, page, asked)


def _page(request: Request, page: NewestPage[Activity], asked: dict[str, Any]) -> RenderedResponse:
    rows = [json_of(activity_row(activity), ActivitySerializer) for activity in page.rows]
    return newest_response(request, rows, page, asked)
