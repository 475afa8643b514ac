"""What several resources have in common."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from customobjects import access
from customobjects.queries.objects import get_schema, read_user_and_state
from customobjects.queries.targets import require_target
from customobjects.schema import Schema, State
from customobjects.services.naming import API_NAME
from customobjects.services.naming import MAX_LENGTH as API_NAME_LENGTH
from salesos.accounts.actor import Actor, actor_of
from salesos.accounts.models import User
from salesos.rest.serializers import JSONObject, StrictSerializer, Text, json_of
from salesos.rest.viewsets import ApiViewSet


@extend_schema_field({"type": "string", "maxLength": API_NAME_LENGTH, "pattern": f"^{API_NAME.pattern}$"})
class ApiName(Text):
    """A name for programs. Whether it is one is judged by the services, which suggest another."""


class ModelSerializer(StrictSerializer, serializers.ModelSerializer):
    """A row as the API shows it: the properties that ``Meta.fields`` names, in that order."""


class DefinitionSerializer(ModelSerializer):
    """An object or a field; of one that is deleted also when, and by whom."""

    left_out = frozenset({"deletedAt", "deletedBy"})

    deleted_at = serializers.DateTimeField(read_only=True)
    deleted_by = serializers.UUIDField(read_only=True, source="updated_by_id", allow_null=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = dict(super().to_representation(instance))
        if instance.deleted_at is None:
            for name in self.left_out:
                del shown[name]
        return shown


# What a definition says of its object's records, and what stands there for who may not read.
TELLS_OF_RECORDS: dict[str, Any] = {"nextNumber": None, "filling": None, "uniqueKeyFillings": []}


def written_json(request: Request, definition: Any, serializer: type[StrictSerializer]) -> dict[str, Any]:
    """An object or a field as an answer to who has written it, which takes no scope to read."""
    shown = json_of(definition, serializer)
    return shown if access.can_read(actor_of(request)) else _without_records(shown)


def _without_records(shown: dict[str, Any]) -> dict[str, Any]:
    hidden = {name: nothing for name, nothing in TELLS_OF_RECORDS.items() if name in shown}
    if "fields" in shown:
        hidden["fields"] = [_without_records(field) for field in shown["fields"]]
    return {**shown, **hidden}


def written_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of the answer to who has written something that the document calls ``name``."""
    return {
        "oneOf": [
            {"$ref": f"#/components/schemas/{name}"},
            {
                "type": "object",
                "description": "What an API key without the scope `read` is told.",
                "properties": {"id": {"type": "string", "format": "uuid"}},
                "required": ["id"],
                "additionalProperties": False,
            },
        ]
    }


AUTHORED_FIELDS = ("created_at", "updated_at", "created_by", "updated_by")
DELETED_FIELDS = ("deleted_at", "deleted_by")


class MetaSerializer(StrictSerializer):
    """Where a page lies in its list. Without a count there is no total, and with a cursor no page."""

    total = serializers.IntegerField(read_only=True, allow_null=True)
    total_is_estimate = serializers.BooleanField(read_only=True)
    total_is_lower_bound = serializers.BooleanField(read_only=True)
    page = serializers.IntegerField(read_only=True, allow_null=True)
    limit = serializers.IntegerField(read_only=True)
    total_pages = serializers.IntegerField(read_only=True, allow_null=True)
    next_cursor = serializers.CharField(read_only=True, allow_null=True)


class TruncationSerializer(StrictSerializer):
    is_truncated = serializers.BooleanField(read_only=True)


class RootSerializer(StrictSerializer):
    """The record whose deletion took another one along. One that is purged has no name."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(read_only=True, allow_null=True)


class DeletionSerializer(StrictSerializer):
    """How a record got into the trash."""

    deleted_at = serializers.DateTimeField(read_only=True)
    deleted_by = serializers.UUIDField(read_only=True, allow_null=True)
    deleted_with = RootSerializer(read_only=True, allow_null=True)
    along = serializers.IntegerField(read_only=True, help_text="How many records in the trash went along with it.")


class RecordSerializer(DeletionSerializer):
    """A record, as the API shows it. The database writes it; this describes it."""

    left_out = frozenset({"expanded", "deletedAt", "deletedBy", "deletedWith", "along"})

    id = serializers.UUIDField(read_only=True)
    custom_object_id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(read_only=True)
    data = JSONObject(read_only=True)  # type: ignore[assignment]
    version = serializers.IntegerField(read_only=True)
    owner_id = serializers.UUIDField(read_only=True, allow_null=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)
    created_by = serializers.UUIDField(read_only=True, allow_null=True)
    updated_by = serializers.UUIDField(read_only=True, allow_null=True)
    expanded = JSONObject(read_only=True, help_text="What `expand` asks for, by its names.")


class TargetViewSet(ApiViewSet):
    """A ViewSet whose paths name objects, and what they have."""

    def require_target(self) -> None:
        require_target(actor_of(self.request), **self.kwargs, deleted=self.action == "restore")


class ObjectViewSet(TargetViewSet):
    """A ViewSet below an object's path: one statement reads who asks, and the version of the object."""

    object_state: State | None = None

    def read_user(self, user_id: UUID) -> User | None:
        """The user with that id (see ``salesos.accounts.authentication``)."""
        user, self.object_state = read_user_and_state(user_id, self.kwargs["object_reference"])
        return user

    @cached_property
    def actor(self) -> Actor:
        """Who asks."""
        return actor_of(self.request)

    def object_schema(self) -> Schema:
        """The schema of the object, which the user may read. Raises ``PermissionDenied``, ``NotFound``."""
        return get_schema(self.actor, self.kwargs["object_reference"], state=self.object_state)
