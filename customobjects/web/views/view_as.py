"""Seeing the pages as somebody of a lesser role does, and stopping it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

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
        return redirect(self.address_back(reverse("web:object-list")))
