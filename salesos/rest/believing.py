"""Views that may go by what the process remembers, until the database has confirmed it."""

from __future__ import annotations

from functools import cache
from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.views import APIView


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
    pass
