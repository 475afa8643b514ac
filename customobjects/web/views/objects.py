"""Pages of objects: making one, and its setup."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from customobjects import access
from customobjects.models import CustomObject
from customobjects.queries import objects as queries
from customobjects.queries.filling import key_fillings_of
from customobjects.queries.totals import records_in_words
from customobjects.services import objects as services
from customobjects.services.forms import Made
from customobjects.services.naming import reference_of
from customobjects.web.forms.base import ServiceForm
from customobjects.web.forms.objects import ObjectForm
from customobjects.web.languages import Language
from customobjects.web.views.base import DeletePage, Page
from customobjects.web.views.form_pages import FormPage, saved


class ObjectPage(Page):
    """A page of the object that the path names."""

    @cached_property
    def custom_object(self) -> CustomObject:
        return queries.get_object(self.actor, self.kwargs["object_reference"])

    def require(self) -> None:
        """Raise ``PermissionDenied`` unless the actor may change the object, or make one."""
        access.require_define(self.actor, self.custom_object if self.kwargs else None)

    def forget(self) -> None:
        """Read anew what the path names."""
        vars(self).pop("custom_object", None)


class ObjectSetup(ObjectPage):
    """An object's fields, and what can be done with it."""

    def get(self, request: HttpRequest, **named: str) -> HttpResponse:
        self.require()
        fields = self.custom_object.fields.all()
        targets = queries.names_of_objects(self.actor, [field.target_id for field in fields if field.target_id])
        context = {
            "object": self.custom_object,
            "fields": fields,
            "targets": targets,
            "key_fillings": key_fillings_of(self.custom_object),
        }
        return render(request, "web/object_setup.html", context)


class ObjectEdit(ObjectPage, FormPage):
    """A form for an object's properties. A new one starts with a text field for the name."""

    template = "web/object_form.html"

    @property
    def existing(self) -> CustomObject | None:
        return self.custom_object if self.kwargs else None

    def form(self, data: QueryDict | None = None) -> ObjectForm:
        return ObjectForm(data, language=self.language, existing=self.existing)

    def context(self) -> dict[str, Any]:
        return {"object": self.existing}

    def create(self, form: ServiceForm) -> Made:
        made = services.create_object(self.actor, **form.values())
        return Made(made.name, reverse("web:object-setup", args=[reference_of(made)]))

    def created(self, name: str) -> str:
        return f"{name} created. Give it the fields it needs."

    def change(self, form: ServiceForm) -> HttpResponse:
        if values := form.values():
            version = self.custom_object.schema_version
            services.change_object(self.actor, self.kwargs["object_reference"], values, if_version=version)
        return self.done(saved(form), "web:object-setup", reference_of(self.custom_object))

    def who_changed(self) -> str:
        return str(self.custom_object.updated_by or super().who_changed())


class ObjectArchive(Page):
    """Archives an object, or restores it."""

    def post(self, request: HttpRequest, object_reference: str) -> HttpResponse:
        is_active = request.POST.get("is_active") == "true"
        changed = services.change_object(self.actor, object_reference, {"is_active": is_active})
        message = f"{changed.name} is {'restored' if is_active else 'archived'}."
        return self.done(message, "web:object-setup", reference_of(changed))


class ObjectDelete(ObjectPage, DeletePage):
    """Asks, and deletes an object with all its records."""

    def question(self) -> dict[str, str]:
        self.require()
        own, along = services.records_that_go(self.actor, str(self.custom_object.id))
        write = Language.current().number
        others = f", and along with them {records_in_words(along, write)} of other objects" if along else ""
        return {
            "title": f"Delete {self.custom_object.name}?",
            "text": f"With it go all its fields and {records_in_words(own, write)}{others}.",
            "name": self.custom_object.name,
            "back": reverse("web:object-setup", args=[reference_of(self.custom_object)]),
        }

    def remove(self) -> HttpResponse:
        services.delete_object(self.actor, self.kwargs["object_reference"])
        return self.done(f"{self.custom_object.name} is deleted.", "web:object-list")
