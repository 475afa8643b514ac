"""What a record's row holds beside its values: typed columns, overflow, name and search text, all made from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from customobjects.fieldtypes.keys import sortable_text
from customobjects.models.record import MAX_NAME_LENGTH
from customobjects.schema import Schema
from customobjects.storage.search_text import segment


def derive(schema: Schema, data: Mapping[str, Any]) -> dict[str, Any]:
    """Everything in a record's row that follows from its ``data`` and ``schema``, by column; no empty typed columns.

    Deactivated fields keep their keys, so that they are there again when the field is. A column that is being filled
    has the key twice: readers take it from ``overflow`` until all records have it in the column.
    """
    derived: dict[str, Any] = {}
    overflow: dict[str, str] = {}
    segments: list[str] = []
    for field in schema.kept:
        value = data.get(field.data_key)
        if value is None:
            continue
        if field.type.searchable:
            segments.append(segment(field.number, field.type.search_text(value)))
        if field.type.column is None:
            continue
        key = field.type.column_key(value)
        if field.column or field.filling:
            derived[field.column or field.filling] = key
        if not field.column:
            overflow[field.data_key] = sortable_text(key)
    derived["overflow"] = overflow or None
    derived["search_text"] = "".join(segments)
    derived["name"] = record_name(schema, data)
    return derived


def record_name(schema: Schema, data: Mapping[str, Any]) -> str:
    """The name of a record that holds ``data``: the text of its primary field."""
    return str(data.get(schema.primary.data_key, ""))[:MAX_NAME_LENGTH] if schema.primary else ""
