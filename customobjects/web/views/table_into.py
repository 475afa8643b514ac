"""Pages on which a table is brought into an object: bringing it, which field each column is for, how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import get_text_list

from customobjects import access
from customobjects.models import ImportState, TableImport
from customobjects.queries.named import texts_that_name_people
from customobjects.queries.objects import names_taken
from customobjects.queries.table_imports import find_import, newest_imports
from customobjects.queries.totals import records_in_words
from customobjects.services.naming import reference_of
from customobjects.services.table_import import importing, into
from customobjects.services.table_import.drafts import save_plan
from customobjects.services.table_import.lookups import propose_users
from customobjects.services.table_import.new_objects import problems_of
from customobjects.services.table_import.plans import columns_of
from customobjects.web.forms.table import TableForm
from customobjects.web.forms.table_into import IntoForm
from customobjects.web.forms.usual import usual_currency
from customobjects.web.icon_list import look_of
from customobjects.web.languages import Language
from customobjects.web.sentences import sentence
from customobjects.web.views.base import INVALID, DeletePage
from customobjects.web.views.records import RecordsPage
from customobjects.web.views.table_import import made_of_columns, refused_file, show_progress
from salesos.errors import Conflict, DomainError, NotFound, Problem, ValidationError

OUTCOMES = {"new": "New", "changed": "Changes it", "same": "Nothing new", "refused": "Refused"}


class IntoNew(RecordsPage):
    """Where a table is pasted, or its file chosen, that is brought into an object."""

    def get(self, request: HttpRequest, **named: str) -> HttpResponse:
        access.require_write(self.actor, self.schema)
        return self._page(TableForm())

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        schema = self.schema
        form = TableForm(request.POST, request.FILES)
        if form.is_valid():
            content, name = form.table()
            zone = Language.current().zone_name
            try:
                brought = into.bring_into(self.actor, str(schema.id), content=content, name=name, zone=zone)
            except ValidationError as error:
                for problem in error.problems:
                    form.add_error("file" if name else "text", sentence(problem))
            else:
                return redirect("web:record-import", reference_of(schema), brought.id)
        return self._page(form)

    def _page(self, form: TableForm) -> HttpResponse:
        context = {"schema": self.schema, "form": form, "imports": newest_imports(self.actor, self.schema)}
        return render(self.request, "web/table_into_new.html", context, status=INVALID if form.errors else 200)


class IntoRequest(RecordsPage):
    """What is about one import into the object that the path names."""

    @cached_property
    def brought(self) -> TableImport:
        found = find_import(self.actor, self.kwargs["import_id"])
        if not found.is_into or found.custom_object_id != self.schema.id:
            raise NotFound.named("import", str(found.id))
        return found


class IntoPage(IntoRequest):
    """Which field each column is for while it is a draft, then how far the import is."""

    def get(self, request: HttpRequest, **named: Any) -> HttpResponse:
        if self.brought.state != ImportState.DRAFT:
            of_columns = made_of_columns(self.actor, self.brought)
            return show_progress(request, self.brought, self.schema, of_columns=of_columns)
        return self._plan_page(self._form())

    def post(self, request: HttpRequest, **named: Any) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self._plan_page(form, status=INVALID)
        has_header, plan = form.cleaned_data["has_header"], form.changed()
        new = form.left_to_data
        propose_users(self.actor, [form.columns[place].column for place in new], [plan.columns[place] for place in new])
        if has_header != self.brought.has_header:
            # The names of all columns are others.
            by = plan.by
            plan = into.plan_into(self.schema, columns_of(self.brought.rows, has_header=has_header), plan.zone)
            plan.by = by or plan.by
        self.brought = save_plan(self.actor, self.brought.id, plan, has_header=has_header)
        if "start" not in request.POST:
            return self._plan_page(self._form())
        try:
            importing.start_into(self.actor, self.brought.id, look_of)
        except DomainError as error:
            return self._plan_page(self._form(), problems=error.problems)
        return redirect("web:record-import", reference_of(self.schema), self.brought.id)

    def _form(self, data: QueryDict | None = None) -> IntoForm:
        can_define = access.can_define(self.actor, self.schema)
        return IntoForm(
            data,
            draft=self.brought,
            schema=self.schema,
            can_define=can_define,
            usual_currency=partial(usual_currency, self.actor),
            people_named=partial(texts_that_name_people, self.actor),
        )

    def _plan_page(self, form: IntoForm, *, problems: Sequence[Problem] = (), status: int = 200) -> HttpResponse:
        previewed = into.preview(self.actor, self.brought.id)
        told = form.show(problems)
        if form.made and not form.is_bound and not problems:
            # Which names are taken is said before anybody tries.
            form.show(problems_of(form.made, names_taken(self.actor)))
        context = {
            "schema": self.schema,
            "import": self.brought,
            "form": form,
            "problems": told,
            "nothing": "Nothing is done yet.",
            "used": [column for column in form.columns if column.plan.used],
            "preview": [(row, OUTCOMES[row.outcome]) for row in previewed],
        }
        return render(self.request, "web/table_into.html", context, status=INVALID if problems else status)


class IntoUndo(IntoRequest, DeletePage):
    """Says what undoing an import does, and has it done."""

    def question(self) -> dict[str, str]:
        brought, schema = self.brought, self.schema
        if brought.state not in (ImportState.RUNNING, ImportState.DONE, ImportState.STOPPED):
            raise Conflict.of("There is nothing to undo", code="state")
        write = Language.current().number
        made = f"deletes {records_in_words(brought.made, write)} that it made" if brought.made else ""
        changed = f"puts back {records_in_words(brought.changed, write)} that it changed" if brought.changed else ""
        kept = "" if schema.enable_history else f" {schema.plural_name} keep no history: what it changed stays."
        of_columns = made_of_columns(self.actor, brought)
        along = f"deletes {get_text_list([one.plural_name for one in of_columns], 'and')}" if of_columns else ""
        text = get_text_list([*filter(None, [made, changed, along])], "and") or "stops it"
        return {
            "title": "Undo the import?",
            "text": f"This {text}. Records that somebody has changed since are left as they are.{kept}",
            "back": reverse("web:record-import", args=[reference_of(schema), brought.id]),
            "button": "Undo the import",
        }

    def remove(self) -> HttpResponse:
        importing.undo_import(self.actor, self.brought.id)
        return redirect("web:record-import", reference_of(self.schema), self.brought.id)


class IntoRefused(IntoRequest):
    """The rows of which nothing was taken, as a file to mend and bring again."""

    def get(self, request: HttpRequest, **named: Any) -> HttpResponse:
        return refused_file(self.brought)
