"""The page of an object's records: a table that is searched, sorted, grouped and summed up, and its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from customobjects import access
from customobjects.queries import records as queries
from customobjects.queries.pages import RecordPage, last_page, list_records
from customobjects.queries.preferences import list_preference
from customobjects.queries.selection import Count
from customobjects.services.naming import reference_of
from customobjects.services.preferences import save_list_preference
from customobjects.web.cells import Cell, cells
from customobjects.web.lists.columns import Columns, columns_of, read_columns, values_of
from customobjects.web.lists.state import MAX_SEARCH, PAGE_SIZE, ListState, read_state
from customobjects.web.views.base import whole_number
from customobjects.web.views.records import RecordsPage
from salesos.errors import ValidationError

# The part of the page that a request for it replaces, by its id, and the others by the parameter ``part``.
REGION = "list"
ROWS = "rows"


class Row(NamedTuple):
    """A record in the table: its document, and the cells beside its name, each with the name of its column."""

    record: Mapping[str, Any]
    cells: Sequence[tuple[str, Cell]]


class RecordList(RecordsPage):
    """An object's records as a table.

    Asked by htmx, it answers with what is swapped: the list without the page around it, or more rows.
    """

    def get(self, request: HttpRequest, **named: str) -> HttpResponse:
        if request.headers.get("HX-Request") and request.GET.get("part") == ROWS:
            return render(request, "web/list/rows.html", self._rows(Count.NONE))
        is_region = request.headers.get("HX-Target") == REGION
        context = {
            **self._rows(Count.DEFAULT),
            "can_define": access.can_define(self.actor, self.schema),
            "can_write": access.can_write(self.actor, self.schema),
        }
        return render(request, f"web/list/{'list' if is_region else 'page'}.html", context)

    @cached_property
    def state(self) -> ListState:
        """What the address asks for."""
        given = self.request.GET
        page = self.page_number(last_page(PAGE_SIZE, given.get("search", "")[:MAX_SEARCH]))
        return read_state(self.actor, self.schema, given, page)

    @cached_property
    def preference(self) -> dict[str, Any]:
        """How the person likes the list."""
        return list_preference(self.actor, self.schema)

    @cached_property
    def columns(self) -> Columns:
        """The columns that the address names, or those that the person likes."""
        chosen = self.preference["columns"]
        if named := read_columns(self.request.GET.get("columns", "").split(",")):
            widths = {one["field"]: one.get("width") for one in chosen}
            chosen = [{"width": widths.get(one["field"]), **one} for one in named]
        return columns_of(self.schema, chosen, self.preference["frozen"])

    def _rows(self, total: Count) -> dict[str, Any]:
        """What ``rows.html`` shows: a page of records, and the way to the next ones."""
        state, page = self._page(total)
        records = page.records()
        is_last = state.is_last_by_number and page.next_cursor
        shown = state.before + len(records)
        return {
            "schema": self.schema,
            "state": state,
            "columns": self.columns,
            "preference": self.preference,
            "rows": self._read_rows(records),
            "page": page,
            "first": state.before + 1,
            "last": shown,
            "start": state.link(),
            "previous": state.link(page=state.page - 1) if state.page > 1 and not state.cursor else "",
            "next": state.link(cursor=page.next_cursor, after=shown) if page.next_cursor else "",
            "pages": self._pages(page),
            "is_last": is_last,
        }

    def _page(self, total: Count) -> tuple[ListState, RecordPage]:
        state = self.state
        try:
            return state, list_records(self.actor, self.schema, state.request(total=total))
        except ValidationError:
            if not state.cursor:
                raise
            # A cursor of another list leads nowhere: the list begins anew.
            state = read_state(self.actor, self.schema, _without(self.request.GET, "cursor"), 1)
            return state, list_records(self.actor, self.schema, state.request(total=total))

    def _pages(self, page: RecordPage) -> int:
        """How many pages are found by their number."""
        whole = -(-(page.total.number or 0) // PAGE_SIZE)
        return max(1, min(whole, last_page(PAGE_SIZE, self.state.search)))

    def _read_rows(self, records: Sequence[Mapping[str, Any]]) -> list[Row]:
        columns = self.columns
        people = {record[name] for record in records for name in columns.people if record[name]}
        held = [record["data"] for record in records]
        names = queries.names_of_references(self.actor, self.schema, held, people=people)
        return [
            Row(
                record,
                list(
                    zip((c.name for c in columns.shown), cells(columns.fields, values_of(record), names), strict=True)
                ),
            )
            for record in records
        ]


class ListColumns(RecordsPage):
    """Keeps which columns a person likes to see in an object's list, and how."""

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        """``columns`` are names with their widths, as in the list's address; ``reset`` forgets them."""
        given = request.POST
        changes: dict[str, Any] = {}
        if "columns" in given or "reset" in given:
            changes["columns"] = [] if "reset" in given else read_columns(given.getlist("columns"))
        if (frozen := whole_number(given.get("frozen", ""))) is not None:
            changes["frozen"] = frozen
        if "density" in given:
            changes["density"] = given["density"]
        save_list_preference(self.actor, self.kwargs["object_reference"], changes)
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204)
        return redirect("web:record-list", reference_of(self.schema))


def _without(given: QueryDict, name: str) -> QueryDict:
    """Parameters without one of them."""
    left = given.copy()
    left.pop(name, None)
    return left
