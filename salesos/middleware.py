"""What surrounds every request, where Django's own does more than is wanted."""

from __future__ import annotations

from django.contrib.messages.middleware import MessageMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from salesos.rest.errors import wants_json

# What fits into one packet of a network arrives no sooner for being smaller.
WORTHWHILE = 1_400


class CompressionMiddleware(GZipMiddleware):
    """Compresses the API's larger answers. Pages have secrets in them that compressing could give away."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_small = isinstance(response, HttpResponse) and len(response.content) < WORTHWHILE
        if is_small or not wants_json(request):
            return response
        return super().process_response(request, response)


class PageMessageMiddleware(MessageMiddleware):
    """Messages for the next page that a person sees. Programs see none."""

    def process_request(self, request: HttpRequest) -> None:
        if not wants_json(request):
            super().process_request(request)
