"""Records of an object: listing, making, reading, changing, deleting and aggregating them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, tzinfo
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customobjects.api.base import MetaSerializer, RecordSerializer, TruncationSerializer, written_schema
from customobjects.api.bulk import BulkActions
from customobjects.api.export import ExportActions
from customobjects.api.history import RevertSerializer
from customobjects.api.pagination import page_response
from customobjects.api.parameters import (
    AggregateQuerySerializer,
    RecordAggregateSerializer,
    RecordQuerySerializer,
    RecordSearchSerializer,
    RecordShapeQuerySerializer,
    RelatedQuerySerializer,
    RestoreQuerySerializer,
    parameters,
    record_request,
    split_parameters,
)
from customobjects.api.trash import RestoreSerializer, deleted_records_response
from customobjects.api.versions import RECORD_ETAG, RECORD_IF_MATCH, etag, if_match, refuse_if_match
from customobjects.queries import aggregates
from customobjects.queries import records as queries
from customobjects.queries.aggregates import Aggregation
from customobjects.queries.history import past_record
from customobjects.queries.metrics import FUNCTIONS
from customobjects.queries.objects import get_schema
from customobjects.queries.pages import RecordPage, list_records
from customobjects.queries.related import pointing_at
from customobjects.queries.selection import RecordRequest
from customobjects.services import records as services
from customobjects.services.copying import duplicate_records
from customobjects.services.history import revert_record
from customobjects.services.trash import restore_record
from salesos.accounts.models import User
from salesos.accounts.profiles import time_zones
from salesos.errors import ValidationError, quoted
from salesos.rest.renderers import RenderedResponse
from salesos.rest.serializers import Id, JSONObject, StrictSerializer, Text, body_of


class RecordChangeSerializer(StrictSerializer):
    """What may be sent to change a record. ``data`` is merged; a null clears a field."""

    data = JSONObject(required=False)  # type: ignore[assignment]
    owner_id = Id(required=False, allow_null=True)


class RecordCreateSerializer(RecordChangeSerializer):
    data = JSONObject()  # type: ignore[assignment]
    created_at = Text(
        required=False, max_length=40, help_text="When it was made, for administrators who bring records along."
    )
    created_by = Id(required=False, allow_null=True, help_text="Who made it, for the same.")


class DuplicateSerializer(StrictSerializer):
    """What a copy has otherwise than its record."""

    data = JSONObject(required=False)  # type: ignore[assignment]


@extend_schema_serializer(many=False)
class RecordPageSerializer(StrictSerializer):
    data = RecordSerializer(many=True, read_only=True)  # type: ignore[assignment]
    meta = MetaSerializer(read_only=True)


class GroupSerializer(StrictSerializer):
    """Figures of one group: its values by field, and each metric that was asked for by field."""

    left_out = frozenset({"count", *FUNCTIONS.values()})

    group = JSONObject(read_only=True)
    count = serializers.IntegerField(read_only=True)
    sum = JSONObject(read_only=True)
    avg = JSONObject(read_only=True)
    min = JSONObject(read_only=True)
    max = JSONObject(read_only=True)
    count_distinct = JSONObject(read_only=True)


class GroupListSerializer(StrictSerializer):
    data = GroupSerializer(many=True, read_only=True)  # type: ignore[assignment]
    meta = TruncationSerializer(read_only=True)


WRITTEN_SCHEMA = written_schema("Record")
FILTERS = (
    "Every parameter beside these is a filter on a field, on a property of the record, or through one lookup or two, "
    "with Django's suffixes: `status=active`, `status__in=a,b`, `purchase_cost__gte=500`, `name__icontains=pump`, "
    "`warranty_until__isnull=true`, `createdAt__gte=last_7_days`, `account__industry=Retail`, "
    "`account__parent__industry=Retail`; `contacts__isnull=true` finds records that no record of `contact` points at."
)


@extend_schema(tags=["Records"])
class RecordViewSet(ExportActions, BulkActions):
    lookup_url_kwarg = "record_reference"
    read_record: queries.ReadRecord | None = None

    def read_user(self, user_id: UUID) -> User | None:
        """The user who asks; for one record, with it in the same statement, where that can be."""
        to_change = self.action == "partial_update"
        one = to_change or self.action == "retrieve"
        read = queries.read_with_user(user_id, **self.kwargs, to_change=to_change) if one else None
        if read is None:
            return super().read_user(user_id)
        user, self.object_state, self.read_record = read
        return user

    @extend_schema(
        "listRecords", description=FILTERS, parameters=[RecordQuerySerializer], responses=RecordPageSerializer
    )
    def list(self, request: Request, object_reference: str) -> RenderedResponse:
        """List records."""
        given, filters = split_parameters(request, RecordQuerySerializer)
        if given.get("deleted") == "true":
            return deleted_records_response(request, self.actor, self.object_schema(), given, filters)
        asked = record_request(given, filters=filters)
        return records_response(request, asked, list_records(self.actor, self.object_schema(), asked))

    @extend_schema(
        "createRecord", parameters=[RECORD_ETAG], request=RecordCreateSerializer, responses={201: WRITTEN_SCHEMA}
    )
    def create(self, request: Request, object_reference: str) -> RenderedResponse:
        """Create a record."""
        refuse_if_match(request)
        given = body_of(request, RecordCreateSerializer)
        made = services.create_record(self.actor, object_reference, **given, state=self.object_state)
        return created_response(made)

    @extend_schema("getRecord", parameters=[RecordShapeQuerySerializer, RECORD_ETAG], responses=RecordSerializer)
    def retrieve(self, request: Request, object_reference: str, record_reference: str) -> RenderedResponse:
        """Get a record."""
        shape = parameters(request, RecordShapeQuerySerializer)
        schema, read = self.object_schema(), self.read_record
        if at := shape.pop("at"):
            return RenderedResponse(past_record(self.actor, schema, record_reference, at, **shape))
        columns = read.for_(self.actor, schema) if read is not None else None
        if columns is not None and not any(shape.values()):
            return record_response(*columns)
        return record_response(*queries.get_document(self.actor, schema, record_reference, **shape))

    @extend_schema(
        "changeRecord",
        parameters=[RECORD_IF_MATCH, RECORD_ETAG],
        request=RecordChangeSerializer,
        responses={200: WRITTEN_SCHEMA},
    )
    def partial_update(self, request: Request, object_reference: str, record_reference: str) -> RenderedResponse:
        """Change a record: data is merged, a null clears a field."""
        given = body_of(request, RecordChangeSerializer)
        given = {"data": {}, **given, "if_version": if_match(request)}
        read = self.read_record
        changed = services.change_record(
            self.actor, object_reference, record_reference, **given, state=self.object_state, read=read
        )
        return record_response(changed.document, changed.version)

    @extend_schema(
        "revertRecord",
        tags=["History"],
        parameters=[RECORD_IF_MATCH, RECORD_ETAG],
        request=RevertSerializer,
        responses={200: WRITTEN_SCHEMA},
    )
    @action(detail=True, methods=["post"])
    def revert(self, request: Request, object_reference: str, record_reference: str) -> RenderedResponse:
        """Give a record the values that it had at a version or a time.

        All of them and the owner, or only some. It is a change like any other.
        """
        given = body_of(request, RevertSerializer)
        to = given["at"] if "at" in given else str(given["version"])
        changed = revert_record(
            self.actor,
            object_reference,
            record_reference,
            to,
            names=given.get("fields"),
            if_version=if_match(request),
        )
        return record_response(changed.document, changed.version)

    @extend_schema(
        "duplicateRecord", parameters=[RECORD_ETAG], request=DuplicateSerializer, responses={201: WRITTEN_SCHEMA}
    )
    @action(detail=True, methods=["post"])
    def duplicate(self, request: Request, object_reference: str, record_reference: str) -> RenderedResponse:
        """Make a copy of a record.

        Without its unique values, and with numbers of its own. `data` is merged into it: it says what the copy is to
        have where a field is required and unique.
        """
        refuse_if_match(request)
        given = body_of(request, DuplicateSerializer)
        [made] = duplicate_records(self.actor, object_reference, [record_reference], given.get("data"))
        return created_response(made)

    @extend_schema("deleteRecord", parameters=[RECORD_IF_MATCH], responses={204: None})
    def destroy(self, request: Request, object_reference: str, record_reference: str) -> Response:
        """Delete a record."""
        services.delete_record(self.actor, object_reference, record_reference, if_version=if_match(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        "restoreRecord",
        parameters=[RestoreQuerySerializer],
        request=RestoreSerializer,
        responses=RecordSerializer,
    )
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, object_reference: str, record_reference: str) -> RenderedResponse:
        """Restore a record from the trash, with what went along with it.

        A record that went along itself comes back alone. What stands in the way is answered with 409.
        """
        body_of(request, RestoreSerializer)
        without = parameters(request, RestoreQuerySerializer).get("without", ())
        restored = restore_record(self.actor, object_reference, record_reference, without=without)
        return record_response(restored.document, restored.version)

    @extend_schema("searchRecords", request=RecordSearchSerializer, responses=RecordPageSerializer)
    @action(detail=False, methods=["post"], takes_idempotency_key=False)
    def search(self, request: Request, object_reference: str) -> RenderedResponse:
        """List records by a tree of conditions.

        Each condition is what a list's filters are; numbers, true and false, and lists may be JSON.
        """
        given = body_of(request, RecordSearchSerializer)
        asked = record_request(given, tree=given.get("filter"))
        return records_response(request, asked, list_records(self.actor, self.object_schema(), asked))

    @extend_schema(
        "aggregateRecords", description=FILTERS, parameters=[AggregateQuerySerializer], responses=GroupListSerializer
    )
    @action(detail=False, takes_idempotency_key=False)
    def aggregate(self, request: Request, object_reference: str) -> RenderedResponse:
        """Count, sum and compare records by group."""
        given, filters = split_parameters(request, AggregateQuerySerializer)
        return self._aggregated(given, RecordRequest(search=given["search"], filters=filters))

    @extend_schema("aggregateRecordsByTree", request=RecordAggregateSerializer, responses=GroupListSerializer)
    @aggregate.mapping.post
    def aggregate_by_tree(self, request: Request, object_reference: str) -> RenderedResponse:
        """Count, sum and compare by group the records that a tree of conditions finds."""
        given = body_of(request, RecordAggregateSerializer)
        return self._aggregated(given, RecordRequest(search=given["search"], tree=given.get("filter")))

    def _aggregated(self, given: Mapping[str, Any], records: RecordRequest) -> RenderedResponse:
        asked = Aggregation(
            group_by=given.get("group_by", ()),
            metrics=given.get("metrics") or ("count",),
            interval=given.get("interval", ""),
            sort=given.get("sort", ()),
            limit=given["limit"],
            zone=_zone(given.get("time_zone", "")),
        )
        rows, is_truncated = aggregates.aggregate(self.actor, self.object_schema(), records, asked)
        return RenderedResponse({"data": rows, "meta": {"isTruncated": is_truncated}})

    @extend_schema(
        "listRelatedRecords", description=FILTERS, parameters=[RelatedQuerySerializer], responses=RecordPageSerializer
    )
    @action(detail=True, url_path="related/(?P<related_reference>[^/]+)")
    def related(
        self, request: Request, object_reference: str, record_reference: str, related_reference: str
    ) -> RenderedResponse:
        """List the records of an object that point at a record."""
        given, filters = split_parameters(request, RelatedQuerySerializer)
        schema = get_schema(self.actor, related_reference)
        within = pointing_at(self.actor, schema, self.object_schema(), record_reference, via=given["via"] or None)
        asked = record_request(given, filters=filters, within=within)
        return records_response(request, asked, list_records(self.actor, schema, asked))


def _zone(name: str) -> tzinfo:
    """The time zone of a name, or without one UTC. Raises ``ValidationError``."""
    if not name:
        return UTC
    if name not in time_zones():
        message = f"timeZone must be a time zone's name such as Europe/Berlin, and {quoted(name)} is none"
        raise ValidationError.of(message, field="timeZone", code="choice")
    return ZoneInfo(name)


def records_response(request: Request, asked: RecordRequest, page: RecordPage) -> RenderedResponse:
    """The response of a list of records."""
    records = orjson.Fragment(f"[{page.documents}]")
    number = None if asked.cursor else asked.page
    return page_response(request, records, page.total, page=number, limit=asked.limit, next_cursor=page.next_cursor)


def created_response(made: services.Written) -> RenderedResponse:
    """The response to who has made a record: it says where that is."""
    response = record_response(made.document, made.version, status=status.HTTP_201_CREATED)
    response["Location"] = f"/v1/custom-objects/{made.object_id}/records/{made.id}"
    return response


def record_response(document: str, version: int | None, *, status: int = 200) -> RenderedResponse:
    """The response of one record: its document, with its ``ETag``, where there is a version to tell."""
    headers = {"ETag": etag(document.encode(), version)} if version is not None else None
    return RenderedResponse(orjson.Fragment(document), status=status, headers=headers)
