"""The trash: what of records is deleted, of one object or of all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from customobjects.api.base import DeletionSerializer, MetaSerializer
from customobjects.api.filters import TrashFilterSet
from customobjects.api.pagination import page_response
from customobjects.api.parameters import Pairs, TrashQuerySerializer, split_parameters
from customobjects.models import Record
from customobjects.queries.trash import TrashPage, TrashRequest, deleted_in_all, list_deleted, trash_page
from customobjects.schema import Schema
from salesos import json
from salesos.accounts.actor import Actor, actor_of
from salesos.errors import Problem, ValidationError, first_problems, quoted
from salesos.rest.renderers import RenderedResponse
from salesos.rest.serializers import StrictSerializer, camel, json_of
from salesos.rest.viewsets import ApiViewSet

# What a list of the trash takes beside the page.
WITH_DELETED = frozenset({"deleted", "page", "limit", "cursor", "fields"})


class RestoreSerializer(StrictSerializer):
    """What may be sent to restore something: nothing."""


class TrashEntrySerializer(DeletionSerializer):
    """A record in the trash."""

    id = serializers.UUIDField(read_only=True)
    custom_object_id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    owner_id = serializers.UUIDField(read_only=True, allow_null=True)


@extend_schema_serializer(many=False)
class TrashPageSerializer(StrictSerializer):
    data = TrashEntrySerializer(many=True, read_only=True)  # type: ignore[assignment]
    meta = MetaSerializer(read_only=True)


@extend_schema(tags=["Trash"])
class TrashViewSet(ApiViewSet, GenericViewSet[Record]):
    # What the filters are described by; the action reads what its actor may see.
    queryset = Record.objects.none()
    filterset_class = TrashFilterSet

    @extend_schema("listTrash", parameters=[TrashQuerySerializer], responses=TrashPageSerializer)
    def list(self, request: Request) -> RenderedResponse:
        """List what is in the trash of all objects, deleted last first."""
        given, filters = split_parameters(request, TrashQuerySerializer)
        actor, asked = actor_of(request), _trash_request(given)
        records = self.filter_queryset(deleted_in_all(actor))
        page = trash_page(actor, records, asked, asked=sorted(filters))
        return _trash_response(request, asked, page, [json_of(one, TrashEntrySerializer) for one in page.records])


def deleted_records_response(
    request: Request, actor: Actor, schema: Schema, given: Mapping[str, Any], filters: Pairs
) -> RenderedResponse:
    """The response of a list of an object's records that are deleted.

    Raises ``ValidationError`` for whatever would filter or sort them.
    """
    others = [camel(name) for name, value in given.items() if value and name not in WITH_DELETED]
    names = [*others, *(name for name, _value in filters)]
    if problems := first_problems(Problem(name, "unsupported", _unsupported(name)) for name in names):
        raise ValidationError(problems)
    asked = _trash_request(given)
    page = list_deleted(actor, schema, asked, fields=given.get("fields"))
    deletions = (json.dumps(json_of(one, DeletionSerializer)) for one in page.records)
    documents = (f"{one.document[:-1]},{deletion[1:]}" for one, deletion in zip(page.records, deletions, strict=True))
    return _trash_response(request, asked, page, orjson.Fragment(f"[{','.join(documents)}]"))


def _unsupported(name: str) -> str:
    return f"{quoted(name)} cannot be used with deleted=true, which takes page, limit, cursor and fields"


def _trash_request(given: Mapping[str, Any]) -> TrashRequest:
    return TrashRequest(page=given["page"], limit=given["limit"], cursor=given["cursor"])


def _trash_response(request: Request, asked: TrashRequest, page: TrashPage, data: Any) -> RenderedResponse:
    number = None if asked.cursor else asked.page
    return page_response(request, data, page.total, page=number, limit=asked.limit, next_cursor=page.next_cursor)
