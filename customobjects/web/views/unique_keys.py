"""Unique keys of several fields of an object: adding one, and removing one."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from customobjects.models import CustomObject
from customobjects.services import objects as services
from customobjects.services.forms import Made
from customobjects.services.naming import reference_of
from customobjects.web.forms.base import ServiceForm
from customobjects.web.forms.objects import UniqueKeyForm
from customobjects.web.views.form_pages import FormPage
from customobjects.web.views.objects import ObjectPage


def _names(custom_object: CustomObject, ids: list[str]) -> str:
    """The fields of a key, in words."""
    labels = {str(field.id): field.label for field in custom_object.fields.all()}
    return " and ".join(labels[id_] for id_ in ids if id_ in labels)


class UniqueKeyNew(ObjectPage, FormPage):
    """A form for a new unique key. Where records share its values, it comes back and names them."""

    template = "web/unique_key_form.html"
    existing = None

    def form(self, data: QueryDict | None = None) -> UniqueKeyForm:
        return UniqueKeyForm(data, language=self.language, of=self.custom_object)

    def context(self) -> dict[str, Any]:
        return {"object": self.custom_object}

    def create(self, form: ServiceForm) -> Made:
        held = self.custom_object
        key = form.values()
        keys = [*({"fields": one["fields"]} for one in held.unique_keys), key]
        services.change_object(self.actor, str(held.id), {"unique_keys": keys}, if_version=held.schema_version)
        return Made(_names(held, key["fields"]), reverse("web:object-general", args=[reference_of(held)]))

    def created(self, name: str) -> str:
        return f"From now on no two {self.custom_object.plural_name} have the same {name} together."


class UniqueKeyDelete(ObjectPage):
    """Removes a unique key, by its id."""

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        self.require()
        held = self.custom_object
        kept = [key for key in held.unique_keys if key["id"] != self.kwargs["key_reference"]]
        gone = [key for key in held.unique_keys if key not in kept]
        if not gone:
            raise Http404("There is no such unique key any more.")
        keys = [{"fields": key["fields"]} for key in kept]
        services.change_object(self.actor, str(held.id), {"unique_keys": keys}, if_version=held.schema_version)
        message = f"{held.plural_name} may have the same {_names(held, gone[0]['fields'])} now."
        return self.done(message, "web:object-general", reference_of(held))
