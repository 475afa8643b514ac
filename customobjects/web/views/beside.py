"""What people attach to a record as its pages show it: what is open, the newest note, and the forms for more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from customobjects import access
from customobjects.queries import records as queries
from customobjects.queries.activities import ActivityRow, activity_row, open_activities
from customobjects.queries.notes import NoteRow, newest_note
from customobjects.queries.people import people_to_choose
from customobjects.schema import Schema
from customobjects.services.forms import new_token
from customobjects.web.forms.attached import ActivityForm, NoteForm
from customobjects.web.forms.base import TOKEN
from customobjects.web.languages import Language
from customobjects.web.texts import shown_text
from salesos.accounts.actor import Actor

MAX_PEOPLE = 50
# So many open activities stand beside a record's values.
MAX_OPEN = 10


def shown_attached(actor: Actor, attached: NoteRow | ActivityRow, *, can_write: bool) -> dict[str, Any]:
    """A note, or an activity, in words, and what the actor may do with it. ``can_write``: they may write the record."""
    activity = attached if isinstance(attached, ActivityRow) else None
    is_own = attached.author is not None and attached.author.id == actor.user_id
    is_mine = activity is not None and activity.assignee is not None and activity.assignee.id == actor.user_id
    may_edit = can_write and (is_own or access.can_define(actor))
    return {
        "due": due_text(activity.due) if activity and activity.due else "",
        "is_overdue": bool(activity and activity.due and not activity.done and is_over(activity.due)),
        "text": shown_text(attached.text, attached.mentions),
        "may_edit": may_edit,
        "may_finish": can_write and (may_edit or is_mine),
    }


def due_text(text: str) -> str:
    """A day, or the day and time, in the person's language."""
    language = Language.current()
    return language.day(date.fromisoformat(text)) if is_day(text) else language.moment(datetime.fromisoformat(text))


def is_over(text: str) -> bool:
    """Whether a day, or a moment, is past."""
    now = Language.current().now()
    return date.fromisoformat(text) < now.date() if is_day(text) else datetime.fromisoformat(text) < now


def is_day(text: str) -> bool:
    """Whether a text is a day, and no moment."""
    return len(text) == len("2026-11-30")


def activity_form(actor: Actor, language: Language) -> ActivityForm:
    """The form of a new activity, which is for who fills it in. Two queries at most."""
    people = people_to_choose(actor, "", MAX_PEOPLE)
    if actor.user_id and str(actor.user_id) not in dict(people):
        people += list(queries.names_of_users(actor, [str(actor.user_id)]).items())
    form = ActivityForm(language=language, people=people, assignee=str(actor.user_id))
    # Beside the form of a note, which has a text, too.
    form.auto_id = "id_activity_%s"
    form.initial[TOKEN] = new_token()
    return form


def note_form(language: Language) -> NoteForm:
    """The form of a new note."""
    form = NoteForm(language=language)
    form.initial[TOKEN] = new_token()
    return form


@dataclass(frozen=True)
class Beside:
    """What is attached to one record, where its object has notes and activities; each part is read when asked for."""

    actor: Actor
    schema: Schema
    record_id: UUID
    can_write: bool

    @cached_property
    def open_count(self) -> int:
        """How many activities are open. One query, or none where all of them are shown."""
        if not self.schema.enable_activities:
            return 0
        shown = vars(self).get("activities")
        if shown is not None and len(shown) < MAX_OPEN:
            return len(shown)
        return open_activities(self.actor, self.schema, self.record_id).order_by().count()

    @cached_property
    def activities(self) -> list[dict[str, Any]]:
        """The first of the open activities. Two queries at most."""
        if not self.schema.enable_activities:
            return []
        found = map(activity_row, open_activities(self.actor, self.schema, self.record_id)[:MAX_OPEN])
        return [{"activity": row, **shown_attached(self.actor, row, can_write=self.can_write)} for row in found]

    @cached_property
    def note(self) -> dict[str, Any] | None:
        """The newest note. Two queries at most."""
        row = newest_note(self.actor, self.schema, self.record_id) if self.schema.enable_notes else None
        return {"note": row, **shown_attached(self.actor, row, can_write=self.can_write)} if row else None

    @cached_property
    def forms(self) -> dict[str, NoteForm | ActivityForm]:
        """The forms of a new note and a new activity, by the kind. Two queries at most."""
        forms: dict[str, NoteForm | ActivityForm] = {}
        language = Language.current()
        if self.can_write and self.schema.enable_notes:
            forms["note"] = note_form(language)
        if self.can_write and self.schema.enable_activities:
            forms["activity"] = activity_form(self.actor, language)
        return forms
