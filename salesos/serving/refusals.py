"""What a request is told that is refused before a thread is taken for it: as JSON, or on a page in words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any

from salesos import json
from salesos.errors import Problem
from salesos.rest import exceptions
from salesos.views import plain_error_page


@dataclass(frozen=True)
class Refusal:
    """An answer that is the same for all."""

    status: HTTPStatus
    code: str
    message: str
    headers: tuple[tuple[str, str], ...] = ()

    def answer(self, scope: Any, protocol: Any) -> None:
        """Answer a request with this, in the form that its sender reads."""
        content, content_type = self._json if exceptions.is_programs_path(scope.path) else self._page
        protocol.response_bytes(self.status, [("content-type", content_type), *self.headers], content)

    @cached_property
    def _json(self) -> tuple[bytes, str]:
        document = exceptions.body(self.status, [Problem("", self.code, self.message)])
        return json.dumps_bytes(document), "application/json"

    @cached_property
    def _page(self) -> tuple[bytes, str]:
        page = plain_error_page(self.status, self.status.phrase, f"{self.message[0].upper()}{self.message[1:]}.")
        return page.content, "text/html; charset=utf-8"


# The connection of a body that is not read can't be used again.
_CLOSE = ("connection", "close")
TOO_LATE = Refusal(HTTPStatus.REQUEST_TIMEOUT, "timeout", "the body of the request did not arrive in time", (_CLOSE,))
TOO_LARGE = Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", "the request body is too large", (_CLOSE,))
LENGTH_REQUIRED = Refusal(
    HTTPStatus.LENGTH_REQUIRED, "length_required", "send the body with its Content-Length, not in chunks", (_CLOSE,)
)
TOO_MANY = Refusal(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "busy",
    "the server is busy; nothing was changed, try again",
    (("retry-after", "1"),),
)
