"""The filter of a lookup, as people read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from customobjects.fieldtypes import ReferenceKind
from customobjects.queries.filter_reader import CONNECTORS, FilterReader
from customobjects.queries.records import names_of_records, names_of_users
from customobjects.schema import Schema
from customobjects.web.lists.conditions import Conditions, read_condition, write_setting
from salesos.accounts.actor import Actor
from salesos.errors import ValidationError

UNTOLD = "the conditions of this lookup"


def filter_in_words(actor: Actor, schema: Schema, tree: Mapping[str, Any]) -> str:
    """What a filter of an object's records says, as in ``Status is Active and Region is any of North, South``.

    One that joins conditions otherwise than by "and" is not told. At most two queries, for the names of what is
    referred to, and one for each lookup that it goes through.
    """
    reader = FilterReader(actor, schema)
    found = []
    for name, operand in tree.items():
        try:
            if name in CONNECTORS:
                return UNTOLD
            one = reader.condition(name, operand, name)
            if one is None:
                return UNTOLD
            field = name.removesuffix(f"__{one.operator.key}")
            setting = {"field": field, "operator": one.operator.key, "value": operand}
            found.append(read_condition(reader, write_setting(setting)))
        except ValidationError:
            return UNTOLD
    every = Conditions(tuple(found))
    names = {
        **names_of_records(actor, every.ids(ReferenceKind.RECORD)),
        **names_of_users(actor, every.ids(ReferenceKind.USER)),
    }
    return " and ".join(f"{one.label} {one.word} {one.value(names)}".strip() for one in found)
