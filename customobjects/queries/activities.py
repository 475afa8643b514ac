"""Activities as they are shown, and by when they are due. ``queries.attached`` reads the others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from customobjects import access
from customobjects.models import Activity
from customobjects.queries import cursors
from customobjects.queries.attached import Person, mentions, person, record_name, with_people
from customobjects.queries.newest_first import NewestPage, counted
from customobjects.queries.ordering import Position
from customobjects.schema import Schema
from salesos.accounts.actor import Actor


@dataclass(frozen=True)
class ActivityRow:
    """An activity as it is shown. ``due`` is a day (``2026-11-30``), a moment in ISO 8601, or None."""

    id: UUID
    custom_object_id: UUID
    record_id: UUID
    record_name: str
    kind: str
    title: str
    text: str
    mentions: tuple[Person, ...]
    due: str | None
    assignee: Person | None
    done: bool
    done_at: datetime | None
    done_by: Person | None
    author: Person | None
    version: int
    created_at: datetime
    updated_at: datetime


def activity_row(activity: Activity) -> ActivityRow:
    """An activity, which ``with_people`` has read, as it is shown. No query."""
    return ActivityRow(
        id=activity.id,
        custom_object_id=activity.custom_object_id,
        record_id=activity.record_id,
        record_name=record_name(activity),
        kind=activity.kind,
        title=activity.title,
        text=activity.text,
        mentions=mentions(activity),
        due=shown_due(activity),
        assignee=person(activity.assignee),
        done=activity.done_at is not None,
        done_at=activity.done_at,
        done_by=person(activity.done_by),
        author=person(activity.author),
        version=activity.version,
        created_at=activity.created_at,
        updated_at=activity.updated_at,
    )


def shown_due(activity: Activity) -> str | None:
    """When an activity is due: a day, a moment in UTC, or None."""
    if activity.due is None:
        return None
    moment = activity.due.astimezone(UTC)
    return moment.date().isoformat() if activity.due_is_day else moment.isoformat().replace("+00:00", "Z")


def open_activities(actor: Actor, schema: Schema, record_id: UUID) -> QuerySet[Activity]:
    """What is to be done about a record, what is due first at its beginning. Raises ``PermissionDenied``."""
    access.require_read(actor, schema)
    rows = access.attached_to(actor, schema, record_id, Activity).filter(done_at=None)
    return with_people(rows).order_by(F("due").asc(nulls_last=True), "id")


def list_by_due(
    actor: Actor,
    activities: QuerySet[Activity],
    *,
    asked: Iterable[object],
    page: int = 1,
    limit: int = 20,
    cursor: str = "",
) -> NewestPage[Activity]:
    """A page of activities, what is due first at its beginning, and what is due at no time at its end.

    Three queries; five behind a cursor, at most. Raises ``ValidationError`` for a cursor that is none.
    """
    digest = cursors.digest_of("activities by due", actor.organization_id, *asked)
    if cursor:
        listed = _behind(activities, cursors.read(cursor, digest), limit + 1)
    else:
        start = (page - 1) * limit
        listed = list(activities.order_by(F("due").asc(nulls_last=True), "id")[start : start + limit + 1])
    has_more, listed = len(listed) > limit, listed[:limit]
    last = listed[-1] if has_more else None
    next_cursor = cursors.write(Position(0, (last.due,), last.id), digest) if last else None
    return NewestPage(listed, counted(activities), next_cursor)


def _behind(activities: QuerySet[Activity], position: Position, limit: int) -> list[Activity]:
    """The first activities behind the last one of a page: each part by an index, which costs the same at any depth."""
    [due] = position.keys
    undated = activities.filter(due=None).order_by("id")
    if due is None:
        return list(undated.filter(id__gt=position.id)[:limit])
    dated = activities.filter(Q(due__gt=due) | Q(id__gt=position.id), due__gte=due).order_by("due", "id")
    found = list(dated[:limit])
    return found if len(found) == limit else [*found, *undated[: limit - len(found)]]
