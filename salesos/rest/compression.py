"""Compressing answers where it pays."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from salesos.rest.errors import wants_json

# What fits into one packet of a network arrives no sooner for being smaller.
WORTHWHILE = 1_400


class CompressionMiddleware(GZipMiddleware):
    """Django's own, for the API's larger answers. Pages have secrets in them that compressing could give away."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_small = isinstance(response, HttpResponse) and len(response.content) < WORTHWHILE
        if is_small or not wants_json(request):
            return response
        return super().process_response(request, response)
