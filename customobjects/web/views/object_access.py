"""The part of an object's setup that says who may do what with its records."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from customobjects.queries.rights import OF_RECORDS, OF_VIEWS, are_alike, fields_hidden_from, rights_of_roles
from customobjects.schema import schema_of
from customobjects.web.role_words import roles_shown
from customobjects.web.views.objects import ObjectPage


class ObjectAccess(ObjectPage):
    """What each role may do with the object's records and views, and what else decides it."""

    def get(self, request: HttpRequest, **named: str) -> HttpResponse:
        self.require()
        held = self.custom_object
        schema = schema_of(held)
        groups = [("Records", OF_RECORDS), ("Views", OF_VIEWS)]
        context = {
            "object": held,
            "groups": [(name, rights_of_roles(self.actor, rights, held)) for name, rights in groups],
            "roles": roles_shown(self.actor),
            "is_alike": are_alike(self.actor, held),
            "hidden": fields_hidden_from(self.actor, schema),
            "inactive": [field.label for field in held.fields.all() if not field.is_active],
            "read_only": [field.label for field in schema.fields if not field.type.writable],
        }
        return render(request, "web/object_access.html", context)
