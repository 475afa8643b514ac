"""The compiled view of one object at one version of its schema: immutable, built once, shared by all requests.

Each request reads the object's row, and with it the version, from the database; the fields are read and compiled
only where this process has not seen that version yet. So no process ever serves an outdated schema, and none pays
for compiling it twice.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.utils.functional import cached_property

from customobjects.fieldtypes import DEFAULT_TYPE, TYPES, FieldType, ReferenceKind
from customobjects.models import CustomObject, Field
from salesos.db.caches import BoundedCache, RevalidatedCache

S = TypeVar("S")

SCHEMAS_CACHE_BYTES = 64_000_000
# What is made of schemas: compiled queries and the like.
MEMOIZED_CACHE_BYTES = 48_000_000
# About what a compiled field takes, an option of a picklist, and whatever does not say its own size.
FIELD_BYTES, CHOICE_BYTES, SMALL_BYTES = 4_000, 500, 1_000

# The property of a record that is what its primary field looks like.
NAME = "name"
# Where ``overflow`` has the key of a name that is another record's, or a user's. No apiName begins so.
NAME_KEY = "@name"

# What tells one state of an object's definition from another: its id, its version, and the time of the last change.
# The time is part of it, so that a version that was rolled back, and given again by another change, is not mistaken
# for it.
State = tuple[UUID, int, datetime]


def state_of(custom_object: CustomObject) -> State:
    """The state of an object whose row was just read."""
    return custom_object.id, custom_object.schema_version, custom_object.updated_at


@dataclass(frozen=True, eq=False)
class SchemaField:
    """One field, ready to work with: ``type`` is bound to the field's options."""

    id: UUID
    number: int
    api_name: str
    data_key: str
    label: str
    help_text: str
    group: str
    type: FieldType
    is_required: bool
    is_unique: bool
    key_name: str
    is_active: bool
    default: Any
    column: str
    filling: str
    fills_text: bool
    target_id: UUID | None

    @classmethod
    def compile(cls, field: Field) -> SchemaField:
        """The compiled form of a field's row, whose columns have the same names."""
        names = {own.name for own in dataclasses.fields(cls)} - {"type", "default"}
        own = {name: getattr(field, name) for name in names}
        return cls(**own, type=TYPES[field.type](field.options), default=field.default_value)

    def ids(self, data: Mapping[str, Any]) -> list[str]:
        """The ids that the field of a record which holds ``data`` refers to."""
        return self.type.ids(data.get(self.data_key))


@dataclass(frozen=True, eq=False)
class UniqueRule:
    """Fields whose values no two records share, one or several together. Its keys are kept under ``name``.

    While it is not ``is_filled``, there are records without their keys, and it holds only for what is written.
    """

    name: str
    fields: tuple[SchemaField, ...]
    is_filled: bool

    @property
    def meaning(self) -> Hashable:
        """What decides which values are the same: with another meaning, keys must be made anew."""
        return tuple((field.id, field.type.options.get("caseSensitive")) for field in self.fields)


@dataclass(frozen=True, eq=False)
class Schema:
    """An object and its fields at one version. ``fields`` are the active ones, in their order.

    ``hidden`` are the fields whose values records still hold and no reader may see: deactivated ones, and deleted
    ones that are not purged yet.
    """

    state: State
    organization_id: UUID
    api_name: str
    name: str
    plural_name: str
    is_active: bool
    enable_search: bool
    enable_history: bool
    enable_notes: bool
    enable_activities: bool
    enable_bulk: bool
    # Whether there are records which are named by records of this object.
    names_others: bool
    fields: tuple[SchemaField, ...]
    hidden: tuple[SchemaField, ...]
    kept: tuple[SchemaField, ...]
    primary: SchemaField | None
    unique_rules: tuple[UniqueRule, ...]

    @classmethod
    def compile(cls, custom_object: CustomObject, fields: Iterable[Field]) -> Schema:
        """``fields`` are all rows of the object, in their order, the deleted ones among them."""
        compiled = [(field, SchemaField.compile(field)) for field in fields]
        return cls(
            state=state_of(custom_object),
            organization_id=custom_object.organization_id,
            api_name=custom_object.api_name,
            name=custom_object.name,
            plural_name=custom_object.plural_name,
            is_active=custom_object.is_active,
            enable_search=custom_object.enable_search,
            enable_history=custom_object.enable_history,
            enable_notes=custom_object.enable_notes,
            enable_activities=custom_object.enable_activities,
            enable_bulk=custom_object.enable_bulk_operations,
            names_others=custom_object.names_others,
            fields=tuple(done for row, done in compiled if row.is_active and row.deleted_at is None),
            hidden=tuple(done for row, done in compiled if not row.is_active or row.deleted_at is not None),
            kept=tuple(done for row, done in compiled if row.deleted_at is None),
            primary=next((done for row, done in compiled if row.id == custom_object.primary_field_id), None),
            unique_rules=tuple(_rules(custom_object, [done for row, done in compiled if row.deleted_at is None])),
        )

    @property
    def id(self) -> UUID:
        """The object's id."""
        return self.state[0]

    @property
    def version(self) -> int:
        """The object's version."""
        return self.state[1]

    @cached_property
    def cache_key(self) -> int:
        """A number that no other schema in this process has or had."""
        return next(_numbers)

    def memoize(self, key: Hashable, make: Callable[[], S]) -> S:
        """What ``make`` gives for this schema, such as a compiled query: made once for each ``key``."""
        return _memoized.memoize((self.cache_key, key), make)

    def seen_by(self, hidden_ids: frozenset[UUID]) -> Schema:
        """The schema of somebody for whom these fields do not exist. Records still hold their values."""
        return self.memoize(("seen", hidden_ids), lambda: self._without(hidden_ids)) if hidden_ids else self

    def _without(self, hidden_ids: frozenset[UUID]) -> Schema:
        return replace(
            self,
            fields=tuple(field for field in self.fields if field.id not in hidden_ids),
            hidden=(*self.hidden, *(field for field in self.fields if field.id in hidden_ids)),
        )

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The typed columns that fields of the object have or get, deleted ones that are not purged yet among them."""
        every = [name for field in (*self.fields, *self.hidden) for name in (field.column, field.filling)]
        return tuple(filter(None, every))

    @cached_property
    def by_name(self) -> Mapping[str, SchemaField]:
        """The active fields by their apiName."""
        return {field.api_name: field for field in self.fields}

    @cached_property
    def by_id(self) -> Mapping[str, SchemaField]:
        """The active fields by the text of their id."""
        return {str(field.id): field for field in self.fields}

    @cached_property
    def required(self) -> tuple[SchemaField, ...]:
        """The active fields whose values must be given."""
        return tuple(field for field in self.fields if field.is_required and field.type.writable)

    @cached_property
    def defaults(self) -> Mapping[str, Any]:
        """What new records start with, by ``data_key``, where that is the same for all."""
        fixed = (field for field in self.fields if not field.type.is_dynamic(field.default))
        return {field.data_key: field.default for field in fixed if field.default is not None}

    @cached_property
    def dynamic_defaults(self) -> tuple[SchemaField, ...]:
        """The fields whose default each new record works out anew."""
        return tuple(field for field in self.fields if field.type.is_dynamic(field.default))

    def find(self, reference: str) -> SchemaField | None:
        """The active field that ``reference`` (an id or an apiName) names, or None."""
        return self.by_name.get(reference) or self.by_id.get(reference)

    def is_searched(self, field: SchemaField) -> bool:
        """Whether a search looks through a field: those of searchable types, and the one that names the records."""
        return field.type.searchable or field is self.primary

    @cached_property
    def names_follow(self) -> bool:
        """Whether the records are named by what they refer to, whose name may change without them."""
        return self.primary is not None and self.primary.type.reference_kind is not None

    @cached_property
    def name_text(self) -> SchemaField | None:
        """The name of records that are named by what they refer to, as a text field: its key is in ``overflow``."""
        if self.primary is None or not self.names_follow:
            return None
        type_ = TYPES[DEFAULT_TYPE]
        text = type_(type_.clean_options({}))
        return replace(self.primary, api_name=NAME, type=text, data_key=NAME_KEY, column="", filling="", target_id=None)

    @cached_property
    def references(self) -> tuple[SchemaField, ...]:
        """The active fields that point at records or users."""
        return tuple(field for field in self.fields if field.type.reference_kind is not None)

    @cached_property
    def tied(self) -> frozenset[str]:
        """The apiNames of the active fields whose values concern more than a record's own row.

        They refer to other rows, are kept as unique keys, or name other records.
        """
        fields = {*self.references, *(field for rule in self.unique_rules for field in rule.fields)}
        if self.names_others and self.primary is not None:
            fields.add(self.primary)
        return frozenset(field.api_name for field in fields)

    @cached_property
    def ties_new_records(self) -> bool:
        """Whether a new record gets values by itself that concern more than its own row."""
        defaults = {field.api_name for field in self.fields if field.default is not None}
        return bool(self.auto_numbers) or not self.tied.isdisjoint(defaults)

    @cached_property
    def ties_records(self) -> bool:
        """Whether any change of a record concerns more than its own row.

        Its name is another record's, or a user's; or values are being purged from the records that hold them.
        """
        has_deleted_fields = len(self.fields) + len(self.hidden) > len(self.kept)
        return has_deleted_fields or self.names_follow

    @cached_property
    def auto_numbers(self) -> tuple[SchemaField, ...]:
        """The fields that are not deleted and number records by themselves."""
        return tuple(field for field in self.kept if field.type.first_number is not None)

    @cached_property
    def lookups(self) -> tuple[SchemaField, ...]:
        """The fields that are not deleted and point at records."""
        return tuple(field for field in self.kept if field.type.reference_kind is ReferenceKind.RECORD)

    @cached_property
    def own_lookups(self) -> tuple[SchemaField, ...]:
        """Those of the lookups that point at records of this object."""
        return tuple(field for field in self.lookups if field.target_id == self.id)


def _rules(custom_object: CustomObject, kept: Iterable[SchemaField]) -> Iterator[UniqueRule]:
    """The rules of single fields, and those that the object has for several."""
    by_id = {str(field.id): field for field in kept}
    for field in by_id.values():
        if field.is_unique:
            yield UniqueRule(field.key_name, (field,), field.key_name not in custom_object.key_fillings)
    for key in custom_object.unique_keys:
        # A deleted object's fields are deleted, too.
        if all(id_ in by_id for id_ in key["fields"]):
            parts = tuple(by_id[id_] for id_ in key["fields"])
            yield UniqueRule(key["id"], parts, key["id"] not in custom_object.key_fillings)


def _size_of(schema: Schema) -> int:
    choices = sum(len(field.type.options.get("values") or ()) for field in (*schema.kept, *schema.hidden))
    return (len(schema.kept) + len(schema.hidden)) * FIELD_BYTES + choices * CHOICE_BYTES


_numbers = itertools.count()
_schemas: RevalidatedCache[UUID, State, Schema] = RevalidatedCache(max_bytes=SCHEMAS_CACHE_BYTES, size_of=_size_of)
_memoized: BoundedCache[Hashable, Any] = BoundedCache(
    max_bytes=MEMOIZED_CACHE_BYTES, size_of=lambda made: getattr(made, "size_bytes", SMALL_BYTES)
)


def known_schema(state: State) -> Schema | None:
    """The compiled schema of an object in a state that was just read, where this process has compiled it already."""
    return _schemas.get(state[0], state)


def newest_schema(object_id: UUID) -> Schema | None:
    """The schema that this process compiled last of an object, which may be stale."""
    return _schemas.newest(object_id)


def read_schema(custom_object: CustomObject) -> Schema:
    """The schema of an object as it and its fields are now, for who holds its row or changes it. One query."""
    return Schema.compile(custom_object, custom_object.fields.order_by("order", "number"))


def schema_of(custom_object: CustomObject) -> Schema:
    """The compiled schema of an object whose row was just read. One query where this version is new to the process."""
    state = state_of(custom_object)
    schema = known_schema(state)
    if schema is None:
        schema = read_schema(custom_object)
        _schemas.put(state[0], state, schema)
    return schema
