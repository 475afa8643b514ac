"""Batches: the next records on the way through all of an object's, and cuts that memory has room for.

A batch holds its records several times over: as they are stored, as Python values, as the text that is sent, and as
documents. How large they are is asked before they are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast, Length

from customobjects import access
from customobjects.models import CustomObject, Record
from customobjects.models.of_object import BY_ID, OfObject
from customobjects.schema import Schema
from customobjects.storage.derivation import derive
from salesos.accounts.actor import Actor

T = TypeVar("T")

FIRST_ID = UUID(int=0)

# What the records of a batch take together, about.
BATCH_BYTES = 8_000_000
STORED_SIZE = Length(Cast("data", TextField()))
# So many records have room whatever they hold.
SMALL_BATCH = 20


def next_records(records: QuerySet[Record], after: UUID | str | None, size: int) -> list[Record]:
    """The next of an object's records, behind an id or from the first, by id; locked until this transaction ends."""
    return list(records.select_for_update().filter(id__gt=after or FIRST_ID).order_by(*BY_ID)[:size])


def rewritten_row(
    schema: Schema, record: Record, data: dict[str, Any], names: Mapping[str, str], *, version: int | None = None
) -> dict[str, Any]:
    """The columns of a record that ourselves rewrite; ``names`` are as ``queries.records.names_behind`` gives them.

    Whoever changed it last, and when, and by which schema, stays as it is: defaults for old records go by that.
    """
    return {
        "id": record.id,
        "data": data,
        "owner_id": record.owner_id,
        "version": version or record.version,
        "schema_version": record.schema_version,
        "updated_at": record.updated_at,
        "updated_by_id": record.updated_by_id,
        **derive(schema, data, names),
    }


def differs(schema: Schema, record: Record, row: Mapping[str, Any]) -> bool:
    """Whether a record's row is not what it would be written as now."""
    columns: Iterable[str] = ("data", "overflow", "name", "search_text", *schema.columns)
    return any(getattr(record, column) != row.get(column) for column in columns)


def renamed_row(schema: Schema, record: Record, names: Mapping[str, str]) -> dict[str, Any] | None:
    """The row of a record whose name or search text is not what it is to be now, or None."""
    row = rewritten_row(schema, record, record.data, names)
    return row if (row["name"], row["search_text"]) != (record.name, record.search_text) else None


def stored_sizes(actor: Actor, schema: Schema, ids: Iterable[UUID]) -> dict[UUID, int]:
    """About how many bytes the values of some records take, by id. One query, or none where there are few."""
    wanted = set(ids)
    if len(wanted) <= SMALL_BATCH:
        return {}
    records = access.visible_records(actor, schema).filter(id__in=wanted)
    return dict(records.values_list("id", STORED_SIZE))


def walk(custom_object: CustomObject, size: int) -> Iterator[tuple[list[UUID], int]]:
    """The ids of all records of an object that are not deleted, in batches, with how many they are so far.

    So many at a time, and fewer where they are large. A query for each so many. Nothing is locked.
    """
    records = Record.objects.filter(OfObject(custom_object.id), deleted_at=None)
    last, done, has_more = FIRST_ID, 0, True
    while has_more:
        sizes = dict(records.filter(id__gt=last).order_by(*BY_ID).values_list("id", STORED_SIZE)[:size])
        for ids in cut_by_size(list(sizes), sizes.__getitem__):
            last, done = ids[-1], done + len(ids)
            yield ids, done
        has_more = len(sizes) == size


def cut_by_size(parts: Sequence[T], size_of: Callable[[T], int]) -> Iterator[list[T]]:
    """The parts in their order, cut where a batch would take more than ``BATCH_BYTES``."""
    batch: list[T] = []
    size = 0
    for part in parts:
        taken = size_of(part)
        if batch and size + taken > BATCH_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(part)
        size += taken
    if batch:
        yield batch
