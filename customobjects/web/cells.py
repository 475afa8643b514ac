"""Values as people see them in tables and on a record's page, in the language of who asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.urls import reverse

from customobjects.fieldtypes import DisplayPart, FieldType, Notation
from customobjects.schema import SchemaField
from customobjects.web.languages import Language


@dataclass(frozen=True)
class Cell:
    """A field's value. ``kind`` is the field type's key, by which the style sheet aligns and wraps.

    ``parts`` are its pieces, each with the address that it leads to, or an empty text. Their texts are in the current
    language. ``number`` is what scripts add up; empty where the value is no number.
    """

    label: str
    kind: str
    parts: list[tuple[DisplayPart, str]]
    number: str = ""


def cells(schema_fields: tuple[SchemaField, ...], data: Mapping[str, Any], names: Mapping[str, str]) -> list[Cell]:
    """A record's values in the order of the fields. ``names`` has display names of records and users by id."""
    language = Language.current()
    held = ((field, data.get(field.api_name)) for field in schema_fields)
    return [Cell(f.label, f.type.key, _parts(f, value, names, language), _number(value)) for f, value in held]


def cell_of(type_: FieldType, label: str, value: Any) -> Cell:
    """A value of a type that refers to nothing, with the label of what it is to be a value of."""
    language = Language.current()
    parts = [] if value is None else [(_in_words(part, language), "") for part in type_.parts(value)]
    return Cell(label, type_.key, parts)


def _number(value: Any) -> str:
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else ""


def text_of(field: SchemaField, value: Any, names: Mapping[str, str], language: Language) -> str:
    """A field's value as one plain text in a language: of None, an empty one. ``names`` is as ``cells`` takes it."""
    return "" if value is None else ", ".join(map(language.shown, field.type.parts(value, names)))


def _parts(
    field: SchemaField, value: Any, names: Mapping[str, str], language: Language
) -> list[tuple[DisplayPart, str]]:
    if value is None:
        return []
    return [
        (
            _in_words(part, language),
            reverse("web:record", args=[field.target_id, part.record_id]) if part.record_id else part.link,
        )
        for part in field.type.parts(value, names)
    ]


def _in_words(part: DisplayPart, language: Language) -> DisplayPart:
    """A piece of a value with its text in a language."""
    return part if part.notation is Notation.PLAIN else replace(part, text=language.shown(part))
