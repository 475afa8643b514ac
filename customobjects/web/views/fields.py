"""Pages of fields: choosing a type, adding, changing, moving and deleting."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from customobjects import access
from customobjects.fieldtypes import DEFAULT_TYPE, TYPES, FieldType
from customobjects.models import CustomObject, Field
from customobjects.queries import objects as queries
from customobjects.services import fields as services
from customobjects.web.forms.errors import attempt
from customobjects.web.forms.fields import FieldForm
from customobjects.web.views.base import INVALID, DeletePage, Page, Question


def _shown(type_: type[FieldType]) -> dict[str, str]:
    """A type for templates, which would make an instance of the class itself."""
    return {"key": type_.key, "label": type_.label, "icon": type_.icon, "description": type_.description}


class _FieldPage(Page):
    """What the two forms share."""

    def targets(self) -> list[tuple[str, str]]:
        return [(str(row.id), row.name) for row in queries.list_objects(self.actor)]

    def save(self, form: FieldForm, custom_object: CustomObject, field: Field | None) -> Field | None:
        """Save what is in the form; None where it is refused, and the form says why."""

        def act() -> Field | None:
            values = form.values()
            if form.errors:
                return None
            if field is None:
                return services.add_field(self.actor, custom_object.api_name, type=form.type.key, **values)
            return services.change_field(self.actor, custom_object.api_name, field.api_name, values)

        return attempt(form, form.controls(), act)


class FieldNew(_FieldPage):
    """First the types to choose from, then the form of the chosen one."""

    def get(self, request: HttpRequest, object_reference: str) -> HttpResponse:
        access.require_define(self.actor)
        found = queries.get_object(self.actor, object_reference)
        type_ = TYPES.get(request.GET.get("type", ""))
        if type_ is None:
            return self.show(
                "field_types.html", {"object": found, "types": [_shown(known) for known in TYPES.values()]}
            )
        form = FieldForm(type_=type_, targets=self.targets())
        return self.show("field_form.html", {"object": found, "form": form, "type": _shown(type_), "field": None})

    def post(self, request: HttpRequest, object_reference: str) -> HttpResponse:
        found = queries.get_object(self.actor, object_reference)
        type_ = TYPES.get(request.POST.get("type", ""), TYPES[DEFAULT_TYPE])
        form = FieldForm(request.POST, type_=type_, targets=self.targets())
        if added := self.save(form, found, None):
            messages.success(request, f"{added.label} is added.")
            return redirect("web:object-setup", found.api_name)
        context = {"object": found, "form": form, "type": _shown(type_), "field": None}
        return self.show("field_form.html", context, status=INVALID)


class FieldEdit(_FieldPage):
    """The form of an existing field."""

    def get(self, request: HttpRequest, object_reference: str, field_reference: str) -> HttpResponse:
        access.require_define(self.actor)
        found = queries.get_object(self.actor, object_reference)
        field = queries.find_field(found, field_reference)
        type_ = TYPES[field.type]
        form = FieldForm(type_=type_, targets=self.targets(), existing=field)
        return self.show("field_form.html", {"object": found, "form": form, "type": _shown(type_), "field": field})

    def post(self, request: HttpRequest, object_reference: str, field_reference: str) -> HttpResponse:
        found = queries.get_object(self.actor, object_reference)
        field = queries.find_field(found, field_reference)
        type_ = TYPES[field.type]
        form = FieldForm(request.POST, type_=type_, targets=self.targets(), existing=field)
        if self.save(form, found, field):
            messages.success(request, "Saved.")
            return redirect("web:object-setup", found.api_name)
        context = {"object": found, "form": form, "type": _shown(type_), "field": field}
        return self.show("field_form.html", context, status=INVALID)


class FieldMove(Page):
    """Moves a field one place up or down."""

    def post(self, request: HttpRequest, object_reference: str, field_reference: str) -> HttpResponse:
        found = queries.get_object(self.actor, object_reference)
        field = queries.find_field(found, field_reference)
        names = [listed.api_name for listed in found.fields.all()]
        here = names.index(field.api_name)
        there = here + (-1 if request.POST.get("direction") == "up" else 1)
        if 0 <= there < len(names):
            names[here], names[there] = names[there], names[here]
            services.reorder_fields(self.actor, object_reference, names)
        return redirect("web:object-setup", found.api_name)


class FieldDelete(DeletePage):
    """Asks, and deletes a field with all its values."""

    def question(self, **named: str) -> Question:
        access.require_define(self.actor)
        found = queries.get_object(self.actor, named["object_reference"])
        field = queries.find_field(found, named["field_reference"])
        setup = reverse("web:object-setup", args=[found.api_name])
        return Question(
            title=f"Delete the field {field.label}?",
            text=f"Its values go from every record of {found.name}. To keep them, make it inactive instead.",
            back=setup,
            done=f"{field.label} is deleted.",
            on=setup,
        )

    def remove(self, **named: str) -> None:
        services.delete_field(self.actor, named["object_reference"], named["field_reference"])
