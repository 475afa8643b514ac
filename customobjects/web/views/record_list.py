"""The page of an object's records: a table that is filtered, searched, sorted, grouped and summed up, and its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse

from customobjects import access
from customobjects.fieldtypes import ReferenceKind
from customobjects.models import ViewKind
from customobjects.queries import records as queries
from customobjects.queries.figures import count_records, figures
from customobjects.queries.pages import RecordPage, last_page, list_records
from customobjects.queries.selection import Count
from customobjects.queries.totals import Total
from customobjects.queries.views import OpenView, get_view
from customobjects.services.naming import reference_of
from customobjects.services.preferences import save_list_preference
from customobjects.web.cells import Cell, cells
from customobjects.web.forms.filters import FilterForm
from customobjects.web.languages import Language
from customobjects.web.lists.colors import WHOLE_ROW, row_hues
from customobjects.web.lists.columns import read_columns, values_of
from customobjects.web.lists.filter_bar import FilterBar
from customobjects.web.lists.footer import WORDS, footer
from customobjects.web.lists.groups import group_heads, group_names
from customobjects.web.lists.state import PAGE_SIZE, ListState
from customobjects.web.views.base import whole_number
from customobjects.web.views.boards import BOARDS, show_board
from customobjects.web.views.list_page import REGION, ListPage
from customobjects.web.views.records import RecordsPage
from customobjects.web.views.view_tabs import view_tabs
from salesos.accounts.models import User
from salesos.accounts.services import change_profile
from salesos.errors import ValidationError

# What else is replaced than the list as a whole, by the parameter ``part``.
ROWS, FOOT = "rows", "foot"


class Row(NamedTuple):
    """A record in the table: its document, and the cells beside its name, each with the name and class of its column.

    ``hue`` is the class of the row's colour, ``name_hue`` that of its name.
    """

    record: Mapping[str, Any]
    cells: Sequence[tuple[str, Cell, str]]
    hue: str = ""
    name_hue: str = ""


class RecordList(ListPage):
    """An object's records as a table, as its default view or the one that the path names shows them.

    What the address says holds in the place of the view:

    - ``filter=status__in:running,in_repair``, as often as one likes, and all of them hold; of those called ``any``, one
      at least. Each is a field, an operator of the API, and a value in its program form (``lists/conditions.py``).
    - ``search``, ``sort=-cost,name``, ``group=status``, ``footer=cost:sum``.
    - ``columns=name:240,status``, ``frozen=1``, ``density=compact``.
    - ``page``, ``cursor`` with ``after``, ``within`` a group: where in the list one is.

    What makes no sense is left out, and of filters the page says so.

    Asked by htmx, it answers with what is swapped: the list without the page around it, more rows, or the foot of the
    table.
    """

    def get(self, request: HttpRequest, **named: str) -> HttpResponse:
        if self.open_view is not None and self.open_view.view.kind in BOARDS:
            return self._board(self.open_view)
        if request.headers.get("HX-Request") and (part := request.GET.get("part")) in (ROWS, FOOT):
            context = self._rows(Count.NONE) if part == ROWS else self._foot()
            return render(request, f"web/list/{part}.html", {**self._shown, **context})
        context = {
            **self._shown,
            **(self._groups() if self.is_grouped else self._rows(Count.DEFAULT)),
            **self._bars(),
            "can_define": access.can_define(self.actor, self.schema),
            "can_write": access.can_write(self.actor, self.schema),
            "group_names": group_names(self.schema),
            "words": WORDS,
        }
        is_region = request.headers.get("HX-Target") == REGION
        return render(request, f"web/list/{'list' if is_region else 'page'}.html", context)

    def _board(self, opened: OpenView) -> HttpResponse:
        """The page of a view that is no table, with the views to choose from above it."""
        answer = show_board(self, opened)
        if isinstance(answer, TemplateResponse):
            conditions = self.state.conditions
            self.names = queries.names_of_references(
                self.actor,
                self.schema,
                [],
                people=conditions.ids(ReferenceKind.USER),
                records=conditions.ids(ReferenceKind.RECORD),
            )
            shown = {"state": self.state, "open_view": opened, **self._bars()}
            answer.context_data = {**(answer.context_data or {}), **shown}
            # Now, while the person's language is known.
            answer.render()
        return answer

    @property
    def is_grouped(self) -> bool:
        """Whether heads of groups are shown, and not records."""
        return self.state.grouping is not None and self.state.within is None

    @property
    def _shown(self) -> dict[str, Any]:
        """What all parts of the page know."""
        return {
            "schema": self.schema,
            "state": self.state,
            "columns": self.columns,
            "preference": self.preference,
            "figures": footer(self.schema, self.columns.shown, self.wanted, None),
            "wanted": self.wanted,
            "foot": self.state.link(part=FOOT),
            "open_view": self.open_view,
        }

    def _bars(self) -> dict[str, Any]:
        """What stands above the table: the filters in words, when names are read, and the saved views."""
        bar = FilterBar.of(self.state, self.names, self.address, str(self.actor.user_id or ""))
        kind = self.open_view.view.kind if self.open_view is not None else ViewKind.GRID
        if kind in (ViewKind.CALENDAR, ViewKind.CHART):
            # These have an order of their own.
            bar = replace(bar, recent="")
        if kind == ViewKind.CHART:
            bar = replace(bar, add_color="")
        form = FilterForm(QueryDict(), schema=self.schema, language=Language.current(), choices_of=lambda *_held: [])
        return {"bar": bar, "filter_form": form, **view_tabs(self)}

    def _foot(self) -> dict[str, Any]:
        """The figures of all records that the list finds."""
        request = self.state.request()
        found = figures(self.actor, self.schema, request, self.wanted)
        return {
            "figures": footer(self.schema, self.columns.shown, self.wanted, found),
            "total": count_records(self.actor, self.schema, request),
            "is_known": True,
        }

    def _groups(self) -> dict[str, Any]:
        """The heads of the groups; each one's rows are asked for when it comes into view."""
        state, grouping = self.state, self.state.grouping
        assert grouping is not None
        request = state.request()
        self._read_names([])
        heads, is_cut = group_heads(self.actor, self.schema, request, grouping, self.columns, self.wanted)
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
        pages, number = self._pages(page.total), state.before // PAGE_SIZE + 1
        return {
            "state": state,
            "rows": self._read_rows(records),
            "total": page.total,
            "first": state.before + 1,
            "last": shown,
            "start": state.link(within=state.within),
            "number": number,
            "previous": state.link(page=number - 1, within=state.within) if number > 1 else "",
            "following": state.link(page=number + 1, within=state.within) if number < pages else "",
            "next": state.link(**more) if page.next_cursor else "",
            "pages": pages,
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
        self._read_names(records)
        names = [column.name for column in columns.shown]
        hues = row_hues(self.actor, self.schema, self.state.conditions.colors, records)
        rows = []
        for record in records:
            tints = hues.get(record["id"], {})
            shown = zip(names, cells(columns.fields, values_of(record), self.names), strict=True)
            found = [(name, cell, tints.get(name, "")) for name, cell in shown]
            rows.append(Row(record, found, tints.get(WHOLE_ROW, ""), tints.get(columns.name.name, "")))
        return rows

    def _read_names(self, records: Sequence[Mapping[str, Any]]) -> None:
        """What records and people are called that the rows and the filters name, all of them at once."""
        conditions = self.state.conditions
        people = {record[name] for record in records for name in self.columns.people if record[name]}
        self.names = queries.names_of_references(
            self.actor,
            self.schema,
            [record["data"] for record in records],
            people=people | conditions.ids(ReferenceKind.USER),
            records=conditions.ids(ReferenceKind.RECORD),
        )


class ListColumns(RecordsPage):
    """Keeps which columns a person likes to see in an object's list, and how."""

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        """``columns`` are names with their widths, as in the list's address; ``reset`` forgets them.

        With a ``view``, the list of a saved view, whose address has a ``state``: it is shown with these columns.
        ``density`` is that of all tables: one of the person's settings.
        """
        given = request.POST
        if "view" in given:
            view = get_view(self.actor, self.schema, given["view"]).view
            query = QueryDict(given.get("state", ""), mutable=True)
            query["columns"] = "" if "reset" in given else ",".join(given.getlist("columns"))
            address = reverse("web:view", args=[reference_of(self.schema), view.id])
            return redirect(f"{address}?{query.urlencode(safe=',:')}")
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
