"""Operations pages for objects, their fields, and records of every organization: to read, and to act by services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin, TabularInline

from customobjects.models import CustomObject, Field, Record
from customobjects.queries.records import names_of_references
from customobjects.queries.search import words_anywhere
from customobjects.schema import schema_of
from customobjects.services.objects import change_object, delete_object
from customobjects.services.records import delete_record
from salesos.accounts.actor import Actor
from salesos.accounts.models import User
from salesos.errors import DomainError


def each(request: HttpRequest, rows: QuerySet[Any], act: Callable[[Actor, Any], object], done: str) -> None:
    """Have a service do something with each row, as the operator within the row's organization; say how it went."""
    assert isinstance(request.user, User)
    succeeded = 0
    for row in rows:
        try:
            act(Actor.of_operator(request.user, row.organization_id), row)
            succeeded += 1
        except DomainError as error:
            messages.error(request, f"{row}: {error}")
    if succeeded:
        messages.success(request, f"{succeeded} {done}.")


class ReadOnly(ModelAdmin):
    """Pages that show; what they change, services change."""

    compressed_fields = True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Django's own deletion would pass the services by; the action "Delete" does not.
        return False


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
    list_filter = ["is_active", "organization"]
    list_select_related = ["organization"]
    search_fields = ["name", "api_name", "description", "organization__name"]
    inlines = [FieldInline]
    actions = ["archive", "restore", "delete_by_service"]
    fields = (
        "organization name plural_name api_name description primary_field "
        "is_active schema_version created_at updated_at"
    ).split()

    def get_queryset(self, request: HttpRequest) -> QuerySet[CustomObject]:
        return super().get_queryset(request).filter(deleted_at=None)

    @admin.action(description="Archive")
    def archive(self, request: HttpRequest, queryset: QuerySet[CustomObject]) -> None:
        each(request, queryset, lambda actor, row: change_object(actor, str(row.id), {"is_active": False}), "archived")

    @admin.action(description="Restore")
    def restore(self, request: HttpRequest, queryset: QuerySet[CustomObject]) -> None:
        each(request, queryset, lambda actor, row: change_object(actor, str(row.id), {"is_active": True}), "restored")

    @admin.action(description="Delete with all records")
    def delete_by_service(self, request: HttpRequest, queryset: QuerySet[CustomObject]) -> None:
        each(request, queryset, lambda actor, row: delete_object(actor, str(row.id)), "deleted")


class ObjectFilter(admin.SimpleListFilter):
    """Records by object; the organization tells objects of one name apart."""

    title = "object"
    parameter_name = "object"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        objects = CustomObject.objects.filter(deleted_at=None).select_related("organization")
        return [(str(row.id), f"{row.name} ({row.organization})") for row in objects.order_by("name", "id")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Record]) -> QuerySet[Record]:
        chosen = self.value()
        known = {key for key, _label in self.lookup_choices}
        return queryset.filter(custom_object_id=UUID(chosen)) if chosen in known else queryset


@admin.register(Record)
class RecordAdmin(ReadOnly):
    list_display = ["title", "custom_object", "organization", "version", "owner", "updated_at"]
    list_filter = [ObjectFilter]
    list_select_related = ["custom_object", "organization", "owner"]
    # Searching is done by ``get_search_results``; the box shows only where this names something.
    search_fields = ["search_text"]
    search_help_text = "Any part of any word"
    show_full_result_count = False
    list_per_page = 50
    actions = ["delete_by_service"]
    fields = "title custom_object organization values version owner created_at created_by updated_at updated_by".split()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Record]:
        return super().get_queryset(request).filter(deleted_at=None, custom_object__deleted_at=None)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Record], search_term: str
    ) -> tuple[QuerySet[Record], bool]:
        return queryset.filter(words_anywhere(search_term)), False

    @admin.display(description="name", ordering="name")
    def title(self, record: Record) -> str:
        return record.name or f"Record {str(record.id)[-6:]}"

    @admin.display(description="values")
    def values(self, record: Record) -> SafeString:
        schema = schema_of(record.custom_object)
        reader = Actor.reader_in(record.organization_id)
        names = names_of_references(reader, schema, [record.data], by_key=True)
        rows = [
            (field.label, field.type.display(record.data[field.data_key], names))
            for field in schema.fields
            if record.data.get(field.data_key) is not None
        ]
        cells = format_html_join("", "<dt class='font-semibold'>{}</dt><dd class='mb-2'>{}</dd>", rows)
        return format_html("<dl>{}</dl>", cells)

    @admin.action(description="Delete")
    def delete_by_service(self, request: HttpRequest, queryset: QuerySet[Record]) -> None:
        def delete(actor: Actor, record: Record) -> None:
            delete_record(actor, str(record.custom_object_id), str(record.id))

        each(request, queryset, delete, "deleted")
