"""What a filter compares, and a list is sorted by: a field, or a property of the record itself."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, Field, Q, TextField, lookups
from django.utils.functional import cached_property

from customobjects.fieldtypes import TYPES, FieldType
from customobjects.fieldtypes.folding import MAX_KEY_LENGTH
from customobjects.fieldtypes.keys import sortable_text
from customobjects.models.record import column_field
from customobjects.schema import NAME, Schema, SchemaField
from customobjects.storage.dialect import overflow_key, stored_identity, stored_text

TEXT = TextField()
INDEXED_PROPERTIES = ("createdAt", "updatedAt")
COMPARISONS: Mapping[str, type[lookups.BuiltinLookup[Any]]] = {
    "exact": lookups.Exact,
    "gt": lookups.GreaterThan,
    "gte": lookups.GreaterThanOrEqual,
    "lt": lookups.LessThan,
    "lte": lookups.LessThanOrEqual,
    "in": lookups.In,
}


class Operand(NamedTuple):
    """A value to compare with, and the database field that it is of."""

    value: Any
    field: Field


@dataclass(frozen=True)
class Subject:
    """A field or a property, with the place of its keys: a column, or where there is none, ``Record.overflow``.

    ``to_key`` makes the key of a canonical value. ``field`` is None for a property of the record itself.
    """

    name: str
    type: FieldType
    column: str
    to_key: Callable[[Any], Any]
    field: SchemaField | None = None

    @classmethod
    def of_field(cls, field: SchemaField) -> Subject:
        """A field of the object. A column has the beginning of a text's key, and ``overflow`` all of it."""
        is_cut = field.column or field.type.key_is_value
        to_key = field.type.column_key if is_cut else partial(_key_in_overflow, field.type)
        return cls(field.api_name, field.type, field.column, to_key, field)

    @property
    def cache_key(self) -> Hashable:
        """What tells subjects of one object apart."""
        return self.name if self.field is None else self.field.id

    @property
    def is_id(self) -> bool:
        """Whether it is the record's own id, which no two records share."""
        return self.field is None and self.name == "id"

    @property
    def data_key(self) -> str:
        """Where ``Record.data`` and ``Record.overflow`` have the value of a field."""
        return self.field.data_key if self.field is not None else ""

    @property
    def has_index(self) -> bool:
        """Whether an index has the keys of an object's records: each typed column has one, and few properties."""
        return bool(self.column) and (self.field is not None or self.name in INDEXED_PROPERTIES)

    @cached_property
    def key_field(self) -> Field:
        """The database field that keys are of."""
        return column_field(self.column) if self.column else TEXT

    def key_operand(self, value: Any) -> Operand:
        """The key of a canonical value, to compare keys with."""
        return self.as_operand(self.to_key(value))

    def as_operand(self, key: Any) -> Operand:
        """A key to compare keys with. Those in ``overflow`` are texts."""
        return Operand(key if self.column else sortable_text(key), self.key_field)

    def key(self) -> Any:
        """The expression of a record's key."""
        return F(self.column) if self.column else overflow_key(self.data_key)

    def identity(self) -> Any:
        """The expression of the identity of a record's value (see ``FieldType.identity``)."""
        if self.type.key_is_value:
            return self.key()
        if self.type.value_is_identity:
            return self.text()
        return stored_identity(self.data_key, self.column)

    def compares(self, comparison: str, operand: Any) -> Q:
        """Records whose key compares so (one of ``COMPARISONS``) with an expression, or a list of them."""
        # Of a column that names another row, Django's own ``column__in`` takes values alone, and no parameters.
        if self.column and comparison != "in":
            return Q(**{f"{self.column}__{comparison}": operand})
        return Q(COMPARISONS[comparison](self.key(), operand))

    def text(self) -> Any:
        """The expression of a record's value, as a text."""
        return stored_text(self.data_key)

    def is_empty(self) -> Q:
        """Records without a value."""
        return Q(**{f"{self.column}__isnull": True}) if self.column else ~Q(data__has_key=self.data_key)


class NameSubject(Subject):
    """The name of records that are named by what they refer to: a text that ``data`` does not have."""

    @property
    def cache_key(self) -> Hashable:
        return NAME

    def text(self) -> Any:
        return F("name")

    def is_empty(self) -> Q:
        return Q(name="")


def _key_in_overflow(type_: FieldType, value: str) -> Any:
    """The key of a text whose field has no column: whole, where a column would have only the beginning of it."""
    whole = type_.whole_key(value)
    return whole if len(whole) > MAX_KEY_LENGTH else type_.column_key(value)


# A record's own properties, by their names in the API.
RECORD_PROPERTIES: Mapping[str, Subject] = {
    name: Subject(name, TYPES[type_]({}), column, to_key)
    for name, column, type_, to_key in (
        ("id", "id", "USER", UUID),
        ("ownerId", "owner_id", "USER", UUID),
        ("createdBy", "created_by_id", "USER", UUID),
        ("updatedBy", "updated_by_id", "USER", UUID),
        ("createdAt", "created_at", "DATETIME", datetime.fromisoformat),
        ("updatedAt", "updated_at", "DATETIME", datetime.fromisoformat),
    )
}


def find_subject(schema: Schema, name: str) -> Subject | None:
    """The field or property with that name, or the field with that id, or None.

    ``name`` is the field that names the records, where none is called so; or their names, where these follow others.
    """
    field = schema.by_name.get(name)
    if field is None:
        if name in RECORD_PROPERTIES:
            return RECORD_PROPERTIES[name]
        if name == NAME:
            return name_subject(schema)
        field = schema.by_id.get(name)
    return _of(schema, field)


def name_subject(schema: Schema) -> Subject | None:
    """What records are named by: the field that names them, or their names, where these follow others."""
    if (text := schema.name_text) is not None:
        return schema.memoize("name subject", lambda: NameSubject.of_field(text))
    return _of(schema, schema.primary)


def _of(schema: Schema, field: SchemaField | None) -> Subject | None:
    if field is None:
        return None
    return schema.memoize(("subject", field.id), lambda: Subject.of_field(field))
