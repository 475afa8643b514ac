"""Which colours the rows and cells of a grid have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Case, IntegerField, QuerySet, Value, When

from customobjects import access
from customobjects.models import Record
from customobjects.queries.filters import FilterGroup
from customobjects.queries.view_settings import usable_colors
from customobjects.schema import Schema
from salesos.accounts.actor import Actor
from salesos.db.compiled_queries import CompiledQuery


def colors_of_records(
    actor: Actor, schema: Schema, settings: Mapping[str, Any], ids: Sequence[UUID]
) -> dict[UUID, list[dict[str, Any]]]:
    """Of a page's records, by id, the entries of a grid's ``colors`` whose condition holds, in their order.

    Records without a colour are not among them. One query, none where there are no colours or records, and one for each
    lookup that a condition goes through.
    """
    colors, filters = usable_colors(actor, schema, settings)
    if not colors or not ids:
        return {}
    sees = access.with_parameters(actor)

    def build() -> QuerySet[Record, Any]:
        holds = {
            f"color_{number}": Case(
                When(one.condition(number), then=Value(1)), default=Value(0), output_field=IntegerField()
            )
            for number, one in enumerate(filters)
        }
        records = access.visible_records(sees, schema).filter(id__in=ids).order_by()
        return records.annotate(**holds).values_list("id", *holds)

    query: CompiledQuery[Record] = CompiledQuery(build, by_values=True)
    values = {**access.parameters(actor), **FilterGroup("and", tuple(filters)).values()}
    found = {}
    for id_, *marks in query.rows(values):
        if held := [color for color, mark in zip(colors, marks, strict=True) if mark]:
            found[id_] = held
    return found
