"""Names that follow: of records which are named by another record, or by a user, when that one's name changes.

Where a primary field is a lookup or a user, a record is called what it refers to is called. Whoever changes that name
has the background rename the records, batch by batch, and those that are named by these, and so on. A record that has
its right name already is left alone, so a chain ends where nothing changes; one that goes round in a circle, in which
names could chase each other for ever, ends after ``MAX_STEPS``.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from django.db.models import QuerySet
from django_tasks import task

from customobjects import access
from customobjects.fieldtypes import TYPES, ReferenceKind
from customobjects.models import CustomObject, Record, RecordLink
from customobjects.models.of_object import BY_ID
from customobjects.queries.records import names_behind
from customobjects.schema import Schema, schema_of
from customobjects.services import background
from customobjects.services.batches import FIRST_ID, renamed_row
from customobjects.services.transactions import share, write
from customobjects.storage.dialect import overflow_key
from customobjects.storage.rows import update_records
from salesos.accounts.models import Invitation, User

logger = logging.getLogger(__name__)

BATCH_SIZE = 1_000
# How long a chain of records that are named by one another is followed.
MAX_STEPS = 250


def follow(schema: Schema, renamed: Iterable[UUID], *, step: int = 1) -> None:
    """Have the background rename what is named by records of an object, whose names change in this transaction.

    No query where nothing is named by the object's records, or none are renamed; otherwise one, and one for each field
    by which records are named by these.
    """
    ids = list(renamed) if schema.names_others else []
    if not ids:
        return
    if step > MAX_STEPS:
        logger.warning("Names of %s go round in a circle, or further than %d steps", schema.plural_name, MAX_STEPS)
        return
    naming = CustomObject.objects.filter(deleted_at=None, primary_field__target=schema.id).values("primary_field")
    links = RecordLink.objects.filter(target_id__in=ids, field__in=naming)
    for field_id in sorted(links.values_list("field_id", flat=True).distinct()):
        follow_in_background.enqueue(str(field_id), [str(id_) for id_ in ids], step)


def follow_person(person: User | Invitation) -> None:
    """Have the background rename the records that are named by somebody who may be called otherwise now, or is gone."""
    types = [key for key, type_ in TYPES.items() if type_.reference_kind is ReferenceKind.USER]
    objects = CustomObject.objects.filter(organization=person.organization_id, deleted_at=None)
    for field_id in objects.filter(primary_field__type__in=types).values_list("primary_field", flat=True):
        follow_in_background.enqueue(str(field_id), [str(person.id)], 1)


@task()
def follow_in_background(field_id: str, ids: list[str], step: int, done_to: str | None = None) -> None:
    """Rename the records that are named, by a primary field, by records or users with some ids: what a worker runs.

    ``step`` says how far the chain has come, and ``done_to`` is the last record that was looked at.
    """

    def next_batch() -> bool:
        nonlocal done_to
        last = rename_batch(UUID(field_id), ids, step, done_to)
        done_to = str(last)
        return last is not None

    background.work(next_batch, again=lambda: follow_in_background.enqueue(field_id, ids, step, done_to))


@write
def rename_batch(field_id: UUID, ids: Sequence[str], step: int, done_to: str | None) -> UUID | None:
    """Rename the next records, in one transaction. Returns the last one that was looked at where there may be more."""
    holders = share(CustomObject.objects.filter(primary_field=field_id, deleted_at=None))
    if not holders:
        # Another field has become the primary one, and renames all records.
        return None
    schema = schema_of(holders[0])
    found = list(_named_by(schema, ids, done_to)[:BATCH_SIZE])
    records = Record.objects.select_for_update().filter(id__in=found, deleted_at=None).order_by("id")
    held = list(records)
    names = names_behind(schema, (record.data for record in held))
    if rows := [row for record in held if (row := renamed_row(schema, record, names))]:
        update_records(schema, rows)
        before = {record.id: record.name for record in held}
        follow(schema, (row["id"] for row in rows if row["name"] != before[row["id"]]), step=step + 1)
    logger.info("%s: %d records have followed another name", schema.api_name, len(rows))
    return found[-1] if len(found) == BATCH_SIZE else None


def _named_by(schema: Schema, ids: Collection[str], done_to: str | None) -> QuerySet[RecordLink | Record, UUID]:
    """The ids, in their order, of the records that are named by some records or users, behind one of them."""
    after, primary = done_to or FIRST_ID, schema.primary
    assert primary is not None
    if primary.target_id is not None:
        links = RecordLink.objects.filter(field_id=primary.id, target_id__in=map(UUID, ids), source_id__gt=after)
        return links.order_by("source_id").values_list("source_id", flat=True).distinct()
    records = access.all_records(schema, by_id=True).filter(id__gt=after).order_by(*BY_ID).values_list("id", flat=True)
    keys = [str(primary.type.column_key(id_)) for id_ in ids]
    if primary.column:
        return records.filter(**{f"{primary.column}__in": keys})
    return records.alias(key=overflow_key(primary.data_key)).filter(key__in=keys)
