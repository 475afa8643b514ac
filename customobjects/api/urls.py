"""The paths of the API below ``/v1/``."""

from django.urls import include, path

from customobjects.api.field_types import FieldTypeViewSet
from customobjects.api.fields import FieldViewSet
from customobjects.api.objects import CustomObjectViewSet
from customobjects.api.records import RecordViewSet
from customobjects.api.search import GlobalSearchViewSet
from salesos.rest.routers import ApiRouter

router = ApiRouter()
router.register("custom-objects", CustomObjectViewSet, "object")
router.register("field-types", FieldTypeViewSet, "field-type")
router.register("search", GlobalSearchViewSet, "search")

object_router = ApiRouter()
object_router.register("records", RecordViewSet, "record")
object_router.register("fields", FieldViewSet, "field")

# Paths are tried one after the other: those that are asked most come first.
urlpatterns = [
    path("custom-objects/<str:object_reference>/", include(object_router.urls)),
    *router.urls,
]
