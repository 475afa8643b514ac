"""Filling in what old records lack: a typed column that a field got later, the default of a new field, their number,
a name that looks as values do now.

A change of the schema only says what is to be filled. The background does it, in batches that each commit by
themselves, beside a running server; it remembers how far it is, and goes on there after an interruption. Until it is
done, every reader still sees what was there before: a new column is read only when all records have their key in it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django_tasks import task

from customobjects.fieldtypes import ReferenceKind
from customobjects.models import CustomObject, Field, Record
from customobjects.models.of_object import OfObject
from customobjects.queries.filling import IS_BEING_FILLED
from customobjects.queries.records import names_behind
from customobjects.schema import Schema, SchemaField, read_schema
from customobjects.services import background, changes, following, numbering, references, uniqueness
from customobjects.services.batches import differs, next_records, rewritten_row
from customobjects.services.definitions import lock_for_batch, touch
from customobjects.storage.rows import update_records

logger = logging.getLogger(__name__)

BATCH_SIZE = 1_000
FILLING_COLUMNS = ("filled_to", "filled_count", "column", "filling", "fills_default", "fill_number", "fills_text")

Report = Callable[[str], None]


def start(custom_object: CustomObject, field: Field) -> None:
    """Have the background fill from the first record on. The caller holds the object, and saves both."""
    field.filled_to = None
    field.filled_count = 0
    field.fill_version = custom_object.schema_version + 1
    # Kept in the database, and so done only where this transaction is.
    fill_in_background.enqueue(str(field.id))


def rewrite_texts(field: Field) -> None:
    """Write what follows from records' values anew, since those of a field look different, name them, or are back.

    The first batch at once, unless the background is filling for the field, and the others there. The caller holds the
    object, and has saved both.
    """
    is_being_filled = is_waiting(field)
    field.fills_text = True
    field.filled_to = None
    field.filled_count = 0
    field.save(update_fields=["fills_text", "filled_to", "filled_count"])
    if is_being_filled or fill_batch(field.id, logger.info):
        fill_in_background.enqueue(str(field.id))
    field.refresh_from_db()


@task()
def fill_in_background(field_id: str) -> None:
    """Fill for one field until it is done: what a worker runs."""
    background.work(lambda: fill_batch(UUID(field_id), logger.info), again=lambda: fill_in_background.enqueue(field_id))


def is_waiting(field: Field) -> bool:
    """Whether there is something to fill for a field."""
    return bool(field.filling or field.fills_default or field.fills_text or field.fill_number is not None)


def unfinished(**conditions: Any) -> list[UUID]:
    """The ids of the fields for which there is something to fill: of all, or of those that fit some conditions."""
    fields = Field.objects.filter(IS_BEING_FILLED, deleted_at=None, custom_object__deleted_at=None, **conditions)
    return list(fields.order_by("id").values_list("id", flat=True))


def fill_all(report: Report, *, batch: int = BATCH_SIZE) -> None:
    """Fill whatever there is to fill, and return when it is done. ``report`` gets a line after each batch."""
    for field_id in unfinished():
        while fill_batch(field_id, report, batch=batch):
            pass


def fill_batch(field_id: UUID, report: Report, *, batch: int = BATCH_SIZE) -> bool:
    """Fill the next records for one field, in one transaction. Returns whether there is more to do."""
    with transaction.atomic():
        custom_object = lock_for_batch(fields__id=field_id)
        if custom_object is None:
            return False
        field = custom_object.fields.filter(id=field_id, deleted_at=None).first()
        if field is None or not is_waiting(field):
            return False
        records = Record.objects.filter(OfObject(custom_object.id), deleted_at=None)
        rows = next_records(records, field.filled_to, batch)
        schema = read_schema(custom_object)
        compiled = next(known for known in schema.kept if known.id == field.id)
        before = field.fill_version if field.fills_default else 0
        numbers: dict[UUID, Any] = {}
        if field.fill_number is not None:
            numbers, field.fill_number = numbering.number_existing(schema, compiled, rows, field.fill_number)
        is_lookup = field.fills_text and compiled.type.reference_kind is ReferenceKind.RECORD
        emptied = references.relink(compiled, rows) if is_lookup else {}
        names = names_behind(schema, (record.data for record in rows))
        filled = [
            (record, row)
            for record in rows
            if (row := _filled(schema, compiled, record, names, before, numbers.get(record.id), emptied.get(record.id)))
        ]
        if filled:
            update_records(schema, [row for _record, row in filled])
            changes.tell(changes.rewritten(schema, filled))
            uniqueness.renew(schema, emptied)
            following.follow(schema, (record.id for record, row in filled if row["name"] != record.name))
        field.filled_to = rows[-1].id if rows else field.filled_to
        field.filled_count += len(rows)
        if is_done := len(rows) < batch:
            # From now on readers use the column.
            field.column, field.filling = field.filling or field.column, ""
            field.fills_default, field.fill_number, field.fills_text = False, None, False
            touch(custom_object)
        field.save(update_fields=FILLING_COLUMNS)
    report(f"{custom_object.api_name}.{field.api_name}: {field.filled_count} records" + (", done" if is_done else ""))
    return not is_done


def _filled(
    schema: Schema,
    field: SchemaField,
    record: Record,
    names: Mapping[str, str],
    before: int,
    number: Any,
    emptied: dict[str, Any] | None,
) -> dict[str, Any] | None:
    """The row of a record that lacks something, or None.

    It gets its ``number``, where that is not None, and the values of ``emptied``; one last written ``before`` a version
    gets the default.
    """
    if emptied is not None:
        return rewritten_row(schema, record, emptied, names, version=record.version + 1)
    has_value = field.data_key in record.data
    if number is not None:
        data = {**record.data, field.data_key: number}
        return rewritten_row(schema, record, data, names, version=record.version + 1)
    if record.schema_version < before and not has_value and field.default is not None:
        data = {**record.data, field.data_key: field.default}
        return rewritten_row(schema, record, data, names, version=record.version + 1)
    if field.filling and has_value and getattr(record, field.filling) is None:
        return rewritten_row(schema, record, record.data, names)
    row = rewritten_row(schema, record, record.data, names)
    return row if field.fills_text and differs(schema, record, row) else None
