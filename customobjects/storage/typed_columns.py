"""Giving typed columns to fields."""

from __future__ import annotations

from customobjects.fieldtypes import ColumnKind
from customobjects.models import CustomObject
from customobjects.models.columns import COLUMNS


def free_columns(custom_object: CustomObject) -> dict[ColumnKind, list[str]]:
    """The columns of each kind that no field of the object has. One of a deleted field is free once it is purged."""
    taken = {name for pair in custom_object.fields.values_list("column", "filling") for name in pair}
    return {kind: [name for name in names if name not in taken] for kind, names in COLUMNS.items()}
