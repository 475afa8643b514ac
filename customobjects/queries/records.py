"""Reading records: pages of documents, single documents, and names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import IntegerField, Q, QuerySet, Subquery

from customobjects import access
from customobjects.fieldtypes.references import Lookup, User
from customobjects.models import Record
from customobjects.queries.documents import RecordDocument
from customobjects.queries.filters import conditions
from customobjects.queries.objects import as_uuid, find_object
from customobjects.queries.ordering import ordering
from customobjects.queries.search import matching
from customobjects.schema import Schema, schema_of
from salesos.accounts.actor import Actor
from salesos.problems import MissingError
from salesos.rest import exactjson

# Totals up to this are counted, and above it estimated where the database's planner can.
EXACT_TOTAL = 10_000


@dataclass(frozen=True)
class RecordRequest:
    """What a caller asks a list of records for."""

    page: int = 1
    limit: int = 20
    sort_by: str = ""
    descending: bool | None = None
    search: str = ""
    filters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class RecordPage:
    """A page of records: their documents as JSON text, and how many there are in all."""

    documents: list[str]
    total: int
    total_is_estimate: bool = False

    def records(self) -> list[dict[str, Any]]:
        """The documents, parsed, for callers that show them."""
        return [exactjson.loads(document) for document in self.documents]


class CappedCount(Subquery):
    """How many rows a query has, counted only up to the limit that was put on it."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def select(actor: Actor, schema: Schema, request: RecordRequest) -> QuerySet[Record]:
    """The records that fit, in no order yet. Raises ``InvalidError`` for what cannot be asked."""
    found = conditions(schema, request.filters) & matching(schema, request.search)
    return access.visible_records(actor, schema).filter(found)


def list_records(actor: Actor, schema: Schema, request: RecordRequest) -> RecordPage:
    """A page of records, with the total.

    One query, which counts along the way; a second one where the page is empty, or the total is estimated.
    """
    records = select(actor, schema, request)
    order = ordering(schema, request.sort_by, descending=request.descending)
    counted = CappedCount(records.order_by().values("id")[: EXACT_TOTAL + 1])
    start = (request.page - 1) * request.limit
    # The page first and its documents then: else PostgreSQL writes the documents of all rows that it sorts.
    page = records.order_by(*order).values("id")[start : start + request.limit]
    rows = list(
        Record.objects.filter(id__in=page)
        .order_by(*order)
        .annotate(document=RecordDocument(schema), total=counted)
        .values_list("document", "total")
    )
    documents = [document for document, _total in rows]
    if not rows:
        return RecordPage(documents, records.count() if start else 0)
    total = rows[0][1]
    if total <= EXACT_TOTAL:
        return RecordPage(documents, total)
    total, is_estimate = _large_total(records)
    return RecordPage(documents, max(total, EXACT_TOTAL + 1), is_estimate)


def _large_total(records: QuerySet[Record]) -> tuple[int, bool]:
    """How many rows there are, where they are many, and whether that is an estimate.

    PostgreSQL's planner estimates it from its statistics; SQLite's does not say, and counts an index fast.
    """
    if connection.vendor != "postgresql":
        return records.count(), False
    plan = exactjson.loads(records.order_by().values("id").explain(format="json"))
    return int(plan[0]["Plan"]["Plan Rows"]), True


def get_document(actor: Actor, schema: Schema, reference: str) -> tuple[str, int]:
    """The document of one record, as JSON text, and its version. Raises ``MissingError``."""
    id_ = as_uuid(reference)
    row = None
    if id_ is not None:
        records = access.visible_records(actor, schema).filter(id=id_)
        row = records.annotate(document=RecordDocument(schema)).values_list("document", "version").first()
    if row is None:
        raise MissingError.named("record", reference)
    return row


def as_written(actor: Actor, record: Record) -> tuple[str, int]:
    """The document and version of a record as the actor has just written it, which takes no scope to read.

    Raises ``MissingError`` where somebody else has deleted it in between.
    """
    schema = schema_of(find_object(access.visible_objects(actor), str(record.custom_object_id)))
    return get_document(actor, schema, str(record.id))


def get_record(actor: Actor, schema: Schema, reference: str) -> dict[str, Any]:
    """One record's document, parsed, for callers that show it. Raises ``MissingError``."""
    record: dict[str, Any] = exactjson.loads(get_document(actor, schema, reference)[0])
    return record


def names_of_records(actor: Actor, ids: Iterable[str]) -> dict[str, str]:
    """The display names of records of any object, by id."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = Record.objects.filter(
        organization_id=actor.organization_id, id__in=wanted, deleted_at=None, custom_object__deleted_at=None
    ).values_list("id", "name")
    return {str(id_): name or f"Record {str(id_)[-6:]}" for id_, name in rows}


def names_of_users(actor: Actor, ids: Iterable[str]) -> dict[str, str]:
    """The display names of the organization's users, by id."""
    wanted = set(ids)
    if not wanted:
        return {}
    return {str(user.id): str(user) for user in access.users_of(actor).filter(id__in=wanted)}


def names_of_references(
    actor: Actor, schema: Schema, values: Iterable[Mapping[str, Any]], *, by_key: bool = False
) -> dict[str, str]:
    """The display names of all records and users that some records' values point at, by id. At most two queries.

    ``values`` are by apiName, as documents have them, or, ``by_key``, as ``Record.data`` has them.
    """
    records, users = set(), set()
    for held in values:
        for field in schema.fields:
            value = held.get(field.data_key if by_key else field.api_name)
            if value is None:
                continue
            if isinstance(field.type, Lookup):
                records.update(field.type.ids(value))
            elif isinstance(field.type, User):
                users.add(value)
    return {**names_of_records(actor, records), **names_of_users(actor, users)}


def choices_of(actor: Actor, schema: Schema, search: str, limit: int) -> list[tuple[str, str]]:
    """Records of an object to choose from: pairs of id and display name, sorted by name."""
    found = access.visible_records(actor, schema).filter(matching(schema, search) if search else Q())
    return [
        (str(id_), name or str(id_)) for id_, name in found.order_by("name", "id").values_list("id", "name")[:limit]
    ]
