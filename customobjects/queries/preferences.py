"""What a person likes to see, and where: how an object's list looks, and in which order objects come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Subquery

from customobjects.models import CustomObject, ListPreference, ObjectOrder
from customobjects.queries.objects import as_uuid
from customobjects.queries.shapes import ObjectOf, Property, Reading, Text, exact_json
from customobjects.queries.steps import Steps
from customobjects.queries.view_settings import COLUMNS, DENSITY, FROZEN
from customobjects.schema import Schema
from salesos.accounts.actor import Actor

PREFERENCE = "preference"
MAX_PREFERENCE_BYTES = 32_000
# The view that the person looked at last: it may be gone since, or have become somebody else's own.
LAST_VIEW = Property(Text(36), default=None)
LIST_PREFERENCE = ObjectOf(
    {"columns": COLUMNS, "frozen": FROZEN, "density": DENSITY, "lastView": LAST_VIEW}, always_stays=True
)


def clean_preference(actor: Actor, schema: Schema, raw: Any) -> dict[str, Any]:
    """Any input to what is kept of how a list looks, defaults filled in. Raises ``ValidationError``."""
    reading = Reading(actor, schema, True, Steps(actor))
    found: dict[str, Any] = LIST_PREFERENCE.read(exact_json(raw, PREFERENCE, MAX_PREFERENCE_BYTES), PREFERENCE, reading)
    if found.get("lastView") and as_uuid(found["lastView"]) is None:
        reading.refuse(f"{PREFERENCE}.lastView", "invalid", f"{PREFERENCE}.lastView must be the id of a view")
    reading.finished()
    return found


def list_preference(actor: Actor, schema: Schema) -> dict[str, Any]:
    """How the actor likes an object's list, with columns that are there: ``columns, frozen, density, lastView``.

    Without a word of theirs, what ``LIST_PREFERENCE`` has by default. One query.
    """
    kept = ListPreference.objects.filter(user_id=actor.user_id, custom_object_id=schema.id)
    values = kept.values_list("values", flat=True).first() or {}
    return usable_preference(actor, schema, values)


def usable_preference(actor: Actor, schema: Schema, kept: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of how a list looks, without what is not there any more, defaults filled in."""
    found: dict[str, Any] = LIST_PREFERENCE.read(kept, PREFERENCE, Reading(actor, schema, False, Steps(actor)))
    return found


def object_order(actor: Actor) -> list[UUID]:
    """The ids of objects in the order that the actor likes; objects may be gone, or have come since. One query."""
    ids = ObjectOrder.objects.filter(user_id=actor.user_id).values_list("object_ids", flat=True).first()
    return [UUID(id_) for id_ in ids or ()]


def as_liked(actor: Actor, objects: QuerySet[CustomObject], limit: int | None = None) -> list[CustomObject]:
    """Objects in the order that the actor likes; those that it lacks come behind, in their own. One query.

    Of more than ``limit`` the first of their own order are taken.
    """
    own = ObjectOrder.objects.filter(user_id=actor.user_id).values("object_ids")
    found = list(objects.annotate(liked_order=Subquery(own[:1]))[:limit])
    ids = getattr(found[0], "liked_order", None) if found else None
    return in_order(found, map(UUID, ids or ()))


def in_order(objects: Iterable[CustomObject], ids: Iterable[UUID]) -> list[CustomObject]:
    """Objects in the order of their ids; those that it lacks come behind, in the order in which they are given."""
    places = {id_: place for place, id_ in enumerate(ids)}
    return sorted(objects, key=lambda one: places.get(one.id, len(places)))
