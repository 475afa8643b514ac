"""Deriving records anew when an upgrade has changed how keys, search texts and unique keys are made of values.

In batches that each commit by themselves, beside a running server, and on from where an interruption left it. Until an
object is done, filters and searches may pass over records whose new keys are not those that are still there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django_tasks import task

from customobjects.fieldtypes.folding import composed_json
from customobjects.models import CustomObject, Field, Record
from customobjects.queries.records import names_behind
from customobjects.schema import read_schema
from customobjects.services import background, following, uniqueness
from customobjects.services.batches import differs, next_records, rewritten_row
from customobjects.services.definitions import lock_for_batch, touch
from customobjects.storage.derivation import DERIVATION
from customobjects.storage.rows import update_records

logger = logging.getLogger(__name__)

BATCH_SIZE = 1_000

Report = Callable[[str], None]


def unfinished() -> list[UUID]:
    """The ids of the objects with records that are derived in an older way."""
    objects = CustomObject.objects.filter(deleted_at=None, derivation__lt=DERIVATION)
    return list(objects.order_by("id").values_list("id", flat=True))


def start_unfinished() -> None:
    """Have the background do what is unfinished, where it is not about to."""
    if not (ids := unfinished()):
        return
    known = {args[0] for args, _kwargs in background.waiting(rederive_in_background)}
    for object_id in ids:
        if str(object_id) not in known:
            rederive_in_background.enqueue(str(object_id))


@task()
def rederive_in_background(object_id: str) -> None:
    """Derive the records of one object anew until all are done: what a worker runs."""
    background.work(
        lambda: rederive_batch(UUID(object_id), logger.warning),
        again=lambda: rederive_in_background.enqueue(object_id),
    )


def rederive_all(report: Report, *, batch: int = BATCH_SIZE) -> None:
    """Derive anew whatever is unfinished, and return when it is done. ``report`` gets a line after each batch."""
    for object_id in unfinished():
        while rederive_batch(object_id, report, batch=batch):
            pass


def rederive_batch(object_id: UUID, report: Report, *, batch: int = BATCH_SIZE) -> bool:
    """Derive the next records of an object anew, in one transaction. Returns whether there is more to do.

    ``report`` is told how far it is, and of records whose unique values the new way takes for another's.
    """
    with transaction.atomic():
        custom_object = lock_for_batch(id=object_id, derivation__lt=DERIVATION)
        if custom_object is None:
            return False
        is_changed = custom_object.derived_to is None and _compose_definition(custom_object)
        # Those in the trash too: their values are kept to be given back.
        rows = next_records(Record.objects.filter(custom_object=custom_object), custom_object.derived_to, batch)
        schema = read_schema(custom_object)
        names = names_behind(schema, (record.data for record in rows))
        anew = [(record, rewritten_row(schema, record, composed_json(record.data), names)) for record in rows]
        if changed := [row for record, row in anew if differs(schema, record, row)]:
            update_records(schema, changed)
            following.follow(schema, (record.id for record, row in anew if row["name"] != record.name))
        shared = uniqueness.renew(schema, {row["id"]: row["data"] for record, row in anew if not record.deleted_at})
        custom_object.derived_to = rows[-1].id if rows else custom_object.derived_to
        custom_object.derived_count += len(rows)
        if is_done := len(rows) < batch:
            custom_object.derivation = DERIVATION
            custom_object.derived_to = None
        # With a new version of the object, nobody writes back what they have read before.
        if is_changed or is_done:
            touch(custom_object)
        else:
            custom_object.save(update_fields=["derivation", "derived_to", "derived_count"])
    for line in shared:
        report(f"{custom_object.api_name}: {line}")
    report(f"{custom_object.api_name}: {custom_object.derived_count} records" + (", done" if is_done else ""))
    return not is_done


def _compose_definition(custom_object: CustomObject) -> bool:
    """Compose the texts of an object's definition, by which its records' values are judged; whether any was not.

    The object itself the caller saves.
    """
    is_changed = _compose(custom_object, "name", "plural_name", "description")
    for field in custom_object.fields.all():
        if _compose(field, "label", "help_text", "group", "options", "default_value"):
            field.save()
            is_changed = True
    return is_changed


def _compose(row: CustomObject | Field, *names: str) -> bool:
    """Compose some of a row's columns. Returns whether one of them was not."""
    before = [getattr(row, name) for name in names]
    after = [composed_json(value) for value in before]
    for name, value in zip(names, after, strict=True):
        setattr(row, name, value)
    return after != before
