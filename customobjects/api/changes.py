"""What changed in an organization, in order, and taking a change back."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customobjects.api.history import ChangedValues
from customobjects.api.parameters import (
    MAX_CURSOR_CHARACTERS,
    MAX_LIMIT,
    Choice,
    Number,
    Word,
    parameters,
)
from customobjects.queries.changes import ChangeEntry, list_changes, object_asked_for
from customobjects.services.naming import MAX_LENGTH as API_NAME_LENGTH
from customobjects.services.undo import undo_change
from salesos.accounts.actor import actor_of
from salesos.db.noted_changes import change_reference
from salesos.rest.renderers import RenderedResponse
from salesos.rest.serializers import StrictSerializer
from salesos.rest.viewsets import ApiViewSet


class ChangeQuerySerializer(StrictSerializer):
    """The parameters of the list of changes."""

    limit = Number(min_value=1, max_value=MAX_LIMIT, default=20)
    cursor = Word(max_length=MAX_CURSOR_CHARACTERS, default="")
    start = Choice(choices=["now"], help_text="`now` lists nothing, and gives the cursor for what comes from now on.")
    object = Word(max_length=API_NAME_LENGTH, default="", help_text="Only of this object, by id or apiName.")


class UndoQuerySerializer(StrictSerializer):
    force = Choice(
        choices=["fields"],
        help_text="`fields` takes back what nothing has changed since, field by field, and leaves the rest.",
    )


class ChangeEntrySerializer(StrictSerializer):
    """One change of one record. What a record was made through is not known."""

    change_id = serializers.CharField(read_only=True)
    kind = serializers.ChoiceField(read_only=True, choices=["create", "update", "delete", "restore"])
    custom_object_id = serializers.UUIDField(read_only=True)
    record_id = serializers.UUIDField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    changes = ChangedValues(read_only=True)
    at = serializers.DateTimeField(read_only=True)
    user_id = serializers.UUIDField(read_only=True, allow_null=True)
    via = serializers.CharField(read_only=True, allow_null=True)


class ChangeMetaSerializer(StrictSerializer):
    limit = serializers.IntegerField(read_only=True)
    has_more = serializers.BooleanField(read_only=True)
    next_cursor = serializers.CharField(read_only=True)


@extend_schema_serializer(many=False)
class ChangeListSerializer(StrictSerializer):
    data = ChangeEntrySerializer(many=True, read_only=True)  # type: ignore[assignment]
    meta = ChangeMetaSerializer(read_only=True)


class UndoneSerializer(StrictSerializer):
    """What was taken back, in records; ``left`` are those that have changed since, or some of whose fields have."""

    deleted = serializers.IntegerField(read_only=True)
    restored = serializers.IntegerField(read_only=True)
    changed = serializers.IntegerField(read_only=True)
    left = serializers.IntegerField(read_only=True)


@extend_schema(tags=["History"])
class ChangeViewSet(ApiViewSet):
    lookup_url_kwarg = "change_reference"

    @extend_schema("listChanges", parameters=[ChangeQuerySerializer], responses=ChangeListSerializer)
    def list(self, request: Request) -> RenderedResponse:
        """List what changed in the organization, the oldest first.

        In order and without gaps: whoever goes on with `nextCursor`, which there always is, gets every change once.
        What an object without history changes and deletes is not told.
        """
        given = parameters(request, ChangeQuerySerializer)
        actor = actor_of(request)
        page = list_changes(
            actor,
            limit=given["limit"],
            cursor=given["cursor"],
            from_now=bool(given.get("start")),
            object_id=object_asked_for(actor, given["object"]) if given["object"] else None,
        )
        meta = {"limit": given["limit"], "hasMore": page.has_more, "nextCursor": page.cursor}
        return RenderedResponse({"data": [_entry_json(entry) for entry in page.entries], "meta": meta})

    @extend_schema("undoChange", parameters=[UndoQuerySerializer], request=None, responses=UndoneSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, change_reference: str) -> Response:
        """Take back all that one request did, which an answer's `X-Change-Id` names.

        It is a change itself, and may be taken back, too. Where something has changed on top, nothing is done (409),
        or with `force=fields` only what nothing has.
        """
        given = parameters(request, UndoQuerySerializer)
        undone = undo_change(actor_of(request), change_reference, only_untouched=bool(given.get("force")))
        return Response(UndoneSerializer(undone).data)


def _entry_json(entry: ChangeEntry) -> dict[str, Any]:
    return {
        "changeId": change_reference(entry.change_id, entry.transaction),
        "kind": entry.kind,
        "customObjectId": entry.object_id,
        "recordId": entry.record_id,
        "version": entry.version,
        "changes": entry.changes,
        "at": entry.at,
        "userId": entry.by,
        "via": entry.via,
    }
