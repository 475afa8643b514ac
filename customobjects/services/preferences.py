"""Keeping what a person likes to see: how an object's list looks, in which order objects come, and what Home has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from customobjects import access
from customobjects.models import HomePreference, ListPreference, ObjectOrder
from customobjects.queries.home import charts_to_choose
from customobjects.queries.objects import as_uuid, get_schema
from customobjects.queries.preferences import clean_preference, usable_preference
from customobjects.queries.views import find_view
from customobjects.services.transactions import write
from salesos.accounts.actor import Actor
from salesos.errors import ValidationError

MAX_OBJECTS = 10_000


@write
def save_list_preference(actor: Actor, reference: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Keep how the actor likes an object's list: those of ``columns, frozen, density, lastView`` that are given.

    Returns all of it, as ``preferences.list_preference`` does. Raises ``ValidationError``, ``NotFound``,
    ``PermissionDenied``.
    """
    schema = get_schema(actor, reference)
    # Made where it lacks, so that two at once change one row, each what it is about.
    ListPreference.objects.bulk_create(
        [ListPreference(user_id=actor.user_id, custom_object_id=schema.id)], ignore_conflicts=True
    )
    kept = ListPreference.objects.select_for_update().get(user_id=actor.user_id, custom_object_id=schema.id)
    given = clean_preference(actor, schema, dict(changes))
    now = usable_preference(actor, schema, kept.values)
    kept.values = {**now, **{name: given[name] for name in changes}}
    kept.save(update_fields=["values"])
    return kept.values


@write
def save_object_order(actor: Actor, ids: Sequence[str | UUID]) -> list[UUID]:
    """Keep the order in which the actor likes to see the objects, and return it.

    Ids of objects that do not exist for them, as of one that was deleted meanwhile, are left out. Raises
    ``ValidationError`` for what is no list of ids, ``PermissionDenied``.
    """
    access.require_read(actor)
    found = [as_uuid(str(one)) for one in ids[: MAX_OBJECTS + 1]]
    if None in found or len(found) > MAX_OBJECTS:
        raise ValidationError.of(f"ids must be at most {MAX_OBJECTS:,} ids of objects", field="ids")
    there = set(access.visible_objects(actor).values_list("id", flat=True))
    order = [one for one in dict.fromkeys(found) if one is not None and one in there]
    ObjectOrder.objects.bulk_create(
        [ObjectOrder(user_id=actor.user_id, object_ids=[str(one) for one in order])],
        update_conflicts=True,
        unique_fields=["user"],
        update_fields=["object_ids"],
    )
    return order


@write
def save_home_chart(actor: Actor, view_reference: str | None) -> None:
    """Keep which view of kind chart the actor has on Home, by its id; None for none.

    Raises ``NotFound`` for one that is no chart of theirs, ``PermissionDenied``.
    """
    access.require_read(actor)
    chart = find_view(charts_to_choose(actor), view_reference) if view_reference is not None else None
    _keep_home(HomePreference(user_id=actor.user_id, chart=chart), "chart")


@write
def put_steps_away(actor: Actor) -> None:
    """Keep that the actor wants to see the first steps no more. Raises ``PermissionDenied``."""
    access.require_read(actor)
    _keep_home(HomePreference(user_id=actor.user_id, has_no_steps=True), "has_no_steps")


def _keep_home(preference: HomePreference, column: str) -> None:
    HomePreference.objects.bulk_create(
        [preference], update_conflicts=True, unique_fields=["user"], update_fields=[column]
    )
