"""Filters that were checked: comparisons, and groups of them, with values that are ready for the database.

``queries.filter_reader`` makes them of what a caller sends. A group becomes a condition of a query with bind
parameters for the values, so that one compiled query serves all groups of the same cache key:

    group = FilterGroup("and", (Filter(cost, OPERATORS["gte"], Comparison((Operand(Decimal(500), …),))),))
    group.condition()           # Q(number_1__gte=Param(("filter", 0, 0), …))
    group.values()              # {("filter", 0, 0): Decimal(500)}
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import BooleanField, Case, Q, Value, When, lookups

from customobjects.queries.field_pairs import compared
from customobjects.queries.operators import Comparison, Operator
from customobjects.queries.steps import Step
from customobjects.queries.subjects import Subject
from salesos.db.compiled_queries import Param


@dataclass(frozen=True)
class Filter:
    """One comparison: of a field or a property of the record, or of one that ``steps`` through lookups lead to.

    With an ``other``, it is with another field of the same record.
    """

    subject: Subject
    operator: Operator
    comparison: Comparison
    steps: tuple[Step, ...] = ()
    other: Subject | None = None

    @property
    def cache_key(self) -> Hashable:
        """All but the values: filters of one cache key are one condition."""
        operands, variant = self.comparison.operands, self.comparison.variant
        own = self.subject.cache_key, self.operator.key, len(operands), variant
        if not self.steps and self.other is None:
            return own
        return *own, tuple(step.cache_key for step in self.steps), self.other and self.other.cache_key

    @property
    def is_told_by_index(self) -> bool:
        """Whether an index of the records' own alone tells which ones it finds."""
        subject = self.subject
        is_own = not self.steps and self.other is None
        return is_own and subject.has_index and self.operator.is_told_by_key(subject, self.comparison)

    def filters(self) -> Iterator[Filter]:
        """This one filter, as a group has many."""
        yield self

    def condition(self, number: int, *, one_by_one: bool = False) -> Q:
        """The records it finds; ``number`` tells its parameters from those of others.

        Where ``one_by_one``, what a lookup points at is asked for each record, and not of all lookups at once.
        """
        found = self._own_condition(number)
        for step in reversed(self.steps):
            found = Q(step.has(found)) if one_by_one else step.leads_to(found)
        return found

    def _own_condition(self, number: int) -> Q:
        if self.other is not None:
            return compared(self.subject, self.operator.key, self.other)
        operands = self.comparison.operands
        params = [Param(("filter", number, place), operand.field) for place, operand in enumerate(operands)]
        return self.operator.condition(self.subject, self.comparison, params)


@dataclass(frozen=True)
class FilterGroup:
    """Filters and groups that are all to hold (``and``), any of them (``or``), or not all of them (``not``)."""

    connector: Literal["and", "or", "not"] = "and"
    parts: tuple[Filter | FilterGroup, ...] = ()

    @property
    def cache_key(self) -> Hashable:
        """All but the values: groups of one cache key are one condition."""
        return self.connector, tuple(part.cache_key for part in self.parts)

    @property
    def is_told_by_index(self) -> bool:
        """Whether one index alone tells which records it finds: it has nothing to say, or one filter of that kind."""
        return not self.parts or (self.connector != "not" and len(self.parts) == 1 and self.parts[0].is_told_by_index)

    def filters(self) -> Iterator[Filter]:
        """The filters in all groups, in their order."""
        for part in self.parts:
            yield from part.filters()

    def required(self) -> Iterator[tuple[int, Filter]]:
        """The filters that each record must fit, whatever the others say, with their numbers."""
        numbers = {id(one): number for number, one in enumerate(self.filters())}
        groups: list[FilterGroup] = [self]
        for group in groups:
            if group.connector == "and" or (group.connector == "or" and len(group.parts) == 1):
                groups += [part for part in group.parts if isinstance(part, FilterGroup)]
                yield from ((numbers[id(part)], part) for part in group.parts if isinstance(part, Filter))

    def values(self) -> dict[Hashable, Any]:
        """The values of the parameters of ``condition``."""
        return {
            ("filter", number, place): operand.value
            for number, one in enumerate(self.filters())
            for place, operand in enumerate(one.comparison.operands)
        }

    def condition(self, *, one_by_one: bool = False) -> Q:
        """The condition that the group makes, with a parameter for each value; ``one_by_one`` as ``Filter`` has it."""
        numbers = {id(one): number for number, one in enumerate(self.filters())}
        return self._condition(numbers, one_by_one=one_by_one)

    def _condition(self, numbers: dict[int, int], *, one_by_one: bool) -> Q:
        found = Q()
        for part in self.parts:
            if isinstance(part, FilterGroup):
                one = part._condition(numbers, one_by_one=one_by_one)
            else:
                one = part.condition(numbers[id(part)], one_by_one=one_by_one)
            found = found | one if self.connector == "or" else found & one
        return _opposite(found) if self.connector == "not" else found


def _opposite(found: Q) -> Q:
    """Everything else: a comparison with an empty value, which SQL leaves open, does not hold."""
    if not found:
        return Q(pk__in=[])
    holds = Case(When(found, then=Value(True)), default=Value(False), output_field=BooleanField())
    return Q(lookups.Exact(holds, False))


NO_FILTERS = FilterGroup()
