"""The page where a filter of a list is made or changed. With scripts, it is the panel of the list's bar."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from customobjects.fieldtypes import ReferenceKind
from customobjects.queries import records as queries
from customobjects.queries.filter_reader import FilterReader
from customobjects.queries.objects import as_uuid, get_schema
from customobjects.queries.people import people_to_choose
from customobjects.queries.subjects import Subject
from customobjects.web.forms.filters import ASKED, FIELD, IN_ANY, OPERATOR, PREFIX, VALUE, FilterForm
from customobjects.web.languages import Language
from customobjects.web.lists.conditions import ALL, ANY, COLOR, Condition, read_condition
from customobjects.web.lists.filter_bar import AT, EDITOR, NEW_COLOR, changed, condition_at, place_of
from customobjects.web.sentences import sentence
from customobjects.web.views.base import INVALID
from customobjects.web.views.list_page import REGION, ListPage
from salesos.errors import NotFound, Problem, ValidationError

MAX_CHOICES = 100
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
        is_whole = request.headers.get("HX-Target") not in PARTS
        is_sent = (
            is_whole
            and sent.get(ASKED, "") == f"{sent.get(FIELD, '')} {sent.get(OPERATOR, '')}"
            and bool(sent.get(FIELD))
        )
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
        kept = sent.copy()
        is_same_field = sent.get(ASKED, "").partition(" ")[0] == sent.get(FIELD)
        for name in (ASKED,) if is_same_field else (ASKED, OPERATOR, VALUE):
            kept.pop(name, None)
        form = self._form(kept, condition)
        if not form.colors:
            form.fields[IN_ANY].initial = IN_ANY in sent
        if VALUE in form.fields and (typed := kept.getlist(VALUE)):
            form.fields[VALUE].initial = typed if form.takes_list and len(typed) > 1 else typed[-1]
        return form

    def _form(self, sent: QueryDict, condition: Condition | None) -> FilterForm:
        return FilterForm(
            sent,
            schema=self.schema,
            language=Language.current(),
            choices_of=self._choices,
            condition=condition,
            colors=self._is_color,
        )

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
                form.add_error(VALUE if VALUE in form.fields else FIELD, sentence(problem, self._words(form, problem)))
            return False
        return True

    @staticmethod
    def _words(form: FilterForm, problem: Problem) -> str:
        """What is wrong with a value, beginning with what people call it."""
        name, _, said = problem.message.partition(" ")
        return f"The value {said}" if "__" in name else problem.message

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
            "asked": f"{form.subject.name} {form.operator}" if form.subject is not None else "",
        }
        status = INVALID if is_wrong and not is_part else 200
        answer = render(request, f"web/list/filter_{'editor' if is_part else 'page'}.html", context, status=status)
        if request.headers.get("HX-Target") == REGION:
            # The form was sent for another list, and comes back instead.
            for name, value in (("Retarget", f"#{PANEL}"), ("Reswap", "outerHTML"), ("Push-Url", "false")):
                answer[f"HX-{name}"] = value
        return answer

    def _choices(self, subject: Subject, held: Sequence[str]) -> list[tuple[str, str]]:
        """Those that are chosen, and the first records or people to choose from beside them."""
        ids = [str(id_) for id_ in map(as_uuid, held) if id_ is not None]
        if subject.type.reference_kind is ReferenceKind.USER:
            found, names = people_to_choose(self.actor, "", MAX_CHOICES), queries.names_of_users
        else:
            try:
                target = get_schema(self.actor, str(subject.field.target_id if subject.field else ""))
            except NotFound:
                return []
            found, names = queries.choices_of(self.actor, target, MAX_CHOICES), queries.names_of_records
        there = {id_ for id_, _name in found}
        chosen = names(self.actor, ids) if ids else {}
        return [*((id_, name) for id_, name in chosen.items() if id_ not in there), *found]
