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
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse

from customobjects import access
from customobjects.queries.export import ExportRequest
from customobjects.queries.people import people_to_choose
from customobjects.queries.picked import picked
from customobjects.queries.records import names_of_users
from customobjects.queries.selection import RecordRequest, Selection, matching_ids
from customobjects.queries.totals import count_of, records_in_words
from customobjects.services import bulk_by_filter
from customobjects.services.bulk import MAX_OPERATIONS
from customobjects.services.copying import duplicate_records
from customobjects.services.exporting import export
from customobjects.services.naming import reference_of
from customobjects.services.pending_writes import UNCHANGED
from customobjects.web.forms.records import CONTROL_PREFIX
from customobjects.web.forms.same_values import EMPTY, OWNER, SameValuesForm
from customobjects.web.sentences import sentence
from customobjects.web.views.base import INVALID, change_tag, told_to_script
from customobjects.web.views.list_page import ListPage
from customobjects.web.views.records import MAX_CHOICES, RecordEdit, RecordsPage
from salesos import errors
from salesos.accounts.actor import Actor

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
            return list_at(self, self.request.POST.get("next", "")).state.request()._replace(cursor="")
        return RecordRequest(within=picked(self.ids))

    @cached_property
    def back(self) -> str:
        """The list that the person was on."""
        return self.address_back(reverse("web:record-list", args=[reference_of(self.schema)]))

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
        ids: Sequence[str | UUID] = self.ids
        if ALL in self.request.POST:
            ids = matching_ids(self.actor, self.schema, self.asked, MAX_OPERATIONS + 1)
        made = duplicate_records(self.actor, str(self.schema.id), ids)
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
        chosen = self.request.POST.getlist(CHOSEN)
        form = self._values_form(self.request.POST, chosen)
        if not form.names:
            return self._ask(chosen, form, "Tick the fields that are to be changed.")
        if not form.is_valid():
            return self._ask(chosen, form)
        values = form.values()
        owner_id = values.pop(OWNER, UNCHANGED)
        try:
            outcome = bulk_by_filter.change_all(
                self.actor, str(self.schema.id), self.asked, values, dry_run=False, owner_id=owner_id
            )
        except errors.NotFound:
            raise
        except errors.DomainError as error:
            form.show(_without_records(error))
            return self._ask(chosen, form)
        same = outcome.matched - outcome.changed
        text = f"{outcome.changed:,} changed."
        return self.finish(f"{text} {same:,} had these values already." if same else text)

    def _values_form(self, data: QueryDict | None, names: Sequence[str]) -> SameValuesForm:
        # A box that is not ticked says no.
        start = {field.data_key: field.type.default for field in self.schema.fields}
        form = SameValuesForm(
            data,
            schema=self.schema,
            language=self.language,
            choices_of=self._choices,
            start=start,
            only=set(names),
            several=ALL in self.request.POST or len(set(self.ids)) > 1,
        )
        # Who may say so of records of others.
        if OWNER in names and access.can_give(self.actor, self.schema, None):
            form.ask_for_owner(lambda held: people_choices(self.actor, held))
        return form

    def _ask(self, chosen: Sequence[str], form: SameValuesForm | None, problem: str = "") -> HttpResponse:
        offered = self._values_form(None, [*(field.api_name for field in self.schema.fields), OWNER])
        emptied = self.request.POST.getlist(EMPTY)
        rows = []
        for name, control in offered.names.items():
            if not (offered.takes_value(name) or offered.can_be_empty(name)):
                continue
            source = form if form is not None and name in chosen else offered
            row = {"name": name, "is_chosen": name in chosen, "field": source[control]}
            row |= {"takes_value": offered.takes_value(name), "can_be_empty": offered.can_be_empty(name)}
            rows.append({**row, "is_emptied": name in emptied})
        wrong = [problem] if problem else []
        wrong += map(str, form.non_field_errors()) if form is not None and not problem else []
        context = {**SelectedPage.context(self), "rows": rows, "problems": wrong, "prefix": CONTROL_PREFIX}
        return render(self.request, "web/selected_edit.html", context, status=200 if form is None else INVALID)


class ListThere(ListPage):
    """The list that an address leads to."""

    # What stands in its query.
    query = QueryDict()

    @property
    def given(self) -> QueryDict:
        return self.query


def list_at(page: SelectedPage, address: str) -> ListThere:
    """The list at an address, with what its saved view says. Raises ``ValidationError`` where it is none of this
    object's: all records would be meant then, and not those that the person sees."""
    try:
        parts = urlsplit(address)
        found = resolve(parts.path)
    # Not every text is an address.
    except (Resolver404, ValueError):
        found = None
    reference = found.kwargs.get("object_reference") if found and found.url_name in ("record-list", "view") else None
    if found is None or reference not in (reference_of(page.schema), page.kwargs["object_reference"]):
        raise errors.ValidationError.of("next must be the address of the list", field="next", code="invalid")
    there = ListThere()
    there.setup(page.request, **found.kwargs)
    there.query = QueryDict(parts.query)
    return there


def bulk_schema_of(page: SelectedPage) -> None:
    """Raises where nothing may be done with many records of the object at once."""
    if not page.schema.enable_bulk or not page.schema.is_active:
        raise errors.Conflict.of(f"{page.schema.plural_name} take no changes of many records at once", code="disabled")
    access.require_write(page.actor, page.schema)


def people_choices(actor: Actor, held: Sequence[str]) -> list[tuple[str, str]]:
    """The people that a control offers at first, those that it holds among them."""
    offered = people_to_choose(actor, "", MAX_CHOICES)
    missing = set(held).difference(id_ for id_, _name in offered)
    return [*names_of_users(actor, missing).items(), *offered]


def _without_records(error: errors.DomainError) -> errors.DomainError:
    """The same problems, each at the field alone and once, whichever record it was found at."""
    found: dict[tuple[str, str], errors.Problem] = {}
    for problem in error.problems:
        field = f"data.{problem.field.partition('.data.')[2]}" if ".data." in problem.field else problem.field
        found.setdefault((field, problem.message), replace(problem, field=field))
    return type(error)(found.values())
