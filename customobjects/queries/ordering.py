"""Orders: by fields and by a record's own properties; empty values last, ties broken by id.

An index has no entries for empty values, so a list that is sorted by a field is read in *parts*: first the records
that have a value, in the index's order, and behind them those that have none.

Some values have an order of their own, as a picklist's (``FieldType.sorted_values``). It is stored nowhere, and so
changes at once. A part that begins with it is read in *steps*: first the records of one value, which the index has in
their order; where they do not fill a page, then the first records of each value behind it, in one query.

A list may be sorted by what records point at (``sort=account``, by its name; ``sort=account.industry``). A part that
begins so is joined with those, so that their index gives the order; records without such are in the part behind it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import F, OrderBy, Q, QuerySet, lookups
from django.utils.functional import cached_property

from customobjects.fieldtypes import FieldType
from customobjects.models import Record
from customobjects.models.of_object import BY_ID
from customobjects.models.record import column_field
from customobjects.queries.search import Search
from customobjects.queries.sort_keys import LeadingKey, PlaceKey, RankKey, RestKey, SortKey, ThroughKey
from customobjects.queries.steps import Step, Steps
from customobjects.queries.subjects import RECORD_PROPERTIES, Subject, find_subject, name_subject
from customobjects.schema import Schema, SchemaField
from customobjects.storage.dialect import RowBeyond
from salesos.accounts.actor import Actor
from salesos.db.compiled_queries import Param
from salesos.errors import ValidationError, alternatives, quoted

SORTABLE_PROPERTIES = ("id", "createdAt", "updatedAt")
# Those of records that lookups point at.
SORTABLE_PROPERTIES_BEHIND = ("createdAt", "updatedAt")
MAX_SORT_KEYS = 5
# How many lookups an order goes through: a look-up for each record that is sorted.
MAX_LOOKUPS = 2
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
    # The condition without that of the first key, where it is joined.
    beside: Q = dataclasses.field(default_factory=Q)

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
            if key.place is not None:
                keys[place] = key.place.place_of(keys[place + 1])
        return replace(start, keys=tuple(keys))

    @property
    def leading(self) -> LeadingKey | None:
        """The first key, where it is of other records, which those of the part are joined with."""
        first = self.keys[0] if self.keys else None
        return first if isinstance(first, LeadingKey) else None

    def joined(self, records: QuerySet[Record]) -> QuerySet[Record]:
        """Records with all that the keys are of."""
        return self.leading.joined(records) if self.leading else records

    def among(self, records: QuerySet[Record], empties: Sequence[bool] | None = None) -> QuerySet[Record]:
        """Those of ``records`` that are of the part, ``joined``; with ``empties``, those ``behind`` a position."""
        found = self.condition
        if self.leading:
            records, found = self.leading.among(records), self.beside & self.leading.is_joined()
        return records.filter(found if empties is None else found & self.behind(empties))

    @property
    def is_by_id(self) -> bool:
        """Whether it is sorted by ``BY_ID``: it has no keys, or none that an index keeps apart from the ids.

        Where a filter leaves one value of a key, PostgreSQL sorts by the id alone.
        """
        return not self.keys or (self.leading is None and not self.keys[0].subject.has_index)

    def order(self) -> list[OrderBy]:
        """The order within the part."""
        orders = [
            OrderBy(key.expression(), descending=key.is_descending, nulls_last=self._may_be_empty(place) or None)
            for place, key in enumerate(self.keys)
        ]
        object_id, id_ = (OrderBy(F(name), descending=self.is_descending) for name in BY_ID)
        return [object_id, *orders, id_] if self.is_by_id else [*orders, id_]

    def behind(self, empties: Sequence[bool]) -> Q:
        """The records of the part that come after a position; ``empties`` says which of its keys have no value there.

        ``Position.values`` has the values of the parameters.
        """
        params = [Param(("last", place), key.field) for place, key in enumerate(self.keys)]
        is_one_way = all(key.is_descending == self.is_descending for key in self.keys)
        if len(self.keys) < 2 and is_one_way and self.leading is None:
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
        return key.may_be_empty and (place > 0 or key.place is not None)


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
    def meaning(self) -> Hashable:
        """The same in every process."""
        return tuple(key.meaning for key in self.keys), self.is_descending

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
            own = 2 if keys[0].place is not None else 1
            key = keys[own - 1]
            if not key.may_be_empty:
                yield OrderPart(number, condition, keys, self.is_descending)
                return
            is_set = condition & key.is_set()
            yield OrderPart(number, is_set, _joined(keys), self.is_descending, beside=condition)
            condition &= key.is_empty()
            # Among records without a value, there is no rest of it.
            own += any(key.is_rest for key in keys[own : own + 1])
            keys, number = keys[own:], number + 1
        yield OrderPart(number, condition, (), self.is_descending)


def _joined(keys: tuple[SortKey, ...]) -> tuple[SortKey, ...]:
    """The keys of a list that is joined with what the first of them is of; others may be of the same records."""
    first = keys[0]
    if not isinstance(first, ThroughKey):
        return keys
    return tuple(key.leading() if isinstance(key, ThroughKey) and key.step is first.step else key for key in keys)


NEWEST_FIRST = Order((), True)


def ranking(search: Search) -> Order:
    """The best hits of a search first, and of those the newest."""
    return Order((RankKey(RECORD_PROPERTIES["id"], False, search),), True)


def is_sortable(type_: FieldType) -> bool:
    """Whether records can be sorted by fields of this type."""
    return type_.sortable and type_.column is not None


def ordering(
    actor: Actor, schema: Schema, sort: str = "", *, parameter: str = "sort", steps: Steps | None = None
) -> Order:
    """The order that ``sort`` names, as in ``-purchase_cost,account.name``; without one, the newest records come first.

    A query for each lookup that it goes through. Raises ``ValidationError`` at the caller's ``parameter`` that lists
    what there is to sort by.
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
    key = "order", tuple(ways.items())
    found = schema.memoize(key, lambda: _lookups_in(schema, ways, parameter) or _ordering(schema, ways, parameter, {}))
    if isinstance(found, Order):
        return found
    steps = steps or Steps(actor)
    taken = {lookup.id: step for lookup in found if (step := steps.through(lookup))}
    reached = tuple(step.cache_key for step in taken.values())
    return schema.memoize((*key, reached), lambda: _ordering(schema, ways, parameter, taken))


def _lookups_in(schema: Schema, names: Iterable[str], parameter: str) -> tuple[SchemaField, ...]:
    """The lookups that some names to sort by go through."""
    subjects = (find_subject(schema, name.partition(".")[0]) for name in names)
    found = {subject.field for subject in subjects if subject is not None and _is_lookup(subject)}
    if len(found) > MAX_LOOKUPS:
        message = f"{parameter} must go through at most {MAX_LOOKUPS} lookups"
        raise ValidationError.of(message, field=parameter, code="too_many")
    return tuple(lookup for lookup in found if lookup is not None)


def _is_lookup(subject: Subject) -> bool:
    """Whether records can be sorted by what a subject points at."""
    return subject.field is not None and subject.field.target_id is not None and is_sortable(subject.type)


def _ordering(schema: Schema, ways: Mapping[str, bool], parameter: str, steps: Mapping[UUID, Step]) -> Order:
    """``ways`` says of each name whether it is sorted by descending; ``steps`` are by the ids of their lookups."""
    keys: list[SortKey] = []
    for name, is_descending in ways.items():
        subject, step = _sortable(schema, name, parameter, steps)
        if name == "id":
            # Ids are unique: what would come behind them tells nothing apart.
            return Order(tuple(keys), is_descending)
        own = _keys_of(subject, is_descending)
        keys += [ThroughKey(subject, is_descending, key, step) for key in own] if step else own
    return Order(tuple(keys), keys[0].is_descending)


def _keys_of(subject: Subject, is_descending: bool) -> list[SortKey]:
    keys: list[SortKey] = []
    if subject.type.sorted_values:
        keys.append(PlaceKey(subject, is_descending))
    keys.append(SortKey(subject, is_descending))
    if subject.column and subject.type.has_long_keys:
        keys.append(RestKey(subject, is_descending))
    return keys


def _sortable(schema: Schema, name: str, parameter: str, steps: Mapping[UUID, Step]) -> tuple[Subject, Step | None]:
    """What a name says to sort by, and the step to it, where it is of the records that a lookup points at."""
    first, dot, rest = name.partition(".")
    subject = find_subject(schema, first)
    step = steps.get(subject.field.id) if subject and subject.field and _is_lookup(subject) else None
    properties: Sequence[str] = SORTABLE_PROPERTIES
    if step is not None:
        schema, properties = step.schema, SORTABLE_PROPERTIES_BEHIND
        # By itself, a lookup is sorted by what the records there are named by.
        subject = find_subject(schema, rest) if dot else name_subject(schema)
    elif dot:
        subject = None
    if subject is None or not _can_sort(subject, properties):
        fields = (known for known in schema.fields if step is None or known.target_id is None)
        there = [known.api_name for known in fields if is_sortable(known.type)]
        of = f", of {schema.api_name}," if step else ""
        message = f"{parameter} must name{of} {alternatives([*there, *properties])}, and {quoted(name)} is none of them"
        raise ValidationError.of(message, field=parameter, code="choice")
    return subject, step


def _can_sort(subject: Subject, properties: Sequence[str]) -> bool:
    """Whether a subject has values of its own to sort by; what a lookup points at has them, not its ids."""
    if subject.field is None:
        return subject.name in properties
    return is_sortable(subject.type) and subject.field.target_id is None
