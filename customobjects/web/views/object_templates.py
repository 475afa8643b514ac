"""The page on which objects are made from templates."""

from __future__ import annotations

from collections.abc import Collection

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from customobjects.queries.objects import list_objects
from customobjects.services.naming import reference_of
from customobjects.services.object_templates import catalogue, make_from_templates
from customobjects.web.sentences import sentence
from customobjects.web.views.base import INVALID, SetupPage
from salesos.errors import Conflict, ValidationError


class TemplateList(SetupPage):
    """All templates, of which some are chosen and made together."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page()

    def post(self, request: HttpRequest) -> HttpResponse:
        names = request.POST.getlist("templates")
        if not names:
            return self._page(problems=["Choose at least one."])
        try:
            made = make_from_templates(self.actor, names)
        except (Conflict, ValidationError) as error:
            return self._page(chosen=names, problems=[sentence(problem) for problem in error.problems])
        listed = ", ".join(one.plural_name for one in made)
        if len(made) > 1:
            return self.done(f"{listed} are there.", "web:object-list")
        return self.done(f"{listed} are there.", "web:record-list", reference_of(made[0]))

    def _page(self, *, chosen: Collection[str] = (), problems: Collection[str] = ()) -> HttpResponse:
        there = set(list_objects(self.actor).values_list("api_name", flat=True))
        listed = [
            {
                "template": template,
                "targets": [catalogue()[target].name for target in template.targets],
                "is_there": name in there,
                "is_chosen": name in chosen,
            }
            for name, template in catalogue().items()
        ]
        context = {"templates": listed, "problems": problems}
        return render(self.request, "web/template_list.html", context, status=INVALID if problems else 200)
