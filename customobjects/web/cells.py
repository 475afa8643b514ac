"""Values as people see them in tables and on a record's page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from customobjects.fieldtypes import DisplayPart
from customobjects.schema import SchemaField


@dataclass(frozen=True)
class Cell:
    """A field's value. ``kind`` is the field type's key, by which the style sheet aligns and wraps.

    ``parts`` are its pieces, each with the address that it leads to, or an empty text.
    """

    label: str
    kind: str
    parts: list[tuple[DisplayPart, str]]


def cells(schema_fields: tuple[SchemaField, ...], data: Mapping[str, Any], names: Mapping[str, str]) -> list[Cell]:
    """A record's values in the order of the fields. ``names`` has display names of records and users by id."""
    return [Cell(f.label, f.type.key, _parts(f, data.get(f.api_name), names)) for f in schema_fields]


def _parts(field: SchemaField, value: Any, names: Mapping[str, str]) -> list[tuple[DisplayPart, str]]:
    if value is None:
        return []
    return [
        (part, reverse("web:record", args=[field.target_id, part.record_id]) if part.record_id else part.link)
        for part in field.type.parts(value, names)
    ]
