"""What changed in an organization, in order and without gaps: for programs that follow along.

What was made stands in the records themselves, all else in their revisions; both know the number of the transaction
that wrote them, by which they are put in order (``storage.transaction_numbers``). What a transaction wrote that still
runs, or that began before one which does, comes once that has ended: nothing is passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, Model, Q, QuerySet, Value

from customobjects import access
from customobjects.models import CustomObject, Record, Revision
from customobjects.queries import cursors
from customobjects.queries.history import shown_changes
from customobjects.queries.objects import find_object
from customobjects.queries.ordering import Position
from customobjects.schema import schema_of
from customobjects.storage.dialect import RowBeyond
from customobjects.storage.json_rows import column_of
from customobjects.storage.transaction_numbers import ended_below
from salesos.accounts.actor import Actor
from salesos.errors import NotFound, ValidationError, quoted

CREATE = "create"
# Where a cursor stands: behind a record that was made, or behind a revision.
MADE, REVISED = 0, 1
DIGEST = cursors.digest_of("changes")
FIRST = UUID(int=0)


@dataclass(frozen=True)
class ChangeEntry:
    """One change of one record. ``changes`` are as the API shows them; ``via`` is not known of what was made."""

    transaction: int
    change_id: UUID
    kind: str
    object_id: UUID
    record_id: UUID
    version: int
    changes: dict[str, Any]
    at: datetime
    by: UUID | None
    via: str | None


class ChangePage(NamedTuple):
    """Some entries, the cursor to go on behind them, and whether there is more already."""

    entries: list[ChangeEntry]
    cursor: str
    has_more: bool


class _Place(NamedTuple):
    """Where an entry is in the order of all."""

    transaction: int
    change_id: UUID
    source: int
    id: UUID


def list_changes(
    actor: Actor, *, limit: int, cursor: str = "", from_now: bool = False, object_id: UUID | None = None
) -> ChangePage:
    """The next changes behind a cursor, or from the first that is kept; ``from_now`` gives none, and where to go on.

    Those of the objects that exist for the actor, or of the one with an id. Five queries at most, however many there
    are. Raises ``PermissionDenied``, and ``ValidationError`` for a cursor that is none.
    """
    access.require_read(actor)
    objects = access.visible_objects(actor)
    if object_id is not None:
        objects = objects.filter(id=object_id)
    start = _read_cursor(cursor) if cursor else _Place(0, FIRST, MADE, FIRST)
    ended = ended_below()
    if from_now:
        return ChangePage([], _write_cursor(_last(actor, ended)), has_more=False)
    rows: list[tuple[_Place, Record | Revision]] = [
        *_made(actor, objects, start, ended, limit + 1),
        *_revised(actor, objects, start, ended, limit + 1),
    ]
    rows.sort(key=lambda row: row[0])
    shown = rows[:limit]
    end = shown[-1][0] if shown else start
    return ChangePage(_entries([row for _place, row in shown]), _write_cursor(end), has_more=len(rows) > limit)


def object_asked_for(actor: Actor, reference: str) -> UUID:
    """The id of an object that exists for the actor, by its id or apiName. One query. Raises ``ValidationError``."""
    try:
        return find_object(access.visible_objects(actor), reference).id
    except NotFound as error:
        message = f"object must be an object, and there is no {quoted(reference)}"
        raise ValidationError.of(message, field="object", code="not_found") from error


def _made(
    actor: Actor, objects: QuerySet[CustomObject], start: _Place, ended: int | None, size: int
) -> list[tuple[_Place, Record]]:
    """The next records that were made, those among them that are in the trash by now."""
    records = access.records_of_all_objects_with_trash(actor).filter(custom_object__in=objects.values("id"))
    order = ("created_transaction", "created_in", "id")
    # Behind a revision, all that its change has made lies before.
    after = [start.transaction, start.change_id, *([start.id] if start.source == MADE else [])]
    found = (
        records.filter(created_transaction__isnull=False).filter(_behind(Record, order, after, ended)).order_by(*order)
    )
    columns = ("created_transaction", "created_in", "id", "custom_object_id", "created_at", "created_by_id")
    return [
        (_Place(row.created_transaction or 0, row.created_in or FIRST, MADE, row.id), row)
        for row in found.only(*columns)[:size]
    ]


def _revised(
    actor: Actor, objects: QuerySet[CustomObject], start: _Place, ended: int | None, size: int
) -> list[tuple[_Place, Revision]]:
    revisions = Revision.objects.filter(
        organization_id=actor.organization_id, custom_object_id__in=objects.values("id")
    )
    order = ("transaction", "change_id", "id")
    after = [start.transaction, start.change_id, start.id.int if start.source == REVISED else 0]
    found = revisions.filter(_behind(Revision, order, after, ended)).order_by(*order)
    return [(_Place(row.transaction, row.change_id, REVISED, UUID(int=row.pk)), row) for row in found[:size]]


def _behind(model: type[Model], order: Sequence[str], after: Sequence[Any], ended: int | None) -> Q:
    """The condition for rows behind a place in an order, of transactions that have ended."""
    names = order[: len(after)]
    values = [Value(value, column_of(model, name)) for name, value in zip(names, after, strict=True)]
    behind = Q(RowBeyond([F(name) for name in names], values, descending=False))
    return behind if ended is None else behind & Q(**{f"{order[0]}__lt": ended})


def _last(actor: Actor, ended: int | None) -> _Place:
    """The place of the newest entry, or of the first there may be."""
    transaction = 0
    for rows, name in (
        (access.records_of_all_objects_with_trash(actor), "created_transaction"),
        (Revision.objects.filter(organization_id=actor.organization_id), "transaction"),
    ):
        numbered = rows.filter(**{f"{name}__isnull": False} if ended is None else {f"{name}__lt": ended})
        last = numbered.order_by(f"-{name}").values_list(name, flat=True).first()
        transaction = max(transaction, last or 0)
    return _Place(transaction, UUID(int=2**128 - 1), REVISED, UUID(int=2**63 - 1))


def _entries(rows: Sequence[Record | Revision]) -> list[ChangeEntry]:
    objects = CustomObject.objects.in_bulk({row.custom_object_id for row in rows})
    schemas = {id_: schema_of(custom_object) for id_, custom_object in objects.items()}
    return [
        _entry_of_made(row)
        if isinstance(row, Record)
        else ChangeEntry(
            transaction=row.transaction,
            change_id=row.change_id,
            kind=row.kind,
            object_id=row.custom_object_id,
            record_id=row.record_id,
            version=row.version,
            changes=shown_changes(schemas[row.custom_object_id], row.changes),
            at=row.at,
            by=row.by_id,
            via=row.via,
        )
        for row in rows
    ]


def _entry_of_made(record: Record) -> ChangeEntry:
    return ChangeEntry(
        transaction=record.created_transaction or 0,
        change_id=record.created_in or FIRST,
        kind=CREATE,
        object_id=record.custom_object_id,
        record_id=record.id,
        version=1,
        changes={},
        at=record.created_at,
        by=record.created_by_id,
        via=None,
    )


def _write_cursor(place: _Place) -> str:
    return cursors.write(Position(place.source, (place.transaction, place.change_id.hex), place.id), DIGEST)


def _read_cursor(cursor: str) -> _Place:
    position = cursors.read(cursor, DIGEST)
    transaction, change_id = position.keys
    return _Place(transaction, UUID(change_id), position.part, position.id)
