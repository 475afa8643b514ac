"""How much of its limits an organization uses."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from customobjects import access
from customobjects.models import CustomObject
from customobjects.queries.record_counts import about, with_counts
from customobjects.queries.totals import Total
from customobjects.storage.sizes import about_all_records, bytes_of_records
from salesos.accounts.actor import Actor
from salesos.accounts.models import ApiKey


@dataclass(frozen=True)
class Usage:
    """What an organization has.

    ``objects`` come with ``field_count``; ``records`` has about how many records each has; ``bytes`` is the part of the
    records' tables that the organization's share of all records takes, an estimate.
    """

    objects: list[CustomObject]
    records: dict[UUID, Total]
    total: Total
    bytes: int
    people: int
    keys: int

    @property
    def max_objects(self) -> int:
        """How many objects there may be."""
        return settings.MAX_OBJECTS_PER_ORGANIZATION

    @property
    def max_fields(self) -> int:
        """How many fields an object may have."""
        return settings.MAX_FIELDS_PER_OBJECT


def usage(actor: Actor) -> Usage:
    """What the actor's organization has. At most seven queries, none of which looks at all records of a large object
    on PostgreSQL. Raises ``PermissionDenied``.
    """
    access.require_administer(actor)
    objects = list(with_counts(actor, access.visible_objects(actor).order_by("plural_name", "id")))
    records = about(actor, objects)
    total = sum(one.number or 0 for one in records.values())
    # Never less than it has itself, where the planner's estimate is old.
    everybody = max(about_all_records(), total, 1)
    return Usage(
        objects=objects,
        records=records,
        total=Total(total, is_estimate=any(one.is_estimate for one in records.values())),
        bytes=bytes_of_records() * total // everybody,
        people=access.visible_users(actor).count(),
        keys=ApiKey.objects.filter(user__organization_id=actor.organization_id, revoked_at=None).count(),
    )
