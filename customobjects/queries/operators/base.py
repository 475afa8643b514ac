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
from typing import ClassVar

from django.db.models import Q

from customobjects.fieldtypes import FieldType, FilterFamily, ValueProblem
from customobjects.fieldtypes.folding import composed
from customobjects.fieldtypes.options import storable
from customobjects.queries.subjects import Operand, Subject
from salesos.db.compiled_queries import Param

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
    operator = OPERATORS.get(suffix or "exact")
    return operator if operator is not None and operator.families & subject.type.filter_families else None


def text_operand(operand: object) -> str:
    """An operand that is a text, in the one form of it. Raises ``ValueProblem``."""
    if not isinstance(operand, str) or not operand or not storable(operand):
        raise ValueProblem("operands", "must have a text")
    return composed(operand)


def part_operand(subject: Subject, operand: object) -> str:
    """A text as values of the subject's type have it (see ``FieldType.part``). Raises ``ValueProblem``."""
    return text_operand(subject.type.part(text_operand(operand)))
