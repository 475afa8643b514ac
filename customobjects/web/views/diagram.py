"""The diagram of all objects: a page, and a file of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from customobjects.queries.diagram import objects_and_lookups
from customobjects.web.diagram import draw
from customobjects.web.views.base import SetupPage


class DiagramPage(SetupPage):
    """All objects and their lookups, each box a link to its setup: for who may define objects."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "web/diagram.html", {"diagram": draw(*objects_and_lookups(self.actor))})


class DiagramFile(SetupPage):
    """The same as an SVG file."""

    def get(self, request: HttpRequest) -> HttpResponse:
        text = render_to_string("web/diagram_file.svg", {"diagram": draw(*objects_and_lookups(self.actor))})
        return HttpResponse(
            text,
            content_type="image/svg+xml",
            headers={"Content-Disposition": 'attachment; filename="objects.svg"'},
        )
