"""The forms of what people attach to a record: notes and activities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.urls import reverse

from customobjects.fieldtypes import FormControl, Notation, ReferenceKind, Widget
from customobjects.models import ActivityKind
from customobjects.queries.activities import ActivityRow
from customobjects.queries.notes import NoteRow
from customobjects.web.forms.base import ControlField, ServiceForm
from customobjects.web.forms.combobox import combobox_of
from customobjects.web.languages import Language
from customobjects.web.texts import editable_text
from salesos.errors import ValidationError

DUE = FormControl(notation=Notation.DAY, example="2026-12-31")
ASSIGNEE = FormControl(widget=Widget.SELECT, choices_from=ReferenceKind.USER)


def _text(rows: int, row: NoteRow | ActivityRow | None, language: Language, label: str) -> ControlField:
    control = FormControl(widget=Widget.TEXTAREA, attributes={"rows": rows, "data-mentions": reverse("web:people")})
    value = editable_text(row.text, row.mentions) if row else None
    return ControlField(control, language, value=value, label=label)


class NoteForm(ServiceForm):
    """What somebody writes down about a record."""

    controls = {"text": "text"}

    def __init__(self, data: QueryDict | None = None, *, language: Language, note: NoteRow | None = None) -> None:
        super().__init__(data, language=language, is_new=note is None)
        self.fields["text"] = _text(3, note, language, "Note")
        self.compare()

    def values(self) -> dict[str, Any]:
        return {"text": self.cleaned_data["text"]} if "text" in self.touched else {}


class ActivityForm(ServiceForm):
    """What somebody is to do about a record."""

    controls = {
        "kind": "kind",
        "title": "title",
        "due": "due",
        "assigneeId": "assignee",
        "text": "text",
    }

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        language: Language,
        people: Sequence[tuple[str, str]],
        assignee: str = "",
        activity: ActivityRow | None = None,
    ) -> None:
        """``people`` are pairs of id and name to choose from; a new one is for the ``assignee``."""
        super().__init__(data, language=language, is_new=activity is None)
        held = str(activity.assignee.id) if activity and activity.assignee else "" if activity else assignee
        self.fields["kind"] = forms.ChoiceField(
            choices=ActivityKind.choices, initial=activity.kind if activity else ActivityKind.TASK, required=False
        )
        title = FormControl(attributes={"maxlength": 255})
        self.fields["title"] = ControlField(title, language, value=activity.title if activity else None, label="What")
        due = activity.due[:10] if activity and activity.due else None
        self.fields["due"] = ControlField(DUE, language, value=due, label="Due")
        choices = {"data-choices": reverse("web:people")}
        self.fields["assignee"] = ControlField(
            ASSIGNEE, language, value=held, widget=combobox_of(ASSIGNEE, people, choices), label="For"
        )
        self.fields["text"] = _text(2, activity, language, "More about it")
        self.compare()

    def values(self) -> dict[str, Any]:
        given: Mapping[str, Any] = self.cleaned_data
        named = ("kind", "title", "due", "text")
        values: dict[str, Any] = {name: given[name] for name in named if name in self.touched}
        if "due" in values:
            values["due"] = values["due"] or None
        if "assignee" in self.touched:
            values["assignee_id"] = _uuid(given["assignee"])
        return values


def _uuid(text: str) -> UUID | None:
    """The person who was chosen, or nobody. Raises ``ValidationError``."""
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise ValidationError.of("For must be one of the people", field="assigneeId", code="invalid") from error
