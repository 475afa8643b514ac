"""Bodies that come in chunks, whose length nobody says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from django.conf import settings

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def reading_chunks(application: Application) -> Application:
    """The same WSGI application, which gets such a body whole, with its length: Django reads no other."""

    def run(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if "HTTP_TRANSFER_ENCODING" in environ and not environ.get("CONTENT_LENGTH"):
            # One byte more than is allowed is enough for being refused.
            body = environ["wsgi.input"].read(settings.MAX_BODY_BYTES + 1)
            environ |= {"CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body)}
        return application(environ, start_response)

    return run
