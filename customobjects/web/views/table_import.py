"""Pages on which a table becomes an object: bringing it, looking at what is planned, and how far its import is."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from customobjects.models import ImportState, TableImport
from customobjects.queries.table_imports import find_import
from customobjects.services.table_import import importing
from customobjects.services.table_import.lookups import lookup_ways
from customobjects.services.table_import.plans import columns_of, planned
from customobjects.web.forms.table_import import PlanForm, TableForm
from customobjects.web.languages import Language
from customobjects.web.sentences import sentence
from customobjects.web.views.base import INVALID, SetupPage
from salesos.errors import DomainError, ValidationError


class TableNew(SetupPage):
    """Where a table is pasted, or its file chosen."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(TableForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = TableForm(request.POST, request.FILES)
        if form.is_valid():
            content, name = form.table()
            try:
                brought = importing.bring_table(
                    self.actor, content=content, name=name, zone=Language.current().zone_name
                )
            except ValidationError as error:
                for problem in error.problems:
                    form.add_error("file" if name else "text", sentence(problem))
            else:
                return redirect("web:table-import", brought.id)
        return self._page(form)

    def _page(self, form: TableForm) -> HttpResponse:
        return render(self.request, "web/table_new.html", {"form": form}, status=INVALID if form.errors else 200)


class TablePage(SetupPage):
    """What becomes of a table: its plan while it is a draft, then how far its import is."""

    @cached_property
    def brought(self) -> TableImport:
        return find_import(self.actor, self.kwargs["import_id"])

    def get(self, request: HttpRequest, **named: Any) -> HttpResponse:
        if self.brought.state != ImportState.DRAFT:
            taken = self.brought.made + self.brought.refused_count
            return render(request, "web/table_import.html", {"import": self.brought, "taken": taken})
        return self._plan_page(self._form())

    def post(self, request: HttpRequest, **named: Any) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self._plan_page(form, status=INVALID)
        has_header, plan = form.cleaned_data["has_header"], form.changed()
        if has_header != self.brought.has_header:
            # The names of all columns are others.
            name, zone = plan.name, plan.zone
            plan = planned("", columns_of(self.brought.rows, has_header=has_header), zone)
            plan.name = name
        self.brought = importing.save_plan(self.actor, self.brought.id, plan, has_header=has_header)
        if "start" not in request.POST:
            return self._plan_page(self._form())
        try:
            made = importing.start_import(self.actor, self.brought.id)
        except DomainError as error:
            return self._plan_page(self._form(), problems=[sentence(problem) for problem in error.problems])
        messages.success(request, f"{made.plural_name} is there; its records come in now.")
        return redirect("web:table-import", self.brought.id)

    def _form(self, data: QueryDict | None = None) -> PlanForm:
        return PlanForm(data, draft=self.brought, lookups=lookup_ways(self.actor))

    def _plan_page(self, form: PlanForm, *, problems: list[str] | None = None, status: int = 200) -> HttpResponse:
        context = {"import": self.brought, "form": form, "problems": problems or []}
        return render(self.request, "web/table_plan.html", context, status=INVALID if problems else status)


class TableUndo(SetupPage):
    """Deletes what an import has made."""

    def post(self, request: HttpRequest, **named: Any) -> HttpResponse:
        undone = importing.undo_import(self.actor, self.kwargs["import_id"])
        return self.done("It is undone: the object and its records are in the trash.", "web:table-import", undone.id)
