"""Views that may go by what the process remembers, until the database has confirmed it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.views import APIView

from salesos import beliefs
from salesos.db.compiled_queries import confirm


class BelievingView(APIView):
    """A view that is tried with beliefs first. An answer whose beliefs are not confirmed is not given.

    A write is confirmed by the statement that holds what it is about, before anything is written.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        if _can_be_read_again(request):
            with beliefs.allowed() as held:
                try:
                    response = super().dispatch(request, *args, **kwargs)
                    # What asked the database for nothing, as a refusal of the input, is confirmed by itself.
                    confirm()
                except beliefs.OutdatedError:
                    held.forget()
                else:
                    return response
        return super().dispatch(request, *args, **kwargs)

    def handle_exception(self, exc: Exception) -> Any:
        if isinstance(exc, beliefs.OutdatedError):
            raise exc
        return super().handle_exception(exc)


def _can_be_read_again(request: HttpRequest) -> bool:
    """Whether the request can be done twice: its body, if it has one, is kept."""
    if request.method in ("GET", "HEAD"):
        return True
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isascii() or not length.isdigit() or int(length) > settings.MAX_BODY_BYTES:
        return False
    return request.body is not None
