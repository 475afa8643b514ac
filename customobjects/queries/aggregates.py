"""Figures over many records: counts, sums, averages, least and greatest values, grouped by fields and by time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from itertools import chain, repeat
from typing import Any

from django.db.models import Count, F, OrderBy, QuerySet

from customobjects.models import Record
from customobjects.queries.groups import Group, read_groups
from customobjects.queries.metrics import COUNT, FUNCTIONS, Metric, read_metrics
from customobjects.queries.selection import RecordRequest, Selection
from customobjects.schema import Schema
from salesos.accounts.actor import Actor
from salesos.db.compiled_queries import CompiledQuery
from salesos.errors import ValidationError

INTERVALS = ("day", "week", "month", "quarter", "year")
MAX_SORT_KEYS = 5


@dataclass(frozen=True)
class Aggregation:
    """What to group by, and what to find out of each group: ``count``, or ``sum:cost`` and the like.

    ``interval`` puts moments together, by the days of ``zone``. ``sort`` has names of groups and of metrics, with a
    ``-`` for descending; without it groups come in their order.
    """

    group_by: tuple[str, ...] = ()
    metrics: tuple[str, ...] = (COUNT,)
    interval: str = ""
    sort: tuple[str, ...] = ()
    limit: int = 100
    zone: tzinfo = UTC


def aggregate(
    actor: Actor, schema: Schema, request: RecordRequest, asked: Aggregation
) -> tuple[list[dict[str, Any]], bool]:
    """Rows ``{"group": {…}, "count": 3, "sum": {"cost": 12.5}}``, by group, and whether ``limit`` cut some off.

    Of ``request`` the filters and the search count. One query, and one for each lookup that groups go through. Raises
    ``ValidationError``.
    """
    groups = read_groups(actor, schema, asked.group_by, asked.interval, zone=asked.zone)
    metrics = list(read_metrics(schema, asked.metrics).values())
    sorted_by, order = _order(schema, asked, groups)
    selection = Selection.of(actor, schema, request)

    def build() -> QuerySet[Record, Any]:
        keys = {f"group_{group.place}": group.key() for group in groups}
        identities = {f"identity_{group.place}": group.identity() for group in groups if group.has_identity}
        columns: dict[str, Any] = {"records": Count("id")}
        for group in groups:
            if (shown := group.shown()) is not None:
                columns[f"shown_{group.place}"] = shown
        for place, metric in enumerate(metrics):
            columns |= {f"metric_{place}_{part}": found for part, found in enumerate(metric.expressions())}
        records = selection.records().order_by()
        for group in groups:
            records = group.joined(records)
        rows = (
            records.annotate(**keys, **identities).values(*keys, *identities)
            if keys
            else records.values("custom_object_id")
        )
        identical = [F(name).asc(nulls_last=True) for name in identities]
        return rows.annotate(**columns, **sorted_by).order_by(*order, *identical).values_list(*keys, *columns)

    statement: CompiledQuery[Record] = CompiledQuery(build, by_values=True, limit=asked.limit + 1)
    found: Sequence[Iterable[Any]] = statement.rows(selection.values)
    if not found and not groups:
        # Of no records at all, the count is 0, and there is nothing else.
        found = [chain([0], repeat(None))]
    return [_row(row, groups, asked, metrics) for row in found[: asked.limit]], len(found) > asked.limit


def _order(schema: Schema, asked: Aggregation, groups: Sequence[Group]) -> tuple[dict[str, Any], list[OrderBy]]:
    """What groups are sorted by beside what is shown, by names for the query, and their order.

    Those that tie come in their own order. Raises ``ValidationError``.
    """
    if len(asked.sort) > MAX_SORT_KEYS:
        raise ValidationError.of(f"sort must have at most {MAX_SORT_KEYS} keys", field="sort", code="too_many")
    # A group is named as it was asked for, and as it is shown.
    named = {group.name: group for group in groups}
    named |= dict(zip(dict.fromkeys(asked.group_by), groups, strict=True))
    left = {group.place: group for group in groups}
    sorted_by: dict[str, Any] = {}
    found: list[OrderBy] = []
    for place, name in enumerate(asked.sort):
        plain, is_descending = name.removeprefix("-"), name.startswith("-")
        if plain in named:
            group = left.pop(named[plain].place, None)
            found += group.order(is_descending=is_descending) if group else []
        elif plain == COUNT:
            found.append(OrderBy(F("records"), descending=is_descending))
        else:
            metric = read_metrics(schema, [plain], "sort")[plain]
            sorted_by[f"sorted_{place}"] = metric.sorted()
            found.append(OrderBy(F(f"sorted_{place}"), descending=is_descending, nulls_last=True))
    return sorted_by, [*found, *(key for group in left.values() for key in group.order())]


def _row(row: Iterable[Any], groups: Sequence[Group], asked: Aggregation, metrics: Sequence[Metric]) -> dict[str, Any]:
    cells = iter(row)
    keys = [next(cells) for _ in groups]
    count = next(cells)
    values = {
        group.name: group.value(key, next(cells) if group.shown() is not None else None)
        for group, key in zip(groups, keys, strict=True)
    }
    shown: dict[str, Any] = {"group": values}
    if COUNT in asked.metrics:
        shown[COUNT] = count
    for metric in metrics:
        parts = [next(cells) for _ in metric.expressions()]
        shown.setdefault(FUNCTIONS[metric.function], {})[metric.subject.name] = metric.value(parts)
    return shown
