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
from customobjects.queries.home import home
from customobjects.queries.preferences import as_liked
from customobjects.queries.record_counts import about, with_counts
from customobjects.queries.totals import records_in_words, total_in_words
from customobjects.services import objects as services
from customobjects.services.forms import Made
from customobjects.services.naming import reference_of
from customobjects.web.forms.base import ServiceForm
from customobjects.web.forms.objects import ObjectForm
from customobjects.web.languages import Language
from customobjects.web.views.base import DeletePage, Page
from customobjects.web.views.form_pages import FormPage, saved

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
