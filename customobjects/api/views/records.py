"""Records of an object."""

from __future__ import annotations

import orjson
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customobjects.api.pagination import page_response, parameters
from customobjects.api.serializers import (
    RecordChangeSerializer,
    RecordCreateSerializer,
    RecordPageSerializer,
    RecordQuerySerializer,
    RecordSerializer,
)
from customobjects.queries import records as queries
from customobjects.queries.objects import get_schema
from customobjects.queries.records import RecordRequest
from customobjects.services import records as services
from salesos.accounts.actor import actor_of
from salesos.problems import StaleError
from salesos.rest.serializers import body_of, camel

LIST_PARAMETERS = {camel(name) for name in RecordQuerySerializer._declared_fields}
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description='The record\'s `ETag`, as in `"3"`: refused with 412 where the record has changed since.',
)
FILTERS = (
    "Every parameter beside these is a filter on a field or on a property of the record, with Django's suffixes: "
    "`status=active`, `status__in=a,b`, `purchase_cost__gte=500`, `name__icontains=pump`, "
    "`warranty_until__isnull=true`, `createdAt__gte=2026-01-01T00:00:00Z`."
)


def if_version(request: Request) -> int | None:
    """The version that ``If-Match`` asks for, or None. Raises ``StaleError`` for one that no record ever has."""
    wanted = request.headers.get("If-Match")
    if wanted is None or wanted.strip() == "*":
        return None
    text = wanted.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise StaleError.of("If-Match names no version of this record", code="stale")
    return int(text)


def _requested(request: Request) -> RecordRequest:
    own, filters = {}, []
    for name, values in request.query_params.lists():
        if name in LIST_PARAMETERS:
            own[name] = values[-1]
        else:
            filters += [(name, value) for value in values]
    asked = parameters(own, RecordQuerySerializer)
    order = asked.get("sort_order")
    return RecordRequest(
        page=asked["page"],
        limit=asked["limit"],
        search=asked["search"],
        sort_by=asked["sort_by"],
        descending=None if order is None else order == "desc",
        filters=tuple(filters),
    )


class Records(APIView):
    @extend_schema(
        operation_id="listRecords",
        tags=["Records"],
        summary="List records",
        description=FILTERS,
        parameters=[RecordQuerySerializer],
        responses=RecordPageSerializer,
    )
    def get(self, request: Request, object_reference: str) -> Response:
        actor = actor_of(request)
        asked = _requested(request)
        page = queries.list_records(actor, get_schema(actor, object_reference), asked)
        return page_response(
            [orjson.Fragment(document) for document in page.documents],
            total=page.total,
            is_estimate=page.total_is_estimate,
            page=asked.page,
            limit=asked.limit,
        )

    @extend_schema(
        operation_id="createRecord",
        tags=["Records"],
        summary="Create a record",
        request=RecordCreateSerializer,
        responses={201: RecordSerializer},
    )
    def post(self, request: Request, object_reference: str) -> Response:
        given = body_of(request, RecordCreateSerializer)
        actor = actor_of(request)
        record = services.create_record(actor, object_reference, **given)
        response = answer(*queries.as_written(actor, record), status=status.HTTP_201_CREATED)
        response["Location"] = f"/v1/custom-objects/{record.custom_object_id}/records/{record.id}"
        return response


class RecordDetail(APIView):
    @extend_schema(operation_id="getRecord", tags=["Records"], summary="Get a record", responses=RecordSerializer)
    def get(self, request: Request, object_reference: str, record_reference: str) -> Response:
        actor = actor_of(request)
        return answer(*queries.get_document(actor, get_schema(actor, object_reference), record_reference))

    @extend_schema(
        operation_id="changeRecord",
        tags=["Records"],
        summary="Change a record: data is merged, a null clears a field",
        parameters=[IF_MATCH],
        request=RecordChangeSerializer,
        responses=RecordSerializer,
    )
    def patch(self, request: Request, object_reference: str, record_reference: str) -> Response:
        given = body_of(request, RecordChangeSerializer)
        actor = actor_of(request)
        record = services.change_record(
            actor,
            object_reference,
            record_reference,
            **{"data": {}, **given},
            if_version=if_version(request),
        )
        return answer(*queries.as_written(actor, record))

    @extend_schema(
        operation_id="deleteRecord",
        tags=["Records"],
        summary="Delete a record",
        parameters=[IF_MATCH],
        responses={204: None},
    )
    def delete(self, request: Request, object_reference: str, record_reference: str) -> Response:
        services.delete_record(actor_of(request), object_reference, record_reference, if_version=if_version(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


def answer(document: str, version: int, *, status: int = 200) -> Response:
    """A record's document, with its version as ``ETag``."""
    return Response(orjson.Fragment(document), status=status, headers={"ETag": f'"{version}"'})
