"""The history of a record in sentences, with what people have attached to it, and the ways back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from customobjects import access
from customobjects.queries import records as queries
from customobjects.queries.history import OWNER_ID
from customobjects.queries.people import people_to_choose
from customobjects.queries.timeline import TimelineKind, TimelineRow, timeline
from customobjects.schema import Schema
from customobjects.services.forms import new_token
from customobjects.services.history import revert_record
from customobjects.services.naming import reference_of
from customobjects.web.forms.attached import ActivityForm, NoteForm
from customobjects.web.forms.base import TOKEN
from customobjects.web.languages import Language
from customobjects.web.revisions import THROUGH, changed_cells, held_in, people_in
from customobjects.web.texts import shown_text
from customobjects.web.views.record_page import RecordTab
from customobjects.web.views.records import RecordsPage
from salesos import errors
from salesos.accounts.actor import Actor, Via

PAGE_SIZE = 30
MAX_PEOPLE = 50
DONE = {
    TimelineKind.CREATE: "made it",
    TimelineKind.DELETE: "deleted it",
    TimelineKind.RESTORE: "restored it",
    TimelineKind.NOTE: "wrote",
}


class RecordTimeline(RecordTab):
    """What happened to a record, the newest first, and the forms for more."""

    route = "record-timeline"

    def context(self) -> dict[str, Any]:
        schema, record = self.schema, self.record
        before = self.request.GET.get("before") or None
        try:
            found = timeline(self.actor, schema, record["id"], before=before, limit=PAGE_SIZE)
        except errors.ValidationError:
            # A cursor of another record leads nowhere: its history begins anew.
            found = timeline(self.actor, schema, record["id"], limit=PAGE_SIZE)
        language = Language.current()
        note_form = NoteForm(language=language)
        note_form.initial[TOKEN] = new_token()
        context = {
            **self.shared(),
            "entries": list(self._entries(found.rows)),
            "next": found.next_cursor,
            "is_first_page": not before,
            "note_form": note_form if self.can_write and schema.enable_notes else None,
        }
        if self.can_write and schema.enable_activities:
            context["activity_form"] = activity_form(self.actor, language)
        return context

    def _entries(self, rows: list[TimelineRow]) -> Iterator[dict[str, Any]]:
        schema = self.schema
        changes = [row.changes for row in rows if row.changes]
        names = queries.names_of_references(self.actor, schema, held_in(schema, changes), people=people_in(changes))
        for row in rows:
            yield {
                "row": row,
                "did": DONE.get(row.kind, ""),
                "through": THROUGH[Via(row.via)] if row.via and row.via != Via.PAGE else "",
                **self._changes(schema, row, names),
                **self._attached(row),
            }

    def _changes(self, schema: Schema, row: TimelineRow, names: Mapping[str, str]) -> dict[str, Any]:
        if row.kind is not TimelineKind.UPDATE:
            return {}
        shown = changed_cells(schema, row.changes or {}, names)
        known = [field.api_name for field in schema.fields if field.api_name in (row.changes or {})]
        named = [*known, OWNER_ID] if OWNER_ID in (row.changes or {}) else known
        return {"changes": list(zip(named, shown, strict=True)), "before": (row.version or 1) - 1}

    def _attached(self, row: TimelineRow) -> dict[str, Any]:
        attached = row.note or row.activity
        if attached is None:
            return {}
        is_own = attached.author is not None and attached.author.id == self.actor.user_id
        is_for = row.activity is not None and row.activity.assignee is not None
        is_mine = is_for and row.activity.assignee.id == self.actor.user_id  # type: ignore[union-attr]
        may_edit = self.can_write and (is_own or access.can_define(self.actor))
        return {
            "due": _due(row.activity.due) if row.activity and row.activity.due else "",
            "text": shown_text(attached.text, attached.mentions),
            "may_edit": may_edit,
            "may_finish": self.can_write and (may_edit or is_mine),
        }


def _due(text: str) -> str:
    """A day, or the day and time, in the person's language."""
    language = Language.current()
    is_day = len(text) == len("2026-11-30")
    return language.day(date.fromisoformat(text)) if is_day else language.moment(datetime.fromisoformat(text))


def activity_form(actor: Actor, language: Language) -> ActivityForm:
    """The form of a new activity, which is for who fills it in."""
    people = people_to_choose(actor, "", MAX_PEOPLE)
    if actor.user_id and str(actor.user_id) not in dict(people):
        people += list(queries.names_of_users(actor, [str(actor.user_id)]).items())
    form = ActivityForm(language=language, people=people, assignee=str(actor.user_id))
    form.initial[TOKEN] = new_token()
    return form


class BringBack(RecordsPage):
    """Gives a record what it held at a version: the fields that are sent, or all."""

    def post(self, request: HttpRequest, version: int, **named: str) -> HttpResponse:
        schema = self.schema
        fields = request.POST.getlist("field") or None
        reference, before = named["record_reference"], self.record["version"]
        try:
            written = revert_record(self.actor, str(schema.id), reference, str(version), names=fields)
        except errors.ValidationError as error:
            # It is the state of the record that stands in the way, and no control of a form.
            raise errors.Conflict(error.problems) from error
        labels = [schema.by_name[name].label if name in schema.by_name else "Owner" for name in fields or ()]
        what = " and ".join(labels) or written.name or schema.name
        text = f"{what} is as it was before." if written.version != before else "Nothing was changed."
        return self.done(text, "web:record-timeline", reference_of(schema), UUID(reference))
