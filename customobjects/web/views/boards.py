"""Pages of saved views that are no tables: kanbans, calendars and charts, and moving a record within them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse

from customobjects import access
from customobjects.models import ViewKind
from customobjects.queries.records import get_record
from customobjects.queries.views import OpenView, get_view
from customobjects.schema import Schema
from customobjects.services.naming import reference_of
from customobjects.services.records import change_record
from customobjects.web.boards.calendar import (
    MONTH,
    NO_DATE,
    WEEK,
    Calendar,
    day_in_words,
    read_day,
    today_here,
)
from customobjects.web.boards.chart import chart_of
from customobjects.web.boards.kanban import Kanban
from customobjects.web.languages import Language
from customobjects.web.lists.conditions import ALL, ANY, write_setting
from customobjects.web.lists.saved import asked_settings
from customobjects.web.lists.state import ListState
from customobjects.web.sentences import sentences
from customobjects.web.views.base import INVALID, change_tag, told_to_script
from customobjects.web.views.list_page import REGION, ListPage
from customobjects.web.views.records import RecordsPage
from salesos import errors
from salesos.accounts.actor import Actor

# The parameter that names a column by its text, and the one that adds one without records.
COLUMN, ADDED = "column", "add"
MAX_CURSOR = 2_000


class ViewPage(RecordsPage):
    """A page of a saved view, which the path names beside its object."""

    @cached_property
    def opened(self) -> OpenView:
        return get_view(self.actor, self.schema, self.kwargs["view_reference"])


def show_board(page: ListPage, opened: OpenView) -> HttpResponse:
    """The page of a view of a kind in ``BOARDS``, to which the caller may add context; or a part of it."""
    return BOARDS[opened.view.kind](page, opened)


def show_kanban(page: ListPage, opened: OpenView) -> HttpResponse:
    """A kanban; or one of its columns, by its text, from a cursor on: for htmx its cards alone."""
    given, state = page.request.GET, page.state
    settings = board_settings(opened, state)
    board = Kanban.of(page.actor, page.schema, settings, given.getlist(ADDED), state.conditions.colors)
    if board is None:
        return _page(page, opened, "lost")
    context: dict[str, Any] = {"board": board, "kept": _kept(state, COLUMN)}
    if COLUMN in given:
        column = board.column(given[COLUMN], given.get("cursor", "")[:MAX_CURSOR])
        if page.request.headers.get("HX-Request") and page.request.headers.get("HX-Target") != REGION:
            context |= {"schema": page.schema, "view": opened.view, COLUMN: column}
            return render(page.request, "web/boards/cards.html", context)
        heads, is_cut = board.heads()
        columns = [
            replace(head, cards=column.cards, cursor=column.cursor) for head in heads if head.text == column.text
        ]
    else:
        columns, is_cut = board.columns()
    shown = [(column, state.link(add=[one for one in board.added if one != column.text])) for column in columns]
    context |= {"columns": shown, "is_cut": is_cut, "is_empty": not any(column.count for column in columns)}
    return _page(page, opened, "kanban", context)


def show_calendar(page: ListPage, opened: OpenView) -> HttpResponse:
    """A month or a week; or a page of one day alone, and of the records without a date."""
    given, state = page.request.GET, page.state
    settings = board_settings(opened, state)
    calendar = Calendar.of(page.actor, page.schema, settings, given, state.conditions.colors)
    if calendar is None:
        return _page(page, opened, "lost")
    context: dict[str, Any] = {"calendar": calendar, "today": today_here(), "kept": _kept(state, "span", "on", "day")}
    alone = given.get("day", "")
    if alone == NO_DATE or read_day(alone):
        day = read_day(alone)
        entries, cursor = calendar.alone(day, given.get("cursor", "")[:MAX_CURSOR])
        title = day and day_in_words(day)
        return _page(page, opened, "day", {**context, "entries": entries, "cursor": cursor, "day": day, "title": title})
    without, number = calendar.without()
    context |= {
        "weeks": calendar.weeks(),
        "without": without,
        "more_without": number - len(without),
        "previous": calendar.moved(-1),
        "next": calendar.moved(1),
        "spans": ((MONTH, "Month"), (WEEK, "Week")),
    }
    return _page(page, opened, "calendar", context)


def show_chart(page: ListPage, opened: OpenView) -> HttpResponse:
    """A chart, and the table of its figures, each of which leads to its records."""
    settings = board_settings(opened, page.state)
    shown = chart_to_show(page.actor, page.schema, settings)
    if shown is None:
        return _page(page, opened, "lost")
    return _page(page, opened, "chart", shown)


def chart_to_show(actor: Actor, schema: Schema, settings: Mapping[str, Any]) -> dict[str, Any] | None:
    """What ``web/boards/figures.html`` shows; None where the field that the chart groups by is not there any more.

    As many queries as ``chart_of`` takes.
    """
    chart = chart_of(actor, schema, settings)
    if chart is None:
        return None
    return {"chart": chart, "rows": [(bar, _list_address(schema, settings, bar.conditions)) for bar in chart.bars]}


Show = Callable[[ListPage, OpenView], HttpResponse]
BOARDS: Mapping[str, Show] = {
    ViewKind.KANBAN: show_kanban,
    ViewKind.CALENDAR: show_calendar,
    ViewKind.CHART: show_chart,
}


def board_settings(opened: OpenView, state: ListState) -> dict[str, Any]:
    """What a board shows, as settings: those of its view, and what its address says beside them."""
    settings = asked_settings(opened.settings, state)
    if "span" in settings and state.given.get("span") in (MONTH, WEEK):
        settings["span"] = state.given["span"]
    return settings


def _kept(state: ListState, *without: str) -> str:
    """What the address says beside the parameters ``without``, to be followed by them."""
    query = state.link(**dict.fromkeys(without)).removeprefix("?")
    return f"{query}&" if query else ""


def _list_address(schema: Schema, settings: Mapping[str, Any], conditions: Sequence[str]) -> str:
    """The list of those of a view's records that some more filters find."""
    filters = [*map(write_setting, settings["filters"]), *conditions]
    given = [
        *((ALL, text) for text in filters),
        *((ANY, write_setting(one)) for one in settings["anyOf"]),
        *([("search", settings["search"])] if settings["search"] else []),
    ]
    address = reverse("web:record-list", args=[reference_of(schema)])
    return f"{address}?{urlencode(given)}" if given else address


def _page(
    page: ListPage, opened: OpenView, template: str, context: Mapping[str, Any] | None = None
) -> TemplateResponse:
    shared = {
        "schema": page.schema,
        "view": opened.view,
        "can_change": access.can_change_view(page.actor, page.schema, opened.view),
        "can_add": page.schema.is_active and access.can_write(page.actor, page.schema),
    }
    answer = TemplateResponse(page.request, f"web/boards/{template}.html", {**shared, **(context or {})})
    if page.request.headers.get("HX-Target") == REGION:
        answer["HX-Reselect"] = f"#{REGION}"
    return answer


class Move(ViewPage):
    """Moves a record to another column of a kanban, or to another day of a calendar: one change of its field.

    Shown as a form; scripts ask for JSON: ``{"text", "change", "heads"}``, or ``{"text"}`` with another status.
    """

    def get(self, request: HttpRequest, **named: str) -> HttpResponse:
        access.require_write(self.actor, self.schema)
        return self._form(request.GET.get("record", ""))

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        reference, to = request.POST.get("record", ""), request.POST.get("to", "")
        try:
            text = self._move(reference, to)
        except (errors.DomainError, ValueError) as error:
            said = sentences(error.problems) if isinstance(error, errors.DomainError) else str(error)
            if not request.accepts("text/html"):
                return JsonResponse({"text": said}, status=409)
            if isinstance(error, errors.NotFound):
                raise
            return self._form(reference, said, INVALID)
        if not request.accepts("text/html"):
            return told_to_script(text, heads=self._heads())
        messages.success(request, text, extra_tags=change_tag())
        return redirect("web:view", reference_of(self.schema), self.opened.view.id)

    @cached_property
    def board(self) -> Kanban | Calendar:
        """What the record is moved in. Raises ``NotFound`` where nothing is."""
        settings = self.opened.settings
        board: Kanban | Calendar | None = None
        if self.opened.view.kind == ViewKind.KANBAN:
            # It may go to a column that has no record yet.
            to = self.request.POST.get("to", "")
            board = Kanban.of(self.actor, self.schema, settings, [to] if to else [])
        elif self.opened.view.kind == ViewKind.CALENDAR:
            board = Calendar.of(self.actor, self.schema, settings, {})
        if board is None:
            raise errors.NotFound.of("in this view, nothing is moved", code="not_found")
        return board

    def _move(self, reference: str, to: str) -> str:
        """Move the record, and say so. Raises what the service raises, and ``ValueError`` for what is no day."""
        board = self.board
        record = get_record(self.actor, self.schema, reference)
        name = record["name"] or f"The {self.schema.name}"
        if isinstance(board, Kanban):
            value: str | None = to or None
            place = {column.text: column.label for column in board.heads()[0]}.get(to, to)
        else:
            day = self._day(to)
            value = board.value_on(record, day)
            place = Language.current().day(day) if day else f"No {board.field.label}"
        change_record(self.actor, str(self.schema.id), reference, {board.field.api_name: value})
        return f"{name} is moved to {place}."

    @staticmethod
    def _day(text: str) -> Any:
        """The day that is asked for, as programs or people write it; None for none."""
        if not text.strip():
            return None
        if (day := read_day(text)) is None:
            raise ValueError(f"{text[:40]} is no date; write one such as {today_here().isoformat()}.")
        return day

    def _heads(self) -> dict[str, dict[str, str]]:
        """What the columns' heads say now, by their texts. A calendar has none."""
        if not isinstance(self.board, Kanban):
            return {}
        write = Language.current().number
        return {head.text: {"count": write(head.count), "sum": head.sum} for head in self.board.heads()[0]}

    def _form(self, reference: str, problem: str = "", status: int = 200) -> HttpResponse:
        record = get_record(self.actor, self.schema, reference)
        board = self.board
        context: dict[str, Any] = {
            "schema": self.schema,
            "view": self.opened.view,
            "record": record,
            "field": board.field,
            "problem": problem,
        }
        held = record["data"][board.field.api_name]
        if isinstance(board, Kanban):
            context |= {"columns": board.heads()[0], "held": board.grouping.text(held)}
        else:
            context["held"] = board.day_of(record) if held else ""
        return render(self.request, "web/boards/move.html", context, status=status)
