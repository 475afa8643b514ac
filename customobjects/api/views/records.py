"""Records of an object: reading, making, changing and deleting them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson
from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from customobjects.api.base import ObjectMixin
from customobjects.api.conditional import etag, if_version
from customobjects.api.pagination import Pairs, page_response, pairs_of, parameters
from customobjects.api.serializers.objects import (
    RecordChangeSerializer,
    RecordCreateSerializer,
    RecordPageSerializer,
    RecordSerializer,
)
from customobjects.api.serializers.parameters import (
    AggregateQuerySerializer,
    RecordQuerySerializer,
    RecordSearchSerializer,
    RelatedQuerySerializer,
    ShapeQuerySerializer,
)
from customobjects.queries import records as queries
from customobjects.queries.objects import get_schema
from customobjects.queries.pages import RecordPage, list_records
from customobjects.queries.related import pointing_at
from customobjects.queries.requests import Count, RecordRequest
from customobjects.services import records as services
from salesos.accounts.actor import actor_of
from salesos.rest.believing import BelievingView
from salesos.rest.renderers import Answer
from salesos.rest.serializers import StrictSerializer, body_of, camel

IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description='The record\'s `ETag`, as in `"3"`: refused with 412 where the record has changed since.',
)
FILTERS = (
    "Every parameter beside these is a filter on a field, on a property of the record, or through a lookup, with "
    "Django's suffixes: `status=active`, `status__in=a,b`, `purchase_cost__gte=500`, `name__icontains=pump`, "
    "`warranty_until__isnull=true`, `createdAt__gte=last_7_days`, `account__industry=Retail`."
)


def split_parameters(request: Request, serializer: type[StrictSerializer]) -> tuple[dict[str, Any], Pairs]:
    """A list's own parameters by their snake_case names, and the filters beside them. Raises ``ValidationError``."""
    own, filters = _split(request._request.META.get("QUERY_STRING", ""), serializer)
    return parameters(own, serializer), filters


@lru_cache(maxsize=4096)
def _split(query: str, serializer: type[StrictSerializer]) -> tuple[Pairs, Pairs]:
    # Programs ask the same again and again. The bytes of a query are kept in characters, one each (PEP 3333).
    known = OWN_PARAMETERS[serializer]
    own: dict[str, str] = {}
    filters: list[tuple[str, str]] = []
    for name, values in QueryDict(query.encode("latin-1", "replace")).lists():
        if name in known:
            own[name] = str(values[-1])
        else:
            filters += [(name, str(value)) for value in values]
    return tuple(own.items()), tuple(filters)


OWN_PARAMETERS: dict[type[StrictSerializer], set[str]] = {
    serializer: {camel(name) for name in serializer._declared_fields}
    for serializer in (RecordQuerySerializer, RelatedQuerySerializer, AggregateQuerySerializer)
}


def asked_for(given: Mapping[str, Any], **more: Any) -> RecordRequest:
    """The request that a list's parameters make."""
    sort = given.get("sort", "")
    sort = ",".join(sort) if isinstance(sort, tuple) else sort
    if not sort and given.get("sort_by"):
        sort = ("-" if given.get("sort_order") == "desc" else "") + given["sort_by"]
    elif not sort and given.get("sort_order"):
        sort = "-id" if given["sort_order"] == "desc" else "id"
    return RecordRequest(
        page=given["page"],
        limit=given["limit"],
        sort=sort,
        sort_parameter="sort" if given.get("sort") else "sortBy",
        search=given["search"],
        cursor=given.get("cursor") or "",
        total=Count(given.get("count", "")),
        fields=given.get("fields"),
        expand=given.get("expand", ()),
        **more,
    )


def page_of(request: Request, asked: RecordRequest, page: RecordPage) -> Answer:
    """The answer of a list of records."""
    records = orjson.Fragment(f"[{page.documents}]")
    number = None if asked.cursor else asked.page
    return page_response(request, records, page.total, page=number, limit=asked.limit, next_cursor=page.next_cursor)


class Records(ObjectMixin, BelievingView):
    @extend_schema(
        operation_id="listRecords",
        tags=["Records"],
        summary="List records",
        description=FILTERS,
        parameters=[RecordQuerySerializer],
        responses=RecordPageSerializer,
    )
    def get(self, request: Request, object_reference: str) -> Answer:
        given, filters = split_parameters(request, RecordQuerySerializer)
        asked = asked_for(given, filters=filters)
        actor = actor_of(request)
        return page_of(request, asked, list_records(actor, self.object_schema(), asked))

    @extend_schema(
        operation_id="createRecord",
        tags=["Records"],
        summary="Create a record",
        request=RecordCreateSerializer,
        responses={201: RecordSerializer},
    )
    def post(self, request: Request, object_reference: str) -> Answer:
        given = body_of(request, RecordCreateSerializer)
        made = services.create_record(actor_of(request), object_reference, **given)
        response = answer(made.document, made.version, status=status.HTTP_201_CREATED)
        response["Location"] = f"/v1/custom-objects/{made.object_id}/records/{made.id}"
        return response


class RecordSearch(ObjectMixin, BelievingView):
    @extend_schema(
        operation_id="searchRecords",
        tags=["Records"],
        summary="List records by a tree of conditions",
        description="Each condition is what a list's filters are; numbers, true and false, and lists may be JSON.",
        request=RecordSearchSerializer,
        responses=RecordPageSerializer,
    )
    def post(self, request: Request, object_reference: str) -> Answer:
        given = body_of(request, RecordSearchSerializer)
        asked = asked_for(given, tree=given.get("filter"))
        actor = actor_of(request)
        return page_of(request, asked, list_records(actor, self.object_schema(), asked))


class RelatedRecords(ObjectMixin, BelievingView):
    @extend_schema(
        operation_id="listRelatedRecords",
        tags=["Records"],
        summary="List the records of an object that point at a record",
        description=FILTERS,
        parameters=[RelatedQuerySerializer],
        responses=RecordPageSerializer,
    )
    def get(self, request: Request, object_reference: str, record_reference: str, related_reference: str) -> Answer:
        given, filters = split_parameters(request, RelatedQuerySerializer)
        actor = actor_of(request)
        target = self.object_schema()
        schema = get_schema(actor, related_reference)
        within = pointing_at(actor, schema, target, record_reference, via=given.get("via"))
        asked = asked_for(given, filters=filters, within=within)
        return page_of(request, asked, list_records(actor, schema, asked))


class RecordDetail(ObjectMixin, BelievingView):
    @extend_schema(
        operation_id="getRecord",
        tags=["Records"],
        summary="Get a record",
        parameters=[ShapeQuerySerializer],
        responses=RecordSerializer,
    )
    def get(self, request: Request, object_reference: str, record_reference: str) -> Answer:
        shape = parameters(pairs_of(request), ShapeQuerySerializer)
        actor = actor_of(request)
        schema = self.object_schema()
        return answer(*queries.get_document(actor, schema, record_reference, **shape))

    @extend_schema(
        operation_id="changeRecord",
        tags=["Records"],
        summary="Change a record: data is merged, a null clears a field",
        parameters=[IF_MATCH],
        request=RecordChangeSerializer,
        responses=RecordSerializer,
    )
    def patch(self, request: Request, object_reference: str, record_reference: str) -> Answer:
        given = body_of(request, RecordChangeSerializer)
        changed = services.change_record(
            actor_of(request),
            object_reference,
            record_reference,
            **{"data": {}, **given},
            if_version=if_version(request),
        )
        return answer(changed.document, changed.version)

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


def answer(document: str, version: int, *, status: int = 200) -> Answer:
    """A record's document, with its ``ETag``."""
    return Answer(orjson.Fragment(document), status=status, headers={"ETag": etag(document, version)})
