"""The columns of a list: which there are, which are shown, in what order and how wide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from customobjects.fieldtypes import DEFAULT_TYPE, TYPES, FieldType, ReferenceKind
from customobjects.queries.ordering import is_sortable
from customobjects.queries.subjects import RECORD_PROPERTIES, find_subject
from customobjects.schema import NAME, Schema, SchemaField

# So many fields are shown where a person has not chosen.
MAX_DEFAULT_COLUMNS = 8
MIN_WIDTH, MAX_WIDTH = 48, 800
NAME_WIDTH = 260
# The record's own properties that can be shown, by what people call them.
PROPERTIES: Mapping[str, str] = {
    "ownerId": "Owner",
    "createdAt": "Created",
    "createdBy": "Created by",
    "updatedAt": "Changed",
    "updatedBy": "Changed by",
}
NO_ID = UUID(int=0)


@dataclass(frozen=True)
class Column:
    """What one column shows: a field of the records, or a property of theirs in the form of a field.

    ``sort_name`` is what the list is sorted by when it is sorted by the column; empty where it cannot be.
    """

    field: SchemaField
    width: int
    sort_name: str = ""
    is_name: bool = False

    @property
    def name(self) -> str:
        return self.field.api_name

    @property
    def kind(self) -> str:
        """The field type's key, by which the style sheet aligns."""
        return "name" if self.is_name else self.field.type.key.lower()


@dataclass(frozen=True)
class Columns:
    """The columns of a list: ``name`` stands first, the ``shown`` ones follow, the ``hidden`` ones can be chosen."""

    name: Column
    shown: tuple[Column, ...]
    hidden: tuple[Column, ...]
    frozen: int = 1

    @property
    def all(self) -> tuple[Column, ...]:
        """The name, and what is shown beside it."""
        return (self.name, *self.shown)

    @property
    def fields(self) -> tuple[SchemaField, ...]:
        return tuple(column.field for column in self.shown)

    @property
    def writable(self) -> str:
        """The names of the fields that people give values of, between spaces."""
        return " ".join(one.name for one in self.all if one.name not in PROPERTIES and one.field.type.writable)

    @property
    def number(self) -> int:
        """How many cells a row has, with the one to select it by."""
        return len(self.shown) + 2

    @property
    def people(self) -> tuple[str, ...]:
        """The properties shown that are people."""
        own = (column for column in self.shown if column.name in PROPERTIES)
        return tuple(column.name for column in own if column.field.type.reference_kind is ReferenceKind.USER)


def columns_of(schema: Schema, chosen: Sequence[Mapping[str, Any]], frozen: int = 1) -> Columns:
    """The columns of an object's list. ``chosen`` are those that are shown, as a person's preference has them.

    Names that are not there are passed over; without any, the first fields are shown.
    """
    every = {column.name: column for column in _every(schema)}
    name = name_column(schema)
    widths = {one["field"]: one["width"] for one in chosen if one.get("width")}
    shown = [one["field"] for one in chosen if one["field"] in every] if chosen else _default_names(schema, every)
    if chosen and not shown and not any(one["field"] == name.name for one in chosen):
        shown = _default_names(schema, every)
    return Columns(
        _wide(name, widths),
        tuple(_wide(every[one], widths) for one in dict.fromkeys(shown)),
        tuple(column for column in every.values() if column.name not in shown),
        min(max(frozen, 0), len(shown) + 1),
    )


def read_columns(texts: Iterable[str]) -> list[dict[str, Any]]:
    """What ``status:180`` and ``status`` say of columns, in the form of a preference. Nonsense is passed over."""
    found: dict[str, dict[str, Any]] = {}
    for text in texts:
        name, _, width = text.strip().partition(":")
        if name and name not in found:
            found[name] = {"field": name}
            if width.isascii() and width.isdigit() and len(width) <= 8:
                found[name]["width"] = min(max(int(width), MIN_WIDTH), MAX_WIDTH)
    return list(found.values())


def values_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record's values by the names of columns: those of its fields, and its own properties."""
    return {**record["data"], **{name: record[name] for name in PROPERTIES}}


def _every(schema: Schema) -> list[Column]:
    """What can be shown beside the name."""
    fields = [_column(schema, field) for field in schema.fields if field != schema.primary]
    own = (property_field(name, label, RECORD_PROPERTIES[name].type) for name, label in PROPERTIES.items())
    return [*fields, *(_column(schema, field) for field in own)]


def _default_names(schema: Schema, every: Mapping[str, Column]) -> list[str]:
    return [field.api_name for field in schema.fields if field.api_name in every and not field.type.is_long][
        :MAX_DEFAULT_COLUMNS
    ]


def name_column(schema: Schema) -> Column:
    """The column that stands first: what the records are called."""
    naming = schema.name_text or schema.primary
    if naming is None or schema.primary is None:
        return Column(property_field(NAME, "Name", TYPES[DEFAULT_TYPE]({})), NAME_WIDTH, is_name=True)
    # Of records that are named by what they refer to, the name is sorted by, and the lookup is what can be changed.
    shown = replace(naming, api_name=schema.primary.api_name)
    return Column(shown, NAME_WIDTH, _sort_name(schema, naming), is_name=True)


def property_field(name: str, label: str, type_: FieldType) -> SchemaField:
    """A property of records, so that tables show it as they show fields."""
    texts = ("data_key", "help_text", "group", "key_name", "column", "filling")
    nothing: dict[str, Any] = dict.fromkeys(texts, "")
    flags: dict[str, Any] = dict.fromkeys(("is_required", "is_unique", "fills_text"), False)
    return SchemaField(
        **nothing,
        **flags,
        id=NO_ID,
        number=0,
        api_name=name,
        label=label,
        type=type_,
        is_active=True,
        default=None,
        target_id=None,
    )


def _column(schema: Schema, field: SchemaField) -> Column:
    return Column(field, field.type.column_width, _sort_name(schema, field))


def _sort_name(schema: Schema, field: SchemaField) -> str:
    subject = find_subject(schema, field.api_name)
    is_it = subject is not None and (subject.field is field or (subject.field is None and field.id == NO_ID))
    return field.api_name if is_it and is_sortable(field.type) else ""


def _wide(column: Column, widths: Mapping[str, int]) -> Column:
    return replace(column, width=widths.get(column.name, column.width))
