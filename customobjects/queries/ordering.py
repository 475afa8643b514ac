"""Orders: by fields and by a record's own properties; empty values last, ties broken by id.

An index has no entries for empty values, so a list that is sorted by a field is read in *parts*: first the records
that have a value, in the index's order, and behind them those that have none.

Some values have an order of their own, as a picklist's (``FieldType.sorted_values``). It is stored nowhere, and so
changes at once. A part that begins with it is read in *steps*: first the records of one value, which the index has in
their order; where they do not fill a page, then the first records of each value behind it, in one query.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import F, OrderBy, Q, lookups
from django.utils.functional import cached_property

from customobjects.fieldtypes import FieldType
from customobjects.models.of_object import BY_ID
from customobjects.models.record import column_field
from customobjects.queries.search import Search
from customobjects.queries.sort_keys import PlaceKey, RankKey, RestKey, SortKey
from customobjects.queries.subjects import RECORD_PROPERTIES, Subject, find_subject
from customobjects.schema import Schema
from customobjects.storage.dialect import RowBeyond
from salesos.db.compiled_queries import Param
from salesos.errors import ValidationError, alternatives, quoted

SORTABLE_PROPERTIES = ("id", "createdAt", "updatedAt")
MAX_SORT_KEYS = 5
LAST_ID = Param("last id", column_field("id"))
# What is in more groups is sorted as a whole.
MAX_GROUPS = 100
# On the way to a deep page so many values are passed one by one.
MAX_SINGLE_STEPS = 20


@dataclass(frozen=True)
class Position:
    """The last record of a page: the part of the sorted list that it is in, its keys there, and its id."""

    part: int
    keys: tuple[Any, ...]
    id: UUID

    def values(self) -> dict[Hashable, Any]:
        """The values of the parameters of ``OrderPart.behind``."""
        return {**{("last", place): key for place, key in enumerate(self.keys)}, LAST_ID.key: self.id}

    @property
    def empties(self) -> tuple[bool, ...]:
        """Which of the keys have no value."""
        return tuple(key is None for key in self.keys)


@dataclass(frozen=True)
class OrderPart:
    """A part of a sorted list: its records, and the keys that still tell them apart, besides the id.

    A step of a part has a name, ``step``, and does without the keys that its records have in common, ``shared``. Where
    it is made of ``groups``, a page of it lies within what comes first in each of them.
    """

    number: int
    condition: Q
    keys: tuple[SortKey, ...]
    is_descending: bool
    step: Hashable = None
    shared: tuple[Any, ...] = ()
    groups: tuple[OrderPart, ...] = ()

    @property
    def name(self) -> Hashable:
        """What tells parts and steps of one order apart."""
        return self.number, self.step

    def steps(self, start: Position | None, *, is_deep: bool) -> Iterator[tuple[OrderPart, Position | None]]:
        """The part piece by piece, from a position in it on."""
        first = self.keys[0] if self.keys else None
        if not isinstance(first, PlaceKey) or not first.subject.column:
            yield self, start
            return
        keys = first.sorted_keys[::-1] if first.is_descending else first.sorted_keys
        key = start.keys[1] if start is not None else keys[0]
        within = start and replace(start, keys=start.keys[1:])
        others = self._others(first)
        if key not in keys:
            yield others, within
            return
        yield self._of(first, key), within
        count = keys.index(key) + 1
        if is_deep and len(keys) <= MAX_SINGLE_STEPS:
            yield from ((step, None) for step in (*(self._of(first, other) for other in keys[count:]), others))
            return
        groups = (*(self._of(first, other) for other in keys[count:]), *others.groups)
        condition = self.condition & ~first.has_one_of(keys[:count])
        yield replace(self, condition=condition, step=("behind", key), groups=_few(groups)), None

    def _of(self, first: PlaceKey, key: str) -> OrderPart:
        """The step of one value."""
        return self._step(("of", key), first.has(key))

    def _others(self, first: PlaceKey) -> OrderPart:
        """The step of the values that have no place: what lies between those that have one in the index."""
        gaps = tuple(self._step("others", gap) for gap in first.gaps())
        return replace(self._step("others", first.is_empty()), groups=_few(gaps))

    def _step(self, name: Hashable, condition: Q) -> OrderPart:
        # A place says the same of all its records.
        return replace(self, condition=self.condition & condition, keys=self.keys[1:], step=name, shared=(None,))

    def now(self, start: Position) -> Position:
        """A position with the places that its values have now: the list of them may have changed since."""
        keys = list(start.keys)
        for place, key in enumerate(self.keys):
            if isinstance(key, PlaceKey):
                keys[place] = key.place_of(keys[place + 1])
        return replace(start, keys=tuple(keys))

    def order(self) -> list[OrderBy]:
        """The order within the part."""
        orders = [
            OrderBy(key.expression(), descending=key.is_descending, nulls_last=self._may_be_empty(place) or None)
            for place, key in enumerate(self.keys)
        ]
        by_id = [OrderBy(F(name), descending=self.is_descending) for name in BY_ID]
        # All are of one object, which the indexes begin with.
        return [by_id[0], *orders, *by_id[1:]]

    def behind(self, empties: Sequence[bool]) -> Q:
        """The records of the part that come after a position; ``empties`` says which of its keys have no value there.

        ``cursors.Position.values`` has the values of the parameters.
        """
        params = [Param(("last", place), key.field) for place, key in enumerate(self.keys)]
        if len(self.keys) < 2 and all(key.is_descending == self.is_descending for key in self.keys):
            row = [*(key.expression() for key in self.keys), F("id")]
            return Q(RowBeyond(row, [*params, LAST_ID], descending=self.is_descending))
        if self._may_be_empty(0):
            return self._lexically(empties, params)
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
            if self._may_be_empty(place):
                found |= key.is_empty()
        return found

    def _may_be_empty(self, place: int) -> bool:
        """Whether records of the part may lack a key. They have the first one, but for a place."""
        key = self.keys[place]
        return key.may_be_empty and (place > 0 or isinstance(key, PlaceKey))


def _few(groups: tuple[OrderPart, ...]) -> tuple[OrderPart, ...]:
    """The groups, where they are few enough to be read each by itself."""
    return groups if len(groups) <= MAX_GROUPS else ()


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

    def steps_from(
        self, start: Position | None, *, is_deep: bool = False
    ) -> Iterator[tuple[OrderPart, Position | None]]:
        """What is read one behind the other, from a position on; each with the position that it is to begin behind.

        Where a page ``is_deep``, the records before it are many, and better counted than read.
        """
        for part in self.parts:
            if start is None or part.number > start.part:
                yield from part.steps(None, is_deep=is_deep)
            elif part.number == start.part:
                yield from part.steps(start, is_deep=is_deep)

    def _parts(self) -> Iterator[OrderPart]:
        condition, keys, number = Q(), self.keys, 0
        while keys:
            # A place goes with the value behind it.
            own = 2 if isinstance(keys[0], PlaceKey) else 1
            key = keys[own - 1]
            if not key.may_be_empty:
                yield OrderPart(number, condition, keys, self.is_descending)
                return
            yield OrderPart(number, condition & key.is_set(), keys, self.is_descending)
            condition &= key.is_empty()
            # Among records without a value, there is no rest of it.
            own += any(isinstance(key, RestKey) for key in keys[own : own + 1])
            keys, number = keys[own:], number + 1
        yield OrderPart(number, condition, (), self.is_descending)


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
        subject = _sortable(schema, name, parameter)
        if name == "id":
            # Ids are unique: what would come behind them tells nothing apart.
            return Order(tuple(keys), is_descending)
        if subject.type.sorted_values:
            keys.append(PlaceKey(subject, is_descending))
        keys.append(SortKey(subject, is_descending))
        if subject.column and subject.type.has_long_keys:
            keys.append(RestKey(subject, is_descending))
    return Order(tuple(keys), keys[0].is_descending)


def _sortable(schema: Schema, name: str, parameter: str) -> Subject:
    subject = find_subject(schema, name)
    if subject is None or not (is_sortable(subject.type) if subject.field else name in SORTABLE_PROPERTIES):
        there = [known.api_name for known in schema.fields if is_sortable(known.type)]
        message = (
            f"{parameter} must name {alternatives([*there, *SORTABLE_PROPERTIES])}, and {quoted(name)} is none of them"
        )
        raise ValidationError.of(message, field=parameter, code="choice")
    return subject
