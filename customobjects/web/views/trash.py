"""Pages of the trash: what is in it, of one object or of all, and the way back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from customobjects import access
from customobjects.models import CustomObject, Field
from customobjects.queries import objects as queries
from customobjects.queries import trash
from customobjects.queries.objects import find_object, get_schema
from customobjects.queries.records import nameless, names_of_users
from customobjects.queries.totals import records_in_words
from customobjects.schema import Schema
from customobjects.services import definition_trash
from customobjects.services.naming import reference_of
from customobjects.services.trash import restore_record
from customobjects.web.languages import Language
from customobjects.web.sentences import sentence
from customobjects.web.views.base import INVALID, Page
from customobjects.web.words import record_in_words
from salesos.errors import Conflict, Problem, ValidationError

PAGE_SIZE = 25
LAST_PAGE = trash.MAX_DEPTH // PAGE_SIZE
# What can be given up of an object or a field, and how the question is asked.
GIVEN_UP = {
    definition_trash.UNIQUE: "Restore its fields as not unique",
    definition_trash.LOOKUPS: "Leave the lookups of other objects in the trash",
    definition_trash.RECORDS: "Leave the records of other objects in the trash",
}

# What a form offers to give up: names, and the labels of the boxes to tick.
Choices = Sequence[tuple[str, str]]


class TrashPage(Page):
    """A page of records in the trash."""

    def context(
        self, page: trash.TrashPage, number: int, *, objects: dict[Any, CustomObject | Schema]
    ) -> dict[str, Any]:
        """What the template needs; ``objects`` are those of the records, by id."""
        people = names_of_users(self.actor, {str(one.deleted_by) for one in page.records if one.deleted_by})
        rows: list[dict[str, Any]] = [
            {
                "record": one,
                "name": one.name or nameless(one.id),
                "object": objects[one.custom_object_id],
                "goes_on": _goes_on(one.deleted_at),
                "by": people.get(str(one.deleted_by), ""),
                "along": records_in_words(one.along, Language.current().number) if one.along else "",
                "can_restore": access.can_delete(self.actor, objects[one.custom_object_id], one.owner_id),
            }
            for one in page.records
            if one.custom_object_id in objects
        ]
        return {
            "rows": rows,
            "has_along": any(row["along"] or row["record"].deleted_with for row in rows),
            "page": page,
            "previous": number - 1 if number > 1 else 0,
            "next": number + 1 if page.next_cursor and number < LAST_PAGE else 0,
        }


def _goes_on(deleted_at: datetime | None) -> str:
    """The day on which what was deleted at a time goes for good, as the person writes a day."""
    assert deleted_at is not None
    return Language.current().day((deleted_at + timedelta(days=settings.TRASH_DAYS)).date())


class TrashOfAll(TrashPage):
    """What is in the trash of all objects, and the objects that are."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = trash.TrashRequest(page=self.page_number(LAST_PAGE), limit=PAGE_SIZE)
        page = trash.trash_page(self.actor, trash.deleted_in_all(self.actor), asked)
        ids = {one.custom_object_id for one in page.records}
        objects: dict[Any, CustomObject | Schema] = {**queries.list_objects(self.actor).in_bulk(ids)}
        can_define = access.can_define(self.actor)
        deleted = list(trash.list_deleted_objects(self.actor)[:PAGE_SIZE]) if can_define else []
        context = {
            **self.context(page, asked.page, objects=objects),
            "definitions_title": "Deleted objects",
            "definitions": [
                (one, one.plural_name, _goes_on(one.deleted_at), reverse("web:object-restore", args=[one.id]))
                for one in deleted
            ],
        }
        return render(request, "web/trash.html", context)


class TrashOfObject(TrashPage):
    """What of an object's records is in the trash, and its fields that are."""

    def get(self, request: HttpRequest, object_reference: str) -> HttpResponse:
        schema = get_schema(self.actor, object_reference)
        asked = trash.TrashRequest(page=self.page_number(LAST_PAGE), limit=PAGE_SIZE)
        page = trash.trash_page(self.actor, access.deleted_records(self.actor, schema), asked)
        can_define = access.can_define(self.actor, schema)
        deleted = list(trash.list_deleted_fields(self.actor, str(schema.id))) if can_define else []
        reference = reference_of(schema)
        context = {
            **self.context(page, asked.page, objects={schema.id: schema}),
            "schema": schema,
            "definitions_title": "Deleted fields",
            "definitions": [
                (one, one.label, _goes_on(one.deleted_at), reverse("web:field-restore", args=[reference, one.id]))
                for one in deleted
            ],
        }
        return render(request, "web/trash.html", context)


class RestorePage(Page):
    """Asks, and restores; where something stands in the way, it says what, and what can be given up."""

    def question(self) -> dict[str, str]:
        """What to ask about the thing that the path names: ``title``, ``text``, and where ``back`` leads.

        Raises ``NotFound``, ``PermissionDenied``.
        """
        raise NotImplementedError

    def restore(self, without: Sequence[str]) -> HttpResponse:
        """Restore it by a service, and lead on. Raises ``Conflict``, which the page shows."""
        raise NotImplementedError

    def choices(self, problems: Iterable[Problem]) -> Choices:
        """What can be given up, so that these problems are none."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **named: str) -> HttpResponse:
        return render(request, "web/restore.html", {"question": self.question()})

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        question, without = self.question(), request.POST.getlist("without")
        try:
            return self.restore(without)
        except (Conflict, ValidationError) as error:
            chosen = [(name, label) for name, label in self.choices(error.problems)]
            context = {
                "question": question,
                "problems": [sentence(problem) for problem in error.problems],
                "choices": chosen,
                "kept": [name for name in without if name not in dict(chosen)] if isinstance(error, Conflict) else [],
            }
            return render(request, "web/restore.html", context, status=INVALID)


class RecordRestore(RestorePage):
    """Restores a record with what went along with it."""

    @cached_property
    def schema(self) -> Schema:
        return get_schema(self.actor, self.kwargs["object_reference"])

    @cached_property
    def record(self) -> trash.DeletedRecord:
        return trash.get_deleted(self.actor, self.schema, self.kwargs["record_reference"])

    def question(self) -> dict[str, str]:
        record = self.record
        access.require_restore(self.actor, self.schema, [record.owner_id])
        text = "It comes back as it was when it was deleted"
        if record.along:
            text += f", with {records_in_words(record.along, Language.current().number)} that went along with it"
        elif record.deleted_with:
            text += (
                f". It went along with {record.deleted_with.name or 'a record that is purged'}, and comes back alone"
            )
        return {
            "title": f"Restore {record.name or nameless(record.id)}?",
            "text": f"{text}.",
            "back": reverse("web:trash-of-object", args=[reference_of(self.schema)]),
        }

    def restore(self, without: Sequence[str]) -> HttpResponse:
        restored = restore_record(self.actor, str(self.schema.id), str(self.record.id), without=without)
        name = record_in_words(self.schema.name, restored.name)
        return self.done(f"{name} is restored.", "web:record", reference_of(self.schema), restored.id)

    def choices(self, problems: Iterable[Problem]) -> Choices:
        names = dict.fromkeys(p.field.removeprefix("data.") for p in problems if p.code in ("duplicate", "gone"))
        fields = self.schema.by_name
        return [(n, f"Without the {fields[n].label if n in fields else n} that stands in the way") for n in names]


class DefinitionRestore(RestorePage):
    """Restores an object or a field."""

    def choices(self, problems: Iterable[Problem]) -> Choices:
        found = [name for problem in problems if (name := _given_up(problem))]
        return [(name, GIVEN_UP[name]) for name in dict.fromkeys(found)]


def _given_up(problem: Problem) -> str:
    """What is to be given up so that a problem is none; nothing, where that does not help."""
    if problem.field.startswith("data."):
        return definition_trash.RECORDS
    if problem.field.endswith("isUnique"):
        return definition_trash.UNIQUE
    return definition_trash.LOOKUPS if problem.field.startswith("lookups.") else ""


class ObjectRestore(DefinitionRestore):
    """Restores an object with everything in it."""

    @cached_property
    def custom_object(self) -> CustomObject:
        return trash.find_deleted_object(trash.list_deleted_objects(self.actor), self.kwargs["object_reference"])

    def question(self) -> dict[str, str]:
        return {
            "title": f"Restore {self.custom_object.name}?",
            "text": "It comes back with its fields and records, and what of other objects went along with it.",
            "back": reverse("web:trash"),
        }

    def restore(self, without: Sequence[str]) -> HttpResponse:
        restored = definition_trash.restore_object(self.actor, str(self.custom_object.id), without=without)
        return self.done(f"{restored.name} is restored.", "web:record-list", reference_of(restored))


class FieldRestore(DefinitionRestore):
    """Restores a field with its values."""

    @cached_property
    def custom_object(self) -> CustomObject:
        found = find_object(access.visible_objects(self.actor), self.kwargs["object_reference"])
        access.require_define(self.actor, found)
        return found

    @cached_property
    def field(self) -> Field:
        return trash.find_deleted_field(self.custom_object, self.kwargs["field_reference"])

    def question(self) -> dict[str, str]:
        return {
            "title": f"Restore the field {self.field.label}?",
            "text": f"Its values are there again in the records of {self.custom_object.name}.",
            "back": reverse("web:trash-of-object", args=[reference_of(self.custom_object)]),
        }

    def restore(self, without: Sequence[str]) -> HttpResponse:
        object_id = str(self.custom_object.id)
        field = definition_trash.restore_field(self.actor, object_id, str(self.field.id), without=without)
        return self.done(f"{field.label} is restored.", "web:object-setup", reference_of(self.custom_object))
