"""The general part of an object's setup: its properties, how its names read, and the view that its list begins with."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from customobjects.models import CustomObject
from customobjects.queries.filling import key_fillings_of
from customobjects.queries.object_contents import naming_examples
from customobjects.queries.objects import get_object, get_schema
from customobjects.queries.views import list_views
from customobjects.schema import schema_of
from customobjects.services import objects as services
from customobjects.services.naming import plural, reference_of
from customobjects.services.objects import MAX_UNIQUE_KEYS, can_be_primary
from customobjects.services.views import choose_default
from customobjects.web.forms.base import ServiceForm
from customobjects.web.forms.objects import ObjectForm
from customobjects.web.shell import UNDO
from customobjects.web.views.base import SetupPage
from customobjects.web.views.form_pages import FormPage, saved
from customobjects.web.views.objects import ObjectPage
from customobjects.web.words import Words

# Of what is typed into a name, so much is shown in sentences.
MAX_NAME = 80
MAX_ICON = 40


class ObjectGeneral(ObjectPage, FormPage):
    """The form of an object's properties, and what else can be done with it as a whole."""

    template = "web/object_general.html"

    @property
    def existing(self) -> CustomObject:
        return self.custom_object

    @cached_property
    def examples(self) -> dict[Any, str]:
        """What a record would be called by each field that can name one."""
        naming = [field.id for field in self.custom_object.fields.all() if can_be_primary(field)]
        return naming_examples(self.actor, schema_of(self.custom_object), naming)

    def form(self, data: QueryDict | None = None) -> ObjectForm:
        return ObjectForm(data, language=self.language, existing=self.custom_object, examples=self.examples)

    def context(self) -> dict[str, Any]:
        custom_object = self.custom_object
        labels = {str(field.id): field.label for field in custom_object.fields.all()}
        keys = [(key["id"], [labels.get(id_, "") for id_ in key["fields"]]) for key in custom_object.unique_keys]
        views = list_views(self.actor, schema_of(custom_object)).filter(owner=None).defer("settings")
        return {
            "object": custom_object,
            "words": Words.of(custom_object, self.examples),
            "keys": keys,
            "can_add_key": len(keys) < MAX_UNIQUE_KEYS,
            "key_fillings": key_fillings_of(custom_object),
            "views": views,
        }

    def change(self, form: ServiceForm) -> HttpResponse:
        if values := form.values():
            version = self.custom_object.schema_version
            services.change_object(self.actor, self.kwargs["object_reference"], values, if_version=version)
        return self.done(saved(form), "web:object-general", reference_of(self.custom_object))

    def who_changed(self) -> str:
        return str(self.custom_object.updated_by or super().who_changed())


class ObjectEdit(ObjectPage):
    """Where the form of an object's properties was before: leads on."""

    def get(self, request: HttpRequest, **named: str) -> HttpResponse:
        self.require()
        return redirect("web:object-general", reference_of(self.custom_object), permanent=True)


class ObjectWords(SetupPage):
    """How names read in sentences, for a page that shows them while somebody types: a part of the page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        given = request.GET
        name = given.get("name", "").strip()[:MAX_NAME]
        plural_name = given.get("plural_name", "").strip()[:MAX_NAME] or plural(name)
        words = Words(name, plural_name, icon=given.get("icon", "")[:MAX_ICON], color=given.get("color", ""))
        if reference := given.get("object", ""):
            words = self._with_examples(words, get_object(self.actor, reference), given.get("primary_field", ""))
        return render(request, "web/object_words.html", {"words": words})

    def _with_examples(self, words: Words, custom_object: CustomObject, primary: str) -> Words:
        named = [field.id for field in custom_object.fields.all() if str(field.id) == primary or field.is_unique]
        examples = naming_examples(self.actor, schema_of(custom_object), named)
        called = {str(id_): text for id_, text in examples.items()}
        return replace(words, record=called.get(primary, "")).about(custom_object, examples)


class DefaultView(SetupPage):
    """Has an object's list begin with a shared view, for everybody; or without one."""

    def post(self, request: HttpRequest, object_reference: str) -> HttpResponse:
        schema = get_schema(self.actor, object_reference)
        before = list_views(self.actor, schema).filter(is_default=True).first()
        wanted = request.POST.get("view", request.GET.get("view", ""))
        said = f"The list of {schema.plural_name} begins with all records, for everybody."
        if wanted:
            view = choose_default(self.actor, object_reference, wanted)
            said = f"The list of {schema.plural_name} begins with the view {view.name}, for everybody."
        elif before is not None:
            choose_default(self.actor, object_reference, str(before.id), is_default=False)
        address = reverse("web:default-view", args=[object_reference])
        undo = f"{UNDO}{address}?view={before.id if before else ''}"
        messages.success(request, said, extra_tags=undo)
        return redirect("web:object-general", object_reference)
