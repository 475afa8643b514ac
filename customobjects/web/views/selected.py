"""What is done with all records that are ticked in a list, as one change each: changed, copied, exported, deleted.

The list's form sends ``ids``, or with ``all`` the list's own address, whose records are meant then. What asks first is
a page with a form; scripts show the form in a dialog, and are answered ``{"text", "change", "made"}`` in the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from customobjects import access
from customobjects.queries.export import ExportRequest
from customobjects.queries.picked import picked
from customobjects.queries.selection import RecordRequest, Selection
from customobjects.queries.totals import count_of, records_in_words
from customobjects.services import bulk_by_filter
from customobjects.services.copying import duplicate_records
from customobjects.services.exporting import export
from customobjects.services.naming import reference_of
from customobjects.web.forms.records import CONTROL_PREFIX, RecordForm
from customobjects.web.lists.state import read_state
from customobjects.web.sentences import sentence
from customobjects.web.views.base import INVALID, change_tag, told_to_script
from customobjects.web.views.records import RecordEdit, RecordsPage
from salesos import errors

CONFIRMED, ALL, CHOSEN = "confirmed", "all", "change"


class SelectedPage(RecordsPage):
    """A page about the records that are ticked."""

    @cached_property
    def ids(self) -> list[str]:
        return [id_ for text in self.request.POST.getlist("ids") for id_ in text.split(",") if id_]

    @cached_property
    def asked(self) -> RecordRequest:
        """The records that are meant. Raises ``ValidationError`` where there are none, or too many."""
        if ALL in self.request.POST:
            query = QueryDict(urlsplit(self.request.POST.get("next", "")).query)
            return read_state(self.actor, self.schema, query, 1).request()._replace(cursor="")
        return RecordRequest(within=picked(self.ids))

    @cached_property
    def back(self) -> str:
        """The list that the person was on."""
        address = self.request.POST.get("next", "")
        is_ours = url_has_allowed_host_and_scheme(address, {self.request.get_host()})
        return address if is_ours else reverse("web:record-list", args=[reference_of(self.schema)])

    @cached_property
    def words(self) -> str:
        """How many records are meant, in words."""
        is_all = ALL in self.request.POST
        count = count_of(Selection.of(self.actor, self.schema, self.asked)) if is_all else len(set(self.ids))
        return records_in_words(count or 0)

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        if not self.ids and ALL not in request.POST:
            messages.info(request, "Tick the rows that you mean first.")
            return redirect(self.back)
        return self.answer()

    def answer(self) -> HttpResponse:
        """What to do with the records. Raises ``DomainError``."""
        raise NotImplementedError

    def context(self) -> dict[str, Any]:
        """What every form needs: which records it is about."""
        return {
            "schema": self.schema,
            "ids": ",".join(self.ids),
            "is_all": ALL in self.request.POST,
            "back": self.back,
            "words": self.words,
        }

    def finish(self, text: str, made: Iterable[str] = ()) -> HttpResponse:
        """Say what was done."""
        if self.request.headers.get("HX-Request"):
            return told_to_script(text, made=list(made))
        messages.success(self.request, text, extra_tags=change_tag())
        return redirect(self.back)

    def get(self, request: HttpRequest, **named: str) -> HttpResponse:
        # An address that was reloaded: what was ticked is not known any more.
        return redirect("web:record-list", reference_of(self.schema))


class SelectedDelete(SelectedPage):
    """Asks, and puts the records into the trash."""

    def answer(self) -> HttpResponse:
        bulk_schema_of(self)
        problems: list[Any] = []
        if CONFIRMED in self.request.POST:
            try:
                outcome = bulk_by_filter.delete_all(self.actor, str(self.schema.id), self.asked, dry_run=False)
                return self.finish(f"{outcome.changed:,} deleted.")
            except (errors.Conflict, errors.PermissionDenied) as error:
                problems = [sentence(problem) for problem in error.problems]
        context = {**self.context(), "problems": problems}
        return render(self.request, "web/selected_delete.html", context, status=INVALID if problems else 200)


class SelectedDuplicate(SelectedPage):
    """Makes a copy of each record."""

    def answer(self) -> HttpResponse:
        made = duplicate_records(self.actor, str(self.schema.id), self.ids)
        return self.finish(f"{len(made):,} made.", [str(one.id) for one in made])


class SelectedExport(SelectedPage):
    """The records as a CSV file, with the columns of the list."""

    def answer(self) -> Any:
        columns = [name for name in self.request.POST.get("columns", "").split(",") if name]
        is_all = ALL in self.request.POST
        asked = ExportRequest(
            self.asked if is_all else RecordRequest(),
            columns=tuple(columns) or None,
            ids=None if is_all else tuple(self.ids),
        )
        parts = export(self.actor, self.schema, asked).parts
        name = "".join(letter for letter in self.schema.api_name if letter.isalnum() or letter == "_")
        return StreamingHttpResponse(
            parts,
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
        )


class SelectedEdit(SelectedPage, RecordEdit):
    """Asks which fields are to have which values, and gives them to all of the records."""

    def answer(self) -> HttpResponse:
        bulk_schema_of(self)
        if CONFIRMED not in self.request.POST:
            return self._ask([], None)
        chosen = [name for name in self.request.POST.getlist(CHOSEN) if name in self.schema.by_name]
        form = self._values_form(self.request.POST, chosen)
        if not chosen:
            return self._ask(chosen, form, "Tick the fields that are to be changed.")
        if not form.is_valid():
            return self._ask(chosen, form)
        try:
            outcome = bulk_by_filter.change_all(
                self.actor, str(self.schema.id), self.asked, form.values(), dry_run=False
            )
        except errors.NotFound:
            raise
        except errors.DomainError as error:
            form.show(_without_records(error))
            return self._ask(chosen, form)
        same = outcome.matched - outcome.changed
        text = f"{outcome.changed:,} changed."
        return self.finish(f"{text} {same:,} had these values already." if same else text)

    def _values_form(self, data: QueryDict | None, names: Sequence[str]) -> RecordForm:
        # A box that is not ticked says no.
        start = {field.data_key: field.type.default for field in self.schema.fields}
        return self._form(self.schema, data, only=set(names), start=start)

    def _ask(self, chosen: Sequence[str], form: RecordForm | None, problem: str = "") -> HttpResponse:
        offered = self._values_form(None, [field.api_name for field in self.schema.fields])
        rows = []
        for name, control in offered.names.items():
            source = form if form is not None and name in chosen else offered
            rows.append({"name": name, "is_chosen": name in chosen, "field": source[control]})
        wrong = [problem] if problem else []
        wrong += map(str, form.non_field_errors()) if form is not None and not problem else []
        context = {**SelectedPage.context(self), "rows": rows, "problems": wrong, "prefix": CONTROL_PREFIX}
        return render(self.request, "web/selected_edit.html", context, status=200 if form is None else INVALID)


def bulk_schema_of(page: SelectedPage) -> None:
    """Raises where nothing may be done with many records of the object at once."""
    if not page.schema.enable_bulk or not page.schema.is_active:
        raise errors.Conflict.of(f"{page.schema.plural_name} take no changes of many records at once", code="disabled")
    access.require_write(page.actor, page.schema)


def _without_records(error: errors.DomainError) -> errors.DomainError:
    """The same problems, each at the field alone and once, whichever record it was found at."""
    found: dict[tuple[str, str], errors.Problem] = {}
    for problem in error.problems:
        field = f"data.{problem.field.partition('.data.')[2]}" if ".data." in problem.field else problem.field
        found.setdefault((field, problem.message), replace(problem, field=field))
    return type(error)(found.values())
