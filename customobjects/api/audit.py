"""The audit log of an organization: who signed in, made a key, changed a user, deleted much."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from customobjects.api.base import MetaSerializer
from customobjects.api.filters import AuditFilterSet
from customobjects.api.pagination import newest_response
from customobjects.api.parameters import CursorQuerySerializer, split_parameters
from customobjects.queries.audit import list_audit_entries
from customobjects.queries.newest_first import newest_first
from salesos.accounts.actor import Via, actor_of
from salesos.accounts.models import AuditEntry
from salesos.rest.renderers import RenderedResponse
from salesos.rest.serializers import JSONObject, StrictSerializer, json_of
from salesos.rest.viewsets import ApiViewSet


class AuditEntrySerializer(StrictSerializer):
    """An entry, as the API shows it. Nobody may be known: then there is no user."""

    id = serializers.UUIDField(read_only=True)
    at = serializers.DateTimeField(read_only=True)
    kind = serializers.ChoiceField(choices=[kind.value for kind in AuditEntry.Kind], read_only=True)
    user_id = serializers.UUIDField(read_only=True, allow_null=True)
    user_email = serializers.CharField(read_only=True, allow_null=True, source="user.email", default=None)
    via = serializers.ChoiceField(choices=[via.value for via in Via], read_only=True)
    ip = serializers.CharField(read_only=True, allow_null=True)
    details = JSONObject(read_only=True)


@extend_schema_serializer(many=False)
class AuditPageSerializer(StrictSerializer):
    data = AuditEntrySerializer(many=True, read_only=True)  # type: ignore[assignment]
    meta = MetaSerializer(read_only=True)


@extend_schema(tags=["Audit"])
class AuditViewSet(ApiViewSet, GenericViewSet[AuditEntry]):
    # What the filters are described by; the action reads what its actor may see.
    queryset = AuditEntry.objects.none()
    filterset_class = AuditFilterSet

    @extend_schema("listAuditEntries", parameters=[CursorQuerySerializer], responses=AuditPageSerializer)
    def list(self, request: Request) -> RenderedResponse:
        """List what was done, the newest first.

        Signing in and out, API keys, users, deletions of objects and of many records at once. For administrators; a
        key takes the scopes `read` and `admin`.
        """
        actor = actor_of(request)
        entries = list_audit_entries(actor)
        asked, filters = split_parameters(request, CursorQuerySerializer)
        found = newest_first(
            self.filter_queryset(entries), asked=["audit", actor.organization_id, sorted(filters)], **asked
        )
        return newest_response(request, [json_of(entry, AuditEntrySerializer) for entry in found.rows], found, asked)
