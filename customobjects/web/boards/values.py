"""What cards and calendar entries show beside a record's name: the fields that a view names in ``cards``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from customobjects.queries import records as queries
from customobjects.schema import Schema
from customobjects.web.cells import Cell, cells
from customobjects.web.lists.columns import PROPERTIES, Columns, columns_of, values_of
from salesos.accounts.actor import Actor


def shown_values(schema: Schema, settings: Mapping[str, Any]) -> Columns:
    """The fields that a view shows of each record, in the form of columns of a list."""
    named = [found.api_name if (found := schema.find(name)) else name for name in settings["cards"]]
    columns = columns_of(schema, [{"field": name} for name in named])
    # Without any, a list would show its first ones.
    return replace(columns, shown=tuple(column for column in columns.shown if column.name in named))


def fields_to_read(shown: Columns) -> tuple[str, ...]:
    """The names of the records' own fields among what is shown."""
    return tuple(column.name for column in shown.shown if column.name not in PROPERTIES)


def names_shown(actor: Actor, schema: Schema, shown: Columns, records: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The names of what records refer to, by id, in their data or as owners and the like. At most two queries."""
    people = {record[name] for record in records for name in shown.people if record[name]}
    held = [record["data"] for record in records]
    return queries.names_of_references(actor, schema, held, people=people)


def filled_values(shown: Columns, record: Mapping[str, Any], names: Mapping[str, str]) -> list[tuple[str, Cell]]:
    """The values of a record that are shown, each behind the name of its column, without those that are empty."""
    values = cells(shown.fields, values_of(record), names)
    return [(column.name, cell) for column, cell in zip(shown.shown, values, strict=True) if cell.parts]
