"""Pages on which a table becomes an object: bringing it, looking at what is planned, and how far its import is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header

from customobjects.models import CustomObject, ImportState, TableImport
from customobjects.queries.named import texts_that_name_people
from customobjects.queries.objects import get_schema, list_objects, names_taken, object_called
from customobjects.queries.table_imports import find_import, newest_imports, objects_made, refusals, refused_rows
from customobjects.schema import Schema
from customobjects.services.naming import reference_of
from customobjects.services.objects import records_that_go
from customobjects.services.table_import import importing, into
from customobjects.services.table_import.drafts import save_plan
from customobjects.services.table_import.lookups import lookup_ways
from customobjects.services.table_import.new_objects import problems_of
from customobjects.services.table_import.plans import columns_of
from customobjects.web import deletion_words
from customobjects.web.forms.table import TableForm
from customobjects.web.forms.table_import import PlanForm
from customobjects.web.forms.usual import usual_currency
from customobjects.web.icon_list import look_of
from customobjects.web.languages import Language
from customobjects.web.sentences import sentence
from customobjects.web.table_words import first_rows
from customobjects.web.views.base import INVALID, DeletePage, SetupPage
from salesos.accounts.actor import Actor
from salesos.errors import Conflict, DomainError, NotFound, Problem, ValidationError
from salesos.spreadsheets import BYTE_ORDER_MARK, csv_lines

# So many reasons are shown; the file has all rows.
SHOWN_REFUSED = 200
# The button that brings the rows into an object that is there, by its reference.
INTO = "into"
WHY = "Why it was refused"


def show_progress(
    request: HttpRequest,
    brought: TableImport,
    schema: Schema | None = None,
    *,
    of_columns: Sequence[CustomObject] = (),
) -> HttpResponse:
    """How far an import is, what was refused, and what can be done.

    ``schema`` is that of the object it is into; ``of_columns`` are the objects that it made of columns.
    """
    place = [reference_of(schema), brought.id] if schema else [brought.id]
    prefix = "record-import" if schema else "table"
    refused = refusals(brought, SHOWN_REFUSED) if brought.refused_count else []
    context = {
        "import": brought,
        "schema": schema,
        "of_columns": of_columns,
        "taken": brought.next_row - brought.has_header,
        "same": brought.next_row - brought.has_header - brought.made - brought.changed - brought.refused_count,
        "refused": refused,
        "told_of": sum(one.rows for one in refused),
        "undo": reverse(f"web:{prefix}-undo", args=place),
        "refused_file": reverse(f"web:{prefix}-refused", args=place),
        "can_undo": brought.state in (ImportState.RUNNING, ImportState.DONE, ImportState.STOPPED),
    }
    return render(request, "web/table_import.html", context)


def made_of_columns(actor: Actor, brought: TableImport) -> Sequence[CustomObject]:
    """The objects that an import made beside that of its rows. One query where there were any."""
    if not brought.plan.get("objects"):
        return []
    return [made for made in objects_made(actor, brought) if made.id != brought.custom_object_id]


def refused_file(brought: TableImport) -> HttpResponse:
    """The rows of which nothing was taken as a CSV file, each with the reason behind it."""
    header = [[*brought.rows[0], WHY]] if brought.has_header else []
    found = [
        [*brought.rows[row.number - 1], " ".join(f"{reason}." for reason in row.reasons)]
        for row in refused_rows(brought)
    ]
    name = f"refused {PurePath(brought.name).stem or 'rows'}.csv"
    return HttpResponse(
        BYTE_ORDER_MARK + csv_lines([*header, *found]),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or ""},
    )


class TableList(SetupPage):
    """The tables that were brought in, and the ways to bring others."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if reference := request.GET.get("object", ""):
            return redirect("web:record-import-new", reference_of(get_schema(self.actor, reference)))
        objects = list_objects(self.actor).filter(is_active=True, enable_bulk_operations=True)
        context = {"imports": newest_imports(self.actor), "objects": objects}
        return render(request, "web/table_list.html", context)


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
        if self.brought.is_into:
            return redirect("web:record-import", str(self.brought.custom_object_id), self.brought.id)
        if self.brought.state != ImportState.DRAFT:
            return show_progress(request, self.brought, of_columns=made_of_columns(self.actor, self.brought))
        return self._plan_page(self._form())

    def post(self, request: HttpRequest, **named: Any) -> HttpResponse:
        if self.brought.is_into:
            raise NotFound.named("import", str(self.brought.id))
        if INTO in request.POST:
            copied = into.copy_into(self.actor, self.brought.id, request.POST[INTO])
            return redirect("web:record-import", str(copied.custom_object_id), copied.id)
        form = self._form(request.POST)
        if not form.is_valid():
            return self._plan_page(form, status=INVALID)
        has_header, plan = form.cleaned_data["has_header"], form.changed()
        if has_header != self.brought.has_header:
            # The names of all columns are others.
            name, zone = plan.name, plan.zone
            plan = importing.plan_table(self.actor, "", columns_of(self.brought.rows, has_header=has_header), zone)
            plan.name = name
        self.brought = save_plan(self.actor, self.brought.id, plan, has_header=has_header)
        if "start" not in request.POST:
            return self._plan_page(self._form())
        try:
            made = importing.start_import(self.actor, self.brought.id, look_of)
        except DomainError as error:
            return self._plan_page(self._form(), problems=error.problems)
        messages.success(request, f"{made.plural_name} is there; its records come in now.")
        return redirect("web:table-import", self.brought.id)

    def _form(self, data: QueryDict | None = None) -> PlanForm:
        return PlanForm(
            data,
            draft=self.brought,
            lookups=lookup_ways(self.actor),
            usual_currency=partial(usual_currency, self.actor),
            people_named=partial(texts_that_name_people, self.actor),
        )

    def _plan_page(self, form: PlanForm, *, problems: Sequence[Problem] = (), status: int = 200) -> HttpResponse:
        told = form.show(problems)
        if not form.is_bound and not problems:
            # Which names are taken is said before anybody tries.
            form.show(problems_of(form.made, names_taken(self.actor), form.plan.name))
        context = {
            "import": self.brought,
            "form": form,
            "problems": told,
            "nothing": "Nothing is made yet.",
            "first_rows": first_rows(self.actor, form.plan, self.brought.rows, has_header=self.brought.has_header),
        }
        if "name" in form.errors and (holder := object_called(self.actor, form.plan.name)):
            context["holder"] = holder if holder.is_active and holder.enable_bulk_operations else None
        return render(self.request, "web/table_plan.html", context, status=INVALID if problems else status)


class TableUndo(SetupPage, DeletePage):
    """Says what undoing an import deletes, and does it."""

    def question(self) -> dict[str, str]:
        brought = find_import(self.actor, self.kwargs["import_id"])
        made = objects_made(self.actor, brought)
        if not made:
            raise Conflict.of("There is nothing to undo: what this import made is not there any more", code="state")
        going = [records_that_go(self.actor, str(one.id)) for one in made]
        return {
            "title": "Undo the import?",
            "text": deletion_words.of_objects([one.plural_name for one in made], going),
            "back": reverse("web:table-import", args=[brought.id]),
            "button": "Undo the import",
        }

    def remove(self) -> HttpResponse:
        undone = importing.undo_import(self.actor, self.kwargs["import_id"])
        return self.done("It is undone: what it made is in the trash.", "web:table-import", undone.id)


class TableRefused(SetupPage):
    """The rows of which no record was made, as a file to mend and bring again."""

    def get(self, request: HttpRequest, **named: Any) -> HttpResponse:
        return refused_file(find_import(self.actor, self.kwargs["import_id"]))
