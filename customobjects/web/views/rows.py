"""Rows of a table, one by one, for the script that keeps the table true to what is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from customobjects.models import View
from customobjects.queries.pages import list_records
from customobjects.queries.picked import picked
from customobjects.queries.selection import Count, RecordRequest
from customobjects.queries.views import OpenView
from customobjects.schema import Schema
from customobjects.web.lists.columns import Columns, columns_of, read_columns
from customobjects.web.lists.state import PAGE_SIZE
from customobjects.web.sentences import sentences
from customobjects.web.views.base import Page, status_for_scripts
from customobjects.web.views.record_list import RecordList
from salesos import errors

SIGN_IN = "Your session is over. Sign in again in another tab, and save once more: what you typed is still here."


class ForScripts(Page):
    """What a page's script asks for. What goes wrong is answered as a sentence, and not as a page."""

    def handle_no_permission(self) -> HttpResponse:  # type: ignore[override]
        return HttpResponse(SIGN_IN, status=401)

    def refused(self, error: errors.DomainError) -> HttpResponse:
        return HttpResponse(sentences(error.problems), status=status_for_scripts(error))

    @classmethod
    def csrf_failed(cls, request: HttpRequest) -> HttpResponseBase:
        """The answer where the person has signed out, or in again, since the page was shown."""
        again = "You have signed in anew meanwhile. Save once more."
        return HttpResponse(again if request.user.is_authenticated else SIGN_IN, status=401)


class ListRows(ForScripts, RecordList):
    """Some rows of a list: those of the records that are named, as they are now, with the columns that are named."""

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        """``ids`` are at most a page of them, between commas. What is not there any more has no row."""
        ids = request.POST.get("ids", "").split(",")
        asked = RecordRequest(limit=PAGE_SIZE, within=picked(ids), total=Count.NONE)
        return self.answer(list_records(self.actor, self.schema, asked).records())

    @cached_property
    def columns(self) -> Columns:
        named = self.request.POST.get("columns") or self.request.GET.get("columns", "")
        return columns_of(self.schema, read_columns(named.split(",")))

    @cached_property
    def _views(self) -> tuple[list[View], OpenView | None]:
        # The columns are named, and rows are the same in every saved view.
        return [], None

    def answer(self, records: Sequence[Mapping[str, Any]]) -> HttpResponse:
        """The rows of records, as HTML."""
        context = {"schema": self.schema, "columns": self.columns, "rows": self._read_rows(records)}
        return render(self.request, "web/list/rows.html", context)


def row_of(request: HttpRequest, schema: Schema, record: Mapping[str, Any]) -> HttpResponse:
    """The row of one record, with the columns that the request names."""
    view = ListRows()
    view.setup(request, object_reference=str(schema.id))
    # It was read for this request.
    view.schema = schema  # type: ignore[misc]
    return view.answer([record])
