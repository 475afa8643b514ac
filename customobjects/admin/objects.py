"""Operations pages for objects and their fields, of every organization."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.admin import TabularInline

from customobjects.admin.asking import ask, each, is_confirmed
from customobjects.models import CustomObject, Field
from customobjects.queries.totals import records_in_words
from customobjects.services.objects import change_object, delete_object, records_that_go
from salesos.accounts.actor import Actor
from salesos.admin import ReadOnly, link_to_list
from salesos.admin_lists import TypedFilter

# Each takes some queries to ask about.
MAX_OBJECTS_AT_ONCE = 20


class FieldInline(TabularInline):
    model = Field
    fk_name = "custom_object"
    fields = ["label", "api_name", "type", "is_required", "is_unique", "is_active", "column"]
    readonly_fields = fields
    can_delete = False
    max_num = 0
    verbose_name_plural = "fields"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Field]:
        return super().get_queryset(request).filter(deleted_at=None)


@admin.register(CustomObject)
class CustomObjectAdmin(ReadOnly):
    list_display = ["name", "api_name", "organization", "is_active", "schema_version", "updated_at"]
    list_filter = [("organization", TypedFilter), "is_active"]
    list_select_related = ["organization", "primary_field"]
    search_fields = ["name", "api_name", "description", "organization__name"]
    # The newest come first, as the primary key has them.
    ordering = ["-id"]
    sortable_by = ()
    inlines = [FieldInline]
    actions = ["archive", "restore", "delete_by_service"]
    fields = (
        "organization name plural_name api_name description primary_field "
        "is_active schema_version created_at updated_at records"
    ).split()

    def get_queryset(self, request: HttpRequest) -> QuerySet[CustomObject]:
        return super().get_queryset(request).filter(deleted_at=None)

    def page_of(self, row: CustomObject) -> str:
        return reverse("web:record-list", args=[row.api_name])

    @admin.display(description="records")
    def records(self, row: CustomObject) -> SafeString:
        return link_to_list("customobjects_record", "Records of this object", custom_object__id__exact=row.id)

    @admin.action(description="Archive", permissions=["act"])
    def archive(self, request: HttpRequest, queryset: QuerySet[CustomObject]) -> None:
        each(request, queryset, lambda actor, row: change_object(actor, str(row.id), {"is_active": False}), "archived")

    @admin.action(description="Restore", permissions=["act"])
    def restore(self, request: HttpRequest, queryset: QuerySet[CustomObject]) -> None:
        each(request, queryset, lambda actor, row: change_object(actor, str(row.id), {"is_active": True}), "restored")

    @admin.action(description="Delete with all records", permissions=["remove"])
    def delete_by_service(self, request: HttpRequest, queryset: QuerySet[CustomObject]) -> TemplateResponse | None:
        chosen = list(queryset)
        if len(chosen) > MAX_OBJECTS_AT_ONCE:
            messages.error(request, f"At most {MAX_OBJECTS_AT_ONCE} objects are deleted at a time.")
            return None
        typed = {row.id: request.POST.get(f"name-{row.id}", "").strip() for row in chosen}
        confirmed = is_confirmed(request, len(chosen))
        if confirmed and all(typed[row.id] == row.name for row in chosen):
            each(request, queryset, lambda actor, row: delete_object(actor, str(row.id)), "deleted")
            return None
        rows = [{"id": str(row.id), "label": self._what_goes(request, row), "typed": typed[row.id]} for row in chosen]
        text = "Objects go with all their fields and records. Type the name of each to delete it."
        problem = "Not each name is that of its object; nothing was deleted." if confirmed else ""
        return ask(request, text, len(chosen), rows=rows, problem=problem)

    def _what_goes(self, request: HttpRequest, row: CustomObject) -> str:
        own, along = records_that_go(Actor.of_operator(request, row.organization_id), str(row.id))
        others = f", and along with them {records_in_words(along)} of other objects" if along else ""
        return f"{row.name} ({row.organization}) with {records_in_words(own)}{others}"
