"""The components that pages are put together from, each in its states."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from customobjects.web.shell import Toast
from customobjects.web.views.base import Page


class Styleguide(Page):
    """For whoever builds pages."""

    def get(self, request: HttpRequest) -> HttpResponse:
        toasts = [
            Toast("Compressor 12 is saved.", "success", "1-00000000000000000000000000000000"),
            Toast("Another Asset has the serial number S-1.", "error"),
        ]
        return render(request, "web/styleguide.html", {"toasts": toasts})
