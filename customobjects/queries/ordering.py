"""Orders: by fields and by a record's own properties; empty values last, ties broken by id.

An index has no entries for empty values, so a list that is sorted by a field is read in *parts*: first the records
that have a value, in the index's order, and behind them those that have none.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Expression, F, Field, IntegerField, OrderBy, Q, TextField, lookups

from customobjects.fieldtypes import FieldType
from customobjects.models.record import column_field
from customobjects.queries.search import Search
from customobjects.schema import Schema, SchemaField
from customobjects.storage.dialect import RowBeyond, overflow_key
from salesos.db.compiled_queries import Param
from salesos.errors import ValidationError

PROPERTIES = {"id": "id", "createdAt": "created_at", "updatedAt": "updated_at"}
MAX_KEYS = 5
ID = column_field("id")


@dataclass(frozen=True)
class SortKey:
    """One of the things that a list is sorted by. ``name`` is as the caller knows it."""

    name: str
    descending: bool
    column: str
    data_key: str = ""

    @property
    def may_be_empty(self) -> bool:
        """Whether there are records without it."""
        return self.column not in PROPERTIES.values()

    @property
    def field(self) -> Field:
        """What kind of value it is, for the database."""
        return column_field(self.column) if self.column else TextField()

    def expression(self) -> Any:
        """The value to sort by."""
        return F(self.column) if self.column else overflow_key(self.data_key)

    def is_empty(self) -> Q:
        """The records without it."""
        if self.column:
            return Q(**{f"{self.column}__isnull": True})
        return Q(overflow__isnull=True) | ~Q(overflow__has_key=self.data_key)

    def is_set(self) -> Q:
        """The records with it, in the words of the columns' indexes, by which SQLite finds them."""
        return Q(**{f"{self.column}__isnull": False}) if self.column else ~self.is_empty()


@dataclass(frozen=True)
class RankKey(SortKey):
    """How well a record fits a search."""

    search: Search | None = None

    @property
    def may_be_empty(self) -> bool:
        return False

    @property
    def field(self) -> Field:
        return IntegerField()

    def expression(self) -> Any:
        assert self.search is not None
        return self.search.rank()


@dataclass(frozen=True)
class Part:
    """A part of a sorted list: its records, and the keys that still tell them apart, besides the id."""

    number: int
    condition: Q
    keys: tuple[SortKey, ...]
    descending: bool

    def order(self) -> list[OrderBy]:
        """The order within the part. Its first key is never empty here."""
        orders = [
            OrderBy(key.expression(), descending=key.descending, nulls_last=True if place else None)
            for place, key in enumerate(self.keys)
        ]
        return [*orders, OrderBy(F("id"), descending=self.descending)]

    def behind(self, empties: Sequence[bool]) -> Q:
        """The records of the part that come after a position; ``empties`` says which of its keys have no value there.

        The values go into the parameters that ``position_values`` fills.
        """
        parameters: list[Expression] = [Param(("after", place), key.field) for place, key in enumerate(self.keys)]
        last = Param("after id", ID)
        if len(self.keys) < 2 and all(key.descending == self.descending for key in self.keys):
            row = [*(key.expression() for key in self.keys), F("id")]
            return Q(RowBeyond(row, [*parameters, last], descending=self.descending))
        found = self._lexically(empties, parameters, last)
        # Says again, so that an index can start there, that the first key is not before the position's.
        first = lookups.LessThanOrEqual if self.keys[0].descending else lookups.GreaterThanOrEqual
        return Q(first(self.keys[0].expression(), parameters[0])) & found

    def _lexically(self, empties: Sequence[bool], parameters: Sequence[Expression], last: Param) -> Q:
        """Greater in the first key, or equal there and greater in the second, and so on."""
        found = Q(RowBeyond([F("id")], [last], descending=self.descending))
        for place in range(len(self.keys) - 1, -1, -1):
            key, slot = self.keys[place], parameters[place]
            if empties[place]:
                found = key.is_empty() & found
                continue
            beyond = Q(RowBeyond([key.expression()], [slot], descending=key.descending))
            equal = Q(lookups.Exact(key.expression(), slot))
            found = beyond | (equal & found)
            if place and key.may_be_empty:
                found |= key.is_empty()
        return found


@dataclass(frozen=True)
class Order:
    """What a list is sorted by. The id comes last, and runs the way of the first key."""

    keys: tuple[SortKey, ...]
    descending: bool

    @property
    def is_plain(self) -> bool:
        """Whether the order is that of the ids, in which records lie anyway."""
        return not self.keys

    @cached_property
    def shape(self) -> Hashable:
        """Orders of one shape are one query."""
        return tuple((key.name, key.descending) for key in self.keys), self.descending

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The parts of the list, one behind the other."""
        return tuple(self._parts())

    def _parts(self) -> Iterator[Part]:
        condition = Q()
        for number, key in enumerate(self.keys):
            if not key.may_be_empty:
                yield Part(number, condition, self.keys[number:], self.descending)
                return
            yield Part(number, condition & key.is_set(), self.keys[number:], self.descending)
            condition &= key.is_empty()
        yield Part(len(self.keys), condition, (), self.descending)


def ranking(search: Search) -> Order:
    """The best hits of a search first, and of those the newest."""
    return Order((RankKey("rank", False, "", search=search),), True)


def is_sortable(type_: FieldType) -> bool:
    """Whether records can be sorted by fields of this type."""
    return type_.sortable and type_.column is not None


def ordering(schema: Schema, sort: str = "", *, parameter: str = "sort") -> Order:
    """The order that ``sort`` names, as in ``-purchase_cost,name``; without one, the newest records come first.

    Raises ``ValidationError`` at the caller's ``parameter`` that lists what there is to sort by.
    """
    return schema.made_once(("order", sort), lambda: _ordering(schema, sort, parameter))


def _ordering(schema: Schema, sort: str, parameter: str) -> Order:
    names = [name.strip() for name in sort.split(",") if name.strip()]
    if len(names) > MAX_KEYS:
        raise ValidationError.of(f"{parameter} must have at most {MAX_KEYS} keys", field=parameter, code="too_many")
    keys: dict[str, SortKey] = {}
    for name in names:
        key = _key(schema, name.removeprefix("-"), descending=name.startswith("-"), parameter=parameter)
        keys.setdefault(key.name, key)
    if not keys:
        return Order((), True)
    descending = next(iter(keys.values())).descending
    sorted_by: list[SortKey] = []
    for key in keys.values():
        if key.name == "id":
            # Ids are unique: what would come behind them tells nothing apart.
            descending = key.descending
            break
        sorted_by.append(key)
    return Order(tuple(sorted_by), descending)


def _key(schema: Schema, name: str, *, descending: bool, parameter: str) -> SortKey:
    if name in PROPERTIES:
        return SortKey(name, descending, PROPERTIES[name])
    field = schema.by_name.get(name)
    if field is None or not is_sortable(field.type):
        there = [known.api_name for known in schema.fields if is_sortable(known.type)]
        message = f"{parameter} must name {', '.join([*there, *PROPERTIES])}, and {name[:80]!r} is none of them"
        raise ValidationError.of(message, field=parameter, code="choice")
    return _key_of(field, descending)


def _key_of(field: SchemaField, descending: bool) -> SortKey:
    return SortKey(field.api_name, descending, field.column, field.data_key)
