"""The page that says what each role may do, and how many people have it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from customobjects.queries.rights import GROUPS, rights_of_roles
from customobjects.web.role_words import roles_shown
from customobjects.web.views.base import SetupPage


class RolesPage(SetupPage):
    """All rights by roles."""

    def get(self, request: HttpRequest) -> HttpResponse:
        groups = [(name, rights_of_roles(self.actor, rights)) for name, rights in GROUPS]
        context = {"groups": groups, "roles": roles_shown(self.actor)}
        return render(request, "web/organization/roles.html", context)
