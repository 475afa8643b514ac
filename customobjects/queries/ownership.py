"""What people own, and how records go from one to another."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, QuerySet

from customobjects import access
from customobjects.models import CustomObject, HandOver, Record
from salesos.accounts.actor import Actor
from salesos.errors import NotFound


def owned_records(actor: Actor, user_id: UUID) -> QuerySet[Record]:
    """The records that one of the organization's people owns, without those in the trash."""
    return access.visible_records_of_all_objects(actor).filter(owner_id=user_id)


def owned_by_object(actor: Actor, user_id: UUID) -> list[tuple[CustomObject, int]]:
    """The objects of which one of the organization's people owns records, by name, each with how many. Two queries.

    Raises ``PermissionDenied``.
    """
    access.require_administer(actor)
    owned = owned_records(actor, user_id).order_by()
    counts = dict(owned.values_list("custom_object_id").annotate(Count("id")))
    objects = access.visible_objects(actor).filter(id__in=counts).order_by("plural_name", "id")
    return [(one, counts[one.id]) for one in objects]


def list_hand_overs(actor: Actor) -> QuerySet[HandOver]:
    """The hand overs of the organization, the newest first, with their people. Raises ``PermissionDenied``."""
    access.require_administer(actor)
    return access.visible_hand_overs(actor).select_related("of", "to", "made_by").order_by("-made_at", "-id")


def find_hand_over(actor: Actor, hand_over_id: UUID) -> HandOver:
    """One of them. Raises ``PermissionDenied``, ``NotFound``."""
    found = list_hand_overs(actor).filter(id=hand_over_id).first()
    if found is None:
        raise NotFound.named("hand over", str(hand_over_id))
    return found
