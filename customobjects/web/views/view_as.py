"""Seeing the pages as somebody of a lesser role does, and stopping it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from customobjects.web.views.base import Page
from salesos.accounts.viewing import stop_viewing, view_as


class ViewAs(Page):
    """Begins it with the ``role`` that is sent, or stops it without one.

    A role that is not less than the person's own changes nothing. Who stops is led back to the page that they saw,
    ``next``.
    """

    def post(self, request: HttpRequest) -> HttpResponse:
        if role := request.POST.get("role", ""):
            view_as(request, role)
            return redirect("web:object-list")
        stop_viewing(request)
        address = request.POST.get("next", "")
        is_ours = url_has_allowed_host_and_scheme(address, {request.get_host()})
        return redirect(address if is_ours else "web:object-list")
