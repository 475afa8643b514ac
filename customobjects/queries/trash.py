"""The trash: which records are deleted, when, by whom, with what went along; and what else can be restored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, DateTimeField, F, Q, QuerySet, UUIDField, Value
from django.utils import timezone

from customobjects import access
from customobjects.models import CustomObject, Field, Record
from customobjects.queries import cursors
from customobjects.queries.expansion import Expansion
from customobjects.queries.objects import as_uuid, by_reference, find_object
from customobjects.queries.ordering import Position
from customobjects.queries.pages import chosen_fields
from customobjects.queries.records import nameless
from customobjects.queries.totals import Total
from customobjects.schema import Schema
from customobjects.storage.dialect import RowBeyond
from customobjects.storage.documents import RecordDocument
from salesos.accounts.actor import Actor
from salesos.errors import NotFound, ValidationError

# Pages by number lie within so many records, and so many are counted. A cursor leads on.
MAX_DEPTH = 10_000
COLUMNS = (
    *"id custom_object_id name version owner_id deleted_at updated_by_id deleted_with".split(),
    *"custom_object__name custom_object__api_name".split(),
)

ROOT = COLUMNS.index("deleted_with")
# What is called otherwise than its column.
NAMES = {
    "updated_by_id": "deleted_by",
    "custom_object__name": "object_name",
    "custom_object__api_name": "object_api_name",
}


@dataclass(frozen=True)
class Root:
    """The record that another one went along with. It has no name once it is purged."""

    id: UUID
    name: str | None


@dataclass(frozen=True)
class DeletedRecord:
    """A record in the trash. ``along`` says how many there went with it; ``document`` is the API's, if asked for."""

    id: UUID
    custom_object_id: UUID
    name: str
    version: int
    owner_id: UUID | None
    deleted_at: datetime
    deleted_by: UUID | None
    deleted_with: Root | None
    along: int
    object_name: str
    object_api_name: str
    document: str = ""


@dataclass(frozen=True)
class TrashPage:
    """A page of the trash, how much there is in all, and the cursor to the next page."""

    records: list[DeletedRecord]
    total: Total
    next_cursor: str | None


@dataclass(frozen=True)
class TrashRequest:
    """Which page of the trash is asked for: by its number, or behind a cursor."""

    page: int = 1
    limit: int = 20
    cursor: str = ""


def list_deleted(
    actor: Actor, schema: Schema, request: TrashRequest, *, fields: Sequence[str] | None = None
) -> TrashPage:
    """What of an object's records is in the trash, deleted last first, each with its document. Four queries at most.

    ``fields`` are the only ones in the documents' ``data``. Raises ``ValidationError``.
    """
    shown = chosen_fields(schema, fields, Expansion(actor, schema, ()))
    records = access.deleted_records(actor, schema).annotate(document=RecordDocument(schema, shown))
    return trash_page(actor, records, request, asked=[schema.id], columns=(*COLUMNS, "document"))


def deleted_in_all(actor: Actor) -> QuerySet[Record]:
    """What is in the trash of all objects. Raises ``PermissionDenied``."""
    access.require_read(actor)
    return access.deleted_records_of_all_objects(actor)


def trash_page(
    actor: Actor,
    records: QuerySet[Record],
    request: TrashRequest,
    *,
    asked: Iterable[object] = (),
    columns: Sequence[str] = COLUMNS,
) -> TrashPage:
    """A page of records in the trash; ``asked`` is what tells these from others. Raises ``ValidationError``."""
    digest = cursors.digest_of("trash", actor.organization_id, *asked)
    found = records
    offset = 0
    if request.cursor:
        last = cursors.read(request.cursor, digest)
        [at] = last.keys
        behind = [Value(at, DateTimeField()), Value(last.id, UUIDField())]
        found = found.filter(RowBeyond([F("deleted_at"), F("id")], behind, descending=True))
    elif (offset := (request.page - 1) * request.limit) + request.limit > MAX_DEPTH:
        message = (
            f"page must be within the first {MAX_DEPTH:,} records; go on with cursor=, the nextCursor of a page before"
        )
        raise ValidationError.of(message, field="page", code="max")
    ordered = found.order_by("-deleted_at", "-id").values_list(*columns)
    rows = list(ordered[offset : offset + request.limit + 1])
    has_more, rows = len(rows) > request.limit, rows[: request.limit]
    count = records.order_by().values("id")[: MAX_DEPTH + 1].count()
    return TrashPage(
        _deleted(actor, rows),
        Total(min(count, MAX_DEPTH), is_lower_bound=count > MAX_DEPTH),
        cursors.write(Position(0, (rows[-1][COLUMNS.index("deleted_at")],), rows[-1][0]), digest) if has_more else None,
    )


def _deleted(actor: Actor, rows: Sequence[Any]) -> list[DeletedRecord]:
    """The records, with what they went along with, and how many with them. Two queries, or none for none."""
    if not rows:
        return []
    everything = access.deleted_records_of_all_objects(actor)
    with_them = everything.filter(deleted_with__in=[row[0] for row in rows]).exclude(id=F("deleted_with"))
    along = dict(with_them.order_by().values_list("deleted_with").annotate(Count("id")))
    ids = {row[ROOT] for row in rows if row[ROOT] not in (None, row[0])}
    roots = Record.objects.filter(id__in=ids, organization_id=actor.organization_id).values_list("id", "name")
    names = {id_: name or nameless(id_) for id_, name in roots} if ids else {}
    return [_deleted_record(row, names, along.get(row[0], 0)) for row in rows]


def _deleted_record(row: Sequence[Any], names: Mapping[UUID, str], along: int) -> DeletedRecord:
    """``names`` are those of the roots, by id."""
    held = dict(zip((*COLUMNS, "document"), row, strict=False))
    root_id = held.pop("deleted_with")
    root = Root(root_id, names.get(root_id)) if root_id not in (None, held["id"]) else None
    return DeletedRecord(deleted_with=root, along=along, **{NAMES.get(name, name): it for name, it in held.items()})


def get_deleted(actor: Actor, schema: Schema, reference: str) -> DeletedRecord:
    """A record of an object that is in the trash. Raises ``NotFound``."""
    id_ = as_uuid(reference)
    rows = list(access.deleted_records(actor, schema).filter(id=id_).values_list(*COLUMNS)) if id_ else []
    if not rows:
        raise NotFound.named("record", reference)
    return _deleted(actor, rows)[0]


def restorable() -> Q:
    """The condition for objects and fields that are deleted and can be restored: that are not being purged."""
    return Q(deleted_at__gt=timezone.now() - timedelta(days=settings.TRASH_DAYS))


def list_deleted_objects(actor: Actor) -> QuerySet[CustomObject]:
    """The objects that can be restored, deleted last first. Raises ``PermissionDenied``."""
    access.require_read(actor)
    access.require_define(actor)
    return access.deleted_objects(actor).filter(restorable()).order_by("-deleted_at", "-id")


def find_deleted_object(objects: QuerySet[CustomObject], reference: str) -> CustomObject:
    """The object that can be restored among some, by its id, or, deleted last, by its apiName. Raises ``NotFound``."""
    return find_object(objects.filter(restorable()).order_by("-deleted_at", "-id"), reference)


def fields_that_went_along(custom_object: CustomObject) -> QuerySet[Field]:
    """The fields that were deleted with their object: when its primary field was, which never is deleted alone."""
    went = F("custom_object__primary_field__deleted_at")
    return custom_object.fields.filter(deleted_at=went).order_by("order", "number")


def list_deleted_fields(actor: Actor, reference: str) -> QuerySet[Field]:
    """The fields of an object that can be restored, deleted last first. Raises ``PermissionDenied``, ``NotFound``."""
    custom_object = find_object(access.visible_objects(actor), reference)
    access.require_read(actor, custom_object)
    access.require_define(actor, custom_object)
    fields = custom_object.fields.filter(restorable()).select_related("counter", "custom_object")
    return fields.order_by("-deleted_at", "-number")


def find_deleted_field(custom_object: CustomObject, reference: str) -> Field:
    """The field that can be restored, by its id, or, deleted last, by its apiName. Raises ``NotFound``."""
    fields = custom_object.fields.filter(by_reference(reference), restorable()).select_related("counter")
    field = fields.order_by("-deleted_at", "-number").first()
    if field is None:
        raise NotFound.named("field", reference)
    return field
