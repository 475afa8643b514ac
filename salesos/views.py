"""Probes, and the answers where no view could give one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache, partial
from http import HTTPStatus
from threading import Lock
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.request import Request

from salesos import readiness
from salesos.db.failures import failure_of
from salesos.errors import alternatives
from salesos.rest import exceptions

_making_document = Lock()

WORDS = {
    400: ("bad_request", "The request could not be understood."),
    403: ("forbidden", "You may not do this."),
    404: ("not_found", "There is nothing here."),
    500: ("defect", "Something went wrong on our side; nothing was changed."),
}


def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for an icon that a page does not name."""
    return redirect(static("icon.svg"))


def healthz(request: HttpRequest) -> HttpResponse:
    """Whether the process answers."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> HttpResponse:
    """Whether the process can do its work: the database answers, and its migrations are applied.

    What works beside it, such as the background, is reported, and takes nothing from what requests are answered with:
    a load balancer goes on sending them. ``?require=background`` asks for that as well.
    """
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
        reports = {} if pending else readiness.reports()
    except DatabaseError:
        return exceptions.answer(503, "database", "the database does not answer")
    if pending:
        return exceptions.answer(503, "migrations", f"{len(pending)} migrations are not applied; run manage.py migrate")
    for name in request.GET.getlist("require"):
        if name not in reports:
            return exceptions.answer(400, "choice", f"require must be {alternatives(reports)}")
        if message := reports[name].message:
            return exceptions.answer(503, name, message)
    return JsonResponse({"status": "ready", **{name: report.shown() for name, report in reports.items()}})


class OpenAPIDocument(SpectacularJSONAPIView):
    """The OpenAPI document: anybody may ask for it, and it is made once."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        headers = {"Content-Disposition": 'inline; filename="openapi.json"'}
        return HttpResponse(openapi_document(), content_type=OpenApiJsonRenderer.media_type, headers=headers)


def openapi_document() -> bytes:
    """The OpenAPI document of everything, as JSON."""
    with _making_document:
        return _made_document()


@cache
def _made_document() -> bytes:
    document = SchemaGenerator().get_schema(request=None, public=True)
    return bytes(OpenApiJsonRenderer().render(document))


def error_page(request: HttpRequest, status: int, title: str, message: str) -> HttpResponse:
    """A page for people that says what went wrong."""
    return render(request, "error.html", {"status": status, "title": title, "message": message}, status=status)


def plain_error_page(status: int, title: str, message: str) -> HttpResponse:
    """The same page without anything about who asks, which takes no database to say."""
    content = render_to_string("error.html", {"status": status, "title": title, "message": message})
    return HttpResponse(content, status=status)


def _answer(status: int, request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The answer of Django's handler for a status, in the form that the caller reads."""
    code, message = WORDS[status]
    if exceptions.wants_json(request):
        return exceptions.answer(status, code, message)
    return error_page(request, status, HTTPStatus(status).phrase, message)


bad_request = partial(_answer, 400)
denied = partial(_answer, 403)
not_found = partial(_answer, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """What nobody caught: the database failed, or it is a defect of ours. The page asks the database nothing."""
    error = sys.exception()
    if error is not None and (failure := failure_of(error)):
        exceptions.log_failure(failure, error)
        status, code, message = 503, failure.code, failure.message
        headers = exceptions.headers_of(failure)
    else:
        status, (code, message), headers = 500, WORDS[500], {}
    if exceptions.wants_json(request):
        return exceptions.answer(status, code, message, headers)
    sentence = f"{message[0].upper()}{message[1:].rstrip('.')}."
    page = plain_error_page(status, HTTPStatus(status).phrase, sentence)
    for name, value in headers.items():
        page[name] = value
    return page


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The answer to a form without a right token. A view that can keep what was typed has a ``csrf_failed``."""
    view = getattr(request.resolver_match.func, "view_class", None) if request.resolver_match else None
    # What another site sent is not shown.
    answer: Callable[[HttpRequest], HttpResponse] | None = getattr(view, "csrf_failed", None)
    if answer is not None and not reason.startswith(("Origin", "Referer")):
        return answer(request)
    return error_page(request, 403, "This page has expired", "Go back, reload the page, and send the form again.")
