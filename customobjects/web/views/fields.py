"""Pages of fields: choosing a type, adding, changing, moving and deleting."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from customobjects.fieldtypes import DEFAULT_TYPE, TYPES, FieldType
from customobjects.models import Field
from customobjects.queries import objects as queries
from customobjects.services import field_order
from customobjects.services import fields as services
from customobjects.services.forms import Made
from customobjects.services.naming import reference_of
from customobjects.web.forms.base import ServiceForm
from customobjects.web.forms.choices_editor import Addresses
from customobjects.web.forms.fields import FieldForm
from customobjects.web.views.base import DeletePage, SetupPage
from customobjects.web.views.form_pages import FormPage, saved
from customobjects.web.views.objects import ObjectPage


def _shown(type_: type[FieldType]) -> dict[str, str]:
    """A type for templates, which would make an instance of the class itself."""
    return {"key": type_.key, "label": type_.label, "icon": type_.icon, "description": type_.description}


class FieldPage(ObjectPage):
    """A page of the field that the path names."""

    @cached_property
    def field(self) -> Field:
        # The object is read first: where the field changes in between, the version tells.
        return queries.find_field(self.custom_object, self.kwargs["field_reference"])

    def forget(self) -> None:
        super().forget()
        vars(self).pop("field", None)


class FieldEdit(FieldPage, FormPage):
    """A form for a field. For a new one, first the types to choose from."""

    template = "web/field_form.html"

    @property
    def existing(self) -> Field | None:
        return self.field if "field_reference" in self.kwargs else None

    @property
    def type(self) -> type[FieldType]:
        given = self.request.POST or self.request.GET
        return TYPES[self.existing.type] if self.existing else TYPES.get(given.get("type", ""), TYPES[DEFAULT_TYPE])

    def get(self, request: HttpRequest, **named: str) -> HttpResponse:
        if self.kwargs.get("field_reference") or request.GET.get("type") in TYPES:
            return super().get(request, **named)
        self.require()
        types = [_shown(type_) for type_ in TYPES.values()]
        return render(request, "web/field_types.html", {"object": self.custom_object, "types": types})

    def form(self, data: QueryDict | None = None) -> FieldForm:
        targets = [(str(id_), name) for id_, name in queries.list_objects(self.actor).values_list("id", "name")]
        names = self.existing and [reference_of(self.custom_object), self.existing.api_name]
        addresses = Addresses(*(reverse(f"web:field-{page}", args=names) for page in ("held", "merge") if names))
        return FieldForm(
            data,
            language=self.language,
            type_=self.type,
            targets=targets,
            existing=self.existing,
            addresses=addresses,
            records=self.custom_object.plural_name,
        )

    def context(self) -> dict[str, Any]:
        return {"object": self.custom_object, "type": _shown(self.type), "field": self.existing}

    def create(self, form: ServiceForm) -> Made:
        api_name = self.custom_object.api_name
        added = services.add_field(self.actor, api_name, type=self.type.key, **form.values())
        return Made(added.label, reverse("web:object-setup", args=[reference_of(self.custom_object)]))

    def created(self, name: str) -> str:
        return f"{name} is added."

    def change(self, form: ServiceForm) -> HttpResponse:
        custom_object, values = self.custom_object, form.values()
        if values:
            services.change_field(
                self.actor,
                custom_object.api_name,
                self.field.api_name,
                values,
                if_version=custom_object.schema_version,
                keeps_held=True,
            )
        return self.done(saved(form), "web:object-setup", reference_of(self.custom_object))

    def who_changed(self) -> str:
        return str(self.field.updated_by or super().who_changed())


class FieldMove(FieldPage, SetupPage):
    """Moves a field one place up or down."""

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        by = -1 if request.POST.get("direction") == "up" else 1
        field_order.move_field(self.actor, self.kwargs["object_reference"], self.kwargs["field_reference"], by=by)
        return redirect("web:object-setup", reference_of(self.custom_object))


class FieldDelete(FieldPage, DeletePage):
    """Asks, and deletes a field with all its values."""

    def question(self) -> dict[str, str]:
        self.require()
        name = self.custom_object.name
        return {
            "title": f"Delete the field {self.field.label}?",
            "text": f"Its values go from every record of {name}. To keep them, make it inactive instead.",
            "back": reverse("web:object-setup", args=[reference_of(self.custom_object)]),
        }

    def remove(self) -> HttpResponse:
        services.delete_field(self.actor, self.kwargs["object_reference"], self.kwargs["field_reference"])
        return self.done(f"{self.field.label} is deleted.", "web:object-setup", reference_of(self.custom_object))
