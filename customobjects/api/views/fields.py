"""Fields of an object, and the types there are."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customobjects.api.serializers.objects import (
    FieldChangeSerializer,
    FieldCreateSerializer,
    FieldListSerializer,
    FieldOrderSerializer,
    FieldSerializer,
    FieldTypeListSerializer,
    FieldTypeSerializer,
)
from customobjects.fieldtypes import TYPES
from customobjects.queries.objects import get_object
from customobjects.services import fields as services
from salesos.accounts.actor import actor_of
from salesos.rest.serializers import body_of


class Fields(APIView):
    @extend_schema(
        operation_id="listFields", tags=["Fields"], summary="List an object's fields", responses=FieldListSerializer
    )
    def get(self, request: Request, object_reference: str) -> Response:
        fields = get_object(actor_of(request), object_reference).fields.all()
        return Response({"data": FieldSerializer(fields, many=True).data})

    @extend_schema(
        operation_id="addField",
        tags=["Fields"],
        summary="Add a field",
        request=FieldCreateSerializer,
        responses={201: FieldSerializer},
    )
    def post(self, request: Request, object_reference: str) -> Response:
        given = body_of(request, FieldCreateSerializer)
        field = services.add_field(actor_of(request), object_reference, **given)
        return Response(FieldSerializer(field).data, status=status.HTTP_201_CREATED)


class FieldDetail(APIView):
    @extend_schema(
        operation_id="changeField",
        tags=["Fields"],
        summary="Change a field; isActive hides and shows it",
        request=FieldChangeSerializer,
        responses=FieldSerializer,
    )
    def patch(self, request: Request, object_reference: str, field_reference: str) -> Response:
        given = body_of(request, FieldChangeSerializer)
        field = services.change_field(actor_of(request), object_reference, field_reference, given)
        return Response(FieldSerializer(field).data)

    @extend_schema(
        operation_id="deleteField",
        tags=["Fields"],
        summary="Delete a field with all its values",
        responses={204: None},
    )
    def delete(self, request: Request, object_reference: str, field_reference: str) -> Response:
        services.delete_field(actor_of(request), object_reference, field_reference)
        return Response(status=status.HTTP_204_NO_CONTENT)


class FieldOrder(APIView):
    @extend_schema(
        operation_id="orderFields",
        tags=["Fields"],
        summary="Put the fields into an order",
        request=FieldOrderSerializer,
        responses=FieldListSerializer,
    )
    def put(self, request: Request, object_reference: str) -> Response:
        given = body_of(request, FieldOrderSerializer)
        fields = services.reorder_fields(actor_of(request), object_reference, given["fields"])
        return Response({"data": FieldSerializer(fields, many=True).data})


class FieldTypes(APIView):
    @extend_schema(
        operation_id="listFieldTypes",
        tags=["Fields"],
        summary="The types a field can have, with their options",
        responses=FieldTypeListSerializer,
    )
    def get(self, request: Request) -> Response:
        return Response({"data": FieldTypeSerializer(list(TYPES.values()), many=True).data})
