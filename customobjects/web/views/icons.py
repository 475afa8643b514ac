"""The list of icons, for the script that has people choose one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from customobjects.web.icon_list import icon_list
from customobjects.web.views.base import Page

# A browser asks anew after an hour: the list changes with the product's version alone.
KEPT_SECONDS = 3_600


class IconList(Page):
    """All icons, as ``icon_list`` has them."""

    def get(self, request: HttpRequest) -> HttpResponse:
        headers = {"Cache-Control": f"private, max-age={KEPT_SECONDS}"}
        return HttpResponse(icon_list(), content_type="application/json", headers=headers)
