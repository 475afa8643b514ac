"""Pages of objects: making one, and its setup."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from customobjects import access
from customobjects.fieldtypes.folding import caseless
from customobjects.models import CustomObject
from customobjects.queries import objects as queries
from customobjects.services import objects as services
from customobjects.services.forms import Made
from customobjects.services.naming import name_taken, reference_of
from customobjects.web.forms.base import ServiceForm
from customobjects.web.forms.objects import ObjectForm
from customobjects.web.views.base import SetupPage
from customobjects.web.views.form_pages import FormPage
from customobjects.web.words import Words
from salesos.errors import ValidationError


class ObjectPage(SetupPage):
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


class ObjectNew(ObjectPage, FormPage):
    """A form for a new object. It starts with a text field for the name."""

    template = "web/object_form.html"
    existing = None

    def form(self, data: QueryDict | None = None) -> ObjectForm:
        return ObjectForm(data, language=self.language)

    def context(self) -> dict[str, Any]:
        new = CustomObject()
        return {"words": Words("", "", new.icon, new.color)}

    def create(self, form: ServiceForm) -> Made:
        values = form.values()
        if holder := queries.names_taken(self.actor).get(caseless(values["name"])):
            raise ValidationError([name_taken(holder, "name")])
        made = services.create_object(self.actor, **values)
        return Made(made.name, reverse("web:object-setup", args=[reference_of(made)]))

    def created(self, name: str) -> str:
        return f"{name} created. Give it the fields it needs."
