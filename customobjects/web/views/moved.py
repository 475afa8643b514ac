"""The addresses that pages had before: bookmarks and links in messages still lead on."""

from __future__ import annotations

import re

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.views import View

# Each old address, behind "/objects/", and where its page is now.
MOVES = [
    (r"new/", "/setup/objects/new/"),
    (r"([^/]+)/setup/(.*)", r"/setup/objects/\1/\2"),
    (r"([^/]+)/((?:new/|trash/.*)?)", r"/o/\1/\2"),
    (r"([^/]+)/([^/]+/.*)", r"/o/\1/r/\2"),
]


class Moved(View):
    """Leads a browser, with its query, to where a page is now."""

    def get(self, request: HttpRequest, rest: str) -> HttpResponse:
        for old, new in MOVES:
            if found := re.fullmatch(old, rest):
                query = request.META.get("QUERY_STRING", "")
                return HttpResponsePermanentRedirect(found.expand(new) + (f"?{query}" if query else ""))
        raise Http404
