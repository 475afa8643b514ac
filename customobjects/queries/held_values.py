"""Which of the values that a field lists records hold, and how many hold each.

An index tells at once, however many records there are. Without one all of them are looked at, which is only done where
they are few.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Count, Q

from customobjects import access
from customobjects.models import Record
from customobjects.models.of_object import BY_ID
from customobjects.queries.aggregates import Aggregation, aggregate
from customobjects.queries.metrics import COUNT
from customobjects.queries.operators import Exact, Has
from customobjects.queries.selection import RecordRequest, Selection
from customobjects.queries.totals import count_of
from customobjects.schema import Schema, SchemaField
from salesos.accounts.actor import Actor
from salesos.db.compiled_queries import CompiledQuery

# So many records are looked at, where no index tells.
MAX_LOOKED_AT = 50_000
# More values than a field lists.
MAX_VALUES = 10_000


def holding(field: SchemaField, value: str) -> RecordRequest:
    """The records that hold a value, alone or among others."""
    operator = Has if field.type.multiple else Exact
    return RecordRequest(filters=((f"{field.api_name}__{operator.key}", value),))


def held_counts(actor: Actor, schema: Schema, field: SchemaField) -> Mapping[str, int] | None:
    """How many records hold each value that any holds; None where that would take too long, or nobody may see it.

    One query, and another one where no index tells.
    """
    if field not in schema.fields or not (_is_indexed(field) or _are_few(actor, schema)):
        return None
    if _is_indexed(field):
        # By the index alone: no record is looked at.
        keys = access.visible_records(actor, schema).filter(**{f"{field.column}__isnull": False}).order_by()
        counted = keys.values_list(field.column).annotate(Count("id"))
        return dict(counted[:MAX_VALUES])
    asked = Aggregation(group_by=(field.api_name,), limit=MAX_VALUES)
    rows, _is_cut = aggregate(actor, schema, RecordRequest(), asked)
    counts = {row["group"][field.api_name]: row[COUNT] for row in rows}
    return {str(value): count for value, count in counts.items() if value is not None}


def held_among(actor: Actor, schema: Schema, field: SchemaField, values: Iterable[str]) -> set[str]:
    """Those of some values that records hold; all of them where finding out would take too long.

    A query for each value, and one more where no index tells.
    """
    values = set(values)
    if not values or field not in schema.fields or not (_is_indexed(field) or _are_few(actor, schema)):
        return values
    return {one for one in values if ids_holding(actor, schema, field, one, 1)}


def ids_holding(
    actor: Actor, schema: Schema, field: SchemaField, value: str, limit: int, *, behind: UUID | str | None = None
) -> list[UUID]:
    """The ids of the first records that hold a value, or of the first ``behind`` an id, in their order. One query."""
    selection = Selection.of(actor, schema, holding(field, value))
    after = Q(id__gt=behind) if behind else Q()
    query: CompiledQuery[Record] = CompiledQuery(
        lambda: selection.records(by_id=True).filter(after).order_by(*BY_ID).values_list("id"),
        by_values=True,
        limit=limit,
    )
    return [id_ for (id_,) in query.rows(selection.values)]


def count_holding(actor: Actor, schema: Schema, field: SchemaField, value: str) -> int:
    """How many records hold a value. One query."""
    return count_of(Selection.of(actor, schema, holding(field, value)))


def _is_indexed(field: SchemaField) -> bool:
    return bool(field.column) and field.type.key_is_value


def _are_few(actor: Actor, schema: Schema) -> bool:
    """Whether the object has so few records that all of them can be looked at. One query."""
    records = access.visible_records(actor, schema, by_id=True).order_by().values("id")
    return records[: MAX_LOOKED_AT + 1].count() <= MAX_LOOKED_AT
