"""Values as people see them in tables and on a record's page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from customobjects.fieldtypes.choices import MultiPicklist, Picklist
from customobjects.fieldtypes.references import Lookup
from customobjects.schema import Schema, SchemaField


@dataclass(frozen=True)
class Part:
    """A piece of a cell: a text, perhaps a link, perhaps a chip of a colour."""

    text: str
    href: str = ""
    color: str = ""


@dataclass(frozen=True)
class Cell:
    """A field's value. ``kind`` is the field type's key, by which the style sheet aligns and wraps."""

    label: str
    kind: str
    parts: list[Part] = field(default_factory=list)


def cells(schema_fields: tuple[SchemaField, ...], data: Mapping[str, Any], names: Mapping[str, str]) -> list[Cell]:
    """A record's values in the order of the fields. ``names`` has display names of records and users by id."""
    return [Cell(f.label, f.type.key, _parts(f, data.get(f.api_name), names)) for f in schema_fields]


def _parts(field: SchemaField, value: Any, names: Mapping[str, str]) -> list[Part]:
    if value is None:
        return []
    type_ = field.type
    if isinstance(type_, Picklist | MultiPicklist):
        colors: dict[str, str] = {choice["value"]: choice["color"] for choice in type_.options["values"]}
        held: list[str] = value if isinstance(value, list) else [value]
        labels: dict[str, str] = type_.labels
        return [Part(labels.get(part, part), color=colors.get(part) or "neutral") for part in held]
    if isinstance(type_, Lookup):
        return [
            Part(names.get(id_, id_), href=reverse("web:record", args=[field.target_id, id_]))
            for id_ in type_.ids(value)
        ]
    text = type_.display(value, names)
    if type_.key == "URL":
        return [Part(text, href=value)]
    if type_.key == "EMAIL":
        return [Part(text, href=f"mailto:{value}")]
    return [Part(text, href=f"tel:{value}" if type_.key == "PHONE" else "")]


def columns(schema: Schema, most: int) -> tuple[SchemaField, ...]:
    """The fields that a table shows beside the record's name."""
    long = {"TEXTAREA", "JSON"}
    return tuple(f for f in schema.fields if f != schema.primary and f.type.key not in long)[:most]
