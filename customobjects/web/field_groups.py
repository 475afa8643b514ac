"""The groups of fields that a record's page and its forms show, each under its heading."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from customobjects.schema import SchemaField

T = TypeVar("T")


@dataclass(frozen=True)
class Group(Generic[T]):
    """What is shown of the fields of one group, in their order; those without a group have no ``name``."""

    name: str
    items: list[T]


def in_groups(shown: Iterable[tuple[SchemaField, T]]) -> list[Group[T]]:
    """What is shown of each field, in groups: first those without one, then each group where its first field stands."""
    groups: dict[str, list[T]] = {"": []}
    for field, item in shown:
        groups.setdefault(field.group, []).append(item)
    return [Group(name, items) for name, items in groups.items() if items]


def is_wide(field: SchemaField) -> bool:
    """Whether a field takes the whole width where others stand side by side: long texts, and several values."""
    return field.type.is_long or field.type.multiple
