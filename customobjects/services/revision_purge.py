"""Purging what histories hold: the only writes of revisions beside noting them, and the database lets no others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from customobjects.models import CustomObject, Revision
from salesos.db.append_only import purging

# The table that a transaction which purges histories says it is about (``append_only.purging``).
REVISIONS = Revision._meta.db_table


def purge_old(report: Callable[[str], None], batch: int) -> None:
    """Purge revisions that are older than their objects keep them, in batches. ``report`` gets lines of progress."""
    now = timezone.now()
    kept_from = {id_: start for id_, days in _days_by_object() if (start := _start(now, days))}
    if not kept_from:
        return
    last, done = 0, 0
    # Revisions are numbered as they are made: behind the first that every object keeps, there are none to purge.
    newest = max(kept_from.values())
    while True:
        old = Revision.objects.filter(id__gt=last, custom_object_id__in=list(kept_from)).order_by("id")
        rows = list(old.values_list("id", "custom_object_id", "at")[:batch])
        doomed = [id_ for id_, object_id, at in rows if at < kept_from[object_id]]
        if doomed:
            with purging(REVISIONS):
                Revision.objects.filter(id__in=doomed).delete()
            done += len(doomed)
            report(f"{done} revisions purged")
        if len(rows) < batch or rows[-1][2] >= newest:
            return
        last = rows[-1][0]


def _days_by_object() -> Iterable[tuple[UUID, int]]:
    """Each object's id, and for how many days it keeps revisions; 0 is for ever."""
    for id_, days in CustomObject.objects.filter(deleted_at=None).values_list("id", "history_days"):
        yield id_, settings.HISTORY_DAYS if days is None else days


def _start(now: datetime, days: int) -> datetime | None:
    return now - timedelta(days=days) if days else None


def purge_of_records(ids: Collection[UUID]) -> None:
    """Purge all revisions of records that are purged. Within ``purging(REVISIONS)``."""
    Revision.objects.filter(record_id__in=ids).delete()


def purge_values(ids: Collection[UUID], data_keys: Collection[str]) -> None:
    """Purge the values of fields that are purged from the revisions of some records."""
    rows = list(Revision.objects.filter(record_id__in=ids, changes__has_any_keys=list(data_keys)))
    if not rows:
        return
    for row in rows:
        row.changes = {key: pair for key, pair in row.changes.items() if key not in data_keys}
    with purging(REVISIONS):
        Revision.objects.bulk_update(rows, ["changes"], batch_size=100)
