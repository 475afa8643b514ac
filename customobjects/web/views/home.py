"""Home: what a person finds when they come, all objects, and what is to be done first where there are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from customobjects import access
from customobjects.models import CustomObject
from customobjects.queries.activities import ActivityRow
from customobjects.queries.home import HomeChoices, charts_to_choose, home, home_choices, steps_done
from customobjects.queries.objects import list_objects
from customobjects.queries.people import who_defines
from customobjects.queries.preferences import as_liked
from customobjects.queries.record_counts import MAX_COUNTED, about, with_counts, with_growth
from customobjects.queries.totals import total_in_words
from customobjects.services import preferences
from customobjects.services.naming import reference_of
from customobjects.web.boards.calendar import today_here
from customobjects.web.languages import Language
from customobjects.web.search_text import search_text
from customobjects.web.views.base import Page
from customobjects.web.views.beside import is_day, is_over
from customobjects.web.views.boards import chart_to_show

# So many records, and so many tasks, are shown.
HOME_ROWS = 10
# So many objects are shown, until all are asked for; and so many charts can be chosen from.
MAX_TILES, MAX_CHARTS = 48, 500
# So many people are named who can make objects.
MAX_NAMED = 5
# What days near today are called.
NEAR_DAYS = {-1: "yesterday", 0: "today", 1: "tomorrow"}


class Home(Page):
    """What was changed last, what is one's own and is to be done, a chart, and the objects with their growth."""

    def get(self, request: HttpRequest) -> HttpResponse:
        search = search_text(request.GET)
        objects = as_liked(self.actor, list_objects(self.actor, search=search))
        shown = objects if search or "all" in request.GET else objects[:MAX_TILES]
        tiles = self._tiles(shown)
        context: dict[str, Any] = {
            "objects": tiles,
            "search": search,
            "more": len(objects) - len(shown),
            "can_define": access.can_define(self.actor),
        }
        if search:
            return render(request, "web/home.html", context)
        chosen = home_choices(self.actor)
        if objects:
            context |= self._own(objects) | self._chart(chosen)
        elif not context["can_define"]:
            context["who_defines"] = who_defines(self.actor, MAX_NAMED)
        if context["can_define"] and chosen.shows_steps:
            context["steps"] = self._steps(objects, any(tile["counted"].record_count for tile in tiles))
        return render(request, "web/home.html", context)

    def _tiles(self, objects: Sequence[CustomObject]) -> list[dict[str, Any]]:
        """Objects with how many records each has, and how many were made lately. One query, or two with large ones."""
        if not objects:
            return []
        ids = [one.id for one in objects]
        found = with_growth(self.actor, with_counts(self.actor, list_objects(self.actor).filter(id__in=ids)))
        # What was deleted in between is not there any more.
        counted: Mapping[UUID, Any] = {one.id: one for one in found}
        totals = about(self.actor, list(counted.values()))
        write = Language.current().number
        return [
            {
                "object": one,
                "counted": counted[one.id],
                "records": total_in_words(totals[one.id], write),
                "growth": [(days, _capped(getattr(counted[one.id], f"in_{days}_days"))) for days in (7, 30)]
                if counted[one.id].in_30_days
                else [],
            }
            for one in objects
            if one.id in counted
        ]

    def _own(self, objects: Sequence[CustomObject]) -> dict[str, Any]:
        """The person's tasks and records, and what was changed last."""
        by_id = {one.id: one for one in objects}
        found = home(self.actor, limit=HOME_ROWS)
        parts = (("Recently changed", found.recent), ("Mine", found.mine))
        return {
            "tasks": [
                {"task": task, "object": by_id[task.custom_object_id], **_due(task)}
                for task in found.tasks
                if task.custom_object_id in by_id
            ],
            "parts": [
                (title, [(one, by_id[one.custom_object_id]) for one in records if one.custom_object_id in by_id])
                for title, records in parts
            ],
        }

    def _chart(self, chosen: HomeChoices) -> dict[str, Any]:
        """The person's chart, where there is one. As many queries as ``chart_of`` takes."""
        if chosen.chart is None or chosen.schema is None:
            return {"shows_charts": True}
        shown = chart_to_show(self.actor, chosen.schema, chosen.chart.settings) or {}
        return {"shows_charts": True, "view": chosen.chart.view, "schema": chosen.schema, **shown}

    def _steps(self, objects: Sequence[CustomObject], has_records: bool) -> list[dict[str, Any]]:
        """The first steps in an organization; none, where all are done. One query."""
        done = steps_done(self.actor)
        if all((objects, has_records, done.has_view, done.has_company)):
            return []
        first = objects[0] if objects else None

        def step(text: str, is_done: bool, to: str) -> dict[str, Any]:
            return {
                "text": text,
                "is_done": is_done,
                "address": reverse(to, args=[reference_of(first)]) if first else "",
            }

        return [
            step("Make a first object", bool(objects), "web:object-setup"),
            step("Add its first records", has_records, "web:record-list"),
            step("Save a first view: a list, a kanban, a calendar or a chart", done.has_view, "web:record-list"),
            {
                "text": "Let a colleague in, or a program by an API key",
                "is_done": done.has_company,
                "address": reverse("web:setup-people"),
            },
        ]


def _capped(count: int) -> str:
    write = Language.current().number
    return f"more than {write(MAX_COUNTED)}" if count > MAX_COUNTED else write(count)


def _due(task: ActivityRow) -> dict[str, Any]:
    """When a task is due, in words, and whether that is past."""
    if not task.due:
        return {"due": "", "is_overdue": False}
    language = Language.current()
    time = ""
    if is_day(task.due):
        day = date.fromisoformat(task.due)
    else:
        there, _zone_name = language.there(datetime.fromisoformat(task.due))
        day, time = there.date(), language.time_text(there.time().replace(second=0, microsecond=0))
    near = NEAR_DAYS.get((day - today_here()).days)
    words = f"{near}, {time}" if near and time else near or language.day(day)
    return {"due": words, "is_overdue": is_over(task.due)}


class HomeChart(Page):
    """Chooses the chart on Home, changes it, and takes it away. Home asks for the form and shows it in its place."""

    def get(self, request: HttpRequest) -> HttpResponse:
        charts = list(charts_to_choose(self.actor)[:MAX_CHARTS])
        chosen = home_choices(self.actor).chart
        by_object = [(one, list(views)) for one, views in groupby(charts, lambda view: view.custom_object)]
        context: dict[str, Any] = {"by_object": by_object, "chosen": chosen.view if chosen else None}
        if not charts:
            context["objects"] = as_liked(self.actor, list_objects(self.actor).filter(is_active=True))[:HOME_ROWS]
        return render(request, "web/home_chart.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """``view`` is the id of a view of kind chart; empty, it takes the chart away."""
        reference = request.POST.get("view", "")
        preferences.save_home_chart(self.actor, reference or None)
        return redirect("web:object-list")


class HomeSteps(Page):
    """Puts the first steps away."""

    def post(self, request: HttpRequest) -> HttpResponse:
        preferences.put_steps_away(self.actor)
        return redirect("web:object-list")
