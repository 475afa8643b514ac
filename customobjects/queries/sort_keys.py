"""Sort keys: each of the things that a list is sorted by."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db.models import Field, IntegerField, Q, Value, lookups
from django.utils.functional import cached_property

from customobjects.queries.search import Search
from customobjects.queries.subjects import TEXT, Subject
from customobjects.storage.dialect import PlaceInList, rest_of_key


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
class PlaceKey(SortKey):
    """The place of a value among its type's ``sorted_values``; other values come last, in either direction.

    In an order the value itself is the next key.
    """

    @property
    def cache_key(self) -> Hashable:
        return "place", self.subject.cache_key, self.is_descending

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
