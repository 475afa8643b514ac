"""Operations pages for records of every organization."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.views import ChangeList

from customobjects.admin.asking import ask, is_confirmed
from customobjects.models import Record
from customobjects.models.of_object import OfObject
from customobjects.queries.records import names_of_records, names_of_references
from customobjects.queries.search import words_anywhere
from customobjects.queries.totals import records_in_words
from customobjects.schema import schema_of
from customobjects.services import picked_deletion
from customobjects.services.deletion import MAX_AT_ONCE, count_along
from salesos.accounts.actor import Actor
from salesos.admin import ReadOnly
from salesos.admin_lists import BoundedChangeList, TypedFilter

# What the address of a list of one object's records has.
OBJECT = "custom_object__id__exact"


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
    list_select_related = ["custom_object", "organization", "owner", "created_by", "updated_by"]
    # Searching is done by ``get_search_results``; the box shows only where this names something.
    search_fields = ["search_text"]
    search_help_text = "Any part of any word"
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

    def page_of(self, row: Record) -> str:
        return reverse("web:record", args=[row.custom_object.api_name, row.id])

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

    @admin.action(description="Delete", permissions=["remove"])
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
