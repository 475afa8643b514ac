"""Fields of an object: listing, adding, changing, deleting and ordering them."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from customobjects.api.filters import FieldFilterSet
from customobjects.api.serializers.fields import (
    FieldChangeSerializer,
    FieldCreateSerializer,
    FieldListSerializer,
    FieldOrderSerializer,
    FieldSerializer,
)
from customobjects.models import Field
from customobjects.queries.objects import list_fields
from customobjects.services import fields as services
from salesos.accounts.actor import actor_of
from salesos.rest.serializers import body_of
from salesos.rest.viewsets import ApiViewSet


@extend_schema(tags=["Fields"])
class FieldViewSet(ApiViewSet, GenericViewSet[Field]):
    lookup_url_kwarg = "field_reference"
    # What the filters are described by; each action reads what its actor may see.
    queryset = Field.objects.none()
    filterset_class = FieldFilterSet

    @extend_schema("listFields", responses=FieldListSerializer)
    def list(self, request: Request, object_reference: str) -> Response:
        """List an object's fields."""
        fields = self.filter_queryset(list_fields(actor_of(request), object_reference))
        return Response({"data": FieldSerializer(fields, many=True).data})

    @extend_schema("addField", request=FieldCreateSerializer, responses={201: FieldSerializer})
    def create(self, request: Request, object_reference: str) -> Response:
        """Add a field."""
        given = body_of(request, FieldCreateSerializer)
        field = services.add_field(actor_of(request), object_reference, **given)
        return Response(FieldSerializer(field).data, status=status.HTTP_201_CREATED)

    @extend_schema("changeField", request=FieldChangeSerializer, responses=FieldSerializer)
    def partial_update(self, request: Request, object_reference: str, field_reference: str) -> Response:
        """Change a field; isActive hides and shows it."""
        given = body_of(request, FieldChangeSerializer)
        field = services.change_field(actor_of(request), object_reference, field_reference, given)
        return Response(FieldSerializer(field).data)

    @extend_schema("deleteField", responses={204: None})
    def destroy(self, request: Request, object_reference: str, field_reference: str) -> Response:
        """Delete a field with all its values."""
        services.delete_field(actor_of(request), object_reference, field_reference)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema("orderFields", request=FieldOrderSerializer, responses=FieldListSerializer)
    @action(detail=False, methods=["put"])
    def order(self, request: Request, object_reference: str) -> Response:
        """Put the fields into an order."""
        given = body_of(request, FieldOrderSerializer)
        fields = services.reorder_fields(actor_of(request), object_reference, given["fields"])
        return Response({"data": FieldSerializer(fields, many=True).data})
