"""The page where a filter of a list is made or changed. With scripts, it is the panel of the list's bar."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from customobjects.queries.filter_reader import FilterReader
from customobjects.web.forms.filter_choices import choices_to_compare_with
from customobjects.web.forms.filters import IN_ANY, PREFIX, FilterForm, is_whole
from customobjects.web.languages import Language
from customobjects.web.lists.conditions import ALL, ANY, COLOR, Condition, read_condition
from customobjects.web.lists.filter_bar import AT, EDITOR, NEW_COLOR, changed, condition_at, place_of
from customobjects.web.views.base import INVALID
from customobjects.web.views.list_page import REGION, ListPage
from salesos.errors import ValidationError

# The part of the list's page that has the form.
PANEL = "filter-editor"
# The parts of the form that are asked for anew while it is filled in.
PARTS = ("filter-condition", "filter-value")


class ListFilter(ListPage):
    """A form for one filter, or for one colour. What it makes is in the address of the list, where it leads.

    Beside the parameters of the list, its own begin with ``f-``: ``f-at=filter.0`` is the filter that is changed, and
    ``f-at=color.new`` makes a colour.
    """

    @property
    def given(self) -> QueryDict:
        given = self.request.GET.copy()
        for name in [name for name in given if name.startswith(PREFIX)]:
            del given[name]
        return given

    def get(self, request: HttpRequest, **named: str) -> HttpResponse:
        sent, at = request.GET, request.GET.get(AT, "")
        condition = condition_at(self.state, at)
        form = self._form(sent, condition)
        # Another field or operator than the one whose controls were filled in: it has controls of its own.
        is_sent = request.headers.get("HX-Target") not in PARTS and is_whole(sent)
        if is_sent and form.is_valid() and self._fits(form):
            parameter = COLOR if form.colors else ANY if form.cleaned_data[IN_ANY] else ALL
            return redirect(self.address + changed(self.state, at, parameter, form.written))
        is_wrong = is_sent and bool(form.errors)
        if form.is_bound and not is_wrong:
            form = self._anew(sent, condition)
        if place_of(self.state, at)[0] == ANY and not form.is_bound:
            form.fields[IN_ANY].initial = True
        return self._shown(request, form, at, is_wrong=is_wrong)

    def _anew(self, sent: QueryDict, condition: Condition | None) -> FilterForm:
        """The form for another field, or for another operator with what was filled in."""
        form = FilterForm.anew(sent, **self._named(condition))
        if not form.colors:
            form.fields[IN_ANY].initial = IN_ANY in sent
        return form

    def _form(self, sent: QueryDict, condition: Condition | None) -> FilterForm:
        return FilterForm(sent, **self._named(condition))

    def _named(self, condition: Condition | None) -> dict[str, Any]:
        """What the form is made with, beside what was sent."""
        return {
            "schema": self.schema,
            "language": Language.current(),
            "choices_of": partial(choices_to_compare_with, self.actor),
            "condition": condition,
            "colors": self._is_color,
        }

    @property
    def _is_color(self) -> bool:
        """Whether it is a colour that is made or changed."""
        return self.request.GET.get(AT, "").partition(".")[0] == COLOR

    def _fits(self, form: FilterForm) -> bool:
        """Whether the filter can be used; where it cannot, the form says why."""
        try:
            read_condition(FilterReader(self.actor, self.schema, self._steps), form.text)
        except ValidationError as error:
            for problem in error.problems:
                form.refuse(problem)
            return False
        return True

    def _shown(self, request: HttpRequest, form: FilterForm, at: str, *, is_wrong: bool) -> HttpResponse:
        is_part = bool(request.headers.get("HX-Request"))
        context = {
            "is_page": not is_part,
            "schema": self.schema,
            "form": form,
            "state": self.state,
            "editor": f"{self.address}{EDITOR}",
            "back": self.address + self.state.link(),
            "at": at if place_of(self.state, at)[0] is not None else NEW_COLOR if self._is_color else "",
        }
        status = INVALID if is_wrong and not is_part else 200
        answer = render(request, f"web/list/filter_{'editor' if is_part else 'page'}.html", context, status=status)
        if request.headers.get("HX-Target") == REGION:
            # The form was sent for another list, and comes back instead.
            for name, value in (("Retarget", f"#{PANEL}"), ("Reswap", "outerHTML"), ("Push-Url", "false")):
                answer[f"HX-{name}"] = value
        return answer
