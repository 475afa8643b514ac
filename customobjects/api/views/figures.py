"""Figures over records, and the search through all objects."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customobjects.api.base import ObjectMixin
from customobjects.api.pagination import pairs_of, parameters
from customobjects.api.serializers.objects import GroupListSerializer, HitListSerializer
from customobjects.api.serializers.parameters import AggregateQuerySerializer, EverywhereQuerySerializer
from customobjects.api.views.records import FILTERS, split_parameters
from customobjects.queries.aggregates import Aggregation, aggregate
from customobjects.queries.global_search import global_search
from customobjects.queries.requests import RecordRequest
from salesos.accounts.actor import actor_of
from salesos.rest.believing import BelievingView


class Aggregate(ObjectMixin, BelievingView):
    @extend_schema(
        operation_id="aggregateRecords",
        tags=["Records"],
        summary="Count, sum and compare records by group",
        description=FILTERS,
        parameters=[AggregateQuerySerializer],
        responses=GroupListSerializer,
    )
    def get(self, request: Request, object_reference: str) -> Response:
        given, filters = split_parameters(request, AggregateQuerySerializer)
        asked = Aggregation(
            group_by=given.get("group_by", ()),
            metrics=given.get("metrics") or ("count",),
            interval=given.get("interval", ""),
            limit=given["limit"],
        )
        actor = actor_of(request)
        records = RecordRequest(search=given["search"], filters=filters)
        rows, is_truncated = aggregate(actor, self.object_schema(), records, asked)
        return Response({"data": rows, "meta": {"isTruncated": is_truncated}})


class Everywhere(APIView):
    @extend_schema(
        operation_id="searchEverywhere",
        tags=["Records"],
        summary="Search all objects",
        description="The best hits in each searchable object, objects with the best ones first.",
        parameters=[EverywhereQuerySerializer],
        responses=HitListSerializer,
    )
    def get(self, request: Request) -> Response:
        given = parameters(pairs_of(request), EverywhereQuerySerializer)
        found, is_truncated = global_search(actor_of(request), given["q"], limit=given["limit"])
        return Response(HitListSerializer({"data": found, "meta": {"is_truncated": is_truncated}}).data)
