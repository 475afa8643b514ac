"""Notes and activities of a record: written, changed, ticked off, deleted, and brought back."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from customobjects import access
from customobjects.models import Activity, Note
from customobjects.queries.activities import ActivityRow, activity_row
from customobjects.queries.attached import get_attached
from customobjects.queries.notes import NoteRow, note_row
from customobjects.queries.objects import as_uuid
from customobjects.queries.people import people_to_choose
from customobjects.queries.records import names_of_users
from customobjects.services import activities, notes
from customobjects.services.forms import Made
from customobjects.web.forms.attached import ActivityForm, NoteForm
from customobjects.web.forms.base import ServiceForm
from customobjects.web.shell import UNDO
from customobjects.web.views.beside import MAX_PEOPLE
from customobjects.web.views.form_pages import FormPage, saved
from customobjects.web.views.records import RecordsPage


class AttachedPage(RecordsPage):
    """What is done with a note or an activity of a record. ``kind`` is what its routes begin with."""

    kind: ClassVar[str]

    @property
    def record_place(self) -> tuple[str, str]:
        """The object and the record."""
        return self.kwargs["object_reference"], self.kwargs["record_reference"]

    @property
    def reference(self) -> str:
        """The note or activity that the path names; empty for a new one."""
        return str(self.kwargs.get(f"{self.kind}_reference", ""))

    @property
    def place(self) -> tuple[str, str, str]:
        return *self.record_place, self.reference

    def address(self, route: str, *more: object) -> str:
        """The address of a route that begins with the kind, of this record."""
        return reverse(f"web:{self.kind}-{route}", args=[*self.record_place, *more])

    @property
    def timeline(self) -> str:
        return reverse("web:record-timeline", args=self.record_place)

    def told(self, text: str, undo: str = "") -> HttpResponse:
        """Lead to the record's history, which says what was done, with the address that takes it back."""
        messages.success(self.request, text, extra_tags=f"{UNDO}{undo}" if undo else "")
        return redirect(self.timeline)


class AttachedForm(AttachedPage, FormPage):
    """A form for a note or an activity."""

    template = "web/attached_form.html"
    made_id = ""

    def require(self) -> None:
        access.require_write(self.actor, self.schema)

    def context(self) -> dict[str, Any]:
        return {"schema": self.schema, "record": self.record, "kind": self.kind, "back": self.timeline}

    def created(self, name: str) -> str:
        return f"The {self.kind} is saved."

    def made(self, id_: object) -> Made:
        """What was made, which this request may take back."""
        self.made_id = str(id_)
        return Made(f"The {self.kind}", self.timeline)

    def tag(self) -> str:
        return f"{UNDO}{self.address('delete', self.made_id)}"

    def forget(self) -> None:
        vars(self).pop("row", None)


class NoteEdit(AttachedForm):
    """The form of a note."""

    kind = "note"

    @cached_property
    def row(self) -> NoteRow:
        return note_row(get_attached(self.actor, self.schema, self.record_place[1], self.reference, Note))

    @property
    def existing(self) -> NoteRow | None:
        return self.row if self.reference else None

    def form(self, data: QueryDict | None = None) -> NoteForm:
        return NoteForm(data, language=self.language, note=self.existing)

    def create(self, form: ServiceForm) -> Made:
        written = notes.create_note(self.actor, *self.record_place, text=form.values().get("text", ""))
        assert written.after is not None
        return self.made(written.after.id)

    def change(self, form: ServiceForm) -> HttpResponse:
        if values := form.values():
            notes.change_note(self.actor, *self.place, **values, if_version=self.row.version)
        return self.told(saved(form))


class ActivityEdit(AttachedForm):
    """The form of an activity."""

    kind = "activity"

    @cached_property
    def row(self) -> ActivityRow:
        return activity_row(get_attached(self.actor, self.schema, self.record_place[1], self.reference, Activity))

    @property
    def existing(self) -> ActivityRow | None:
        return self.row if self.reference else None

    def form(self, data: QueryDict | None = None) -> ActivityForm:
        people = people_to_choose(self.actor, "", MAX_PEOPLE)
        own = str(self.actor.user_id)
        held = self.existing.assignee if self.existing else None
        chosen = {own, str(held.id) if held else own, data.get("assignee", "") if data else ""}
        people += [pair for pair in names_of_users(self.actor, filter(_is_id, chosen)).items() if pair not in people]
        return ActivityForm(data, language=self.language, people=people, assignee=own, activity=self.existing)

    def create(self, form: ServiceForm) -> Made:
        written = activities.create_activity(self.actor, *self.record_place, form.values())
        assert written.after is not None
        return self.made(written.after.id)

    def change(self, form: ServiceForm) -> HttpResponse:
        if values := form.values():
            activities.change_activity(self.actor, *self.place, values, if_version=self.row.version)
        return self.told(saved(form))


def _is_id(text: str) -> bool:
    return as_uuid(text) is not None


class NoteDelete(AttachedPage):
    """Deletes a note, which can be brought back."""

    kind = "note"

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        notes.delete_note(self.actor, *self.place)
        return self.told("The note is deleted.", self.address("restore", self.reference))


class NoteRestore(AttachedPage):
    """Brings a deleted note back."""

    kind = "note"

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        notes.restore_note(self.actor, *self.place)
        return self.told("The note is back.", self.address("delete", self.reference))


class ActivityDelete(AttachedPage):
    """Deletes an activity, which can be brought back."""

    kind = "activity"

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        activities.delete_activity(self.actor, *self.place)
        return self.told("The activity is deleted.", self.address("restore", self.reference))


class ActivityRestore(AttachedPage):
    """Brings a deleted activity back."""

    kind = "activity"

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        activities.restore_activity(self.actor, *self.place)
        return self.told("The activity is back.", self.address("delete", self.reference))


class ActivityDone(AttachedPage):
    """Says that an activity is done, or by ``?done=false`` that it is not."""

    kind = "activity"

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        is_done = request.GET.get("done") != "false"
        activities.change_activity(self.actor, *self.place, {"done": is_done})
        undo = self.address("done", self.reference) + ("?done=false" if is_done else "")
        return self.told("It is done." if is_done else "It is to be done again.", undo)
