"""Operators that compare whole values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal, cast

from django.db.models import Q, lookups

from customobjects.fieldtypes import ColumnKind, FieldType, FilterFamily, ValueProblem
from customobjects.queries import periods
from customobjects.queries.operands import listed, span
from customobjects.queries.operators.base import Comparison, Operator
from customobjects.queries.subjects import TEXT, Operand, Subject
from salesos.db.compiled_queries import Param

BOOLEANS = {True: True, False: False, "true": True, "false": False, "1": True, "0": False}


def _canonical(type_: FieldType, operand: object) -> Any:
    if type_.is_empty(operand):
        raise ValueProblem("operands", "must have a value; use __isnull to find empty ones")
    return type_.parse(operand)


def _canonical_or_period(subject: Subject, operand: object) -> Any:
    """A canonical value, of an operand that is no period."""
    try:
        return _canonical(subject.type, operand)
    except ValueProblem as problem:
        if subject.type.column is not ColumnKind.MOMENT or subject.type.is_empty(operand):
            raise
        raise ValueProblem(problem.code, f"{problem.message}, or a period such as {periods.EXAMPLES}") from problem


def _bound(subject: Subject, operand: object, end: Literal[0, 1]) -> Operand:
    """The key that an operand stands for: of a period or a day, its first moment, or its last."""
    if found := span(subject, operand):
        return found[end]
    return subject.key_operand(_canonical_or_period(subject, operand))


def _equal(subject: Subject, values: Sequence[Any]) -> Comparison:
    """The keys of canonical values, and behind them, where keys do not tell, the identities; then it is "untold"."""
    keys = [subject.key_operand(value) for value in values]
    if all(map(subject.type.is_told, values)):
        return Comparison(tuple(keys))
    return Comparison((*keys, *(Operand(subject.type.identity(value), TEXT) for value in values)), "untold")


def _is_equal(subject: Subject, params: Sequence[Param], *, is_untold: bool) -> Q:
    """Records whose value is one of those of ``_equal``: by the key first, as an index has it."""
    count = len(params) // 2 if is_untold else len(params)
    found = subject.compares("in", params[:count]) if count > 1 else subject.compares("exact", params[0])
    if count < len(params):
        found &= Q(lookups.In(subject.identity(), params[count:]))
    return found


class Exact(Operator):
    """The value itself; of dates and times, also a period or a day that it lies in."""

    key = "exact"
    families = frozenset({FilterFamily.EQUALITY})

    def parse(self, subject: Subject, operand: object) -> Comparison:
        if found := span(subject, operand):
            return Comparison(found, "span")
        return _equal(subject, [_canonical_or_period(subject, operand)])

    def condition(self, subject: Subject, comparison: Comparison, params: Sequence[Param]) -> Q:
        if comparison.variant == "span":
            return _inside(subject, params)
        return _is_equal(subject, params, is_untold=comparison.variant == "untold")

    def is_told_by_key(self, subject: Subject, comparison: Comparison) -> bool:
        return comparison.variant != "untold"


class Not(Exact):
    """Any other value, or none."""

    key = "not"

    def condition(self, subject: Subject, comparison: Comparison, params: Sequence[Param]) -> Q:
        if comparison.variant == "span":
            return _outside(subject, params)
        return ~_is_equal(subject, params, is_untold=comparison.variant == "untold") | subject.is_empty()

    def is_told_by_key(self, subject: Subject, comparison: Comparison) -> bool:
        return False


class In(Exact):
    """One of several values; of dates and times, also in one of several periods or days."""

    key = "in"
    takes_list = True

    def parse(self, subject: Subject, operand: object) -> Comparison:
        spans: list[Operand] = []
        values: list[Any] = []
        for part in listed(operand):
            if found := span(subject, part):
                spans += found
            else:
                values.append(_canonical_or_period(subject, part))
        equal = _equal(subject, values)
        return Comparison((*spans, *equal.operands), (len(spans), equal.variant))

    def condition(self, subject: Subject, comparison: Comparison, params: Sequence[Param]) -> Q:
        spans, variant = cast(tuple[int, object], comparison.variant)
        found = Q()
        if spans < len(params):
            found = _is_equal(subject, params[spans:], is_untold=variant == "untold")
        for place in range(0, spans, 2):
            found |= _inside(subject, params[place : place + 2])
        return found

    def is_told_by_key(self, subject: Subject, comparison: Comparison) -> bool:
        return comparison.variant == (0, None)


class IsNull(Operator):
    """Whether there is no value."""

    key = "isnull"
    families = frozenset({FilterFamily.PRESENCE})

    def parse(self, subject: Subject, operand: object) -> Comparison:
        word = operand.lower() if isinstance(operand, str) else operand
        if not isinstance(word, bool | str) or word not in BOOLEANS:
            raise ValueProblem("type", "must be true or false")
        return Comparison(variant=BOOLEANS[word])

    def condition(self, subject: Subject, comparison: Comparison, params: Sequence[Param]) -> Q:
        return subject.is_empty() if comparison.variant else ~subject.is_empty()

    def is_told_by_key(self, subject: Subject, comparison: Comparison) -> bool:
        return not comparison.variant


class _Beyond(Operator):
    """What the four comparisons of order share."""

    families = frozenset({FilterFamily.ORDER})
    # Which moment of a period or a day they compare with: its first, or its last.
    moment: ClassVar[Literal[0, 1]]

    def parse(self, subject: Subject, operand: object) -> Comparison:
        return Comparison((_bound(subject, operand, self.moment),))

    def condition(self, subject: Subject, comparison: Comparison, params: Sequence[Param]) -> Q:
        return subject.compares(self.key, params[0])

    def is_told_by_key(self, subject: Subject, comparison: Comparison) -> bool:
        return True


class GreaterThan(_Beyond):
    """Greater, or later."""

    key = "gt"
    moment = 1


class GreaterThanOrEqual(_Beyond):
    """Greater, later, or equal."""

    key = "gte"
    moment = 0


class LessThan(_Beyond):
    """Less, or earlier."""

    key = "lt"
    moment = 0


class LessThanOrEqual(_Beyond):
    """Less, earlier, or equal."""

    key = "lte"
    moment = 1


class Range(Operator):
    """Between two values, or equal to one of them."""

    key = "range"
    families = frozenset({FilterFamily.ORDER})
    takes_list = True

    def parse(self, subject: Subject, operand: object) -> Comparison:
        first, last = listed(operand, count=2)
        return Comparison((_bound(subject, first, 0), _bound(subject, last, 1)))

    def condition(self, subject: Subject, comparison: Comparison, params: Sequence[Param]) -> Q:
        return _inside(subject, params)

    def is_told_by_key(self, subject: Subject, comparison: Comparison) -> bool:
        return True


class NotRange(Range):
    """Not between two values; or none."""

    key = "not_range"

    def condition(self, subject: Subject, comparison: Comparison, params: Sequence[Param]) -> Q:
        return _outside(subject, params)

    def is_told_by_key(self, subject: Subject, comparison: Comparison) -> bool:
        return False


def _inside(subject: Subject, params: Sequence[Param]) -> Q:
    return subject.compares("gte", params[0]) & subject.compares("lte", params[1])


def _outside(subject: Subject, params: Sequence[Param]) -> Q:
    return subject.compares("lt", params[0]) | subject.compares("gt", params[1]) | subject.is_empty()
