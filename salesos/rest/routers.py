"""Routes of the API, each with and without a trailing slash, so that nothing is ever redirected; and other paths."""

from __future__ import annotations

from typing import Any, NoReturn

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView


class ApiRouter(SimpleRouter):
    """DRF's router, whose patterns end with a slash or without. The OpenAPI document shows the path without."""

    def __init__(self) -> None:
        super().__init__()
        self.trailing_slash = "/?"


@extend_schema(exclude=True)
class UnknownPath(APIView):
    """404 in the API's error shape, whatever the method."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotFound(f"There is nothing at {request.path[:200]}.")
