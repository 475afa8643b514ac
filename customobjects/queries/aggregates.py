"""Figures over many records: counts, sums, averages, least and greatest values, grouped by fields and by time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Context, Decimal
from itertools import chain, repeat
from typing import Any

from django.db.models import Count, Expression, F, Max, Min, QuerySet
from django.db.models.functions import Trunc

from customobjects.fieldtypes import ColumnKind
from customobjects.fieldtypes.keys import plain_number
from customobjects.models import Record
from customobjects.queries.selection import RecordRequest, Selection
from customobjects.queries.subjects import RECORD_PROPERTIES, Subject, find_subject
from customobjects.schema import Schema, SchemaField
from customobjects.storage.dialect import ExactSum, NumberInOverflow, PlaceInList
from salesos.accounts.actor import Actor
from salesos.db.compiled_queries import CompiledQuery
from salesos.errors import ValidationError, alternatives, quoted

INTERVALS = ("day", "week", "month", "quarter", "year")
FUNCTIONS = ("sum", "avg", "min", "max")
MAX_GROUPS_BY = 3
MAX_METRICS = 20
# Averages are rounded to as many digits behind the point as numbers have.
AVERAGE_CONTEXT = Context(prec=50)
AVERAGE_STEP = Decimal(1).scaleb(-15)


@dataclass(frozen=True)
class Aggregation:
    """What to group by, and what to find out of each group: ``count``, or ``sum:cost`` and the like."""

    group_by: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ("count",)
    interval: str = ""
    limit: int = 100


@dataclass(frozen=True)
class _Group:
    """One of the things to group by."""

    subject: Subject
    interval: str

    def key(self) -> Any:
        """What the groups are sorted by, and what mostly tells them apart."""
        is_number = self.subject.type.column is ColumnKind.NUMBER and not self.subject.column
        found = NumberInOverflow(self.subject.data_key) if is_number else self.subject.key()
        return Trunc(found, self.interval, tzinfo=UTC) if self.interval else found

    def order(self, name: str) -> list[Any]:
        """What groups are sorted by; ``name`` is that of the key in the query."""
        keys = list(map(self.subject.to_key, self.subject.type.sorted_values))
        return [*([PlaceInList(self.subject.key(), keys)] if keys else ()), F(name)]

    @property
    def has_identity(self) -> bool:
        """Whether keys do not tell all groups apart: "Zoe" and "Zoë" have one."""
        return not self.subject.type.key_is_value

    def identity(self) -> Any:
        """What tells groups of one key apart."""
        return self.subject.identity()

    def shown(self) -> Expression | None:
        """What is shown of a group, where that is not its key."""
        kind = self.subject.type.column
        if self.subject.field is None or kind is ColumnKind.NUMBER:
            return None
        is_text = kind is ColumnKind.TEXT or not self.subject.column
        return Min(self.subject.text()) if is_text else None

    def value(self, key: Any, shown: Any) -> Any:
        """The canonical value of a group."""
        if key is None:
            return None
        # With an interval the key is its first day.
        if self.interval:
            return key.astimezone(UTC).date().isoformat()
        if isinstance(key, Decimal | datetime):
            return self.subject.type.from_key(key)
        if self.shown() is None:
            return str(key)
        return self.subject.type.parse(shown)


@dataclass(frozen=True)
class _Metric:
    """One thing to find out: a function, and the field that it is of."""

    function: str
    field: SchemaField

    def expressions(self) -> list[Any]:
        """What the database counts for it. An average is a sum and a count."""
        of: Any = F(self.field.column) if self.field.column else NumberInOverflow(self.field.data_key)
        if self.function == "sum":
            return [ExactSum(of)]
        if self.function == "avg":
            return [ExactSum(of), Count(of)]
        return [Min(of) if self.function == "min" else Max(of)]

    def value(self, found: Sequence[Any]) -> Any:
        """The metric in the API's shape; None where no record of the group has a value."""
        if found[0] is None:
            return None
        if self.function == "avg":
            average = AVERAGE_CONTEXT.divide(Decimal(found[0]), Decimal(found[1]))
            return plain_number(AVERAGE_CONTEXT.quantize(average, AVERAGE_STEP))
        return plain_number(Decimal(found[0])) if self.function == "sum" else self.field.type.from_key(found[0])


def aggregate(
    actor: Actor, schema: Schema, request: RecordRequest, asked: Aggregation
) -> tuple[list[dict[str, Any]], bool]:
    """Rows ``{"group": {…}, "count": 3, "sum": {"cost": 12.5}}``, by group, and whether ``limit`` cut some off.

    Of ``request`` the filters and the search count. One query. Raises ``ValidationError``.
    """
    groups = [_group(schema, name, asked.interval) for name in dict.fromkeys(asked.group_by)]
    if len(groups) > MAX_GROUPS_BY:
        raise ValidationError.of(f"groupBy must have at most {MAX_GROUPS_BY} names", field="groupBy", code="too_many")
    if asked.interval and not any(group.interval for group in groups):
        message = "interval is for grouping by a date, and groupBy has none"
        raise ValidationError.of(message, field="interval", code="type")
    metrics = _metrics(schema, asked.metrics)
    selection = Selection.of(actor, schema, request)

    def build() -> QuerySet[Record, Any]:
        keys = {f"group_{place}": group.key() for place, group in enumerate(groups)}
        identities = {f"identity_{place}": group.identity() for place, group in enumerate(groups) if group.has_identity}
        columns: dict[str, Any] = {"records": Count("id")}
        for place, group in enumerate(groups):
            if (shown := group.shown()) is not None:
                columns[f"shown_{place}"] = shown
        for place, metric in enumerate(metrics):
            columns |= {f"metric_{place}_{part}": found for part, found in enumerate(metric.expressions())}
        rows = (
            selection.records().order_by().annotate(**keys, **identities).values(*keys, *identities)
            if keys
            else selection.records().values("custom_object_id")
        )
        order = [
            expression.asc(nulls_last=True)
            for group, name in zip(groups, keys, strict=True)
            for expression in group.order(name)
        ]
        order += [F(name).asc(nulls_last=True) for name in identities]
        return rows.annotate(**columns).order_by(*order).values_list(*keys, *columns)

    statement: CompiledQuery[Record] = CompiledQuery(build, by_values=True, limit=asked.limit + 1)
    found: Sequence[Iterable[Any]] = statement.rows(selection.values)
    if not found and not groups:
        # Of no records at all, the count is 0, and there is nothing else.
        found = [chain([0], repeat(None))]
    return [_row(row, groups, asked, metrics) for row in found[: asked.limit]], len(found) > asked.limit


def _group(schema: Schema, name: str, interval: str) -> _Group:
    subject = find_subject(schema, name)
    if subject is None or name == "id" or subject.type.column is None:
        there = [f.api_name for f in schema.fields if f.type.column is not None]
        there += [known for known in RECORD_PROPERTIES if known != "id"]
        message = f"groupBy must name {alternatives(there)}, and {quoted(name)} is none of them"
        raise ValidationError.of(message, field="groupBy", code="choice")
    is_moment = subject.type.column is ColumnKind.MOMENT
    if is_moment and interval and not subject.column:
        message = f"{name} has no index, which grouping it by an interval needs"
        raise ValidationError.of(message, field="interval", code="not_indexed")
    return _Group(subject, interval if is_moment else "")


def _metrics(schema: Schema, names: Sequence[str]) -> list[_Metric]:
    metrics = []
    if len(names) > MAX_METRICS:
        raise ValidationError.of(f"metrics must have at most {MAX_METRICS} parts", field="metrics", code="too_many")
    for name in dict.fromkeys(names):
        if name == "count":
            continue
        function, _, api_name = name.partition(":")
        field = schema.find(api_name)
        if field is None or function not in field.type.aggregates:
            wanted = {function} if function in FUNCTIONS else set(FUNCTIONS)
            fields = alternatives(f.api_name for f in schema.fields if wanted.intersection(f.type.aggregates))
            message = (
                f"metrics must be count, or one of {alternatives(FUNCTIONS)} with a field, as in sum:amount; "
                f"{quoted(name)} is none, and the fields are {fields}"
            )
            raise ValidationError.of(message, field="metrics", code="choice")
        if field.type.column is ColumnKind.MOMENT and not field.column:
            message = f"{api_name} has no index, which {function} of a date needs"
            raise ValidationError.of(message, field="metrics", code="not_indexed")
        metrics.append(_Metric(function, field))
    return metrics


def _row(
    row: Iterable[Any], groups: Sequence[_Group], asked: Aggregation, metrics: Sequence[_Metric]
) -> dict[str, Any]:
    cells = iter(row)
    keys = [next(cells) for _ in groups]
    count = next(cells)
    values = {
        group.subject.name: group.value(key, next(cells) if group.shown() is not None else None)
        for group, key in zip(groups, keys, strict=True)
    }
    shown: dict[str, Any] = {"group": values}
    if "count" in asked.metrics:
        shown["count"] = count
    for metric in metrics:
        parts = [next(cells) for _ in metric.expressions()]
        shown.setdefault(metric.function, {})[metric.field.api_name] = metric.value(parts)
    return shown
