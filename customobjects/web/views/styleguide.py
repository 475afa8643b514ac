"""The components that pages are put together from, each in its states."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from customobjects.web.forms.base import EMPTY_CHOICE
from customobjects.web.forms.combobox import Combobox, MultipleCombobox
from customobjects.web.shell import Toast
from customobjects.web.views.base import Page

CHOICES = [("running", "Running"), ("repair", "In Repair"), ("retired", "Retired")]
PEOPLE = ["Mira Novak", "Sam Okafor", "Jo"]


class Styleguide(Page):
    """For whoever builds pages."""

    def get(self, request: HttpRequest) -> HttpResponse:
        toasts = [
            Toast("Compressor 12 is saved.", "success", "1-00000000000000000000000000000000"),
            Toast("Another Asset has the serial number S-1.", "error"),
        ]
        comboboxes = [
            ("State", Combobox(choices=[EMPTY_CHOICE, *CHOICES]), "running"),
            ("Tags", MultipleCombobox(choices=CHOICES), ["running", "repair"]),
        ]
        controls = [
            (name, widget.render(name.lower(), value, {"id": f"guide-{name.lower()}"}))
            for name, widget, value in comboboxes
        ]
        context = {"toasts": toasts, "comboboxes": controls, "people": PEOPLE}
        return render(request, "web/styleguide.html", context)
