"""Probes, and the answers where no view could give one."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static

from salesos.rest import exceptions

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
    """Whether the process can do its work: the database answers, and its migrations are applied."""
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return exceptions.answer(503, "database", "the database does not answer")
    if pending:
        return exceptions.answer(503, "migrations", f"{len(pending)} migrations are not applied; run manage.py migrate")
    return JsonResponse({"status": "ready"})


def _say(request: HttpRequest, status: int) -> HttpResponse:
    code, message = WORDS[status]
    if exceptions.wants_json(request):
        return exceptions.answer(status, code, message)
    context = {"status": status, "title": HTTPStatus(status).phrase, "message": message}
    return render(request, "error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _say(request, 400)


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _say(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _say(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _say(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    context: dict[str, Any] = {
        "status": 403,
        "title": "This page has expired",
        "message": "Go back, reload the page, and send the form again.",
    }
    return render(request, "error.html", context, status=403)
