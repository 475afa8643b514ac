"""The compiled view of one object at one version of its schema: immutable, built once, shared by all requests.

Each request reads the object's row, and with it the version, from the database; the fields are read and compiled
only where this process has not seen that version yet. So no process ever serves an outdated schema, and none pays
for compiling it twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from threading import Lock
from typing import Any
from uuid import UUID

from customobjects.fieldtypes import TYPES, FieldType
from customobjects.models import CustomObject, Field

CACHE_SIZE = 2_000


@dataclass(frozen=True)
class SchemaField:
    """One field, ready to work with: ``type`` is bound to the field's options."""

    id: UUID
    number: int
    api_name: str
    data_key: str
    label: str
    help_text: str
    type: FieldType
    is_required: bool
    is_unique: bool
    is_active: bool
    default: Any
    column: str
    target_id: UUID | None

    @classmethod
    def compile(cls, field: Field) -> SchemaField:
        """The compiled form of a field's row."""
        return cls(
            id=field.id,
            number=field.number,
            api_name=field.api_name,
            data_key=field.data_key,
            label=field.label,
            help_text=field.help_text,
            type=TYPES[field.type](field.options),
            is_required=field.is_required,
            is_unique=field.is_unique,
            is_active=field.is_active,
            default=field.default_value,
            column=field.column,
            target_id=field.target_id,
        )


@dataclass(frozen=True)
class Schema:
    """An object and its fields at one version. ``fields`` are the active ones, in their order.

    ``hidden`` are the fields whose values records still hold and no reader may see: deactivated ones, and deleted
    ones that are not purged yet.
    """

    id: UUID
    organization_id: UUID
    api_name: str
    name: str
    plural_name: str
    version: int
    is_active: bool
    enable_search: bool
    fields: tuple[SchemaField, ...]
    hidden: tuple[SchemaField, ...]
    kept: tuple[SchemaField, ...]
    primary: SchemaField | None

    @classmethod
    def compile(cls, custom_object: CustomObject, fields: Iterable[Field]) -> Schema:
        """``fields`` are all rows of the object, in their order, the deleted ones among them."""
        compiled = [(field, SchemaField.compile(field)) for field in fields]
        return cls(
            id=custom_object.id,
            organization_id=custom_object.organization_id,
            api_name=custom_object.api_name,
            name=custom_object.name,
            plural_name=custom_object.plural_name,
            version=custom_object.schema_version,
            is_active=custom_object.is_active,
            enable_search=custom_object.enable_search,
            fields=tuple(done for row, done in compiled if row.is_active and row.deleted_at is None),
            hidden=tuple(done for row, done in compiled if not row.is_active or row.deleted_at is not None),
            kept=tuple(done for row, done in compiled if row.deleted_at is None),
            primary=next((done for row, done in compiled if row.id == custom_object.primary_field_id), None),
        )

    @cached_property
    def by_name(self) -> Mapping[str, SchemaField]:
        """The active fields by their apiName."""
        return {field.api_name: field for field in self.fields}

    @cached_property
    def lookups(self) -> tuple[SchemaField, ...]:
        """The fields that are not deleted and point at records."""
        return tuple(field for field in self.kept if field.target_id is not None)


# What tells one state of an object's definition from another. The time of the change is part of it beside the version:
# a version that was rolled back, and given again by another change, is not mistaken for it.
State = tuple[UUID, int, datetime]

_cache: dict[State, Schema] = {}
_lock = Lock()


def known_schema(state: State) -> Schema | None:
    """The compiled schema of an object in a state that was just read, where this process has compiled it already."""
    return _cache.get(state)


def schema_of(custom_object: CustomObject) -> Schema:
    """The compiled schema of an object whose row was just read. One query where this version is new to the process."""
    state = (custom_object.id, custom_object.schema_version, custom_object.updated_at)
    schema = known_schema(state)
    if schema is None:
        schema = Schema.compile(custom_object, custom_object.fields.order_by("order", "number"))
        with _lock:
            while len(_cache) >= CACHE_SIZE:
                _cache.pop(next(iter(_cache)))
            _cache[state] = schema
    return schema
