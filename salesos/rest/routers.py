"""Routes of the API: each with and without a trailing slash, so that nothing is ever redirected."""

from __future__ import annotations

from django.urls import URLPattern, path
from rest_framework.views import APIView


def route(pattern: str, view: type[APIView], name: str | None = None) -> list[URLPattern]:
    """The two routes of a view. The OpenAPI document shows the one without the slash."""
    handler = view.as_view()
    return [path(pattern, handler, name=name), path(f"{pattern}/", handler)]
