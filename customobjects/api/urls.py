"""The paths of the API below ``/v1/``."""

from customobjects.api.activities import ActivityViewSet, AllActivitiesViewSet
from customobjects.api.api_keys import ApiKeyViewSet
from customobjects.api.audit import AuditViewSet
from customobjects.api.changes import ChangeViewSet
from customobjects.api.field_types import FieldTypeViewSet
from customobjects.api.fields import FieldViewSet
from customobjects.api.history import HistoryViewSet
from customobjects.api.notes import AllNotesViewSet, NoteViewSet
from customobjects.api.objects import CustomObjectViewSet
from customobjects.api.records import RecordViewSet
from customobjects.api.schema_history import SchemaHistoryViewSet
from customobjects.api.search import GlobalSearchViewSet
from customobjects.api.trash import TrashViewSet
from customobjects.api.users import HandOverViewSet, InvitationViewSet, UserViewSet
from customobjects.api.views import ViewViewSet
from salesos.rest.routers import ApiRouter

OBJECTS = "custom-objects"
OBJECT = f"{OBJECTS}/(?P<object_reference>[^/]+)"

# Paths are tried one after the other: those that are asked most come first. A router below another would take each
# request of its paths 4 µs, as much as trying eight paths.
router = ApiRouter()
router.register(f"{OBJECT}/records", RecordViewSet, "record")
router.register(f"{OBJECT}/records/(?P<record_reference>[^/]+)/history", HistoryViewSet, "revision")
router.register(f"{OBJECT}/records/(?P<record_reference>[^/]+)/notes", NoteViewSet, "note")
router.register(f"{OBJECT}/records/(?P<record_reference>[^/]+)/activities", ActivityViewSet, "activity")
router.register(OBJECTS, CustomObjectViewSet, "object")
router.register(f"{OBJECT}/fields", FieldViewSet, "field")
router.register(f"{OBJECT}/views", ViewViewSet, "view")
router.register("field-types", FieldTypeViewSet, "field-type")
router.register("search", GlobalSearchViewSet, "search")
router.register("changes", ChangeViewSet, "change")
router.register("notes", AllNotesViewSet, "all-notes")
router.register("activities", AllActivitiesViewSet, "all-activities")
router.register("trash", TrashViewSet, "trash")
router.register(f"{OBJECT}/history", SchemaHistoryViewSet, "schema-history")
router.register("audit", AuditViewSet, "audit")
router.register("users", UserViewSet, "user")
router.register("hand-overs", HandOverViewSet, "hand-over")
router.register("invitations", InvitationViewSet, "invitation")
router.register("api-keys", ApiKeyViewSet, "api-key")
urlpatterns = router.urls
