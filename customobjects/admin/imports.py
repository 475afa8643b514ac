"""Operations pages for the tables that people have brought in."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from customobjects.admin.asking import each
from customobjects.models import TableImport
from customobjects.queries.table_imports import LIGHT
from customobjects.services.table_import import importing
from salesos.admin import ReadOnly
from salesos.admin_lists import TypedFilter


@admin.register(TableImport)
class TableImportAdmin(ReadOnly):
    list_display = ["name", "organization", "made_by", "made_at", "state", "progress", "refused_count", "problem"]
    list_filter = [("organization", TypedFilter), "state"]
    list_select_related = ["organization", "made_by", "custom_object"]
    search_fields = ["name"]
    ordering = ["-made_at"]
    sortable_by = ()
    actions = ["resume"]
    fields = "organization name made_by made_at state custom_object progress refused_count problem".split()

    def get_queryset(self, request: HttpRequest) -> QuerySet[TableImport]:
        return super().get_queryset(request).defer(*LIGHT, "plan", "refused")

    @admin.display(description="rows done")
    def progress(self, row: TableImport) -> str:
        done = row.made + row.refused_count
        return f"{done:,} of {row.row_count:,}"

    @admin.action(description="Go on with stopped imports", permissions=["act"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        def go_on(actor: Any, row: TableImport) -> None:
            importing.resume_import(actor, row.id)

        each(request, queryset, go_on, "go on in the background")
