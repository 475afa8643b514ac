"""Orders: by fields and by a record's own properties; empty values last, ties broken by id.

An index has no entries for empty values, so a list that is sorted by a field is read in *parts*: first the records
that have a value, in the index's order, and behind them those that have none.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Field, IntegerField, OrderBy, Q, lookups
from django.utils.functional import cached_property

from customobjects.fieldtypes import FieldType
from customobjects.models.record import column_field
from customobjects.queries.search import Search
from customobjects.queries.subjects import RECORD_PROPERTIES, Subject, find_subject
from customobjects.schema import Schema
from customobjects.storage.dialect import RowBeyond
from salesos.db.compiled_queries import Param
from salesos.errors import ValidationError

SORTABLE_PROPERTIES = ("id", "createdAt", "updatedAt")
MAX_SORT_KEYS = 5
LAST_ID = Param("last id", column_field("id"))


@dataclass(frozen=True)
class SortKey:
    """One of the things that a list is sorted by."""

    subject: Subject
    is_descending: bool

    @property
    def cache_key(self) -> Hashable:
        """What tells sort keys of one object apart."""
        return self.subject.cache_key, self.is_descending

    @property
    def may_be_empty(self) -> bool:
        """Whether there are records without it."""
        return self.subject.field is not None

    @property
    def field(self) -> Field:
        """What kind of value it is, for the database."""
        return self.subject.key_field

    def expression(self) -> Any:
        """The value to sort by."""
        return self.subject.key()

    def is_empty(self) -> Q:
        """The records without it."""
        if self.subject.column:
            return self.subject.is_empty()
        return Q(overflow__isnull=True) | ~Q(overflow__has_key=self.subject.data_key)

    def is_set(self) -> Q:
        """The records with it, in the words of the columns' indexes, by which SQLite finds them."""
        column = self.subject.column
        return Q(**{f"{column}__isnull": False}) if column else ~self.is_empty()


@dataclass(frozen=True)
class RankKey(SortKey):
    """How well a record fits a search. Its subject only stands for it."""

    search: Search | None = None

    @property
    def cache_key(self) -> Hashable:
        return "rank"

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
class OrderPart:
    """A part of a sorted list: its records, and the keys that still tell them apart, besides the id."""

    number: int
    condition: Q
    keys: tuple[SortKey, ...]
    is_descending: bool

    def order(self) -> list[OrderBy]:
        """The order within the part. Its first key is never empty here."""
        orders = [
            OrderBy(key.expression(), descending=key.is_descending, nulls_last=True if place else None)
            for place, key in enumerate(self.keys)
        ]
        return [*orders, OrderBy(F("id"), descending=self.is_descending)]

    def behind(self, empties: Sequence[bool]) -> Q:
        """The records of the part that come after a position; ``empties`` says which of its keys have no value there.

        ``cursors.Position.values`` has the values of the parameters.
        """
        params = [Param(("last", place), key.field) for place, key in enumerate(self.keys)]
        if len(self.keys) < 2 and all(key.is_descending == self.is_descending for key in self.keys):
            row = [*(key.expression() for key in self.keys), F("id")]
            return Q(RowBeyond(row, [*params, LAST_ID], descending=self.is_descending))
        # Says first, so that an index can start there, that the first key is not before the position's.
        starts = lookups.LessThanOrEqual if self.keys[0].is_descending else lookups.GreaterThanOrEqual
        return Q(starts(self.keys[0].expression(), params[0])) & self._lexically(empties, params)

    def _lexically(self, empties: Sequence[bool], params: Sequence[Param]) -> Q:
        """Greater in the first key, or equal there and greater in the second, and so on."""
        found = Q(RowBeyond([F("id")], [LAST_ID], descending=self.is_descending))
        for place in range(len(self.keys) - 1, -1, -1):
            key, param = self.keys[place], params[place]
            if empties[place]:
                found = key.is_empty() & found
                continue
            beyond = Q(RowBeyond([key.expression()], [param], descending=key.is_descending))
            found = beyond | (Q(lookups.Exact(key.expression(), param)) & found)
            if place and key.may_be_empty:
                found |= key.is_empty()
        return found


@dataclass(frozen=True)
class Order:
    """What a list is sorted by. The id comes last, and runs the way of the first key."""

    keys: tuple[SortKey, ...]
    is_descending: bool

    @property
    def is_by_id(self) -> bool:
        """Whether the order is that of the ids, in which records lie anyway."""
        return not self.keys

    @cached_property
    def cache_key(self) -> Hashable:
        """What tells orders of one object apart."""
        return tuple(key.cache_key for key in self.keys), self.is_descending

    @cached_property
    def parts(self) -> tuple[OrderPart, ...]:
        """The parts of the list, one behind the other."""
        return tuple(self._parts())

    def _parts(self) -> Iterator[OrderPart]:
        condition = Q()
        for number, key in enumerate(self.keys):
            if not key.may_be_empty:
                yield OrderPart(number, condition, self.keys[number:], self.is_descending)
                return
            yield OrderPart(number, condition & key.is_set(), self.keys[number:], self.is_descending)
            condition &= key.is_empty()
        yield OrderPart(len(self.keys), condition, (), self.is_descending)


NEWEST_FIRST = Order((), True)


def ranking(search: Search) -> Order:
    """The best hits of a search first, and of those the newest."""
    return Order((RankKey(RECORD_PROPERTIES["id"], False, search),), True)


def is_sortable(type_: FieldType) -> bool:
    """Whether records can be sorted by fields of this type."""
    return type_.sortable and type_.column is not None


def ordering(schema: Schema, sort: str = "", *, parameter: str = "sort") -> Order:
    """The order that ``sort`` names, as in ``-purchase_cost,name``; without one, the newest records come first.

    Raises ``ValidationError`` at the caller's ``parameter`` that lists what there is to sort by.
    """
    names = tuple(name.strip() for name in sort.split(",") if name.strip())
    if not names:
        return NEWEST_FIRST
    if len(names) > MAX_SORT_KEYS:
        message = f"{parameter} must have at most {MAX_SORT_KEYS} keys"
        raise ValidationError.of(message, field=parameter, code="too_many")
    ways: dict[str, bool] = {}
    for name in names:
        # What comes again tells nothing more apart.
        ways.setdefault(name.removeprefix("-"), name.startswith("-"))
    return schema.memoize(("order", tuple(ways.items())), lambda: _ordering(schema, ways, parameter))


def _ordering(schema: Schema, ways: Mapping[str, bool], parameter: str) -> Order:
    """``ways`` says of each name whether it is sorted by descending."""
    keys: list[SortKey] = []
    for name, is_descending in ways.items():
        key = SortKey(_sortable(schema, name, parameter), is_descending)
        if name == "id":
            # Ids are unique: what would come behind them tells nothing apart.
            return Order(tuple(keys), is_descending)
        keys.append(key)
    return Order(tuple(keys), keys[0].is_descending)


def _sortable(schema: Schema, name: str, parameter: str) -> Subject:
    subject = find_subject(schema, name)
    if subject is None or not (is_sortable(subject.type) if subject.field else name in SORTABLE_PROPERTIES):
        there = [known.api_name for known in schema.fields if is_sortable(known.type)]
        message = (
            f"{parameter} must name {', '.join([*there, *SORTABLE_PROPERTIES])}, and {name[:80]!r} is none of them"
        )
        raise ValidationError.of(message, field=parameter, code="choice")
    return subject
