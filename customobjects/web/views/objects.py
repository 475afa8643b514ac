"""Pages of objects: the list, making one, and its setup."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from customobjects import access
from customobjects.queries import objects as queries
from customobjects.queries.stats import stats
from customobjects.services import objects as services
from customobjects.web.forms.errors import attempt
from customobjects.web.forms.objects import CONTROLS, ObjectForm
from customobjects.web.views.base import INVALID, DeletePage, Page, Question


class ObjectList(Page):
    """All objects, with how many records each has."""

    def get(self, request: HttpRequest) -> HttpResponse:
        search = request.GET.get("search", "").replace("\x00", "")[:200]
        counts = {row["id"]: row["count"] for row in stats(self.actor)["records"]["byObject"]}
        listed = [
            {"object": row, "count": counts.get(row.id, 0), "fields": len(row.fields.all())}
            for row in queries.list_objects(self.actor, search=search)
        ]
        return self.show("object_list.html", {"objects": listed, "search": search})


class ObjectNew(Page):
    """A form for a new object; it starts with a text field for the name."""

    def get(self, request: HttpRequest) -> HttpResponse:
        access.require_define(self.actor)
        return self.show("object_form.html", {"form": ObjectForm(), "object": None})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ObjectForm(request.POST)
        made = attempt(form, CONTROLS, lambda: services.create_object(self.actor, **form.values()))
        if made is not None:
            messages.success(request, f"{made.name} is there. Give it the fields it needs.")
            return redirect("web:object-setup", made.api_name)
        return self.show("object_form.html", {"form": form, "object": None}, status=INVALID)


class ObjectSetup(Page):
    """An object's fields, and what can be done with it."""

    def get(self, request: HttpRequest, object_reference: str) -> HttpResponse:
        access.require_define(self.actor)
        found = queries.get_object(self.actor, object_reference)
        targets = queries.names_of_objects(self.actor, [f.target_id for f in found.fields.all() if f.target_id])
        return self.show("object_setup.html", {"object": found, "fields": found.fields.all(), "targets": targets})


class ObjectEdit(Page):
    """A form for an object's properties."""

    def get(self, request: HttpRequest, object_reference: str) -> HttpResponse:
        access.require_define(self.actor)
        found = queries.get_object(self.actor, object_reference)
        return self.show("object_form.html", {"form": ObjectForm(existing=found), "object": found})

    def post(self, request: HttpRequest, object_reference: str) -> HttpResponse:
        found = queries.get_object(self.actor, object_reference)
        form = ObjectForm(request.POST, existing=found)
        if attempt(form, CONTROLS, lambda: services.change_object(self.actor, object_reference, form.values())):
            messages.success(request, "Saved.")
            return redirect("web:object-setup", found.api_name)
        return self.show("object_form.html", {"form": form, "object": found}, status=INVALID)


class ObjectArchive(Page):
    """Archives an object, or restores it."""

    def post(self, request: HttpRequest, object_reference: str) -> HttpResponse:
        is_active = request.POST.get("is_active") == "true"
        changed = services.change_object(self.actor, object_reference, {"is_active": is_active})
        messages.success(request, f"{changed.name} is {'restored' if is_active else 'archived'}.")
        return redirect("web:object-setup", changed.api_name)


class ObjectDelete(DeletePage):
    """Asks, and deletes an object with all its records."""

    def question(self, **named: str) -> Question:
        access.require_define(self.actor)
        found = queries.get_object(self.actor, named["object_reference"])
        return Question(
            title=f"Delete {found.name}?",
            text="All its fields and records go with it.",
            back=reverse("web:object-setup", args=[found.api_name]),
            done=f"{found.name} is deleted.",
            on=reverse("web:object-list"),
        )

    def remove(self, **named: str) -> None:
        services.delete_object(self.actor, named["object_reference"])
