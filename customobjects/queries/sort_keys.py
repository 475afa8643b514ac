"""Sort keys: each of the things that a list is sorted by."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

from django.db.models import Field, IntegerField, Q, QuerySet, Value, lookups
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property

from customobjects.models import Record
from customobjects.queries.search import Search
from customobjects.queries.steps import Step
from customobjects.queries.subjects import TEXT, Subject
from customobjects.storage.dialect import PlaceInList, found_by_id, rest_of_key


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
    def meaning(self) -> Hashable:
        """The same for whoever comes back with a cursor, to any process."""
        return self.cache_key

    @property
    def place(self) -> PlaceKey | None:
        """The key itself, where it is the place of a value that is the next key."""
        return None

    @property
    def is_rest(self) -> bool:
        """Whether it only decides where the key before it is the same."""
        return False

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
class PlaceKey(SortKey):
    """The place of a value among its type's ``sorted_values``; other values come last, in either direction.

    In an order the value itself is the next key.
    """

    @property
    def cache_key(self) -> Hashable:
        return "place", self.subject.cache_key, self.is_descending

    @property
    def place(self) -> PlaceKey:
        return self

    @property
    def field(self) -> Field:
        return IntegerField()

    @cached_property
    def sorted_keys(self) -> tuple[str, ...]:
        """The sorted values as keys of the subject."""
        return tuple(map(self.subject.to_key, self.subject.type.sorted_values))

    def expression(self) -> Any:
        return PlaceInList(self.subject.key(), self.sorted_keys)

    def place_of(self, key: str | None) -> int | None:
        """What ``expression`` is for a key of the subject."""
        return None if key is None else PlaceInList.of(key, self.sorted_keys)

    def is_empty(self) -> Q:
        return Q(lookups.IsNull(self.expression(), True))

    def has(self, key: str) -> Q:
        """The records that have one of the sorted values, in words that keep PostgreSQL in its column's index.

        Of a constant it knows that it sorts nothing, and would go through the table by id, however rare it is.
        """
        return self.subject.compares("gte", Value(key, TEXT)) & self.subject.compares("lte", Value(key, TEXT))

    def has_one_of(self, keys: Sequence[str]) -> Q:
        """The records that have one of some sorted values."""
        return self.subject.compares("in", [Value(key, TEXT) for key in keys])

    def gaps(self) -> list[Q]:
        """The records that have other values, in pieces: before the sorted ones, between each two of them, behind them.

        An index has each piece together.
        """
        keys = [Value(key, TEXT) for key in sorted(self.sorted_keys)]
        between = [self.subject.compares("gt", low) & self.subject.compares("lt", high) for low, high in pairwise(keys)]
        return [self.subject.compares("lt", keys[0]), *between, self.subject.compares("gt", keys[-1])]


@dataclass(frozen=True)
class RestKey(SortKey):
    """What decides between texts whose column has the same beginning of longer keys; it follows the column's."""

    @property
    def cache_key(self) -> Hashable:
        return "rest", self.subject.cache_key, self.is_descending

    @property
    def is_rest(self) -> bool:
        return True

    @property
    def may_be_empty(self) -> bool:
        return False

    @property
    def field(self) -> Field:
        return TEXT

    def expression(self) -> Any:
        return rest_of_key(self.subject.data_key)


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
class ThroughKey(SortKey):
    """A key of the record that a lookup points at: ``own`` is the key there. Without such a record, it is empty."""

    own: SortKey
    step: Step

    @property
    def cache_key(self) -> Hashable:
        return "through", self.step.cache_key, self.own.cache_key

    @property
    def meaning(self) -> Hashable:
        return "through", self.step.lookup.id, self.own.meaning

    @property
    def place(self) -> PlaceKey | None:
        return self.own.place

    @property
    def is_rest(self) -> bool:
        return self.own.is_rest

    @property
    def may_be_empty(self) -> bool:
        return not self.is_rest

    @property
    def field(self) -> Field:
        return self.own.field

    def expression(self) -> Any:
        found = self.step.value(self.own.expression(), self.field)
        # Among records without a value, there is no rest of it, whether or not the lookup points at one.
        return Coalesce(found, Value(""), output_field=self.field) if self.is_rest else found

    def is_empty(self) -> Q:
        # A place is empty where its value is none that has one.
        return ~self.is_set() if self.place is None else Q(lookups.IsNull(self.expression(), True))

    def is_set(self) -> Q:
        return Q(self.step.has(self.own.is_set()))

    def leading(self) -> LeadingKey:
        """The key for a list that begins with it."""
        return LeadingKey(self.subject, self.is_descending, self.own, self.step)


@dataclass(frozen=True)
class LeadingKey(ThroughKey):
    """The same where a list begins with it: the records are joined with those whose index has the key in order."""

    # What a query calls the links to them.
    NAME: ClassVar[str] = "sorted_by"

    def joined(self, records: QuerySet[Record]) -> QuerySet[Record]:
        """Records with what the key is of, or without."""
        return self.step.joined(records, self.NAME)

    def among(self, records: QuerySet[Record]) -> QuerySet[Record]:
        """The same, to be read in the order of the key: from there to the records."""
        return self.joined(found_by_id(records))

    def expression(self) -> Any:
        return self.step.reached(self.own.expression(), self.NAME)

    def is_empty(self) -> Q:
        return Q(lookups.IsNull(self.expression(), True))

    def is_joined(self) -> Q:
        """The records with a value, of those that are ``joined``."""
        # The value itself: one without a place has one, too.
        value = self.step.reached(self.subject.key(), self.NAME)
        return self.step.is_reached(self.NAME) & Q(lookups.IsNull(value, False))
