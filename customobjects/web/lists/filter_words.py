"""Filters of a lookup, and names of what filters refer to, as people read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from customobjects.fieldtypes import ReferenceKind
from customobjects.queries.filter_reader import MAX_DEPTH, FilterReader
from customobjects.queries.records import names_of_records, names_of_users
from customobjects.schema import Schema
from customobjects.web.lists.conditions import Condition, Conditions, condition_of
from salesos.accounts.actor import Actor
from salesos.errors import ValidationError

UNTOLD = "the conditions of this lookup"


@dataclass(frozen=True)
class _Group:
    """Conditions and groups that are joined by ``and`` or ``or``; one that stands behind ``not``."""

    connector: str
    parts: tuple[_Group | Condition, ...]

    def conditions(self) -> Iterator[Condition]:
        for part in self.parts:
            if isinstance(part, _Group):
                yield from part.conditions()
            else:
                yield part

    def told(self, names: Mapping[str, str]) -> str:
        if self.connector == "not":
            return f"not ({self._part(self.parts[0], names)})"
        told = [self._part(part, names) for part in self.parts]
        return f" {self.connector} ".join(told)

    def _part(self, part: _Group | Condition, names: Mapping[str, str]) -> str:
        if isinstance(part, Condition):
            return part.told(names)
        needs_brackets = part.connector != "not" and len(part.parts) > 1 and len(self.parts) > 1
        return f"({part.told(names)})" if needs_brackets else part.told(names)


def filter_in_words(actor: Actor, schema: Schema, tree: Mapping[str, Any]) -> str:
    """What a filter of an object's records says, as in ``Status is Active and Region is any of North, South``.

    One that cannot be used any more is ``UNTOLD``. At most two queries, for the names of what is referred to, and one
    for each lookup that it goes through.
    """
    try:
        group = _group(FilterReader(actor, schema), tree, MAX_DEPTH)
    except ValidationError:
        return UNTOLD
    return group.told(names_in(actor, Conditions(tuple(group.conditions()))))


def names_in(actor: Actor, conditions: Conditions) -> dict[str, str]:
    """What the records and people are called that conditions name, by their ids. At most two queries."""
    return {
        **names_of_records(actor, conditions.ids(ReferenceKind.RECORD)),
        **names_of_users(actor, conditions.ids(ReferenceKind.USER)),
    }


def _group(reader: FilterReader, tree: Any, depth: int) -> _Group:
    """A tree of conditions. Raises ``ValidationError`` for what is none."""
    if not isinstance(tree, dict) or depth == 0:
        raise ValidationError.of("conditions are an object", code="type")
    parts: list[_Group | Condition] = []
    for name, operand in tree.items():
        if name == "not":
            parts.append(_Group(name, (_group(reader, operand, depth - 1),)))
        elif name in ("and", "or"):
            if not isinstance(operand, list):
                raise ValidationError.of("groups of conditions are a list", code="type")
            parts.append(_Group(name, tuple(_group(reader, part, depth - 1) for part in operand)))
        else:
            parts.append(condition_of(reader, name, operand))
    return _Group("and", tuple(parts))


def joined_by_and(tree: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The conditions of a tree, by name, that must all hold: also those that stand in groups which are joined so."""
    for name, operand in tree.items():
        if name == "and" and isinstance(operand, list) and all(isinstance(part, dict) for part in operand):
            for part in operand:
                yield from joined_by_and(part)
        else:
            yield name, operand
