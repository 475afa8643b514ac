"""Saved views of an object: listing, making, reading, changing, deleting and ordering them; the default one."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from customobjects.api.base import MetaSerializer, ObjectViewSet
from customobjects.api.filters import ViewFilterSet
from customobjects.api.pagination import page_response
from customobjects.api.parameters import PageQuerySerializer, split_parameters
from customobjects.api.versions import VIEW_ETAG, VIEW_IF_MATCH, if_match, refuse_if_match, versioned
from customobjects.models import View, ViewKind
from customobjects.queries import views as queries
from customobjects.queries.totals import Total
from customobjects.queries.view_settings import settings_schema
from customobjects.queries.views import OpenView
from customobjects.services import views as services
from customobjects.services.objects import ICON
from customobjects.services.views import MAX_ICON, MAX_NAME, MAX_VIEWS
from salesos.rest.renderers import RenderedResponse
from salesos.rest.serializers import (
    UUID_LENGTH,
    Boolean,
    ChoiceField,
    JSONObject,
    StrictSerializer,
    Text,
    Texts,
    body_of,
    json_of,
)


@extend_schema_field({"anyOf": [settings_schema(kind, is_stored=False) for kind in ViewKind.values]})
class Settings(JSONObject):
    """The settings of a view. What each kind takes, ``queries.view_settings`` judges."""


@extend_schema_field({"anyOf": [settings_schema(kind, is_stored=True) for kind in ViewKind.values]})
class UsableSettings(JSONObject):
    """The same, without what cannot be used any more."""


class ViewChangeSerializer(StrictSerializer):
    """What of a view may be sent to change it. ``settings`` replace those that it has, as a whole."""

    name = Text(max_length=MAX_NAME, required=False)
    icon = serializers.RegexField(f"^{ICON.pattern}$", max_length=MAX_ICON, required=False)
    is_shared = Boolean(
        required=False, help_text="With everybody who sees the object; otherwise it is its maker's own."
    )
    settings = Settings(required=False, help_text="As the view's kind has them.")


class ViewCreateSerializer(ViewChangeSerializer):
    name = Text(max_length=MAX_NAME)
    kind = ChoiceField(choices=ViewKind.values, help_text="It never changes.")


class ViewSerializer(StrictSerializer):
    """A view, as the API shows it."""

    id = serializers.UUIDField(read_only=True, source="view.id")
    custom_object_id = serializers.UUIDField(read_only=True, source="view.custom_object_id")
    name = serializers.CharField(read_only=True, source="view.name")
    kind = serializers.ChoiceField(choices=ViewKind.values, read_only=True, source="view.kind")
    icon = serializers.CharField(read_only=True, source="view.icon")
    order = serializers.IntegerField(read_only=True, source="view.order")
    is_default = serializers.BooleanField(read_only=True, source="view.is_default")
    is_shared = serializers.SerializerMethodField(method_name="get_is_shared")
    owner_id = serializers.UUIDField(
        read_only=True, source="view.owner_id", allow_null=True, help_text="null: it is shared with everybody."
    )
    settings = UsableSettings(read_only=True)
    missing = serializers.ListField(
        child=serializers.CharField(),
        read_only=True,
        help_text="What the settings name that is not there any more, or not for you: it is left out of them.",
    )
    version = serializers.IntegerField(read_only=True, source="view.version")
    created_at = serializers.DateTimeField(read_only=True, source="view.created_at")
    updated_at = serializers.DateTimeField(read_only=True, source="view.updated_at")
    created_by = serializers.UUIDField(read_only=True, source="view.created_by_id", allow_null=True)
    updated_by = serializers.UUIDField(read_only=True, source="view.updated_by_id", allow_null=True)

    def get_is_shared(self, shown: OpenView) -> bool:
        return shown.view.owner_id is None


@extend_schema_serializer(many=False)
class ViewPageSerializer(StrictSerializer):
    data = ViewSerializer(many=True, read_only=True)  # type: ignore[assignment]
    meta = MetaSerializer(read_only=True)


class ViewOrderSerializer(StrictSerializer):
    """All shared views of an object, or all of one's own, by id, in the order they are to have."""

    views = Texts(most_characters=UUID_LENGTH, max_length=MAX_VIEWS)


@extend_schema_serializer(many=False)
class ViewListSerializer(StrictSerializer):
    data = ViewSerializer(many=True, read_only=True)  # type: ignore[assignment]


@extend_schema(tags=["Views"])
class ViewViewSet(ObjectViewSet, GenericViewSet[View]):
    lookup_url_kwarg = "view_reference"
    # What the filters are described by; each action reads what its actor may see.
    queryset = View.objects.none()
    filterset_class = ViewFilterSet

    @extend_schema("listViews", parameters=[PageQuerySerializer], responses=ViewPageSerializer)
    def list(self, request: Request, object_reference: str) -> RenderedResponse:
        """List an object's views: those that are shared, and your own behind them."""
        asked, _filters = split_parameters(request, PageQuerySerializer)
        schema, page, limit = self.object_schema(), asked["page"], asked["limit"]
        views = self.filter_queryset(queries.list_views(self.actor, schema))
        found = queries.open_views(self.actor, schema, views[(page - 1) * limit : page * limit])
        shown = [json_of(one, ViewSerializer) for one in found]
        return page_response(request, shown, Total(views.count()), page=page, limit=limit)

    @extend_schema("createView", parameters=[VIEW_ETAG], request=ViewCreateSerializer, responses={201: ViewSerializer})
    def create(self, request: Request, object_reference: str) -> RenderedResponse:
        """Create a view: your own, or one that is shared with everybody."""
        refuse_if_match(request)
        made = services.create_view(self.actor, object_reference, **body_of(request, ViewCreateSerializer))
        headers = {"Location": f"/v1/custom-objects/{made.custom_object_id}/views/{made.id}"}
        return self._shown(made, status=status.HTTP_201_CREATED, headers=headers)

    @extend_schema("getView", parameters=[VIEW_ETAG], responses=ViewSerializer)
    def retrieve(self, request: Request, object_reference: str, view_reference: str) -> RenderedResponse:
        """Get a view, with what of its settings can be used now."""
        return _response(queries.get_view(self.actor, self.object_schema(), view_reference))

    @extend_schema(
        "changeView", parameters=[VIEW_IF_MATCH, VIEW_ETAG], request=ViewChangeSerializer, responses=ViewSerializer
    )
    def partial_update(self, request: Request, object_reference: str, view_reference: str) -> RenderedResponse:
        """Change a view; settings are replaced as a whole."""
        given, wanted = body_of(request, ViewChangeSerializer), if_match(request)
        return self._shown(services.change_view(self.actor, object_reference, view_reference, given, if_version=wanted))

    @extend_schema("deleteView", parameters=[VIEW_IF_MATCH], responses={204: None})
    def destroy(self, request: Request, object_reference: str, view_reference: str) -> Response:
        """Delete a view, for good."""
        services.delete_view(self.actor, object_reference, view_reference, if_version=if_match(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema("chooseDefaultView", parameters=[VIEW_IF_MATCH, VIEW_ETAG], request=None, responses=ViewSerializer)
    @action(detail=True, methods=["post"], url_path="default")
    def default(self, request: Request, object_reference: str, view_reference: str) -> RenderedResponse:
        """Have the object's list begin with a view that is shared."""
        return self._choose(request, object_reference, view_reference, is_default=True)

    @extend_schema(
        "leaveDefaultView", parameters=[VIEW_IF_MATCH, VIEW_ETAG], request=None, responses={200: ViewSerializer}
    )
    @default.mapping.delete
    def no_default(self, request: Request, object_reference: str, view_reference: str) -> RenderedResponse:
        """Have the object's list begin with this view no more."""
        return self._choose(request, object_reference, view_reference, is_default=False)

    @extend_schema("orderViews", request=ViewOrderSerializer, responses=ViewListSerializer)
    @action(detail=False, methods=["put"])
    def order(self, request: Request, object_reference: str) -> Response:
        """Put all shared views, or all of your own, into an order."""
        references = body_of(request, ViewOrderSerializer)["views"]
        ordered = services.order_views(self.actor, object_reference, references)
        found = queries.open_views(self.actor, self.object_schema(), ordered)
        return Response({"data": [json_of(one, ViewSerializer) for one in found]})

    def _choose(
        self, request: Request, object_reference: str, view_reference: str, *, is_default: bool
    ) -> RenderedResponse:
        wanted = if_match(request)
        chosen = services.choose_default(
            self.actor, object_reference, view_reference, is_default=is_default, if_version=wanted
        )
        return self._shown(chosen)

    def _shown(self, view: View, **more: object) -> RenderedResponse:
        """The response to who has written a view, who may read it, too."""
        return _response(queries.open_view(self.actor, self.object_schema(), view), **more)


def _response(shown: OpenView, **more: object) -> RenderedResponse:
    """The response of one view, with its ``ETag``."""
    return versioned(json_of(shown, ViewSerializer), shown.view.version, **more)  # type: ignore[arg-type]
