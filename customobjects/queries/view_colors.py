"""Which of the conditions that colour rows and cells hold for which records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Case, IntegerField, QuerySet, Value, When

from customobjects import access
from customobjects.models import Record
from customobjects.queries.filters import Filter, FilterGroup
from customobjects.schema import Schema
from salesos.accounts.actor import Actor
from salesos.db.compiled_queries import CompiledQuery


def conditions_that_hold(
    actor: Actor, schema: Schema, conditions: Sequence[Filter], ids: Sequence[UUID]
) -> dict[UUID, list[int]]:
    """Of some records, by id, the places of the conditions that hold, in their order.

    Records for which none holds are not among them. One query, none where there are no conditions or records.
    """
    if not conditions or not ids:
        return {}
    sees = access.with_parameters(actor)

    def build() -> QuerySet[Record, Any]:
        holds = {
            f"holds_{number}": Case(
                When(one.condition(number), then=Value(1)), default=Value(0), output_field=IntegerField()
            )
            for number, one in enumerate(conditions)
        }
        records = access.visible_records(sees, schema).filter(id__in=ids).order_by()
        return records.annotate(**holds).values_list("id", *holds)

    query: CompiledQuery[Record] = CompiledQuery(build, by_values=True)
    values = {**access.parameters(actor), **FilterGroup("and", tuple(conditions)).values()}
    found = {id_: [place for place, mark in enumerate(marks) if mark] for id_, *marks in query.rows(values)}
    return {id_: places for id_, places in found.items() if places}
