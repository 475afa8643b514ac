"""Operations pages for objects, their fields, and records of every organization: to read, and to act by services."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.admin import TabularInline
from unfold.views import ChangeList

from customobjects.models import CustomObject, Field, Record
from customobjects.models.of_object import OfObject
from customobjects.queries.records import names_of_records, names_of_references
from customobjects.queries.search import words_anywhere
from customobjects.queries.totals import records_in_words
from customobjects.schema import schema_of
from customobjects.services import picked_deletion
from customobjects.services.deletion import MAX_AT_ONCE, count_along
from customobjects.services.objects import change_object, delete_object, records_that_go
from salesos.accounts.actor import Actor
from salesos.admin import ReadOnly
from salesos.admin_lists import BoundedChangeList, BoundedPaginator, TypedFilter
from salesos.errors import DomainError

# Each takes some queries to ask about.
MAX_OBJECTS_AT_ONCE = 20
# What the address of a list of one object's records has.
OBJECT = "custom_object__id__exact"


def each(request: HttpRequest, rows: QuerySet[Any], act: Callable[[Actor, Any], object], done: str) -> None:
    """Have a service do something with each row, as the operator within the row's organization; say how it went."""
    succeeded = 0
    for row in rows:
        try:
            act(Actor.of_operator(request, row.organization_id), row)
            succeeded += 1
        except DomainError as error:
            messages.error(request, f"{row}: {error}")
    if succeeded:
        messages.success(request, f"{succeeded} {done}.")


def ask(
    request: HttpRequest, text: str, count: int, *, rows: Sequence[Mapping[str, str]] = (), problem: str = ""
) -> TemplateResponse:
    """The page that asks before an action deletes ``count`` things, for the action's answer.

    Each of the ``rows`` (``id``, ``label``, ``typed``) has a name to be typed. Its form sends the action again, with
    ``confirmed``.
    """
    context = {
        **admin.site.each_context(request),
        "title": "Are you sure?",
        "text": text,
        "count": count,
        "rows": rows,
        "problem": problem,
        "action": request.POST["action"],
        "select_across": request.POST.get("select_across", "0"),
        "checkbox": ACTION_CHECKBOX_NAME,
        "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
    }
    return TemplateResponse(request, "admin/confirm_deletion.html", context)


def is_confirmed(request: HttpRequest, count: int) -> bool:
    """Whether somebody was asked about as many as there are now, and said yes."""
    return request.POST.get("confirmed") == str(count)


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
    list_filter = ["is_active", ("organization", TypedFilter)]
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


class ObjectFilter(TypedFilter):
    """Records by object; the organization tells objects of one name apart."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Record]) -> QuerySet[Record]:
        chosen = self.value()
        return queryset.filter(OfObject(UUID(chosen))) if chosen else queryset


class IndexedOrders(BoundedChangeList):
    """A list that is sorted by what an index has, also where an address asks for something else."""

    def get_ordering_field(self, field_name: Any) -> Any:
        return super().get_ordering_field(field_name) if field_name in (self.sortable_by or ()) else None

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        ordering = super().get_ordering(request, queryset)
        if not request.GET.get(OBJECT):
            return ordering
        # What an object's indexes begin with (see ``OfObject``).
        return ["-custom_object_id" if str(ordering[0]).startswith("-") else "custom_object_id", *ordering]


@admin.register(Record)
class RecordAdmin(ReadOnly):
    list_display = ["title", "custom_object", "organization", "version", "owner", "updated_at"]
    list_filter = [("custom_object", ObjectFilter)]
    list_select_related = ["custom_object", "organization", "owner"]
    # Searching is done by ``get_search_results``; the box shows only where this names something.
    search_fields = ["search_text"]
    search_help_text = "Any part of any word"
    show_full_result_count = False
    paginator = BoundedPaginator
    list_per_page = 50
    actions = ["delete_by_service"]
    fields = "title custom_object organization values version owner created_at created_by updated_at updated_by".split()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Record]:
        return super().get_queryset(request).filter(deleted_at=None, custom_object__deleted_at=None)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return IndexedOrders

    def get_sortable_by(self, request: HttpRequest) -> list[str]:
        """Of one object's records an index has the last changed ones; those of all objects lie by id."""
        return ["updated_at"] if request.GET.get(OBJECT) else []

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Record], search_term: str
    ) -> tuple[QuerySet[Record], bool]:
        return queryset.filter(words_anywhere(search_term)), False

    @admin.display(description="name")
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
    def delete_by_service(self, request: HttpRequest, queryset: QuerySet[Record]) -> TemplateResponse | None:
        picked = list(queryset.order_by("id").values_list("id", "organization_id")[: MAX_AT_ONCE + 1])
        count = len(picked)
        if count > MAX_AT_ONCE:
            messages.error(request, f"At most {records_in_words(MAX_AT_ONCE)} are deleted at a time; choose fewer.")
            return None
        if not is_confirmed(request, count):
            along = count_along(id_ for id_, _organization_id in picked)
            others = f", and along with them {records_in_words(along)}" if along else ""
            return ask(request, f"This puts {records_in_words(count)} into the trash{others}.", count)
        by_organization: dict[UUID, list[UUID]] = defaultdict(list)
        for id_, organization_id in picked:
            by_organization[organization_id].append(id_)
        later = count > picked_deletion.MAX_AT_ONCE
        for organization_id, ids in by_organization.items():
            actor = Actor.of_operator(request, organization_id)
            if later:
                picked_deletion.delete_picked_later(actor, ids)
                continue
            kept = picked_deletion.delete_picked(actor, ids)
            names = names_of_records(actor, map(str, kept))
            for id_, error in kept.items():
                messages.error(request, f"{names.get(str(id_), 'A record')}: {error}")
            count -= len(kept)
        if later:
            message = (
                f"{records_in_words(count)} are being deleted in the background. What something stands against stays."
            )
            messages.info(request, message)
        elif count:
            messages.success(request, f"{count} deleted.")
        return None
