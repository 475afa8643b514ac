"""Reading notes: those of a record, and those of all records that an actor sees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from customobjects import access
from customobjects.models import Note
from customobjects.queries.attached import (
    Person,
    attached_to,
    find_attached,
    mentions,
    person,
    record_name,
    with_people,
)
from customobjects.queries.newest_first import NewestPage, newest_first
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


def notes_of(actor: Actor, schema: Schema, record_reference: str) -> QuerySet[Note]:
    """The notes of a record. One query. Raises ``PermissionDenied``, ``NotFound``."""
    access.require_read(actor, schema)
    return attached_to(actor, schema, record_reference, Note)


def all_notes(actor: Actor) -> QuerySet[Note]:
    """The notes of all records. Raises ``PermissionDenied``."""
    access.require_read(actor)
    return with_people(access.visible_attached(actor, Note))


def list_notes(
    actor: Actor, notes: QuerySet[Note], *, asked: Iterable[object], page: int = 1, limit: int = 20, cursor: str = ""
) -> tuple[list[NoteRow], NewestPage[Note]]:
    """A page of notes, the newest first, as ``newest_first`` makes it. Three queries. Raises ``ValidationError``."""
    told = ["notes", actor.organization_id, *asked]
    found = newest_first(notes, asked=told, page=page, limit=limit, cursor=cursor, by="created_at")
    return [note_row(note) for note in found.rows], found


def get_note(actor: Actor, schema: Schema, record_reference: str, reference: str) -> NoteRow:
    """One note of a record. Two queries. Raises ``PermissionDenied``, ``NotFound``."""
    access.require_read(actor, schema)
    return note_row(find_attached(actor, schema, record_reference, reference, Note))
