"""What a person finds when they come: what was changed last in all objects, what they own, and what they are to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from customobjects import access
from customobjects.models import Activity, HomePreference, Record, View, ViewKind
from customobjects.queries.activities import ActivityRow, activity_row
from customobjects.queries.attached import attached_to_all
from customobjects.queries.objects import find_schema
from customobjects.queries.people import names_of_doers
from customobjects.queries.records import nameless
from customobjects.queries.views import OpenView, get_view
from customobjects.schema import Schema
from salesos.accounts.actor import Actor
from salesos.accounts.models import ApiKey
from salesos.errors import NotFound


@dataclass(frozen=True)
class ChangedRecord:
    """A record of any object: when it was changed last, and who did it, in words."""

    id: UUID
    custom_object_id: UUID
    name: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Home:
    """What a person finds. The newest come first; of ``tasks``, which are open, what is due first."""

    recent: list[ChangedRecord]
    mine: list[ChangedRecord]
    tasks: list[ActivityRow]


def home(actor: Actor, *, limit: int) -> Home:
    """At most ``limit`` of each. Six queries at most, however many objects and records there are.

    Raises ``PermissionDenied``.
    """
    access.require_read(actor)
    recent, mine = _recent(actor, limit), list(_newest(_records(actor).filter(owner_id=actor.user_id), limit))
    names = names_of_doers(actor, (record.updated_by_id for record in [*recent, *mine]))
    tasks = attached_to_all(actor, Activity).filter(assignee_id=actor.user_id, done_at=None)
    due_first = tasks.order_by(F("due").asc(nulls_last=True), "id")[:limit]
    return Home(_changed(recent, names), _changed(mine, names), [activity_row(task) for task in due_first])


def _records(actor: Actor) -> QuerySet[Record]:
    """The records of all objects that are in use."""
    return access.visible_records_of_all_objects(actor).filter(custom_object__is_active=True)


def _recent(actor: Actor, limit: int) -> list[Record]:
    """What was changed last in all objects. Two queries.

    An index has the records of one object by their time. The first query asks each for the time of its last but so
    many: nothing that is older than the latest of these times can be among the newest of all.
    """
    newest = access.visible_records_of(actor, OuterRef("pk")).order_by("-updated_at", "-id").values("updated_at")
    objects = access.visible_objects(actor).filter(is_active=True).annotate(at=Subquery(newest[limit - 1 : limit]))
    times = dict(objects.order_by().values_list("id", "at"))
    records = Record.objects.none()
    if times:
        records = _records(actor).filter(custom_object_id__in=times)
    if enough := [at for at in times.values() if at is not None]:
        records = records.filter(updated_at__gte=max(enough))
    return list(_newest(records, limit))


def _newest(records: QuerySet[Record], limit: int) -> QuerySet[Record]:
    return records.only(*"id custom_object_id name updated_at updated_by_id".split()).order_by("-updated_at", "-id")[
        :limit
    ]


def _changed(records: Iterable[Record], names: Mapping[UUID | None, str]) -> list[ChangedRecord]:
    return [
        ChangedRecord(
            record.id,
            record.custom_object_id,
            record.name or nameless(record.id),
            record.updated_at,
            names[record.updated_by_id],
        )
        for record in records
    ]


@dataclass(frozen=True)
class HomeChoices:
    """What a person chose for Home: a view of kind chart, with its object, and whether the first steps are shown."""

    chart: OpenView | None
    schema: Schema | None
    shows_steps: bool


def home_choices(actor: Actor) -> HomeChoices:
    """What the actor chose for Home. A chart that does not exist for them any more is none.

    One query; with a chart, one for its object, and those of ``get_view``.
    """
    kept = HomePreference.objects.filter(user_id=actor.user_id)
    found = kept.values_list("chart_id", "chart__custom_object_id", "has_no_steps").first()
    chart_id, object_id, has_no_steps = found or (None, None, False)
    if chart_id is not None:
        try:
            schema = find_schema(actor, str(object_id))
            opened = get_view(actor, schema, str(chart_id))
        except NotFound:
            pass
        else:
            return HomeChoices(opened, schema, not has_no_steps)
    return HomeChoices(None, None, not has_no_steps)


def charts_to_choose(actor: Actor) -> QuerySet[View]:
    """The views of kind chart that exist for the actor, with their objects, object by object."""
    charts = access.visible_views_of_all_objects(actor).filter(kind=ViewKind.CHART, custom_object__is_active=True)
    return charts.select_related("custom_object").order_by("custom_object__plural_name", "custom_object", "order", "id")


@dataclass(frozen=True)
class StepsDone:
    """What of the first steps in an organization is done, beside objects and records."""

    has_view: bool
    has_company: bool


def steps_done(actor: Actor) -> StepsDone:
    """Whether there is a view of any object, and anybody beside the actor, be it a person or a program. One query."""
    people = access.users_of(actor)
    keys = ApiKey.objects.filter(user__organization_id=actor.organization_id)
    own = people.filter(id=actor.user_id).values_list(
        Exists(access.visible_views_of_all_objects(actor)), Exists(people.exclude(id=actor.user_id)), Exists(keys)
    )
    has_view, has_colleague, has_key = own.first() or (False, False, False)
    return StepsDone(has_view, has_colleague or has_key)
