"""What a record's row holds beside its values: typed columns, overflow, name and search text, all made from them."""

from __future__ import annotations

from typing import Any

from customobjects.fieldtypes.keys import sortable_text
from customobjects.models import Record
from customobjects.models.columns import ALL_COLUMNS
from customobjects.models.record import NAME_LENGTH
from customobjects.queries.search import segment
from customobjects.schema import Schema

DERIVED = ("name", "search_text", "overflow", *ALL_COLUMNS)


def derive(schema: Schema, record: Record) -> None:
    """Set everything on ``record`` that follows from its ``data`` and ``schema``; nothing is saved.

    Deactivated fields keep their keys, so that they are there again when the field is.
    """
    data: dict[str, Any] = record.data
    columns: dict[str, Any] = dict.fromkeys(ALL_COLUMNS)
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
        if field.column:
            columns[field.column] = key
        elif key is not None:
            overflow[field.data_key] = sortable_text(key)
    for name, key in columns.items():
        setattr(record, name, key)
    record.overflow = overflow or None
    record.search_text = "".join(segments)
    record.name = str(data.get(schema.primary.data_key, ""))[:NAME_LENGTH] if schema.primary else ""
