"""Taking back what one request did to objects and fields.

What it made is deleted, what it deleted restored, and properties are set back. Nothing is lost by it: what is deleted
can be restored with all values. An index that was asked for stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from customobjects import access
from customobjects.models import CustomObject, Field, SchemaRevision
from customobjects.queries.people import names_of_doers
from customobjects.services.changes import ChangeKind
from customobjects.services.definition_trash import restore_field, restore_object
from customobjects.services.fields import change_field, delete_field
from customobjects.services.objects import change_object, delete_object
from customobjects.services.schema_history import FIELD_PROPERTIES, OBJECT_PROPERTIES
from salesos.accounts.actor import Actor
from salesos.errors import Conflict, Problem

OPTION = "options."
# What is not set back: an index is never given up, and numbers that were given stay given.
KEPT = {"isIndexed", "nextNumber"}


def take_back(actor: Actor, revisions: Sequence[SchemaRevision], *, only_untouched: bool) -> tuple[int, int, int, int]:
    """Take back a change of definitions, given by its revisions, the last first, within the caller's transaction.

    Returns how many objects and fields were deleted, restored, set back, and left, as something has changed them since.
    Raises ``Conflict`` for these, unless ``only_untouched``, and all that the services of objects and fields raise.
    """
    access.require_define(actor)
    changed = _changed_since(actor, revisions)
    if changed and not only_untouched:
        raise Conflict(changed.values())
    counts = dict.fromkeys(ChangeKind, 0)
    # With an object comes what went along with it.
    for revision in sorted(revisions, key=lambda one: one.field_id is not None):
        if revision.id not in changed:
            ways = _OF_OBJECTS if revision.field_id is None else _OF_FIELDS
            kind = ChangeKind(revision.kind)
            ways[kind](actor, revision)
            counts[kind] += 1
    deleted = counts[ChangeKind.CREATE] + counts[ChangeKind.RESTORE]
    return deleted, counts[ChangeKind.DELETE], counts[ChangeKind.UPDATE], len(changed)


def _changed_since(actor: Actor, revisions: Sequence[SchemaRevision]) -> dict[UUID, Problem]:
    """What has changed since of what each revision is about, by the revision's id.

    Three queries, and one for each object that the change has made.
    """
    objects = CustomObject.objects.in_bulk({revision.custom_object_id for revision in revisions})
    oldest = min(revision.schema_version for revision in revisions)
    later = list(SchemaRevision.objects.filter(custom_object_id__in=objects, schema_version__gt=oldest))
    people = names_of_doers(actor, (one.by_id for one in later))
    found = {}
    for revision in revisions:
        custom_object = objects[revision.custom_object_id]
        where = revision.field_api_name or custom_object.api_name
        message = ""
        if since := [one for one in later if _is_on_top(one, revision)]:
            message = f"{where} has been changed since by {', '.join(sorted({people[one.by_id] for one in since}))}"
        elif _is_whole(revision) and revision.kind == ChangeKind.CREATE and _has_records(custom_object):
            message = f"{where} has records by now; delete it by itself"
        if message:
            found[revision.id] = Problem(f"definitions.{where}", "changed", message)
    return found


def _is_whole(revision: SchemaRevision) -> bool:
    """Whether a revision is of an object with all of its fields."""
    return revision.field_id is None and revision.kind != ChangeKind.UPDATE


def _is_on_top(one: SchemaRevision, other: SchemaRevision) -> bool:
    """Whether a revision is later than another one, and touches what that did."""
    is_later = one.custom_object_id == other.custom_object_id and one.schema_version > other.schema_version
    return is_later and (_is_whole(other) or _touches(one, other))


def _touches(one: SchemaRevision, other: SchemaRevision) -> bool:
    """Whether a later revision changes what another one did."""
    if one.field_id != other.field_id:
        return one.field_id is None and one.kind != ChangeKind.UPDATE
    return one.kind != ChangeKind.UPDATE or other.kind != ChangeKind.UPDATE or bool(one.changes.keys() & other.changes)


def _has_records(custom_object: CustomObject) -> bool:
    return custom_object.records.filter(deleted_at=None).exists()


def _set_object_back(actor: Actor, revision: SchemaRevision) -> None:
    names = {**OBJECT_PROPERTIES, "primaryField": "primary_field", "uniqueKeys": "unique_keys"}
    changes = {names[name]: old for name, (old, _new) in revision.changes.items()}
    change_object(actor, str(revision.custom_object_id), changes)


def _set_field_back(actor: Actor, revision: SchemaRevision) -> None:
    changes: dict[str, Any] = {}
    options: dict[str, Any] = {}
    for name, (old, _new) in revision.changes.items():
        if name.startswith(OPTION):
            options[name.removeprefix(OPTION)] = old
        elif name not in KEPT:
            changes[FIELD_PROPERTIES[name]] = old
    if options:
        changes["options"] = options
    if changes:
        change_field(actor, str(revision.custom_object_id), str(revision.field_id), changes)


def _delete_object(actor: Actor, revision: SchemaRevision) -> None:
    delete_object(actor, str(revision.custom_object_id))


def _restore_object(actor: Actor, revision: SchemaRevision) -> None:
    restore_object(actor, str(revision.custom_object_id))


def _delete_field(actor: Actor, revision: SchemaRevision) -> None:
    # A lookup to an object that the same change made has gone along with that.
    if _is_there(revision):
        delete_field(actor, str(revision.custom_object_id), str(revision.field_id))


def _restore_field(actor: Actor, revision: SchemaRevision) -> None:
    if not _is_there(revision):
        restore_field(actor, str(revision.custom_object_id), str(revision.field_id))


def _is_there(revision: SchemaRevision) -> bool:
    return Field.objects.filter(deleted_at=None).filter(id=str(revision.field_id)).exists()


_Ways = Mapping[ChangeKind, Callable[[Actor, SchemaRevision], None]]
# What takes back each kind.
_OF_OBJECTS: _Ways = {
    ChangeKind.CREATE: _delete_object,
    ChangeKind.UPDATE: _set_object_back,
    ChangeKind.DELETE: _restore_object,
    ChangeKind.RESTORE: _delete_object,
}
_OF_FIELDS: _Ways = {
    ChangeKind.CREATE: _delete_field,
    ChangeKind.UPDATE: _set_field_back,
    ChangeKind.DELETE: _restore_field,
    ChangeKind.RESTORE: _delete_field,
}
