"""Writing activities. Each function says what an activity was and is, so that it can be undone by another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from customobjects import access
from customobjects.fieldtypes import ValueProblem
from customobjects.fieldtypes.moments import DateTime, day_of
from customobjects.models import Activity, ActivityKind
from customobjects.queries.activities import ActivityRow, activity_row
from customobjects.queries.attached import find_attached
from customobjects.schema import Schema
from customobjects.services import attached, mentions
from customobjects.services.current_change import current
from customobjects.services.references import known_users
from customobjects.services.transactions import write
from customobjects.services.versions import IfVersion
from salesos.accounts.actor import Actor
from salesos.errors import Problem, ValidationError, alternatives

_MOMENT = DateTime(DateTime.clean_options({}))


@dataclass(frozen=True)
class WrittenActivity:
    """An activity ``before`` and ``after`` it was written: None where there was none, and where it is deleted."""

    before: ActivityRow | None
    after: ActivityRow | None


@write
def create_activity(
    actor: Actor, object_reference: str, record_reference: str, given: Mapping[str, Any]
) -> WrittenActivity:
    """Attach an activity to a record.

    ``given`` has ``kind`` and ``title``, and maybe ``text``, ``due`` (a day, or a moment in ISO 8601), ``assignee_id``
    (otherwise the actor's) and ``done`` (true or false). Raises ``NotFound``, ``PermissionDenied``, ``ValidationError``
    at each property, and ``Conflict`` where the object is archived or takes no activities.
    """
    schema, record = attached.record_to_write(actor, object_reference, record_reference, Activity)
    now = current().at
    activity = Activity(
        organization_id=record.organization_id,
        custom_object_id=schema.id,
        record=record,
        author_id=actor.user_id,
        assignee_id=actor.user_id,
        created_at=now,
        updated_at=now,
    )
    _take(actor, activity, {"kind": "", "title": "", **given})
    activity.save()
    mentions.keep(actor, activity)
    return WrittenActivity(None, _read(actor, schema, activity))


@write
def change_activity(
    actor: Actor,
    object_reference: str,
    record_reference: str,
    reference: str,
    given: Mapping[str, Any],
    *,
    if_version: IfVersion = None,
) -> WrittenActivity:
    """Change what ``given`` says of an activity. Nothing is written where nothing changes.

    Whom it is assigned to may say that it is done, and nothing else. Raises as ``create_activity`` does,
    ``PermissionDenied`` for who may not change it, ``PreconditionFailed``.
    """
    place = (actor, object_reference, record_reference, reference, Activity)
    schema, activity = attached.lock(*place, question=access.require_write, if_version=if_version)
    require = access.require_finish if set(given) == {"done"} else access.require_edit
    require(actor, schema, activity)
    attached.require_current(activity, if_version)
    before, was = activity_row(activity), _stored(activity)
    _take(actor, activity, given)
    if _stored(activity) == was:
        return WrittenActivity(before, before)
    attached.store_change(actor, activity)
    return WrittenActivity(before, _read(actor, schema, activity))


@write
def delete_activity(
    actor: Actor, object_reference: str, record_reference: str, reference: str, *, if_version: IfVersion = None
) -> WrittenActivity:
    """Delete an activity, which can be restored until it is purged.

    Raises ``NotFound``, ``PermissionDenied``, ``PreconditionFailed``, and ``Conflict`` as ``create_activity`` does.
    """
    deleted = attached.delete(actor, object_reference, record_reference, reference, Activity, if_version)
    return WrittenActivity(activity_row(deleted), None)


@write
def restore_activity(actor: Actor, object_reference: str, record_reference: str, reference: str) -> WrittenActivity:
    """Bring back an activity that was deleted, as it was. Raises as ``delete_activity`` does."""
    restored = attached.restore(actor, object_reference, record_reference, reference, Activity)
    return WrittenActivity(None, activity_row(restored))


def _read(actor: Actor, schema: Schema, activity: Activity) -> ActivityRow:
    return activity_row(find_attached(actor, schema, str(activity.record_id), str(activity.id), Activity))


def _stored(activity: Activity) -> tuple[Any, ...]:
    """What tells an activity from one that something has changed in."""
    columns = "kind title text due due_is_day assignee_id done_at".split()
    return tuple(getattr(activity, column) for column in columns)


def _take(actor: Actor, activity: Activity, given: Mapping[str, Any]) -> None:
    """Give an activity what is given, or raise ``ValidationError`` with all that is wrong with it."""
    problems: list[Problem] = []
    for name, value in given.items():
        try:
            _TAKES[name](actor, activity, value)
        except ValidationError as error:
            problems += error.problems
    if problems:
        raise ValidationError(problems)


def _take_kind(actor: Actor, activity: Activity, value: object) -> None:
    if value not in ActivityKind.values:
        message = f"kind must be one of {alternatives(ActivityKind.values)}"
        raise ValidationError.of(message, field="kind", code="choice")
    activity.kind = str(value)


def _take_title(actor: Actor, activity: Activity, value: object) -> None:
    activity.title = attached.clean_title(value)


def _take_text(actor: Actor, activity: Activity, value: object) -> None:
    activity.text = attached.clean_text(actor, value)


def _take_due(actor: Actor, activity: Activity, value: object) -> None:
    day = day_of(value) if isinstance(value, str) else None
    try:
        moment = _MOMENT.clean(value) if day is None else None
    except ValueProblem as problem:
        message = "due must be a date such as 2026-11-30, or a date and time such as 2026-11-30T14:05:00Z"
        raise ValidationError.of(message, field="due", code=problem.code) from problem
    activity.due_is_day = day is not None
    activity.due = day[1] if day else datetime.fromisoformat(moment) if moment else None


def _take_assignee(actor: Actor, activity: Activity, value: UUID | None) -> None:
    if value is not None and value != activity.assignee_id and value not in known_users(actor, [value]):
        message = "assigneeId must be an active user of the organization"
        raise ValidationError.of(message, field="assigneeId", code="not_found")
    activity.assignee_id = value


def _take_done(actor: Actor, activity: Activity, value: bool) -> None:
    if value == (activity.done_at is not None):
        return
    activity.done_at = current().at if value else None
    activity.done_by_id = actor.user_id if value else None


# What may be said of an activity.
_TAKES: dict[str, Callable[[Actor, Activity, Any], None]] = {
    "kind": _take_kind,
    "title": _take_title,
    "text": _take_text,
    "due": _take_due,
    "assignee_id": _take_assignee,
    "done": _take_done,
}
