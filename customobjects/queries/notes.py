"""Notes as they are shown. ``queries.attached`` reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from customobjects import access
from customobjects.models import Note
from customobjects.queries.attached import Person, mentions, person, record_name, with_people
from customobjects.schema import Schema
from salesos.accounts.actor import Actor


@dataclass(frozen=True)
class NoteRow:
    """A note as it is shown. ``text`` mentions people as ``@{<user id>}``; ``mentions`` says who they are."""

    id: UUID
    custom_object_id: UUID
    record_id: UUID
    record_name: str
    text: str
    mentions: tuple[Person, ...]
    author: Person | None
    is_edited: bool
    version: int
    created_at: datetime
    updated_at: datetime


def newest_note(actor: Actor, schema: Schema, record_id: UUID) -> NoteRow | None:
    """The note that was written last about a record. Two queries at most. Raises ``PermissionDenied``."""
    access.require_read(actor, schema)
    notes = with_people(access.attached_to(actor, schema, record_id, Note)).order_by("-created_at", "-id")
    found = notes.first()
    return note_row(found) if found else None


def note_row(note: Note) -> NoteRow:
    """A note, which ``with_people`` has read, as it is shown. No query."""
    return NoteRow(
        id=note.id,
        custom_object_id=note.custom_object_id,
        record_id=note.record_id,
        record_name=record_name(note),
        text=note.text,
        mentions=mentions(note),
        author=person(note.author),
        is_edited=note.updated_at > note.created_at,
        version=note.version,
        created_at=note.created_at,
        updated_at=note.updated_at,
    )
