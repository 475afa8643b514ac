"""Writing notes. Each function says what a note was and is, so that it can be undone by another."""

from __future__ import annotations

from dataclasses import dataclass

from customobjects import access
from customobjects.models import Note
from customobjects.queries.attached import find_attached
from customobjects.queries.notes import NoteRow, note_row
from customobjects.schema import Schema
from customobjects.services import attached, mentions
from customobjects.services.current_change import current
from customobjects.services.transactions import write
from customobjects.services.versions import IfVersion
from salesos.accounts.actor import Actor


@dataclass(frozen=True)
class WrittenNote:
    """A note ``before`` and ``after`` it was written: None where there was none, and where it is deleted."""

    before: NoteRow | None
    after: NoteRow | None


@write
def create_note(actor: Actor, object_reference: str, record_reference: str, *, text: str) -> WrittenNote:
    """Write a note about a record.

    Raises ``NotFound``, ``PermissionDenied``, ``ValidationError`` at ``text``, and ``Conflict`` where the object is
    archived or takes no notes.
    """
    schema, record = attached.record_to_write(actor, object_reference, record_reference, Note)
    now = current().at
    note = Note.objects.create(
        organization_id=record.organization_id,
        custom_object_id=schema.id,
        record=record,
        text=attached.required("text", attached.clean_text(actor, text)),
        author_id=actor.user_id,
        created_at=now,
        updated_at=now,
    )
    mentions.keep(actor, note)
    return WrittenNote(None, _read(actor, schema, note))


@write
def change_note(
    actor: Actor,
    object_reference: str,
    record_reference: str,
    reference: str,
    *,
    text: str | None = None,
    if_version: IfVersion = None,
) -> WrittenNote:
    """Give a note another text. Nothing is written where it is the same, or None.

    Raises as ``create_note`` does, ``PermissionDenied`` for who may not change it, ``PreconditionFailed``.
    """
    place = (actor, object_reference, record_reference, reference, Note)
    schema, note = attached.lock(*place, question=access.require_write, if_version=if_version)
    access.require_edit(actor, schema, note)
    attached.require_current(note, if_version)
    before = note_row(note)
    if text is not None:
        note.text = attached.required("text", attached.clean_text(actor, text))
    if note.text == before.text:
        return WrittenNote(before, before)
    attached.store_change(actor, note)
    return WrittenNote(before, _read(actor, schema, note))


@write
def delete_note(
    actor: Actor, object_reference: str, record_reference: str, reference: str, *, if_version: IfVersion = None
) -> WrittenNote:
    """Delete a note, which can be restored until it is purged.

    Raises ``NotFound``, ``PermissionDenied``, ``PreconditionFailed``, and ``Conflict`` as ``create_note`` does.
    """
    deleted = attached.delete(actor, object_reference, record_reference, reference, Note, if_version)
    return WrittenNote(note_row(deleted), None)


@write
def restore_note(actor: Actor, object_reference: str, record_reference: str, reference: str) -> WrittenNote:
    """Bring back a note that was deleted, with its id, its author and its times. Raises as ``delete_note`` does."""
    restored = attached.restore(actor, object_reference, record_reference, reference, Note)
    return WrittenNote(None, note_row(restored))


def _read(actor: Actor, schema: Schema, note: Note) -> NoteRow:
    return note_row(find_attached(actor, schema, str(note.record_id), str(note.id), Note))
