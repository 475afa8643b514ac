"""Notes: of a record, and of all records."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from customobjects.api.attached import (
    MENTION_HELP,
    AttachedFilterSet,
    PersonSerializer,
    attached_response,
    location,
)
from customobjects.api.base import MetaSerializer, ObjectViewSet, written_schema
from customobjects.api.filters import MOMENT_SUFFIXES, ObjectFilter
from customobjects.api.pagination import newest_response
from customobjects.api.parameters import CursorQuerySerializer, parameters, split_parameters
from customobjects.api.trash import RestoreSerializer
from customobjects.api.versions import NOTE_ETAG, NOTE_IF_MATCH, if_match, refuse_if_match
from customobjects.models import Note
from customobjects.queries import attached as queries
from customobjects.queries.newest_first import NewestPage
from customobjects.queries.notes import note_row
from customobjects.services import notes as services
from customobjects.services.attached import MAX_TEXT
from customobjects.services.notes import WrittenNote
from salesos.accounts.actor import actor_of
from salesos.rest.renderers import RenderedResponse
from salesos.rest.serializers import StrictSerializer, Text, body_of, json_of
from salesos.rest.viewsets import ApiViewSet


class NoteChangeSerializer(StrictSerializer):
    """What may be sent to change a note."""

    text = Text(required=False, max_length=MAX_TEXT, trim_whitespace=False, help_text=MENTION_HELP)


class NoteCreateSerializer(NoteChangeSerializer):
    text = Text(max_length=MAX_TEXT, trim_whitespace=False, help_text=MENTION_HELP)


class NoteSerializer(StrictSerializer):
    """A note, as the API shows it. Its author is null once the user is gone."""

    id = serializers.UUIDField(read_only=True)
    custom_object_id = serializers.UUIDField(read_only=True)
    record_id = serializers.UUIDField(read_only=True)
    record_name = serializers.CharField(read_only=True)
    text = serializers.CharField(read_only=True)
    mentions = PersonSerializer(many=True, read_only=True)
    author = PersonSerializer(read_only=True, allow_null=True)
    is_edited = serializers.BooleanField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)


@extend_schema_serializer(many=False)
class NotePageSerializer(StrictSerializer):
    data = NoteSerializer(many=True, read_only=True)  # type: ignore[assignment]
    meta = MetaSerializer(read_only=True)


class NoteFilterSet(AttachedFilterSet):
    """The filters of the notes of a record."""

    class Meta:
        model = Note
        fields = {"created_at": MOMENT_SUFFIXES}


class AllNotesFilterSet(NoteFilterSet):
    """The filters of the notes of all records."""

    custom_object_id = ObjectFilter(help_text="The id or the apiName of an object.")


WRITTEN_NOTE = written_schema("Note")


@extend_schema(tags=["Notes and activities"])
class NoteViewSet(ObjectViewSet, GenericViewSet[Note]):
    # What the filters are described by; the actions read what their actor may see.
    queryset = Note.objects.none()
    filterset_class = NoteFilterSet
    lookup_url_kwarg = "note_reference"

    @extend_schema("listNotes", parameters=[CursorQuerySerializer], responses=NotePageSerializer)
    def list(self, request: Request, object_reference: str, record_reference: str) -> RenderedResponse:
        """List the notes of a record, the newest first."""
        notes = queries.attached_to(self.actor, self.object_schema(), record_reference, Note)
        asked, filters = split_parameters(request, CursorQuerySerializer)
        told = [record_reference, sorted(filters)]
        page = queries.list_attached(self.actor, self.filter_queryset(notes), asked=told, **asked)
        return _page(request, page, asked)

    @extend_schema("createNote", parameters=[NOTE_ETAG], request=NoteCreateSerializer, responses={201: WRITTEN_NOTE})
    def create(self, request: Request, object_reference: str, record_reference: str) -> RenderedResponse:
        """Write a note about a record, which itself does not change."""
        refuse_if_match(request)
        given = body_of(request, NoteCreateSerializer)
        made = services.create_note(self.actor, object_reference, record_reference, **given)
        response = self._response(made, status=status.HTTP_201_CREATED)
        response["Location"] = location(made.after, "notes")
        return response

    @extend_schema("getNote", parameters=[NOTE_ETAG], responses=NoteSerializer)
    def retrieve(
        self, request: Request, object_reference: str, record_reference: str, note_reference: str
    ) -> RenderedResponse:
        """Get a note."""
        parameters(request, StrictSerializer)
        found = queries.get_attached(self.actor, self.object_schema(), record_reference, note_reference, Note)
        return attached_response(self.actor, note_row(found), NoteSerializer)

    @extend_schema(
        "changeNote",
        parameters=[NOTE_IF_MATCH, NOTE_ETAG],
        request=NoteChangeSerializer,
        responses={200: WRITTEN_NOTE},
    )
    def partial_update(
        self, request: Request, object_reference: str, record_reference: str, note_reference: str
    ) -> RenderedResponse:
        """Change a note: its author and administrators may."""
        given = body_of(request, NoteChangeSerializer)
        place = (object_reference, record_reference, note_reference)
        return self._response(services.change_note(self.actor, *place, **given, if_version=if_match(request)))

    @extend_schema("deleteNote", parameters=[NOTE_IF_MATCH], responses={204: None})
    def destroy(self, request: Request, object_reference: str, record_reference: str, note_reference: str) -> Response:
        """Delete a note: its author and administrators may."""
        place = (object_reference, record_reference, note_reference)
        services.delete_note(self.actor, *place, if_version=if_match(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema("restoreNote", parameters=[NOTE_ETAG], request=RestoreSerializer, responses={200: NoteSerializer})
    @action(detail=True, methods=["post"])
    def restore(
        self, request: Request, object_reference: str, record_reference: str, note_reference: str
    ) -> RenderedResponse:
        """Bring a deleted note back, as it was, until it is purged."""
        body_of(request, RestoreSerializer)
        return self._response(services.restore_note(self.actor, object_reference, record_reference, note_reference))

    def _response(self, written: WrittenNote, *, status: int = 200) -> RenderedResponse:
        return attached_response(self.actor, written.after, NoteSerializer, status=status)


@extend_schema(tags=["Notes and activities"])
class AllNotesViewSet(ApiViewSet, GenericViewSet[Note]):
    queryset = Note.objects.none()
    filterset_class = AllNotesFilterSet

    @extend_schema("listAllNotes", parameters=[CursorQuerySerializer], responses=NotePageSerializer)
    def list(self, request: Request) -> RenderedResponse:
        """List the notes of all records, the newest first."""
        actor = actor_of(request)
        notes = queries.attached_to_all(actor, Note)
        asked, filters = split_parameters(request, CursorQuerySerializer)
        page = queries.list_attached(actor, self.filter_queryset(notes), asked=["all", sorted(filters)], **asked)
        return _page(request, page, asked)


def _page(request: Request, page: NewestPage[Note], asked: dict[str, Any]) -> RenderedResponse:
    return newest_response(request, [json_of(note_row(note), NoteSerializer) for note in page.rows], page, asked)
