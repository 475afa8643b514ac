"""Objects: listing, making, reading, changing and deleting them, and counting all of it."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from customobjects.api.filters import CustomObjectFilterSet
from customobjects.api.pagination import page_response
from customobjects.api.parameters import split_parameters
from customobjects.api.serializers.objects import (
    ObjectChangeSerializer,
    ObjectCreateSerializer,
    ObjectPageSerializer,
    ObjectSerializer,
    StatsSerializer,
)
from customobjects.api.serializers.parameters import PageQuerySerializer
from customobjects.models import CustomObject
from customobjects.queries import objects as queries
from customobjects.queries.stats import stats
from customobjects.queries.totals import Total
from customobjects.services import objects as services
from salesos.accounts.actor import actor_of
from salesos.rest.renderers import RenderedResponse
from salesos.rest.serializers import body_of
from salesos.rest.viewsets import ApiViewSet


@extend_schema(tags=["Objects"])
class CustomObjectViewSet(ApiViewSet, GenericViewSet[CustomObject]):
    lookup_url_kwarg = "object_reference"
    # What the filters are described by; each action reads what its actor may see.
    queryset = CustomObject.objects.none()
    filterset_class = CustomObjectFilterSet

    @extend_schema("listObjects", parameters=[PageQuerySerializer], responses=ObjectPageSerializer)
    def list(self, request: Request) -> RenderedResponse:
        """List objects."""
        asked, _filters = split_parameters(request, PageQuerySerializer)
        objects = self.filter_queryset(queries.list_objects(actor_of(request)))
        page, limit = asked["page"], asked["limit"]
        shown = ObjectSerializer(objects[(page - 1) * limit : page * limit], many=True).data
        return page_response(request, shown, Total(objects.count()), page=page, limit=limit)

    @extend_schema("createObject", request=ObjectCreateSerializer, responses={201: ObjectSerializer})
    def create(self, request: Request) -> Response:
        """Create an object, with its fields where given."""
        actor = actor_of(request)
        given = body_of(request, ObjectCreateSerializer)
        made = services.create_object(actor, **given)
        shown = ObjectSerializer(queries.as_written(actor, made.id)).data
        headers = {"Location": f"/v1/custom-objects/{made.id}"}
        return Response(shown, status=status.HTTP_201_CREATED, headers=headers)

    @extend_schema("countEverything", responses=StatsSerializer)
    @action(detail=False)
    def stats(self, request: Request) -> Response:
        """Counts of objects, fields and records."""
        return Response(stats(actor_of(request)))

    @extend_schema("getObject", responses=ObjectSerializer)
    def retrieve(self, request: Request, object_reference: str) -> Response:
        """Get an object with its fields."""
        return Response(ObjectSerializer(queries.get_object(actor_of(request), object_reference)).data)

    @extend_schema("changeObject", request=ObjectChangeSerializer, responses=ObjectSerializer)
    def partial_update(self, request: Request, object_reference: str) -> Response:
        """Change an object; isActive archives and restores it."""
        actor = actor_of(request)
        given = body_of(request, ObjectChangeSerializer)
        changed = services.change_object(actor, object_reference, given)
        return Response(ObjectSerializer(queries.as_written(actor, changed.id)).data)

    @extend_schema("deleteObject", responses={204: None})
    def destroy(self, request: Request, object_reference: str) -> Response:
        """Delete an object with its fields and records."""
        services.delete_object(actor_of(request), object_reference)
        return Response(status=status.HTTP_204_NO_CONTENT)
