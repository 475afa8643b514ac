"""Routes of the API: each with and without a trailing slash, so that nothing is ever redirected."""

from __future__ import annotations

from rest_framework.routers import SimpleRouter


class ApiRouter(SimpleRouter):
    """DRF's router, whose patterns end with a slash or without. The OpenAPI document shows the path without."""

    def __init__(self) -> None:
        super().__init__()
        self.trailing_slash = "/?"
