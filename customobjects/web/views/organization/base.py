"""What the pages of the organization's setup share: lists that are filtered and paged, and questions."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_filters import FilterSet

from customobjects.web.sentences import sentence
from customobjects.web.views.base import INVALID, SetupPage
from customobjects.web.views.form_pages import FormPage
from salesos.errors import Conflict, PermissionDenied

PAGE_SIZE = 50
MAX_PAGE = 10_000
# What is shown once may be kept by nobody.
NOT_STORED = "no-store"


class ListPage(SetupPage):
    """A list of plain rows, with filters of django-filter in its address."""

    def listed(self, filters: FilterSet) -> dict[str, Any]:
        """A page of what the filters find, for the template: ``rows``, ``total`` and the links. Two queries."""
        found: QuerySet[Any] = filters.qs
        number, total = self.page_number(MAX_PAGE), found.count()
        start = (number - 1) * PAGE_SIZE
        return {
            "filters": filters,
            "is_filtered": any(filters.data.get(name) for name in filters.filters),
            "rows": list(found[start : start + PAGE_SIZE]),
            "total": total,
            "previous": self.link(page=number - 1) if number > 1 else "",
            "next": self.link(page=number + 1) if total > start + PAGE_SIZE else "",
        }

    def link(self, **changed: object) -> str:
        """The address of the list as it is, with other parameters in place of some."""
        query = self.request.GET.copy()
        for name in ("page", "cursor", *changed):
            query.pop(name, None)
        query.update({name: str(value) for name, value in changed.items()})
        return f"?{query.urlencode()}"


class QuestionPage(SetupPage):
    """Asks, and does it."""

    def question(self) -> dict[str, str]:
        """What to ask: ``title``, ``text``, ``button``, and where ``back`` leads. Raises ``NotFound``."""
        raise NotImplementedError

    def act(self) -> HttpResponse:
        """Do it by a service, and lead on. Raises ``Conflict``, ``PermissionDenied``, which the page shows."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **named: Any) -> HttpResponse:
        return render(request, "web/organization/question.html", {"question": self.question()})

    def post(self, request: HttpRequest, **named: Any) -> HttpResponse:
        question = self.question()
        try:
            return self.act()
        except (Conflict, PermissionDenied) as error:
            context = {"question": question, "problems": map(sentence, error.problems)}
            return render(request, "web/organization/question.html", context, status=INVALID)


class SetupFormPage(FormPage, SetupPage):
    """A form of the setup."""

    def require(self) -> None:
        """The page is for administrators alone."""

    def context(self) -> dict[str, Any]:
        return {}


class NewPage(SetupFormPage):
    """A form for something new."""

    @property
    def existing(self) -> None:
        return None


def shown_once(
    request: HttpRequest, template: str = "web/organization/shown_once.html", /, **context: Any
) -> HttpResponse:
    """The page that shows a link or a key, which nobody can read again.

    ``title``, ``text``, the ``secret``, what it is (``kind``), and where ``back`` leads, as ``back_name``. With a
    ``program`` that uses it, ``call`` says what that does. Another ``template`` says itself what it shows of secrets.
    """
    answer = render(request, template, context)
    answer["Cache-Control"] = NOT_STORED
    return answer
