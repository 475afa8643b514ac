"""Writing answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from salesos import json


class JSONRenderer(BaseRenderer):
    """Exact JSON (see ``json``). ``orjson.Fragment`` values, as documents built by the database, pass through."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        return b"" if data is None else json.dumps_bytes(data)


class RenderedResponse(HttpResponse):
    """A response that is rendered at once, for the paths that are asked most; DRF's own is rendered as a template."""

    def __init__(self, data: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        content = json.dumps_bytes(data)
        super().__init__(content, status=status, headers=headers, content_type=JSONRenderer.media_type)


class AlwaysJSON(BaseContentNegotiation):
    """The API speaks JSON whatever the ``Accept`` header asks for: an answer of another type would help nobody."""

    def select_parser(self, request: Request, parsers: Any) -> BaseParser | None:
        content_type = (request.content_type or "").split(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == content_type), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type
