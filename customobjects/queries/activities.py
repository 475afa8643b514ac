"""Reading activities: those of a record, and those of all records that an actor sees, by when they are due."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from customobjects import access
from customobjects.models import Activity
from customobjects.queries import cursors
from customobjects.queries.attached import (
    Person,
    attached_to,
    find_attached,
    mentions,
    person,
    record_name,
    with_people,
)
from customobjects.queries.newest_first import NewestPage, counted, newest_first
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


def activities_of(actor: Actor, schema: Schema, record_reference: str) -> QuerySet[Activity]:
    """The activities of a record. One query. Raises ``PermissionDenied``, ``NotFound``."""
    access.require_read(actor, schema)
    return attached_to(actor, schema, record_reference, Activity)


def all_activities(actor: Actor) -> QuerySet[Activity]:
    """The activities of all records. Raises ``PermissionDenied``."""
    access.require_read(actor)
    return with_people(access.visible_attached(actor, Activity))


def list_activities(
    actor: Actor,
    activities: QuerySet[Activity],
    *,
    asked: Iterable[object],
    page: int = 1,
    limit: int = 20,
    cursor: str = "",
) -> tuple[list[ActivityRow], NewestPage[Activity]]:
    """A page of activities, the newest first. Three queries. Raises ``ValidationError`` for a cursor that is none."""
    told = ["activities", actor.organization_id, *asked]
    found = newest_first(activities, asked=told, page=page, limit=limit, cursor=cursor, by="created_at")
    return [activity_row(activity) for activity in found.rows], found


def list_by_due(
    actor: Actor,
    activities: QuerySet[Activity],
    *,
    asked: Iterable[object],
    page: int = 1,
    limit: int = 20,
    cursor: str = "",
) -> tuple[list[ActivityRow], NewestPage[Activity]]:
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
    rows = NewestPage(listed, counted(activities), next_cursor)
    return [activity_row(activity) for activity in listed], rows


def _behind(activities: QuerySet[Activity], position: Position, limit: int) -> list[Activity]:
    """The first activities behind the last one of a page: each part by an index, which costs the same at any depth."""
    [due] = position.keys
    undated = activities.filter(due=None).order_by("id")
    if due is None:
        return list(undated.filter(id__gt=position.id)[:limit])
    dated = activities.filter(Q(due__gt=due) | Q(id__gt=position.id), due__gte=due).order_by("due", "id")
    found = list(dated[:limit])
    return found if len(found) == limit else [*found, *undated[: limit - len(found)]]


def get_activity(actor: Actor, schema: Schema, record_reference: str, reference: str) -> ActivityRow:
    """One activity of a record. Two queries. Raises ``PermissionDenied``, ``NotFound``."""
    access.require_read(actor, schema)
    return activity_row(find_attached(actor, schema, record_reference, reference, Activity))
