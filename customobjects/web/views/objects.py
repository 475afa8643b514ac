"""Pages of objects: the list, making one, and its setup."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from customobjects import access
from customobjects.models import CustomObject
from customobjects.queries import objects as queries
from customobjects.queries.filling import key_fillings_of
from customobjects.queries.home import home
from customobjects.queries.preferences import as_liked
from customobjects.queries.record_counts import about, with_counts
from customobjects.queries.totals import total_in_words
from customobjects.services import objects as services
from customobjects.services.forms import Made
from customobjects.services.naming import reference_of
from customobjects.web.forms.base import ServiceForm
from customobjects.web.forms.objects import ObjectForm
from customobjects.web.languages import Language
from customobjects.web.views.base import Page, SetupPage
from customobjects.web.views.form_pages import FormPage
from customobjects.web.words import Words

# So many records, and so many tasks, are shown at home.
HOME_ROWS = 10


class ObjectList(Page):
    """What a person finds when they come, and all objects, with how many records each has."""

    def get(self, request: HttpRequest) -> HttpResponse:
        search = request.GET.get("search", "").replace("\x00", "")[:200]
        objects = as_liked(self.actor, with_counts(self.actor, queries.list_objects(self.actor, search=search)))
        counts = about(self.actor, objects)
        listed = [
            {"object": row, "records": total_in_words(counts[row.id], Language.current().number)} for row in objects
        ]
        context: dict[str, Any] = {"objects": listed, "search": search, "can_define": access.can_define(self.actor)}
        if objects and not search:
            by_id = {row.id: row for row in objects}
            found = home(self.actor, limit=HOME_ROWS)
            context["tasks"] = [
                {"task": task, "object": by_id[task.custom_object_id], "due": self._due(task.due)}
                for task in found.tasks
                if task.custom_object_id in by_id
            ]
            context["parts"] = [
                (title, [(one, by_id[one.custom_object_id]) for one in records if one.custom_object_id in by_id])
                for title, records in (("Recently changed", found.recent), ("Mine", found.mine))
            ]
        return render(request, "web/object_list.html", context)

    @staticmethod
    def _due(due: str | None) -> str:
        """When a task is due, as the person writes a day."""
        return Language.current().day(date.fromisoformat(due[:10])) if due else ""


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


class ObjectSetup(ObjectPage, SetupPage):
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
        made = services.create_object(self.actor, **form.values())
        return Made(made.name, reverse("web:object-setup", args=[reference_of(made)]))

    def created(self, name: str) -> str:
        return f"{name} created. Give it the fields it needs."
