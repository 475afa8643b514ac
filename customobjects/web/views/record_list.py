"""The page of an object's records: a table that is searched, sorted, grouped and summed up, and its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from customobjects import access
from customobjects.queries import records as queries
from customobjects.queries.figures import count_records, figures
from customobjects.queries.pages import RecordPage, last_page, list_records
from customobjects.queries.preferences import list_preference
from customobjects.queries.selection import Count
from customobjects.queries.totals import Total
from customobjects.services.naming import reference_of
from customobjects.services.preferences import save_list_preference
from customobjects.web.cells import Cell, cells
from customobjects.web.lists.columns import Columns, columns_of, read_columns, values_of
from customobjects.web.lists.footer import WORDS, footer, wanted_figures
from customobjects.web.lists.groups import group_heads, group_names
from customobjects.web.lists.state import MAX_SEARCH, PAGE_SIZE, ListState, read_state, read_words
from customobjects.web.views.base import whole_number
from customobjects.web.views.records import RecordsPage
from salesos.accounts.models import User
from salesos.accounts.services import change_profile
from salesos.errors import ValidationError

# The part of the page that a request for it replaces, by its id, and the others by the parameter ``part``.
REGION = "list"
ROWS, FOOT = "rows", "foot"


class Row(NamedTuple):
    """A record in the table: its document, and the cells beside its name, each with the name of its column."""

    record: Mapping[str, Any]
    cells: Sequence[tuple[str, Cell]]


class RecordList(RecordsPage):
    """An object's records as a table.

    Asked by htmx, it answers with what is swapped: the list without the page around it, more rows, or the foot of the
    table.
    """

    def get(self, request: HttpRequest, **named: str) -> HttpResponse:
        if request.headers.get("HX-Request") and (part := request.GET.get("part")) in (ROWS, FOOT):
            context = self._rows(Count.NONE) if part == ROWS else self._foot()
            return render(request, f"web/list/{part}.html", {**self._shown, **context})
        context = {
            **self._shown,
            **(self._groups() if self.is_grouped else self._rows(Count.DEFAULT)),
            "can_define": access.can_define(self.actor, self.schema),
            "can_write": access.can_write(self.actor, self.schema),
            "group_names": group_names(self.schema),
            "words": WORDS,
        }
        is_region = request.headers.get("HX-Target") == REGION
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

    @property
    def is_grouped(self) -> bool:
        """Whether heads of groups are shown, and not records."""
        return self.state.grouping is not None and self.state.within is None

    @cached_property
    def _wanted(self) -> dict[str, str]:
        return wanted_figures(self.schema, read_words(self.request.GET.get("footer", "")))

    @property
    def _shown(self) -> dict[str, Any]:
        """What all parts of the page know."""
        return {
            "schema": self.schema,
            "state": self.state,
            "columns": self.columns,
            "preference": self.preference,
            "figures": footer(self.schema, self.columns.shown, self._wanted, None),
            "wanted": self._wanted,
            "foot": self.state.link(part=FOOT),
        }

    def _foot(self) -> dict[str, Any]:
        """The figures of all records that the list finds."""
        request = self.state.request()
        found = figures(self.actor, self.schema, request, self._wanted)
        return {
            "figures": footer(self.schema, self.columns.shown, self._wanted, found),
            "total": count_records(self.actor, self.schema, request),
            "is_known": True,
        }

    def _groups(self) -> dict[str, Any]:
        """The heads of the groups; each one's rows are asked for when it comes into view."""
        state, grouping = self.state, self.state.grouping
        assert grouping is not None
        request = state.request()
        heads, is_cut = group_heads(self.actor, self.schema, request, grouping, self.columns, self._wanted)
        return {
            "groups": [(head, state.link(within=head.text)) for head in heads],
            "is_cut": is_cut,
            "total": count_records(self.actor, self.schema, request),
        }

    def _rows(self, total: Count) -> dict[str, Any]:
        """A page of records, and the way to the next ones."""
        state, page = self._page(total)
        records = page.records()
        shown = state.before + len(records)
        more = {"cursor": page.next_cursor, "after": shown, "within": state.within}
        return {
            "state": state,
            "rows": self._read_rows(records),
            "total": page.total,
            "first": state.before + 1,
            "last": shown,
            "start": state.link(within=state.within),
            "previous": state.link(page=state.page - 1, within=state.within) if state.page > 1 else "",
            "next": state.link(**more) if page.next_cursor else "",
            "pages": self._pages(page.total),
            "is_last": state.is_last_by_number and page.next_cursor,
        }

    def _page(self, total: Count) -> tuple[ListState, RecordPage]:
        state = self.state
        try:
            return state, list_records(self.actor, self.schema, state.request(total))
        except ValidationError:
            if not state.cursor:
                raise
            # A cursor of another list leads nowhere: the list begins anew.
            state = state.from_the_start()
            return state, list_records(self.actor, self.schema, state.request(total))

    def _pages(self, total: Total) -> int:
        """How many pages are found by their number."""
        whole = -(-(total.number or 0) // PAGE_SIZE)
        return max(1, min(whole, last_page(PAGE_SIZE, self.state.search)))

    def _read_rows(self, records: Sequence[Mapping[str, Any]]) -> list[Row]:
        columns = self.columns
        people = {record[name] for record in records for name in columns.people if record[name]}
        held = [record["data"] for record in records]
        found = queries.names_of_references(self.actor, self.schema, held, people=people)
        names = [column.name for column in columns.shown]
        return [
            Row(record, list(zip(names, cells(columns.fields, values_of(record), found), strict=True)))
            for record in records
        ]


class ListColumns(RecordsPage):
    """Keeps which columns a person likes to see in an object's list, and how."""

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        """``columns`` are names with their widths, as in the list's address; ``reset`` forgets them.

        ``density`` is that of all tables: one of the person's settings.
        """
        given = request.POST
        changes: dict[str, Any] = {}
        if "columns" in given or "reset" in given:
            changes["columns"] = [] if "reset" in given else read_columns(given.getlist("columns"))
        if (frozen := whole_number(given.get("frozen", ""))) is not None:
            changes["frozen"] = frozen
        if changes:
            save_list_preference(self.actor, self.kwargs["object_reference"], changes)
        if "density" in given and isinstance(request.user, User):
            change_profile(request.user, {"density": given["density"]})
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204)
        return redirect("web:record-list", reference_of(self.schema))
