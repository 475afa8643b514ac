"""What ``OPTIONS`` answers."""

from __future__ import annotations

from typing import Any

from rest_framework.metadata import BaseMetadata
from rest_framework.request import Request

from salesos.rest.renderers import JSONRenderer


class Methods(BaseMetadata):
    """The methods that a path has, as the header ``Allow`` says them. All else is in the OpenAPI document."""

    def determine_metadata(self, request: Request, view: Any) -> dict[str, Any]:
        # In JSON, also where the path has a page.
        request.accepted_renderer, request.accepted_media_type = JSONRenderer(), JSONRenderer.media_type
        return {"methods": list(view.allowed_methods)}
