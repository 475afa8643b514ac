"""Purging: removing for good what was deleted, in batches that each commit by themselves.

Safe to run twice, beside a working server, and after an interruption: each batch leaves a state that readers cannot
tell from the one before.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django_tasks import task

from customobjects.models import Activity, CustomObject, Field, Note, Record, RecordLink
from customobjects.queries.records import names_behind
from customobjects.schema import read_schema
from customobjects.services import background, forms, heartbeat
from customobjects.services.batches import next_records, rewritten_row
from customobjects.services.definitions import touch
from customobjects.services.emptying import emptied_links
from customobjects.services.revision_purge import REVISIONS, purge_of_records, purge_old, purge_values
from customobjects.services.table_import import importing
from customobjects.services.transactions import share
from customobjects.services.unique_rules import drop_keys
from customobjects.storage.rows import update_records
from salesos.accounts import audit
from salesos.db.append_only import purging
from salesos.idempotency import retries

logger = logging.getLogger(__name__)

BATCH_SIZE = 500

Report = Callable[[str], None]


def purge(report: Report, *, batch: int = BATCH_SIZE) -> None:
    """Purge what has been deleted for ``TRASH_DAYS`` (objects, values of fields, records, notes and activities).

    And what histories held for longer than they keep it.

    Until then they can be restored: an object or a field whose purging may have begun cannot. ``report`` is called with
    a line of progress after each batch.
    """
    old = timezone.now() - timedelta(days=settings.TRASH_DAYS)
    for custom_object in CustomObject.objects.filter(deleted_at=None, fields__deleted_at__lte=old).distinct():
        _purge_fields(custom_object, old, report, batch)
    # Lookups of deleted objects keep nothing; a deleted lookup of another object does, until its values are purged.
    Field.objects.filter(custom_object__deleted_at__lte=old).update(target=None)
    pointing = Field.objects.filter(target=OuterRef("pk"))
    for custom_object in CustomObject.objects.filter(deleted_at__lte=old).exclude(Exists(pointing)):
        _purge_object(custom_object, report, batch)
    # Lookups that the background has not emptied yet name their record until it has.
    is_named = Exists(emptied_links().filter(target=OuterRef("pk")))
    _purge_records(Q(~is_named, deleted_at__lte=old), "the trash", report, batch)
    for model in (Note, Activity):
        _purge_attached(model, old, report, batch)
    purge_old(report, batch)
    if count := forms.forget_old():
        report(f"{count} old forms forgotten")
    if count := importing.forget_old():
        report(f"{count} tables forgotten that were brought in")
    audit.purge(report, batch=batch)
    done = 0
    for count in retries.forget_old(batch):
        done += count
        report(f"{done} old answers to requests with a key forgotten")


def begin() -> bool:
    """Have the background purge, unless it is about to. Returns whether that was needed."""
    if background.waiting(purge_in_background):
        return False
    purge_in_background.enqueue()
    return True


@task()
def purge_in_background() -> None:
    """Purge all that is over: what a worker runs. Killed, it is begun again, and finds what is left."""

    def report(line: str) -> None:
        logger.info(line)
        heartbeat.beat()

    purge(report)


def _purge_records(condition: Q, where: str, report: Report, batch: int) -> None:
    done = 0
    while count := purge_batch(Record.objects.filter(condition).order_by("id"), batch):
        done += count
        report(f"{done} records purged from {where}")


def purge_batch(found: QuerySet[Record], batch: int) -> int:
    """Remove the first of some records for good, with their histories, in one transaction. Returns how many."""
    ids = list(found.values_list("id", flat=True)[:batch])
    if ids:
        with purging(REVISIONS):
            # One may have been restored since it was found.
            held = found.select_for_update().filter(id__in=ids).values_list("id", flat=True)
            doomed = list(held)
            Record.objects.filter(id__in=doomed).delete()
            purge_of_records(doomed)
    return len(ids)


def _purge_attached(model: type[Note] | type[Activity], old: datetime, report: Report, batch: int) -> None:
    """Purge notes, or activities, that were deleted one by one. Those of a record that is purged go with it."""
    deleted = model._default_manager.filter(deleted_at__lte=old)
    done = 0
    while ids := list(deleted.order_by("deleted_at").values_list("id", flat=True)[:batch]):
        with transaction.atomic():
            # One may have been restored since it was found.
            held = deleted.select_for_update().filter(id__in=ids).order_by("id")
            ids = list(held.values_list("id", flat=True))
            model._default_manager.filter(id__in=ids).delete()
        done += len(ids)
        report(f"{done} deleted {model._meta.verbose_name_plural} purged")


def _purge_object(custom_object: CustomObject, report: Report, batch: int) -> None:
    _purge_records(Q(custom_object=custom_object), f"object {custom_object.api_name}", report, batch)
    with transaction.atomic():
        CustomObject.objects.filter(id=custom_object.id).update(primary_field=None)
        custom_object.delete()
    report(f"object {custom_object.api_name} purged")


def _purge_fields(custom_object: CustomObject, old: datetime, report: Report, batch: int) -> None:
    """Rewrite the records that still hold values of deleted fields, and then forget the fields."""
    doomed = list(custom_object.fields.filter(deleted_at__lte=old))
    last: UUID | None = None
    done = 0
    while True:
        with transaction.atomic():
            rows = next_records(Record.objects.filter(custom_object=custom_object), last, batch)
            if not rows:
                break
            data_keys = [field.data_key for field in doomed]
            _rewrite(custom_object, rows, data_keys)
            purge_values([record.id for record in rows], data_keys)
            last = rows[-1].id
        done += len(rows)
        report(f"{done} records of {custom_object.api_name} looked through")
    with transaction.atomic():
        for field in doomed:
            drop_keys(custom_object.id, field.key_name)
        RecordLink.objects.filter(field__in=doomed).delete()
        holder = CustomObject.objects.select_for_update().get(id=custom_object.id)
        Field.objects.filter(id__in=[field.id for field in doomed]).delete()
        touch(holder)
    report(f"{len(doomed)} fields of {custom_object.api_name} purged")


def _rewrite(custom_object: CustomObject, rows: list[Record], data_keys: list[str]) -> None:
    # Read anew for each batch: fields may have come, or the primary one changed, since the last.
    [now] = share(CustomObject.objects.filter(id=custom_object.id))
    schema = read_schema(now)
    names = names_behind(schema, (record.data for record in rows))
    changed = []
    for record in rows:
        if any(key in record.data for key in data_keys):
            data = {key: value for key, value in record.data.items() if key not in data_keys}
            changed.append(rewritten_row(schema, record, data, names))
    if changed:
        update_records(schema, changed)
