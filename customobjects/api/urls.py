"""The paths of the API below ``/v1/``."""

from customobjects.api.views import bulk, fields, figures, objects, records
from salesos.rest.routers import route

OBJECT = "custom-objects/<str:object_reference>"

# Paths are tried one after the other: those that are asked most come first.
urlpatterns = [
    *route(f"{OBJECT}/records", records.Records),
    *route(f"{OBJECT}/records/search", records.RecordSearch),
    *route(f"{OBJECT}/records/aggregate", figures.Aggregate),
    *route(f"{OBJECT}/records/bulk", bulk.Bulk),
    *route(f"{OBJECT}/records/bulk-update", bulk.BulkChange),
    *route(f"{OBJECT}/records/bulk-delete", bulk.BulkDelete),
    *route(f"{OBJECT}/records/<str:record_reference>", records.RecordDetail),
    *route(f"{OBJECT}/records/<str:record_reference>/related/<str:related_reference>", records.RelatedRecords),
    *route("custom-objects", objects.Objects),
    *route("custom-objects/stats", objects.Stats),
    *route(OBJECT, objects.ObjectDetail),
    *route(f"{OBJECT}/fields", fields.Fields),
    *route(f"{OBJECT}/fields/order", fields.FieldOrder),
    *route(f"{OBJECT}/fields/<str:field_reference>", fields.FieldDetail),
    *route("field-types", fields.FieldTypes),
    *route("search", figures.Everywhere),
]
