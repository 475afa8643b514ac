"""The search through all objects."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from customobjects.api.parameters import parameters
from customobjects.api.serializers.parameters import GlobalSearchQuerySerializer
from customobjects.api.serializers.search import HitListSerializer
from customobjects.queries.global_search import global_search
from salesos.accounts.actor import actor_of
from salesos.rest.viewsets import ApiViewSet


@extend_schema(tags=["Records"])
class GlobalSearchViewSet(ApiViewSet):
    @extend_schema("searchEverywhere", parameters=[GlobalSearchQuerySerializer], responses=HitListSerializer)
    def list(self, request: Request) -> Response:
        """Search all objects.

        The best hits in each searchable object, objects with the best ones first.
        """
        given = parameters(request, GlobalSearchQuerySerializer)
        found, is_truncated = global_search(actor_of(request), given["q"], limit=given["limit"])
        return Response(HitListSerializer({"data": found, "meta": {"is_truncated": is_truncated}}).data)
