"""The paths of the API below ``/v1/``."""

from customobjects.api.views import fields, objects, records
from salesos.rest.routing import route

OBJECT = "custom-objects/<str:object_reference>"

urlpatterns = [
    *route("custom-objects", objects.Objects),
    *route("custom-objects/stats", objects.Stats),
    *route(OBJECT, objects.ObjectDetail),
    *route(f"{OBJECT}/fields", fields.Fields),
    *route(f"{OBJECT}/fields/order", fields.FieldOrder),
    *route(f"{OBJECT}/fields/<str:field_reference>", fields.FieldDetail),
    *route(f"{OBJECT}/records", records.Records),
    *route(f"{OBJECT}/records/<str:record_reference>", records.RecordDetail),
    *route("field-types", fields.FieldTypes),
]
