"""Deleting records, and what that does to the records that point at them: each lookup's rule.

``restrict`` refuses, ``set_null`` empties the lookup (``services.emptying``), ``cascade`` deletes the pointing record
too, and so on from there. All is found first and then done, in one transaction. Nothing is deleted where the actor may
not delete one of the records that would go along.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from customobjects import access
from customobjects.models import CustomObject, Record, RecordLink
from customobjects.queries.records import STORED_COLUMNS, names_of_records
from customobjects.schema import schema_of
from customobjects.services import changes, emptying, uniqueness
from customobjects.services.changes import Change, ChangeKind, RecordState
from customobjects.services.emptying import live_links
from salesos.accounts.actor import Actor
from salesos.errors import Conflict, Mention, PermissionDenied, Problem

MAX_NAMED = 5
# What one request deletes at most, so that it ends in time and fits into one statement.
MAX_AT_ONCE = 10_000


def delete_records(actor: Actor, ids: Iterable[UUID]) -> int:
    """Put records, which the caller may delete, into the trash, following the rules of the lookups to them.

    Returns how many lookups to them are left to the background, which empties them.
    Raises ``PermissionDenied`` where the actor may not delete one that would go along by cascade, and ``Conflict`` that
    names the lookups which restrict it.
    """
    ids = set(ids)
    return _delete(actor, ids, permitted=ids)


def delete_along(actor: Actor, ids: Iterable[UUID]) -> None:
    """Put records into the trash that go along with something else. Raises as ``delete_records`` does, for each."""
    _delete(actor, set(ids), permitted=frozenset())


def count_along(ids: Iterable[UUID]) -> int:
    """How many records, beside these, deleting these would delete by cascade: counted up to ``MAX_AT_ONCE``."""
    ids = set(ids)
    try:
        return len(_closure(ids, lock=False).keys() - ids)
    except Conflict:
        return MAX_AT_ONCE


def _delete(actor: Actor, ids: set[UUID], *, permitted: Collection[UUID]) -> int:
    owners = _closure(ids)
    deleted = set(owners)
    _refuse_others_records(actor, {id_: owner for id_, owner in owners.items() if id_ not in permitted})
    _refuse_restricted(actor, deleted)
    left_to_empty = emptying.empty_lookups(actor, deleted)
    links = RecordLink.objects.filter(Q(source_id__in=deleted) | Q(target_id__in=deleted))
    links.exclude(id__in=left_to_empty.values("id")).delete()
    uniqueness.release(deleted)
    changes.tell(lambda: _changes(actor, deleted))
    now = timezone.now()
    Record.objects.filter(id__in=deleted).update(deleted_at=now, updated_at=now, updated_by=actor.user_id)
    return left_to_empty.count()


def _changes(actor: Actor, deleted: Iterable[UUID]) -> Iterator[Change]:
    """What deleting does to each of the records."""
    rows = (
        Record.objects.filter(id__in=deleted)
        .order_by("custom_object_id", "id")
        .values_list("custom_object_id", *STORED_COLUMNS)
    )
    for object_id, of_object in groupby(rows, key=itemgetter(0)):
        schema = schema_of(CustomObject.objects.get(id=object_id))
        for _object_id, *state in of_object:
            yield Change(ChangeKind.DELETE, schema, RecordState(*state), None, actor)


# The object and the owner of a record.
Ownership = tuple[UUID, UUID | None]


def _closure(ids: set[UUID], *, lock: bool = True) -> dict[UUID, Ownership]:
    """The records and all that go with them by cascade, each locked so that nobody can link to it any more."""
    records = Record.objects.select_for_update() if lock else Record.objects.all()
    deleted: dict[UUID, Ownership] = {}
    level = ids
    while level:
        found = records.filter(id__in=level, deleted_at=None).order_by("id")
        rows = found.values_list("id", "custom_object_id", "owner_id")
        deleted |= {id_: (object_id, owner_id) for id_, object_id, owner_id in rows}
        pointing = live_links().filter(target_id__in=level, field__options__onDelete="cascade")
        level = set(pointing.values_list("source_id", flat=True)) - deleted.keys()
        if len(deleted) + len(level) > MAX_AT_ONCE:
            message = f"this would delete more than {MAX_AT_ONCE:,} records along with it; delete those first"
            raise Conflict.of(message, code="too_many")
    return deleted


def _refuse_others_records(actor: Actor, along: Mapping[UUID, Ownership]) -> None:
    """Raise ``PermissionDenied`` where the actor may not delete each of the records that go along."""
    objects = CustomObject.objects.in_bulk({object_id for object_id, _owner_id in along.values()})
    kept = {
        id_: objects[object_id]
        for id_, (object_id, owner_id) in sorted(along.items())
        if not access.can_delete(actor, objects[object_id], owner_id)
    }
    if not kept:
        return
    if not access.can_read(actor):
        message = "this would delete along with it what you may not delete"
        raise PermissionDenied.of(message, code="cascade")
    shown = names_of_records(actor, map(str, list(kept)[:MAX_NAMED]))
    first = [(str(id_), custom_object) for id_, custom_object in list(kept.items())[:MAX_NAMED]]
    named = [f"{row.name} {shown[id_][:80]}" if id_ in shown else f"a record of {row.name}" for id_, row in first]
    mentions = tuple(Mention(shown[id_][:80], str(row.id), id_) for id_, row in first if id_ in shown)
    more = [f"{len(kept) - MAX_NAMED:,} more"] if len(kept) > MAX_NAMED else []
    message = f"this would delete along with it what you may not delete: {', '.join([*named, *more])}"
    raise PermissionDenied([Problem("", "cascade", message, mentions)])


def _refuse_restricted(actor: Actor, deleted: set[UUID]) -> None:
    pointing = live_links().filter(target_id__in=deleted, field__options__onDelete="restrict")
    restricting = pointing.exclude(source_id__in=deleted)
    found = restricting.select_related("field__custom_object", "source").order_by("field_id", "source_id")
    first = {link.field_id: link for link in reversed(found[:200])}
    shown = names_of_records(actor, (str(link.source_id) for link in first.values()))
    problems = [_restriction(link, shown.get(str(link.source_id))) for link in list(first.values())[:MAX_NAMED]]
    if problems and not access.can_read(actor):
        problems = [Problem("", "restrict", "a record refers to it, and is to be changed or deleted first")]
    if problems:
        raise Conflict(problems)


def _restriction(link: RecordLink, name: str | None) -> Problem:
    """What is wrong; ``name`` is None where the record that points here does not exist for the actor."""
    custom_object = link.field.custom_object
    message = (
        f"a record of {custom_object.name} has it as its {link.field.label}, and is to be changed or deleted first"
    )
    if name is None:
        return Problem("", "restrict", message)
    mention = Mention(name[:80], str(custom_object.id), str(link.source_id))
    return Problem("", "restrict", f"{message}: {mention.text}", (mention,))
