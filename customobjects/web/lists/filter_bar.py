"""The bar of filters above a list: each filter as a chip, and what leads to other filters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from customobjects.queries.operators import operators_of
from customobjects.queries.subjects import RECORD_PROPERTIES
from customobjects.schema import Schema
from customobjects.web.hues import hue_class
from customobjects.web.lists.columns import PROPERTIES
from customobjects.web.lists.conditions import ALL, ANY, CELL, COLOR, ROW, Coloring, Condition
from customobjects.web.lists.state import ListState

OWNER, CHANGED = "ownerId", "-updatedAt"
# The page where a filter is made, below the list's own address, and which of the filters it is to change.
EDITOR, AT = "filter/", "f-at"
TARGET_WORDS: Mapping[str, str] = {ROW: "Row", CELL: "Cell"}
# The place of a colour that there is not yet.
NEW_COLOR = f"{COLOR}.new"


@dataclass(frozen=True)
class Chip:
    """A filter in words, the address of the list without it, and that of the page where it is changed.

    Of a colour, ``hue`` is its class, and ``target`` what it is of, in words.
    """

    label: str
    word: str
    value: str
    remove: str
    edit: str
    id: str
    hue: str = ""
    target: str = ""


@dataclass(frozen=True)
class FilterBar:
    """The filters that hold, those of which ``any_of`` does, and addresses of filters that are ready made.

    ``mine`` and ``recent`` are empty where that is what the list shows. ``left_out`` are filters of the address that
    cannot be used. ``colors`` are conditions that colour rows and cells; ``add_color`` is where one more is made.
    """

    all_of: tuple[Chip, ...]
    any_of: tuple[Chip, ...]
    colors: tuple[Chip, ...]
    editor: str
    mine: str
    recent: str
    left_out: tuple[str, ...]
    add_color: str

    @classmethod
    def of(cls, state: ListState, names: Mapping[str, str], address: str, user_id: str) -> FilterBar:
        """The bar of a list at an ``address``. ``names`` has those of records and people that filters name."""
        mine = f"{OWNER}__exact:{user_id}"
        texts = [str(one) for one in state.conditions.all_of]
        return cls(
            _chips(state, ALL, names, address),
            _chips(state, ANY, names, address),
            _chips(state, COLOR, names, address),
            f"{address}{EDITOR}",
            state.link(filter=[*texts, mine]) if user_id and mine not in texts else "",
            state.link(sort=CHANGED) if state.sort != (CHANGED,) else "",
            state.conditions.left_out,
            f"{address}{EDITOR}{state.link(**{AT: NEW_COLOR})}",
        )


def _chips(state: ListState, parameter: str, names: Mapping[str, str], address: str) -> tuple[Chip, ...]:
    conditions = state.conditions.of(parameter)
    texts = [str(one) for one in conditions]
    return tuple(
        Chip(
            one.label,
            one.word,
            one.value(names),
            state.link(**{parameter: texts[:place] + texts[place + 1 :]}),
            f"{address}{EDITOR}{state.link(**{AT: f'{parameter}.{place}'})}",
            f"{parameter}-{place}",
            *((hue_class(one.color), TARGET_WORDS[one.target]) if isinstance(one, Coloring) else ()),
        )
        for place, one in enumerate(conditions)
    )


def changed(state: ListState, at: str, parameter: str, text: str) -> str:
    """The address of the list with one more condition, or with another in the place of that ``at`` a place."""
    old, place = place_of(state, at)
    found = {name: [str(one) for one in state.conditions.of(name)] for name in (ALL, ANY, COLOR)}
    if old is not None:
        found[old].pop(place)
    where = place if old == parameter else len(found[parameter])
    found[parameter].insert(where, text)
    return state.link(**{name: list(dict.fromkeys(texts)) for name, texts in found.items()})


def place_of(state: ListState, at: str) -> tuple[str | None, int]:
    """Which parameter has the condition that ``filter.0`` names, and at which place; None where there is no such."""
    parameter, _, digits = at.partition(".")
    place = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 4 else -1
    is_there = parameter in (ALL, ANY, COLOR) and 0 <= place < len(state.conditions.of(parameter))
    return (parameter, place) if is_there else (None, 0)


def condition_at(state: ListState, at: str) -> Condition | None:
    """The condition at a place, or None."""
    parameter, place = place_of(state, at)
    return state.conditions.of(parameter)[place] if parameter is not None else None


def field_choices(schema: Schema) -> list[tuple[str, str]]:
    """What an object's records can be filtered by: names and labels."""
    own = [(field.api_name, field.label) for field in schema.fields if operators_of(field.type)]
    return [*own, *((name, label) for name, label in PROPERTIES.items() if name in RECORD_PROPERTIES)]
