"""How filters compare: one class an operator, found by its key, which is the suffix of a query parameter.

A class says what an operand must be (``parse``), which records it finds (``condition``), and which field types it is
for: those that have one of its ``families``. Adding an operator is adding a class; it is then offered, checked and
documented with the others. ``purchase_cost__gte=500`` becomes

    OPERATORS["gte"].parse(subject, "500")               # Comparison(operands=(Operand(Decimal("500"), …),))
    OPERATORS["gte"].condition(subject, comparison, [Param(…)])                     # Q(number_1__gte=Param(…))
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, cast
from uuid import UUID

from django.db.models import CharField, Q, UUIDField, lookups
from django.db.models.functions import StrIndex

from customobjects.fieldtypes import ColumnKind, FieldType, FilterFamily, ValueProblem
from customobjects.fieldtypes.folding import (
    BEHIND_KEY_END,
    MAX_KEY_LENGTH,
    composed,
    fold,
    search_fold,
    spaced_fold,
    text_behind,
)
from customobjects.fieldtypes.options import storable
from customobjects.models import RecordLink
from customobjects.queries import periods
from customobjects.queries.operands import listed, span
from customobjects.queries.subjects import TEXT, Operand, Subject
from customobjects.storage.dialect import Like, ListHas, Matches, containing, whole_key
from customobjects.storage.search_text import pattern_in
from salesos.db.compiled_queries import Param

# As many characters as the longest text that is compared as a whole has.
MAX_OPERAND_LENGTH = 4_000
MAX_LIST_LENGTH = 200_000
MAX_PREFIX_LENGTH = 100
BOOLEANS = {True: True, False: False, "true": True, "false": False, "1": True, "0": False}

OPERATORS: dict[str, Operator] = {}


@dataclass(frozen=True)
class Comparison:
    """What is compared: values that are bound, and beside them what is part of the query's cache key.

    ``text`` is a folded one that all records which it finds have in their search text, where there is such.
    """

    operands: tuple[Operand, ...] = ()
    variant: object = None
    text: str = ""


class Operator(ABC):
    """One way to compare. A subclass with a ``key`` is an operator from then on."""

    key: ClassVar[str]
    # The field types it is for: those that have one of these families.
    families: ClassVar[frozenset[FilterFamily]]
    takes_list: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        if "key" in vars(cls) and OPERATORS.setdefault(cls.key, one := cls()) is not one:
            raise ValueError(f"there is an operator {cls.key} already: {OPERATORS[cls.key]!r}")

    @abstractmethod
    def parse(self, subject: Subject, operand: object) -> Comparison:
        """Any operand (the text of a parameter, or JSON) to what is compared. Raises ``ValueProblem``."""

    @abstractmethod
    def condition(self, subject: Subject, comparison: Comparison, params: Sequence[Param]) -> Q:
        """The records it finds; ``params`` stand for the operands."""

    def is_told_by_key(self, subject: Subject, comparison: Comparison) -> bool:
        """Whether the keys in the subject's index tell which records it finds, so that these can be counted there."""
        return False


def operators_of(type_: FieldType | type[FieldType]) -> list[str]:
    """The keys of the operators that make sense for a field type."""
    return [key for key, operator in OPERATORS.items() if operator.families & type_.filter_families]


def find_operator(subject: Subject, suffix: str) -> Operator | None:
    """The operator that a suffix names, where the subject's type has it. Without a suffix, it is ``exact``."""
    operator = OPERATORS.get(suffix or Exact.key)
    return operator if operator is not None and operator.families & subject.type.filter_families else None


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


def text_operand(operand: object) -> str:
    """An operand that is a text, in the one form of it. Raises ``ValueProblem``."""
    if not isinstance(operand, str) or not operand or not storable(operand):
        raise ValueProblem("operands", "must have a text")
    return composed(operand)


def _part_operand(subject: Subject, operand: object) -> str:
    """A text as values of the subject's type have it (see ``FieldType.part``). Raises ``ValueProblem``."""
    return text_operand(subject.type.part(text_operand(operand)))


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


class IExact(Operator):
    """The same text, whatever its case and accents."""

    key = "iexact"
    families = frozenset({FilterFamily.TEXT})

    def parse(self, subject: Subject, operand: object) -> Comparison:
        text = _part_operand(subject, operand)
        whole = subject.type.whole_key(text)
        if len(whole) < MAX_KEY_LENGTH:
            # With whatever folding has lost behind it.
            return Comparison((subject.as_operand(whole), subject.as_operand(whole + BEHIND_KEY_END)))
        # A column may have no more than the beginning; the whole decides.
        key = whole[:MAX_KEY_LENGTH] if subject.column else whole
        return Comparison((subject.as_operand(key), Operand(whole, TEXT)), "long")

    def condition(self, subject: Subject, comparison: Comparison, params: Sequence[Param]) -> Q:
        if comparison.variant == "long":
            found = subject.compares("exact", params[0])
            return found & Q(lookups.Exact(whole_key(subject.data_key, subject.column), params[1]))
        return subject.compares("gte", params[0]) & subject.compares("lt", params[1])

    def is_told_by_key(self, subject: Subject, comparison: Comparison) -> bool:
        return comparison.variant != "long"


class Contains(Operator):
    """A part of the text, letter by letter."""

    key = "contains"
    families = frozenset({FilterFamily.TEXT})

    def parse(self, subject: Subject, operand: object) -> Comparison:
        text = _part_operand(subject, operand)
        folded = search_fold(text)
        return Comparison((*_within(subject, folded), Operand(text, TEXT)), text=folded)

    def condition(self, subject: Subject, comparison: Comparison, params: Sequence[Param]) -> Q:
        inside = lookups.GreaterThan(StrIndex(subject.text(), params[2]), 0)
        return _is_within(params) & Q(inside)


class IContains(Operator):
    """A part of the text, whatever its case and accents."""

    key = "icontains"
    families = frozenset({FilterFamily.TEXT, FilterFamily.LONG_TEXT})

    def parse(self, subject: Subject, operand: object) -> Comparison:
        folded = spaced_fold(text_operand(operand))
        if not folded.strip():
            raise ValueProblem("operands", "must have more than spaces")
        return Comparison(_within(subject, folded), text=folded)

    def condition(self, subject: Subject, comparison: Comparison, params: Sequence[Param]) -> Q:
        return _is_within(params)


class StartsWith(Operator):
    """The beginning of the text, letter by letter."""

    key = "startswith"
    families = frozenset({FilterFamily.TEXT})

    def parse(self, subject: Subject, operand: object) -> Comparison:
        text = _part_operand(subject, operand)
        start = fold(text)[:MAX_PREFIX_LENGTH]
        return Comparison((subject.as_operand(start), subject.as_operand(text_behind(start)), Operand(text, TEXT)))

    def condition(self, subject: Subject, comparison: Comparison, params: Sequence[Param]) -> Q:
        starts = lookups.Exact(StrIndex(subject.text(), params[2]), 1)
        return subject.compares("gte", params[0]) & subject.compares("lt", params[1]) & Q(starts)


def _within(subject: Subject, folded: str) -> tuple[Operand, ...]:
    """The search for a folded text in one field: for the index, and then for the field's own segment."""
    assert subject.field is not None
    return Operand(containing(folded), TEXT), Operand(pattern_in([subject.field], folded), TEXT)


def _is_within(params: Sequence[Param]) -> Q:
    return Q(Like("search_text", params[0])) & Q(Matches("search_text", params[1]))


class Has(Operator):
    """A value among those of a list."""

    key = "has"
    families = frozenset({FilterFamily.MEMBERSHIP})
    # How the conditions of several values are joined.
    connector: ClassVar[str] = Q.AND

    def parse(self, subject: Subject, operand: object) -> Comparison:
        parts = listed(operand) if self.takes_list else [operand]
        return Comparison(tuple(self._member(subject, part) for part in parts))

    def condition(self, subject: Subject, comparison: Comparison, params: Sequence[Param]) -> Q:
        return Q(*(self._has(subject, param) for param in params), _connector=self.connector)

    @staticmethod
    def _member(subject: Subject, part: object) -> Operand:
        parsed = subject.type.parse(part if isinstance(part, list | str) else [part])
        if len(parsed) != 1:
            raise ValueProblem("operands", "must name single values, separated by commas")
        is_link = subject.field is not None and subject.field.target_id is not None
        return Operand(UUID(parsed[0]), UUIDField()) if is_link else Operand(parsed[0], CharField())

    @staticmethod
    def _has(subject: Subject, param: Param) -> Q:
        field = subject.field
        if field is None or field.target_id is None:
            return Q(ListHas(subject.data_key, param))
        links = RecordLink.objects.filter(field_id=field.id, target_id=param)
        return Q(id__in=links.values("source_id"))


class HasAny(Has):
    """At least one of several values among those of a list."""

    key = "has_any"
    takes_list = True
    connector = Q.OR


class HasAll(Has):
    """All of several values among those of a list."""

    key = "has_all"
    takes_list = True
