"""Rows of a table, one by one, for the script that keeps the table true to what is stored."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views import View

from customobjects.web.sentences import sentences
from customobjects.web.views.base import Page
from salesos import errors
from salesos.db import noted_changes

SIGN_IN = "Your session is over. Sign in again in another tab, and save once more: what you typed is still here."
STATUS: dict[type[errors.DomainError], int] = {errors.NotFound: 404, errors.PermissionDenied: 403}


class ForScripts(Page):
    """What a page's script asks for. What goes wrong is answered as a sentence, and not as a page."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return HttpResponse(SIGN_IN, status=401)
        noted_changes.take()
        try:
            return View.dispatch(self, request, *args, **kwargs)
        except errors.DomainError as error:
            return HttpResponse(sentences(error.problems), status=STATUS.get(type(error), 409))

    @classmethod
    def csrf_failed(cls, request: HttpRequest) -> HttpResponseBase:
        """The answer where the person has signed out, or in again, since the page was shown."""
        again = "You have signed in anew meanwhile. Save once more."
        return HttpResponse(again if request.user.is_authenticated else SIGN_IN, status=401)
