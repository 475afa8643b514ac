"""Views that may go by what the process remembers, until the database has confirmed it."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.authentication import BaseAuthentication
from rest_framework.views import APIView

from salesos import beliefs
from salesos.db.compiled_queries import confirm


class QuickView(APIView):
    """A view that makes once what DRF makes for each request, and what never differs between requests."""

    def get_authenticators(self) -> list[BaseAuthentication]:
        kinds: Any = self.authentication_classes
        return [_made(kind) for kind in kinds]

    def get_permissions(self) -> list[Any]:
        kinds: Any = self.permission_classes
        return [_made(kind) for kind in kinds]

    @property
    def allowed_methods(self) -> list[str]:
        view: Any = type(self)
        return _methods(view)


@cache
def _made(kind: Any) -> Any:
    return kind()


@cache
def _methods(view: Any) -> list[str]:
    return [method.upper() for method in view.http_method_names if hasattr(view, method)]


class BelievingView(QuickView):
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
