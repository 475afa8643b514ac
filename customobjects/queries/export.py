"""Records as a CSV file: read page by page with a cursor, so that memory holds one page, however many there are.

No transaction is held open while somebody's browser reads: each page is a statement of its own. A record that is
changed meanwhile is there as it is when its page is read, or not, where it has moved to a part that was read before.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from customobjects.fieldtypes import FieldType, ReferenceKind
from customobjects.fieldtypes.kinds import SEPARATOR
from customobjects.queries.nameable import people_with_ids
from customobjects.queries.objects import find_schema
from customobjects.queries.pages import RecordPage, list_records
from customobjects.queries.picked import picked
from customobjects.queries.records import documents_of, names_of_records, names_of_users
from customobjects.queries.selection import Count, RecordRequest
from customobjects.queries.subjects import RECORD_PROPERTIES
from customobjects.schema import Schema, SchemaField
from salesos.accounts.actor import Actor
from salesos.errors import ValidationError, alternatives, quoted
from salesos.spreadsheets import BYTE_ORDER_MARK, csv_lines

logger = logging.getLogger(__name__)

# So many records are read at once, and fewer where these took more than so many bytes.
PAGE, SMALL_PAGE = 250, 25
LARGE_PAGE_BYTES = 2_000_000
# The last line of a file that could not be finished.
BROKEN_OFF = "This file is not complete: the server could not read on. Export again."
# What a record's own properties are called in a header.
PROPERTY_LABELS = {
    "id": "Id",
    "ownerId": "Owner",
    "createdBy": "Created by",
    "updatedBy": "Changed by",
    "createdAt": "Created at",
    "updatedAt": "Changed at",
}


class Header(StrEnum):
    """What the first line calls columns."""

    LABEL = "label"
    API_NAME = "apiName"


class References(StrEnum):
    """What stands for a record or a user: the name, a unique value of the record or the user's e-mail, or the id."""

    NAME = "name"
    KEY = "key"
    ID = "id"


@dataclass(frozen=True)
class ExportRequest:
    """Which records, in what order, and how they are written.

    ``columns`` are apiNames of fields and names of a record's own properties; None is all fields. ``ids`` narrow the
    records down to those that somebody picked.
    """

    records: RecordRequest
    columns: tuple[str, ...] | None = None
    ids: tuple[str, ...] | None = None
    header: Header = Header.LABEL
    references: References = References.NAME


class Export(NamedTuple):
    """How many records there were when it began, and the file, part by part."""

    number: int
    parts: Iterator[bytes]


@dataclass(frozen=True)
class _Column:
    """A column: a field, or a property of the record itself. ``key`` is the unique field of what a lookup points at."""

    name: str
    label: str
    type: FieldType
    kind: ReferenceKind | None
    field: SchemaField | None = None
    target: Schema | None = None
    key: SchemaField | None = None

    def value(self, record: Mapping[str, Any]) -> Any:
        """The canonical value that a record's document has."""
        return record.get(self.name) if self.field is None else record["data"].get(self.name)


def export_records(actor: Actor, schema: Schema, asked: ExportRequest) -> Export:
    """The export of some records of an object that the actor may read. Its first page is read at once.

    Two queries for that, and one for each page behind it; for each page one more for all records that lookups name,
    and one for all users. Raises ``ValidationError`` for what cannot be asked, before the file begins.
    """
    columns = _columns(actor, schema, asked)
    request = asked.records._replace(
        page=1,
        limit=PAGE,
        cursor="",
        total=Count.NONE,
        expand=(),
        fields=tuple(column.name for column in columns if column.field is not None),
        within=picked(asked.ids) if asked.ids is not None else asked.records.within,
    )
    first = list_records(actor, schema, request._replace(total=Count.EXACT))
    names = [column.name if asked.header is Header.API_NAME else column.label for column in columns]
    pages = _pages(actor, schema, request, columns, asked.references)
    return Export(first.total.number or 0, _parts(first, names, pages))


def _parts(first: RecordPage, names: Sequence[str], pages: Callable[[RecordPage], Iterator[str]]) -> Iterator[bytes]:
    yield f"{BYTE_ORDER_MARK}{csv_lines([names])}".encode()
    try:
        for lines in pages(first):
            yield lines.encode()
    except Exception:
        # The head has said that all is well, and to its reader an answer that breaks off ends like a whole one.
        logger.exception("An export broke off")
        yield csv_lines([[BROKEN_OFF]]).encode()


def _pages(
    actor: Actor, schema: Schema, request: RecordRequest, columns: Sequence[_Column], references: References
) -> Callable[[RecordPage], Iterator[str]]:
    """What gives the lines of each page, from the first one on."""

    def pages(page: RecordPage) -> Iterator[str]:
        while True:
            if page.documents:
                records = page.records()
                texts = _texts_of_references(actor, columns, records, references)
                yield csv_lines(_row(columns, record, texts) for record in records)
            if page.next_cursor is None:
                return
            limit = SMALL_PAGE if len(page.documents) > LARGE_PAGE_BYTES else PAGE
            page = list_records(actor, schema, request._replace(limit=limit, cursor=page.next_cursor))

    return pages


def _row(columns: Sequence[_Column], record: Mapping[str, Any], texts: Mapping[str, Mapping[str, str]]) -> list[str]:
    return [_cell(column, column.value(record), texts.get(column.name)) for column in columns]


def _cell(column: _Column, value: Any, texts: Mapping[str, str] | None) -> str:
    """A value as a cell. What a reference names and the actor may not know of, is its id."""
    if value is None:
        return ""
    if texts is None:
        return column.type.csv(value)
    return SEPARATOR.join(texts.get(id_, id_) for id_ in column.type.ids(value))


def _texts_of_references(
    actor: Actor, columns: Iterable[_Column], records: Sequence[Mapping[str, Any]], references: References
) -> dict[str, Mapping[str, str]]:
    """What stands for the ids in each column of references, by the column's name."""
    if references is References.ID:
        return {}
    ids = {
        column.name: {id_ for record in records for id_ in column.type.ids(column.value(record))}
        for column in columns
        if column.kind is not None
    }
    users = [column for column in columns if column.kind is ReferenceKind.USER]
    lookups = [column for column in columns if column.kind is ReferenceKind.RECORD]
    found: dict[str, Mapping[str, str]] = {}
    if user_ids := {id_ for column in users for id_ in ids[column.name]}:
        texts = names_of_users(actor, user_ids) if references is References.NAME else _emails(actor, user_ids)
        found |= {column.name: texts for column in users}
    if references is References.KEY:
        return found | {column.name: _keys(actor, column, ids[column.name]) for column in lookups}
    if record_ids := {id_ for column in lookups for id_ in ids[column.name]}:
        names = names_of_records(actor, record_ids)
        found |= {column.name: names for column in lookups}
    return found


def _emails(actor: Actor, ids: Iterable[str]) -> dict[str, str]:
    return {str(person.id): person.email for person in people_with_ids(actor, ids)}


def _keys(actor: Actor, column: _Column, ids: Iterable[str]) -> dict[str, str]:
    """The unique values of the records that a column points at, by their ids."""
    assert column.target is not None
    assert column.key is not None
    documents = documents_of(actor, column.target, ids, [column.key])
    values = {id_: document["data"][column.key.api_name] for id_, document in documents.items()}
    return {id_: column.key.type.csv(value) for id_, value in values.items() if value is not None}


def _columns(actor: Actor, schema: Schema, asked: ExportRequest) -> list[_Column]:
    """The columns in their order, each once. Raises ``ValidationError``."""
    if asked.columns is None:
        return [_of_field(actor, field, asked.references) for field in schema.fields]
    columns: dict[str, _Column] = {}
    for name in asked.columns:
        field = schema.find(name)
        if field is not None:
            columns[field.api_name] = _of_field(actor, field, asked.references)
        elif name in RECORD_PROPERTIES:
            type_ = RECORD_PROPERTIES[name].type
            kind = None if name == "id" else type_.reference_kind
            columns[name] = _Column(name, PROPERTY_LABELS[name], type_, kind)
        else:
            there = alternatives([*schema.by_name, *RECORD_PROPERTIES])
            message = f"columns must name fields of {schema.api_name}, and {quoted(name)} is none; it has {there}"
            raise ValidationError.of(message, field="columns", code="unknown")
    if not columns:
        raise ValidationError.of("columns must name at least one", field="columns", code="required")
    return list(columns.values())


def _of_field(actor: Actor, field: SchemaField, references: References) -> _Column:
    kind = field.type.reference_kind
    column = _Column(field.api_name, field.label, field.type, kind, field)
    if kind is not ReferenceKind.RECORD or references is not References.KEY:
        return column
    target = find_schema(actor, str(field.target_id))
    singles = [rule.fields[0] for rule in target.unique_rules if len(rule.fields) == 1]
    key = next((one for one in singles if one.api_name in target.by_name), None)
    if key is None:
        message = f"lookups=key needs a unique field, and {target.api_name}, which {field.api_name} points at, has none"
        raise ValidationError.of(message, field="lookups", code="choice")
    return _Column(field.api_name, field.label, field.type, kind, field, target, key)
