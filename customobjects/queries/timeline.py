"""The timeline of a record: what was done to it, and what people have attached to it, in one list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from heapq import merge
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from customobjects import access
from customobjects.models import Activity, Note, Record, Revision, RevisionKind
from customobjects.queries import cursors
from customobjects.queries.activities import ActivityRow, activity_row
from customobjects.queries.attached import A, with_people
from customobjects.queries.history import shown_changes
from customobjects.queries.newest_first import older_than
from customobjects.queries.notes import NoteRow, note_row
from customobjects.queries.objects import as_uuid
from customobjects.queries.ordering import Position
from customobjects.queries.people import SOMEBODY, names_of_doers
from customobjects.queries.records import nameless
from customobjects.schema import Schema
from salesos.accounts.actor import Actor
from salesos.errors import NotFound

# A record is made as version 1; its revisions have those behind it.
FIRST_VERSION = 1


class TimelineKind(StrEnum):
    """What a row of a timeline tells of."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    RESTORE = "restore"
    NOTE = "note"
    ACTIVITY = "activity"


@dataclass(frozen=True)
class TimelineRow:
    """One thing that happened: when, and who did it (``by_id`` is None for the server, and for who is gone).

    ``changes`` are those of a revision, by apiName, each with ``old`` and ``new``; ``version`` is the record's after
    it. ``gone`` has the names of records that the same change deleted and that lookups held before, by id: the deletion
    took them out. A note or an activity is told when it was made, as it is now.
    """

    kind: TimelineKind
    at: datetime
    by_id: UUID | None
    by_name: str
    version: int | None = None
    via: str | None = None
    changes: Mapping[str, Any] | None = None
    gone: Mapping[str, str] = field(default_factory=dict)
    note: NoteRow | None = None
    activity: ActivityRow | None = None


@dataclass(frozen=True)
class Timeline:
    """A part of a timeline, the newest first, and the cursor with which it goes on, where it does."""

    rows: list[TimelineRow]
    next_cursor: str | None


# One of the lists that a timeline is made of has come so far: the time and the id of its last row, or None.
Place = tuple[datetime, str] | None


@dataclass
class _Places:
    """How far each of the lists has come. Versions from ``version`` on are told."""

    version: int | None = None
    note: Place = None
    activity: Place = None

    def pass_by(self, one: Record | Revision | Note | Activity) -> None:
        """Note that one more of its list is told."""
        if isinstance(one, Note):
            self.note = (one.created_at, str(one.id))
        elif isinstance(one, Activity):
            self.activity = (one.created_at, str(one.id))
        else:
            self.version = one.version if isinstance(one, Revision) else FIRST_VERSION

    def keys(self) -> tuple[Any, ...]:
        """What a cursor keeps of them."""
        return self.version, *(self.note or (None, None)), *(self.activity or (None, None))

    @classmethod
    def of(cls, keys: tuple[Any, ...]) -> _Places:
        """The places whose ``keys`` these are."""
        version, note_at, note_id, activity_at, activity_id = keys
        note, activity = (note_at, note_id), (activity_at, activity_id)
        return cls(version, note if note_id else None, activity if activity_id else None)


def timeline(
    actor: Actor, schema: Schema, record_id: UUID | str, before: str | None = None, limit: int = 30
) -> Timeline:
    """What happened to a record, the newest first: ``limit`` rows, from the cursor ``before`` on, where one is given.

    Eight queries at most, however many rows: the record, its revisions, its notes and its activities, who is mentioned
    in either, who did something, and what was deleted as lookups lost it. Each list is read by an index of its own, at
    any depth. Raises ``PermissionDenied``, ``NotFound``, and ``ValidationError`` for a cursor that is none of this
    record.
    """
    access.require_read(actor, schema)
    id_ = as_uuid(str(record_id))
    records = access.visible_records(actor, schema).only("id", "created_at", "created_by_id")
    record = records.filter(id=id_).first() if id_ is not None else None
    if record is None:
        raise NotFound.named("record", record_id)
    digest = cursors.digest_of("timeline", actor.organization_id, record.id)
    places = _Places.of(cursors.read(before, digest).keys) if before else _Places()
    lists = (
        _history(record, places.version, limit + 1),
        iter(_attached(access.attached_to(actor, schema, record.id, Note), places.note)[: limit + 1]),
        iter(_attached(access.attached_to(actor, schema, record.id, Activity), places.activity)[: limit + 1]),
    )
    found = list(islice(merge(*lists, key=_time_of, reverse=True), limit + 1))
    told = found[:limit]
    for one in told:
        places.pass_by(one)
    next_cursor = None
    if len(found) > limit:
        next_cursor = cursors.write(Position(0, places.keys(), record.id), digest)
    names = names_of_doers(actor, (_doer(one) for one in told if isinstance(one, Record | Revision)))
    gone = _gone(actor, schema, [one for one in told if isinstance(one, Revision)])
    return Timeline([_row(schema, one, names, gone) for one in told], next_cursor)


def _gone(actor: Actor, schema: Schema, revisions: Iterable[Revision]) -> dict[UUID, dict[str, str]]:
    """The names of records that were deleted as lookups lost them, by change and id. One query, where any were lost.

    Those of objects without a history are not known.
    """
    lost: dict[UUID, set[str]] = defaultdict(set)
    for revision in revisions:
        for lookup in schema.lookups:
            old, new = revision.changes.get(lookup.data_key, (None, None))
            lost[revision.change_id] |= set(lookup.type.ids(old)) - set(lookup.type.ids(new))
    ids = set().union(*lost.values())
    gone: dict[UUID, dict[str, str]] = defaultdict(dict)
    if not ids:
        return gone
    records = access.records_of_all_objects_with_trash(actor).filter(id=OuterRef("record_id"))
    deletions = Revision.objects.filter(record_id__in=ids, change_id__in=list(lost), kind=RevisionKind.DELETE)
    named = deletions.annotate(name=Subquery(records.values("name")[:1])).exclude(name=None)
    for record_id, change_id, name in named.values_list("record_id", "change_id", "name"):
        if str(record_id) in lost[change_id]:
            gone[change_id][str(record_id)] = name or nameless(record_id)
    return gone


def _history(record: Record, before: int | None, limit: int) -> Iterator[Record | Revision]:
    """A record's revisions of versions before one, the newest first, and behind them all the record, for its making."""
    revisions = Revision.objects.filter(record_id=record.id).order_by("-version")
    if before is not None:
        revisions = revisions.filter(version__lt=before)
    yield from revisions[:limit]
    if before is None or before > FIRST_VERSION:
        yield record


def _attached(rows: QuerySet[A], place: Place) -> QuerySet[A]:
    found = with_people(rows).order_by("-created_at", "-id")
    return found.filter(older_than(place[0], UUID(place[1]), by="created_at")) if place else found


def _time_of(one: Record | Revision | Note | Activity) -> datetime:
    return one.at if isinstance(one, Revision) else one.created_at


def _doer(one: Record | Revision) -> UUID | None:
    return one.by_id if isinstance(one, Revision) else one.created_by_id


def _row(
    schema: Schema,
    one: Record | Revision | Note | Activity,
    names: Mapping[UUID | None, str],
    gone: Mapping[UUID, Mapping[str, str]],
) -> TimelineRow:
    if isinstance(one, Note):
        note = note_row(one)
        name = note.author.name if note.author else SOMEBODY
        return TimelineRow(TimelineKind.NOTE, one.created_at, one.author_id, name, note=note)
    if isinstance(one, Activity):
        activity = activity_row(one)
        name = activity.author.name if activity.author else SOMEBODY
        return TimelineRow(TimelineKind.ACTIVITY, one.created_at, one.author_id, name, activity=activity)
    doer = _doer(one)
    if isinstance(one, Record):
        return TimelineRow(TimelineKind.CREATE, one.created_at, doer, names[doer], FIRST_VERSION)
    changes = shown_changes(schema, one.changes)
    lost = gone.get(one.change_id, {})
    return TimelineRow(TimelineKind(one.kind), one.at, doer, names[doer], one.version, one.via, changes, lost)
