"""Changes of a record as people see them: each field's value before and after, short enough to be read in a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from customobjects.fieldtypes import DisplayPart
from customobjects.models import RevisionKind
from customobjects.queries.history import OWNER_ID
from customobjects.schema import Schema
from customobjects.web.cells import Cell, cells
from salesos.accounts.actor import Via

# What is shown of a long text, how much of it before the first difference, and how many of a list's members.
MAX_CHARACTERS, BEFORE_DIFFERENCE, MAX_MEMBERS = 240, 40, 20
MORE = "…"
NOBODY = "nobody"

KINDS = {RevisionKind.UPDATE: "Changed", RevisionKind.DELETE: "Deleted", RevisionKind.RESTORE: "Restored"}
THROUGH = {
    Via.API: "through the API",
    Via.KEY: "with an API key",
    Via.PAGE: "on a page",
    Via.ADMIN: "in the administration",
    Via.SYSTEM: "in the background",
}
# By apiName, and ``ownerId``: the values under ``old`` and ``new``.
Changes = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class ChangedCell:
    """A field's value before and after a change."""

    old: Cell
    new: Cell


def held_in(schema: Schema, changes: Iterable[Changes]) -> list[dict[str, Any]]:
    """The values that some changes show, by apiName: what ``names_of_references`` reads names for."""
    return [
        {name: values[side] for name, values in _shortened(schema, some).items()}
        for some in changes
        for side in ("old", "new")
    ]


def people_in(changes: Iterable[Changes]) -> set[str]:
    """The ids of the owners that some changes show."""
    return {id_ for some in changes for id_ in some.get(OWNER_ID, {}).values() if id_}


def changed_cells(schema: Schema, changes: Changes, names: Mapping[str, str]) -> list[ChangedCell]:
    """What a change did to each field, in the order of the fields, the owner last.

    ``names`` has the display names of records and users by id.
    """
    shown = []
    by_name = _shortened(schema, changes)
    for field in schema.fields:
        if values := by_name.get(field.api_name):
            [old], [new] = (cells((field,), {field.api_name: values[side]}, names) for side in ("old", "new"))
            shown.append(ChangedCell(*_excerpts(old, new)))
    if owner := changes.get(OWNER_ID):
        shown.append(ChangedCell(*(_owner(owner[side], names) for side in ("old", "new"))))
    return shown


def _owner(id_: str | None, names: Mapping[str, str]) -> Cell:
    return Cell("Owner", "USER", [(DisplayPart(text=names.get(id_, NOBODY) if id_ else NOBODY), "")])


def _shortened(schema: Schema, changes: Changes) -> dict[str, dict[str, Any]]:
    """The same changes of fields, with the first members of long lists: those first that the other side lacks."""
    shortened = {}
    for field in schema.fields:
        if values := changes.get(field.api_name):
            old, new = values["old"], values["new"]
            if field.type.multiple:
                old, new = _first_members(old, new), _first_members(new, old)
            shortened[field.api_name] = {"old": old, "new": new}
    return shortened


def _first_members(members: list[str] | None, others: list[str] | None) -> list[str] | None:
    if members is None or len(members) <= MAX_MEMBERS:
        return members
    known = set(others or ())
    # One more than is shown tells that there are more.
    return sorted(members, key=known.__contains__)[: MAX_MEMBERS + 1]


def _excerpts(old: Cell, new: Cell) -> tuple[Cell, Cell]:
    """Two values, where they are long, from a little before where they begin to differ."""
    same = 0
    if len(old.parts) == len(new.parts) == 1:
        before, after = old.parts[0][0].text, new.parts[0][0].text
        pairs = enumerate(zip(before, after, strict=False))
        same = next((place for place, (one, other) in pairs if one != other), min(len(before), len(after)))
    return _excerpt(old, same), _excerpt(new, same)


def _excerpt(cell: Cell, same: int) -> Cell:
    parts = [(replace(part, text=_cut(part.text, same)), address) for part, address in cell.parts]
    if len(parts) > MAX_MEMBERS:
        parts[MAX_MEMBERS:] = [(DisplayPart(text=MORE), "")]
    return replace(cell, parts=parts)


def _cut(text: str, same: int) -> str:
    if len(text) <= MAX_CHARACTERS:
        return text
    start = max(min(same - BEFORE_DIFFERENCE, len(text) - MAX_CHARACTERS), 0)
    end = start + MAX_CHARACTERS
    return f"{MORE if start else ''}{text[start:end]}{MORE if end < len(text) else ''}"
