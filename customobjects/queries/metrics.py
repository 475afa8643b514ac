"""What figures are worked out of each group: how many records, and sums, averages and the like of their values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any

from django.db.models import Count, F, Max, Min

from customobjects.fieldtypes import ColumnKind
from customobjects.fieldtypes.keys import plain_number
from customobjects.queries.subjects import Subject, find_subject
from customobjects.schema import Schema
from customobjects.storage.dialect import ExactSum, NumberInOverflow, SortedAverage, SortedSum
from salesos.errors import ValidationError, alternatives, quoted

COUNT = "count"
COUNT_DISTINCT = "count_distinct"
# What is worked out of the values of a field, and what an answer calls it.
FUNCTIONS = {"sum": "sum", "avg": "avg", "min": "min", "max": "max", COUNT_DISTINCT: "countDistinct"}
MAX_METRICS = 20
# Averages are rounded to as many digits behind the point as numbers have.
AVERAGE_CONTEXT = Context(prec=50)
AVERAGE_STEP = Decimal(1).scaleb(-15)


@dataclass(frozen=True)
class Metric:
    """One thing to find out: a function, and what it is of."""

    function: str
    subject: Subject

    @property
    def _of(self) -> Any:
        is_number = self.subject.type.column is ColumnKind.NUMBER and not self.subject.column
        return NumberInOverflow(self.subject.data_key) if is_number else F(self.subject.column)

    def expressions(self) -> list[Any]:
        """What the database counts for it. An average is a sum and a count."""
        if self.function == COUNT_DISTINCT:
            return [self._distinct()]
        of = self._of
        if self.function == "sum":
            return [ExactSum(of)]
        if self.function == "avg":
            return [ExactSum(of), Count(of)]
        return [Min(of) if self.function == "min" else Max(of)]

    def sorted(self) -> Any:
        """What groups are sorted by that are sorted by it."""
        if self.function in ("sum", "avg"):
            return (SortedSum if self.function == "sum" else SortedAverage)(self._of)
        return self.expressions()[0]

    def _distinct(self) -> Count:
        subject = self.subject
        is_number = subject.type.column is ColumnKind.NUMBER
        # The keys of numbers say all about them, too.
        return Count(self._of if is_number else subject.identity(), distinct=True)

    def value(self, found: Sequence[Any]) -> Any:
        """The metric in the API's shape; None where no record of the group has a value that it is worked out of."""
        if self.function == COUNT_DISTINCT:
            return found[0] or 0
        if found[0] is None:
            return None
        if self.function == "avg":
            average = AVERAGE_CONTEXT.divide(Decimal(found[0]), Decimal(found[1]))
            return plain_number(AVERAGE_CONTEXT.quantize(average, AVERAGE_STEP))
        return plain_number(Decimal(found[0])) if self.function == "sum" else self.subject.type.from_key(found[0])


def read_metrics(schema: Schema, names: Sequence[str], parameter: str = "metrics") -> dict[str, Metric]:
    """The metrics that names such as ``sum:cost`` ask for, without ``count``. Raises ``ValidationError``."""
    if len(names) > MAX_METRICS:
        raise ValidationError.of(f"{parameter} must have at most {MAX_METRICS} parts", field=parameter, code="too_many")
    return {name: _metric(schema, name, parameter) for name in dict.fromkeys(names) if name != COUNT}


def _metric(schema: Schema, name: str, parameter: str) -> Metric:
    function, _, of = name.partition(":")
    subject = find_subject(schema, of)
    if subject is None or not _is_of(function, subject):
        wanted = [function] if function in FUNCTIONS else list(FUNCTIONS)
        subjects = (find_subject(schema, field.api_name) for field in schema.fields)
        fields = alternatives(found.name for found in subjects if found and any(_is_of(one, found) for one in wanted))
        message = (
            f"{parameter} must be count, or one of {alternatives(FUNCTIONS)} with a field, as in sum:amount; "
            f"{quoted(name)} is none, and the fields are {fields}"
        )
        raise ValidationError.of(message, field=parameter, code="choice")
    if function != COUNT_DISTINCT and subject.type.column is ColumnKind.MOMENT and not subject.column:
        message = f"{of} has no index, which {function} of a date needs"
        raise ValidationError.of(message, field=parameter, code="not_indexed")
    return Metric(function, subject)


def _is_of(function: str, subject: Subject) -> bool:
    """Whether something can be worked out of a subject's values; of a record's own properties, how many there are."""
    if function == COUNT_DISTINCT:
        return subject.type.column is not None and not subject.is_id
    return subject.field is not None and function in subject.type.aggregates
