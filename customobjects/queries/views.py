"""Reading saved views: those that exist for somebody, as they can be used now, and the records that one asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any

from django.db.models import Case, F, Q, QuerySet, When

from customobjects import access
from customobjects.models import View
from customobjects.queries.aggregates import Aggregation
from customobjects.queries.objects import as_uuid
from customobjects.queries.selection import RecordRequest
from customobjects.queries.steps import Steps
from customobjects.queries.view_settings import asked_records, usable_settings
from customobjects.schema import Schema
from salesos.accounts.actor import Actor
from salesos.errors import NotFound


@dataclass(frozen=True)
class OpenView:
    """A view with its settings as they can be used now; ``missing`` names what they say that is not there any more."""

    view: View
    settings: dict[str, Any]
    missing: tuple[str, ...]


def list_views(actor: Actor, schema: Schema) -> QuerySet[View]:
    """The views of an object that exist for the actor: those that are shared, and their own, each in their order."""
    return access.visible_views(actor, schema).order_by(F("owner_id").asc(nulls_first=True), "order", "id")


def find_view(views: QuerySet[View], reference: str) -> View:
    """The view among ``views`` with that id, or ``NotFound``."""
    id_ = as_uuid(reference)
    found = views.filter(id=id_).first() if id_ is not None else None
    if found is None:
        raise NotFound.named("view", reference)
    return found


def get_view(actor: Actor, schema: Schema, reference: str) -> OpenView:
    """A view of an object by its id. Raises ``NotFound``.

    One query, and those of ``open_views``.
    """
    return open_view(actor, schema, find_view(access.visible_views(actor, schema), reference))


def views_to_choose(actor: Actor, schema: Schema, reference: str, steps: Steps) -> tuple[list[View], OpenView | None]:
    """The views of an object as ``list_views`` has them, without their settings, and the one that is looked at.

    That is the one with the id ``reference``, or without one the default view, or None where there is no default.
    One query, and for the one that is looked at, one for each lookup that ``steps`` do not know. Raises ``NotFound``.
    """
    id_ = as_uuid(reference)
    if reference and id_ is None:
        raise NotFound.named("view", reference)
    is_open = Q(id=id_) if reference else Q(is_default=True)
    # Settings may be long: only those that are needed are read.
    found = list_views(actor, schema).defer("settings").annotate(open_settings=Case(When(is_open, then="settings")))
    views: list[View] = list(found)
    view = next((one for one in views if (one.id == id_ if reference else one.is_default)), None)
    if view is None:
        if reference:
            raise NotFound.named("view", reference)
        return views, None
    view.settings = vars(view)["open_settings"]
    usable = usable_settings(actor, schema, view.kind, view.settings, steps)
    return views, OpenView(view, usable.values, usable.missing)


def open_view(actor: Actor, schema: Schema, view: View) -> OpenView:
    """One view, as ``open_views`` opens several."""
    return open_views(actor, schema, [view])[0]


def open_views(actor: Actor, schema: Schema, views: Iterable[View]) -> list[OpenView]:
    """Views of an object with what of their settings can be used now.

    A query for each lookup that filters, sorts and groups of all of them go through, and three for each related list.
    """
    steps = Steps(actor)
    found = [(view, usable_settings(actor, schema, view.kind, view.settings, steps)) for view in views]
    return [OpenView(view, usable.values, usable.missing) for view, usable in found]


def record_request(
    actor: Actor, schema: Schema, settings: Mapping[str, Any], *, page: int = 1, cursor: str = "", limit: int = 20
) -> RecordRequest:
    """A page of the records that a view's settings ask for, whatever its kind, for ``pages.list_records``.

    Its filters all hold, and one of ``anyOf``. Settings are as they are kept, or as a view was opened: what cannot be
    used is left out. A caller may add ``filters``, a ``tree`` and the like: all of it holds together.
    As many queries as opening a view takes.
    """
    asked, filters = asked_records(actor, schema, settings)
    return RecordRequest(
        page=page,
        cursor=cursor,
        limit=limit,
        search=asked["search"],
        sort=",".join(asked["sort"]),
        within=filters,
    )


def chart_aggregation(settings: Mapping[str, Any], *, limit: int = 100, zone: tzinfo = UTC) -> Aggregation:
    """The figures that the settings of a chart ask for, as ``aggregates.aggregate`` takes them.

    The records are those of ``record_request``. Periods are of days in ``zone``.
    """
    measure = settings["measure"]
    metric = measure["function"] if measure["field"] is None else f"{measure['function']}:{measure['field']}"
    group_by = (settings["group"],) if settings["group"] is not None else ()
    return Aggregation(group_by=group_by, metrics=(metric,), interval=settings["period"] or "", limit=limit, zone=zone)
