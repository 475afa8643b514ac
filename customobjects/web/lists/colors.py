"""Colours of rows and cells in a table: which record has which, as classes of the style sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from customobjects.queries.view_colors import conditions_that_hold
from customobjects.schema import Schema
from customobjects.web.hues import hue_class
from customobjects.web.lists.conditions import ROW, Coloring
from salesos.accounts.actor import Actor

# What the colour of a whole row is found by, beside those of columns.
WHOLE_ROW = ""


def row_hues(
    actor: Actor, schema: Schema, colors: Sequence[Coloring], records: Sequence[Mapping[str, Any]]
) -> dict[str, dict[str, str]]:
    """Of records, by id, the classes of their colours, by the columns' names; ``WHOLE_ROW`` has that of the row.

    Where several conditions hold, the first one colours. One query, none where there are no colours.
    """
    if not colors:
        return {}
    ids = [UUID(record["id"]) for record in records]
    found: dict[str, dict[str, str]] = {}
    for id_, places in conditions_that_hold(actor, schema, [one.filter for one in colors], ids).items():
        hues = found.setdefault(str(id_), {})
        for place in places:
            one = colors[place]
            hues.setdefault(WHOLE_ROW if one.target == ROW else one.column, hue_class(one.color))
    return found
