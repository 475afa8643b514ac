"""Deleting records, and what that does to the records that point at them: each lookup's rule.

``restrict`` refuses, ``set_null`` empties the lookup (``services.emptying``), ``cascade`` deletes the pointing record
too, and so on from there. All is found first and then done, in one transaction. Nothing is deleted where the actor may
not delete one of the records that would go along.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q

from customobjects import access
from customobjects.models import CustomObject, Field, Record, RecordLink
from customobjects.queries.object_contents import counted_rows
from customobjects.queries.records import STORED_COLUMNS, names_of_records
from customobjects.queries.totals import Total
from customobjects.schema import schema_of
from customobjects.services import changes, emptying, uniqueness
from customobjects.services.changes import Change, ChangeKind, RecordState
from customobjects.services.current_change import current
from customobjects.services.emptying import live_links
from salesos.accounts.actor import Actor
from salesos.errors import Conflict, Mention, PermissionDenied, Problem

MAX_NAMED = 5
# What one request deletes at most, so that it ends in time and fits into one statement.
MAX_AT_ONCE = 10_000
# So many records are told apart by one statement.
ALONG_AT_ONCE = 500


def delete_records(actor: Actor, ids: Iterable[UUID]) -> int:
    """Put records, which the caller may delete, into the trash, following the rules of the lookups to them.

    Returns how many lookups to them are left to the background, which empties them.
    Raises ``PermissionDenied`` where the actor may not delete one that would go along by cascade, and ``Conflict`` that
    names the lookups which restrict it.
    """
    ids = set(ids)
    return _delete(actor, ids, permitted=ids)


def delete_along(actor: Actor, ids: Iterable[UUID], at: datetime) -> None:
    """Put records into the trash that go along with something else, at that one's moment, by which it finds them.

    Raises as ``delete_records`` does, for each.
    """
    _delete(actor, set(ids), permitted=frozenset(), at=at)


def count_along(ids: Iterable[UUID]) -> int:
    """How many records, beside these, deleting these would delete by cascade: counted up to ``MAX_AT_ONCE``."""
    ids = set(ids)
    try:
        return len(_closure(ids, lock=False).keys() - ids)
    except Conflict:
        return MAX_AT_ONCE


class Lost(Enum):
    """Why a restored record does not get back the lookups to it: no history tells of them, or they are too many."""

    NO_HISTORY = "no history"
    TOO_MANY = "too many"


@dataclass(frozen=True)
class Effect:
    """What a deletion does to other records of an object: ``on_delete``, by the lookup that is its ``field``.

    Those that go along, by whichever lookups, have no field. ``stays_lost`` says why what a lookup loses does not come
    back when what is deleted is restored (``services.relinking``); it is None where it does.
    """

    custom_object: CustomObject
    on_delete: str
    field: Field | None
    records: Total
    stays_lost: Lost | None = None


def effects_of(ids: Iterable[UUID]) -> tuple[int, list[Effect]]:
    """How many records go along with these, as ``count_along`` says, and what becomes of which others.

    Counted as far as that is cheap: two queries for these and each level of those that go along, two for the objects
    and lookups, one for each lookup to their objects, and one where some are emptied. Where too many would
    go along, nothing is said of others.
    """
    ids = set(ids)
    try:
        doomed = _closure(ids, lock=False)
    except Conflict:
        return MAX_AT_ONCE, []
    along = Counter(one.object_id for one in doomed.values() if one.id not in ids)
    objects = CustomObject.objects.filter(id__in=along.keys()).order_by("name", "id")
    effects = [Effect(row, "cascade", None, Total(along[row.id])) for row in objects]
    pointing = Field.objects.filter(target__in={one.object_id for one in doomed.values()}, deleted_at=None)
    rules = pointing.filter(options__onDelete__in=["restrict", "set_null"], custom_object__deleted_at=None)
    rules = rules.select_related("custom_object", "target")
    for field in rules.order_by("custom_object__name", "order", "number"):
        links = live_links().filter(field=field, target_id__in=doomed).exclude(source_id__in=doomed)
        records = counted_rows(links.values("source").distinct())
        if records.number:
            effects.append(Effect(field.custom_object, field.options["onDelete"], field, records))
    if any(effect.on_delete == "set_null" for effect in effects):
        in_background = emptying.are_left_to_background(doomed)
        effects = [replace(effect, stays_lost=_stays_lost(effect, in_background)) for effect in effects]
    return along.total(), effects


def _stays_lost(effect: Effect, in_background: bool) -> Lost | None:
    """Why what an effect takes does not come back; ``in_background`` says that lookups are emptied there."""
    field = effect.field
    if field is None or effect.on_delete != "set_null":
        return None
    if field.target is None or not (_keeps_history(field.target) and _keeps_history(field.custom_object)):
        return Lost.NO_HISTORY
    return Lost.TOO_MANY if in_background else None


def _keeps_history(custom_object: CustomObject) -> bool:
    """Whether an object's revisions of now are there as long as what is deleted now can be restored."""
    days = settings.HISTORY_DAYS if custom_object.history_days is None else custom_object.history_days
    return custom_object.enable_history and (not days or days >= settings.TRASH_DAYS)


@dataclass(frozen=True)
class _Doomed:
    """A record that is being deleted, and the one that it goes along with, or itself."""

    id: UUID
    object_id: UUID
    owner_id: UUID | None
    version: int
    root: UUID


def _delete(actor: Actor, ids: set[UUID], *, permitted: Collection[UUID], at: datetime | None = None) -> int:
    doomed = _closure(ids)
    deleted = set(doomed)
    _refuse_others_records(actor, {id_: one for id_, one in doomed.items() if id_ not in permitted})
    _refuse_restricted(actor, deleted)
    left_to_empty = emptying.empty_lookups(actor, deleted)
    links = RecordLink.objects.filter(Q(source_id__in=deleted) | Q(target_id__in=deleted))
    links.exclude(id__in=left_to_empty.values("id")).delete()
    uniqueness.release(deleted)
    changes.tell(_changes(actor, doomed))
    _put_into_trash(actor, doomed, at or current().at)
    return left_to_empty.count()


def _put_into_trash(actor: Actor, doomed: Mapping[UUID, _Doomed], at: datetime) -> None:
    change = current()
    change.number(actor.organization_id)
    Record.objects.filter(id__in=list(doomed)).update(
        deleted_at=at,
        deleted_in=change.id,
        deleted_with=F("id"),
        version=F("version") + 1,
        updated_at=at,
        updated_by=actor.user_id,
    )
    along = [Record(id=one.id, deleted_with=one.root) for one in doomed.values() if one.root != one.id]
    Record.objects.bulk_update(along, ["deleted_with"], batch_size=ALONG_AT_ONCE)


def _changes(actor: Actor, doomed: Mapping[UUID, _Doomed]) -> Iterator[Change]:
    """What deleting does to each of the records. What they hold is read only for who listens."""
    objects = CustomObject.objects.in_bulk({one.object_id for one in doomed.values()})
    schemas = {object_id: schema_of(custom_object) for object_id, custom_object in objects.items()}
    held: dict[UUID, RecordState] = {}
    if changes.is_heard():
        rows = Record.objects.filter(id__in=list(doomed)).values_list(*STORED_COLUMNS)
        held = {row[0]: RecordState(*row) for row in rows}
    for one in sorted(doomed.values(), key=lambda one: (one.object_id, one.id)):
        before = held.get(one.id) or RecordState(one.id, one.version, one.owner_id, {}, "")
        yield Change(ChangeKind.DELETE, schemas[one.object_id], before, None, actor)


def _closure(ids: set[UUID], *, lock: bool = True) -> dict[UUID, _Doomed]:
    """The records and all that go with them by cascade, each locked so that nobody can link to it any more."""
    records = Record.objects.select_for_update() if lock else Record.objects.all()
    deleted: dict[UUID, _Doomed] = {}
    roots = {id_: id_ for id_ in ids}
    level = ids
    while level:
        found = records.filter(id__in=level, deleted_at=None).order_by("id")
        rows = found.values_list("id", "custom_object_id", "owner_id", "version")
        deleted |= {row[0]: _Doomed(*row, root=roots[row[0]]) for row in rows}
        pointing = live_links().filter(target_id__in=level, field__options__onDelete="cascade")
        along = dict(pointing.values_list("source_id", "target_id"))
        level = along.keys() - roots.keys()
        roots |= {id_: roots[along[id_]] for id_ in level}
        if len(deleted) + len(level) > MAX_AT_ONCE:
            message = f"this would delete more than {MAX_AT_ONCE:,} records along with it; delete those first"
            raise Conflict.of(message, code="too_many")
    return deleted


def _refuse_others_records(actor: Actor, along: Mapping[UUID, _Doomed]) -> None:
    """Raise ``PermissionDenied`` where the actor may not delete each of the records that go along."""
    objects = CustomObject.objects.in_bulk({one.object_id for one in along.values()})
    kept = {
        id_: objects[one.object_id]
        for id_, one in sorted(along.items())
        if not access.can_delete(actor, objects[one.object_id], one.owner_id)
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
