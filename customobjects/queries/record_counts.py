"""About how many records each object has: counted where they are few, and estimated where they are many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from threading import Lock
from typing import Any
from uuid import UUID

from cachetools import TTLCache
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.utils import timezone

from customobjects import access
from customobjects.models import CustomObject, Field
from customobjects.queries.totals import Total
from customobjects.storage.dialect import can_estimate
from salesos import json
from salesos.accounts.actor import Actor

# So many are counted for each object, by an index, which takes about 0.1 ms.
MAX_COUNTED = 1_000
# How long a large object's count is good for where the database has no estimate, and how many are kept.
KEPT_SECONDS = 60
KEPT_COUNTS = 10_000
# More rows than any object has. A part of a query with a limit is planned for itself.
EVERYTHING = 10**12

_counts: TTLCache[UUID, int] = TTLCache(KEPT_COUNTS, KEPT_SECONDS)
_lock = Lock()


class CountOf(Subquery):
    """How many rows a query finds, for each row of the query around it."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def with_counts(actor: Actor, objects: QuerySet[CustomObject]) -> QuerySet[CustomObject]:
    """The same objects, each with ``field_count``, and ``record_count``: its records, up to one above ``MAX_COUNTED``.

    No more queries than without. What ``about`` makes of them is for people.
    """
    fields = Field.objects.filter(custom_object=OuterRef("pk"), deleted_at=None)
    # By the index that has them in this order: by nothing else would the database know where an object's are.
    records = access.visible_records_of(actor, OuterRef("pk")).order_by("created_at")
    return objects.annotate(
        field_count=CountOf(fields.order_by().values("id")),
        record_count=CountOf(records.values("id")[: MAX_COUNTED + 1]),
    )


def with_growth(actor: Actor, objects: QuerySet[CustomObject]) -> QuerySet[CustomObject]:
    """The same objects, each with ``in_7_days`` and ``in_30_days``: how many of its records were made since.

    Up to one above ``MAX_COUNTED``, by the index that has an object's records by their time. No more queries.
    """
    now = timezone.now()
    records = access.visible_records_of(actor, OuterRef("pk")).order_by("created_at").values("id")
    return objects.annotate(
        **{
            f"in_{days}_days": CountOf(records.filter(created_at__gte=now - timedelta(days=days))[: MAX_COUNTED + 1])
            for days in (7, 30)
        }
    )


def about(actor: Actor, objects: Sequence[CustomObject]) -> dict[UUID, Total]:
    """How many records each of some objects has, which came ``with_counts``. At most one query."""
    counted: dict[UUID, int] = {row.id: row.record_count for row in objects}  # type: ignore[attr-defined]
    large = [id_ for id_, count in counted.items() if count > MAX_COUNTED]
    estimates = _estimates(actor, large)
    return {
        id_: Total(max(estimates[id_], MAX_COUNTED + 1), is_estimate=True) if id_ in estimates else Total(count)
        for id_, count in counted.items()
    }


def _estimates(actor: Actor, ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """About how many records objects have of which each has many. One query, or none."""
    if not ids:
        return {}
    if can_estimate():
        return dict(zip(ids, _planned(actor, ids), strict=True))
    with _lock:
        known = {id_: _counts[id_] for id_ in ids if id_ in _counts}
    if missing := [id_ for id_ in ids if id_ not in known]:
        records = access.visible_records_of_all_objects(actor).filter(custom_object_id__in=missing)
        counted = dict(records.order_by().values_list("custom_object_id").annotate(Count("id")))
        with _lock:
            _counts.update(counted)
        known |= counted
    return {id_: known.get(id_, 0) for id_ in ids}


def _planned(actor: Actor, ids: Iterable[UUID]) -> list[int]:
    """How many records the database's planner expects of each object, all in one plan."""
    first, *others = [access.visible_records_of(actor, id_).order_by().values("id")[:EVERYTHING] for id_ in ids]
    plan = json.loads(first.union(*others, all=True).explain(format="json"))[0]["Plan"]
    parts: list[Any] = plan["Plans"] if others else [plan]
    return [int(part["Plan Rows"]) for part in parts]
