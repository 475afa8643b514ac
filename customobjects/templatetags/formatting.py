"""Filters for templates: numbers, times and words as people write them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template

from customobjects.fieldtypes import TYPES
from customobjects.fieldtypes.moments import display_moment
from customobjects.models import Field
from customobjects.queries.filling import FieldFilling, KeyFilling, filling_of
from customobjects.services.naming import reference_of

register = template.Library()
register.filter("reference", reference_of)


@register.filter
def moment(value: str | datetime) -> str:
    """A moment as people read it."""
    return display_moment(value if isinstance(value, str) else value.isoformat())


@register.filter
def at(mapping: Mapping[Any, Any], key: Any) -> Any:
    """The value at a key, or nothing."""
    return mapping.get(key, "")


@register.filter
def type_label(key: str) -> str:
    """A field type's label, by its key."""
    return TYPES[key].label


@register.filter
def rules(field: Field) -> str:
    """What holds for a field, in words."""
    words = {
        "required": field.is_required,
        "unique": field.is_unique,
        "indexed": bool(field.column),
        "inactive": not field.is_active,
    }
    return ", ".join(word for word, holds in words.items() if holds)


@register.filter
def filling(field: Field) -> FieldFilling | None:
    """What the background is doing for a field."""
    return filling_of(field)


@register.filter
def in_words(filling: FieldFilling | KeyFilling) -> str:
    """What the background is doing, as people are told."""
    if filling.problem:
        return filling.problem
    work = "emptying lookups to deleted records" if getattr(filling, "lookups", False) else "working on old records"
    return f"{work}, {filling.records_done:,} done"
