"""What writing notes and writing activities have in common.

The record itself does not change: it gets no new version and no revision, and whoever changes it is not held up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from customobjects import access
from customobjects.fieldtypes import ValueProblem
from customobjects.fieldtypes.text import Text, TextArea
from customobjects.models import Activity, Note, Record
from customobjects.queries.attached import find_attached, kind_of
from customobjects.queries.objects import as_uuid
from customobjects.schema import Schema
from customobjects.services import mentions
from customobjects.services.current_change import current
from customobjects.services.records import Question, questions_of, writable_schema
from customobjects.services.transactions import share
from customobjects.services.versions import IfVersion, require_version
from salesos.accounts.actor import Actor
from salesos.errors import Conflict, NotFound, ValidationError

A = TypeVar("A", Note, Activity)

MAX_TEXT, MAX_TITLE = 10_000, 255
_TEXT = TextArea(TextArea.clean_options({"maxLength": MAX_TEXT}))
_TITLE = Text(Text.clean_options({"maxLength": MAX_TITLE}))


def clean_text(actor: Actor, value: object) -> str:
    """Any input to a text as it is stored: composed, without white space at its ends, with its mentions.

    Empty where there is none. Raises ``ValidationError``.
    """
    text = mentions.canonical(actor, _cleaned("text", _TEXT.clean, value).strip())
    # A mention may be longer as it is stored, and has to fit when it comes back.
    return _cleaned("text", _TEXT.clean, text)


def clean_title(value: object) -> str:
    """Any input to a title: one line. Raises ``ValidationError``, also where there is none."""
    return required("title", _cleaned("title", _TITLE.clean, value).strip())


def _cleaned(name: str, clean: Callable[[object], Any], value: object) -> str:
    try:
        return clean(value) or ""
    except ValueProblem as problem:
        raise ValidationError.of(f"{name} {problem.message}", field=name, code=problem.code) from problem


def required(name: str, text: str) -> str:
    """A text that says something. Raises ``ValidationError`` for one that does not."""
    if not text:
        raise ValidationError.of(f"{name} is required", field=name, code="required")
    return text


def require_enabled(schema: Schema, model: type[Note] | type[Activity]) -> None:
    """Raises ``Conflict`` where an object's records take no notes, or no activities, any more."""
    enabled, name, switch = (
        (schema.enable_notes, "notes", "enableNotes")
        if model is Note
        else (schema.enable_activities, "activities", "enableActivities")
    )
    if not enabled:
        message = f"{schema.api_name} takes no {name}: its {switch} is off; what there is can still be read"
        raise Conflict.of(message, code="disabled")


def record_to_write(
    actor: Actor, object_reference: str, record_reference: str, model: type[Note] | type[Activity]
) -> tuple[Schema, Record]:
    """A record that something is to be attached to, which stays until this transaction ends, and its schema.

    Raises ``NotFound``, ``PermissionDenied``, and ``Conflict`` where the object is archived or takes none.
    """
    schema = writable_schema(actor, object_reference, access.require_write)
    id_ = as_uuid(record_reference)
    found = share(access.visible_records(actor, schema).filter(id=id_).only("id", "organization_id")) if id_ else []
    if not found:
        raise NotFound.named("record", record_reference)
    require_enabled(schema, model)
    return schema, found[0]


def lock(
    actor: Actor,
    object_reference: str,
    record_reference: str,
    reference: str,
    model: type[A],
    *,
    question: Question,
    if_version: IfVersion = None,
    deleted: bool = False,
) -> tuple[Schema, A]:
    """A note or an activity of a record, locked, and the schema; one that is ``deleted``, if so asked.

    ``question`` is one that ``access`` answers about the object; ``if_version`` is what ``require_current`` will be
    asked. Raises as ``record_to_write`` does.
    """
    schema = writable_schema(actor, object_reference, *questions_of(question, if_version))
    attached = find_attached(actor, schema, record_reference, reference, model, deleted=deleted, lock=True)
    require_enabled(schema, model)
    return schema, attached


def delete(
    actor: Actor,
    object_reference: str,
    record_reference: str,
    reference: str,
    model: type[A],
    if_version: IfVersion,
) -> A:
    """Delete a note or an activity, which can be restored until it is purged. Raises as ``lock`` does."""
    place = (actor, object_reference, record_reference, reference, model)
    schema, attached = lock(*place, question=access.require_delete, if_version=if_version)
    access.require_removal(actor, schema, attached)
    require_current(attached, if_version)
    attached.deleted_at = current().at
    attached.save(update_fields=["deleted_at"])
    return attached


def restore(actor: Actor, object_reference: str, record_reference: str, reference: str, model: type[A]) -> A:
    """Bring back a note or an activity that was deleted, as it was. Raises as ``lock`` does."""
    place = (actor, object_reference, record_reference, reference, model)
    schema, attached = lock(*place, question=access.require_restore, deleted=True)
    access.require_removal(actor, schema, attached)
    attached.deleted_at = None
    attached.save(update_fields=["deleted_at"])
    return attached


def require_current(attached: Note | Activity, wanted: IfVersion) -> None:
    """Raises ``PreconditionFailed`` where a note or an activity is at none of the versions wanted."""
    require_version(kind_of(type(attached)), attached.version, wanted)


def store_change(actor: Actor, attached: Note | Activity) -> None:
    """Write what was changed of a note or an activity, as its next version."""
    attached.version += 1
    attached.updated_at = current().at
    attached.save()
    mentions.keep(actor, attached)
