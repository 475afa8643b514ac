"""Pages of records: the list, one record, and its forms."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from customobjects import access
from customobjects.fieldtypes import ReferenceKind
from customobjects.queries import records as queries
from customobjects.queries.lookup_filters import filter_of
from customobjects.queries.objects import get_schema
from customobjects.queries.people import people_to_choose
from customobjects.queries.stale import last_changes
from customobjects.queries.totals import records_in_words
from customobjects.schema import Schema, SchemaField
from customobjects.services import deletion
from customobjects.services import records as services
from customobjects.services.forms import Made, new_token
from customobjects.services.naming import reference_of
from customobjects.services.values import starting_values
from customobjects.web.deletion_words import of_effect, of_restoring
from customobjects.web.forms.base import SHOWN, TOKEN, ServiceForm
from customobjects.web.forms.records import RecordForm
from customobjects.web.forms.shown import Shown
from customobjects.web.views.base import INVALID, DeletePage, Page
from customobjects.web.views.form_pages import FormPage, saved
from customobjects.web.words import record_in_words
from salesos import errors

# What a form offers for each lookup, for all of them together, and at least for each.
MAX_CHOICES, MAX_CHOICES_OF_ALL, LEAST_CHOICES = 100, 2_000, 10


class RecordsPage(Page):
    """A page of the records of the object that the path names, or of one of them."""

    @cached_property
    def schema(self) -> Schema:
        return get_schema(self.actor, self.kwargs["object_reference"])

    @cached_property
    def record(self) -> dict[str, Any]:
        return queries.get_record(self.actor, self.schema, self.kwargs["record_reference"])


class RecordEdit(RecordsPage, FormPage):
    """A form for a record. Whoever saves a copy that has become stale is told so, and loses nothing."""

    template = "web/record_form.html"

    @property
    def existing(self) -> dict[str, Any] | None:
        return self.record if "record_reference" in self.kwargs else None

    def require(self) -> None:
        access.require_write(self.actor, self.schema)

    def form(self, data: QueryDict | None = None) -> RecordForm:
        return self._form(self.schema, data, record=self.existing)

    def _form(self, schema: Schema, data: QueryDict | None = None, **more: Any) -> RecordForm:
        more.setdefault("language", self.language)
        more.setdefault("start", starting_values(self.actor, schema))
        return RecordForm(data, schema=schema, choices_of=self._choices, **more)

    def context(self) -> dict[str, Any]:
        return {"schema": self.schema, "record": self.existing}

    def create(self, form: ServiceForm) -> Made:
        made = services.create_record(self.actor, str(self.schema.id), form.values())
        address = reverse("web:record", args=[reference_of(self.schema), made.id])
        return Made(record_in_words(self.schema.name, made.name), address)

    def created(self, name: str) -> str:
        return f"{name} is saved."

    def change(self, form: ServiceForm) -> HttpResponse:
        schema, record = self.schema, self.record
        name = record["name"]
        if values := form.values():
            # What the form was held against is what is there: otherwise it is held against that.
            name = services.change_record(
                self.actor, str(schema.id), record["id"], values, if_version=record["version"]
            ).name
        return self.done(
            saved(form, record_in_words(schema.name, name)), "web:record", reference_of(schema), record["id"]
        )

    def forget(self) -> None:
        vars(self).pop("record", None)

    def who_changed(self) -> str:
        person = self.record["updatedBy"]
        return queries.names_of_users(self.actor, [person] if person else []).get(person, super().who_changed())

    def who_changed_each(self, form: ServiceForm) -> dict[str, str]:
        last = self.who_changed()
        names = {control: path.removeprefix("data.") for path, control in form.controls.items()}
        told = last_changes(self.actor, self.schema, UUID(self.record["id"]), [names[one] for one in form.clashes])
        people = {name: change.person for name, change in told.items()}
        return {control: people.get(names[control], last) for control in form.clashes}

    def vanished(self, request: HttpRequest, error: errors.DomainError) -> HttpResponse:
        """Where only the record is gone, its form comes back as one for a new record."""
        if "record_reference" not in self.kwargs or not isinstance(error, errors.NotFound):
            return super().vanished(request, error)
        try:
            schema = get_schema(self.actor, self.kwargs["object_reference"])
        except errors.NotFound:
            return super().vanished(request, error)
        was = Shown.read(request.POST.get(SHOWN))
        form = self._form(schema, language=was.language if was else self.language)
        shown = form.initial[SHOWN]
        form.fill(request.POST)
        form.initial[SHOWN], form.initial[TOKEN] = shown, new_token()
        form.notice = f"This {schema.name} has been deleted meanwhile. What you typed is here: save it as a new one."
        address = reverse("web:record-new", args=[reference_of(schema)])
        context = {"schema": schema, "record": None, "form": form, "address": address}
        return render(request, self.template, context, status=INVALID)

    def _choices(self, field: SchemaField, value: Any) -> list[tuple[str, str]]:
        """What is held, and the first of what can be chosen: the page's script finds the others."""
        held = field.type.ids(value)
        read_names = queries.names_of_users if _names_people(field) else queries.names_of_records
        names = read_names(self.actor, held)
        return [
            *((id_, names.get(id_, id_)) for id_ in held),
            *(pair for pair in self._offered(field) if pair[0] not in held),
        ]

    def _offered(self, field: SchemaField) -> list[tuple[str, str]]:
        """The first of what can be chosen, read once for all fields that point at the same."""
        tree = filter_of(field)
        key = field.id if tree else field.target_id
        if key not in self._read:
            limit = max(LEAST_CHOICES, min(MAX_CHOICES, MAX_CHOICES_OF_ALL // len(self.schema.references)))
            self._read[key] = (
                people_to_choose(self.actor, "", limit, with_invitations=True)
                if _names_people(field)
                else queries.choices_of(self.actor, get_schema(self.actor, str(field.target_id)), limit, tree)
            )
        return self._read[key]

    @cached_property
    def _read(self) -> dict[UUID | None, list[tuple[str, str]]]:
        return {}


def _names_people(field: SchemaField) -> bool:
    return field.type.reference_kind is ReferenceKind.USER


class RecordDelete(RecordsPage, DeletePage):
    """Asks, and deletes a record."""

    def question(self) -> dict[str, Any]:
        owner = self.record["ownerId"]
        access.require_delete(self.actor, self.schema, [UUID(owner) if owner else None])
        along, effects = deletion.effects_of([UUID(self.record["id"])])
        others = f", and along with it {records_in_words(along)}" if along else ""
        return {
            "title": f"Delete {self.record['name'] or 'this record'}?",
            "text": f"It goes to the trash{others}.",
            "effects": [of_effect(effect) for effect in effects],
            "until": of_restoring(along),
            "back": reverse("web:record", args=[reference_of(self.schema), self.record["id"]]),
        }

    def remove(self) -> HttpResponse:
        name = record_in_words(self.schema.name, self.record["name"])
        left = services.delete_record(self.actor, self.kwargs["object_reference"], self.kwargs["record_reference"])
        background = f" {left:,} lookups to it are being emptied in the background." if left else ""
        return self.done(f"{name} is deleted.{background}", "web:record-list", reference_of(self.schema))
