"""What a record's row holds beside its values: typed columns, overflow, name and search text, all made from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from customobjects.fieldtypes.folding import MAX_KEY_LENGTH
from customobjects.fieldtypes.keys import sortable_text
from customobjects.models.record import MAX_NAME_LENGTH
from customobjects.schema import Schema, SchemaField
from customobjects.storage.dialect import IDENTITY_MARK
from customobjects.storage.search_text import segment

# Which way of deriving this is. With another number, ``services.rederivation`` derives old records anew.
# 2: texts composed; strokes, ligatures and typographic marks folded; identities and whole keys in ``overflow``.
# 3: what folding loses of a text stands behind its key, in the column itself.
DERIVATION = 3


def derive(schema: Schema, data: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Everything in a record's row that follows from its ``data`` and ``schema``, by column; no empty typed columns.

    ``names`` are as ``record_name`` takes them.

    Deactivated fields keep their keys, so that they are there again when the field is. A column that is being filled
    has the key twice: readers take it from ``overflow`` until all records have it in the column.
    """
    derived: dict[str, Any] = {"name": record_name(schema, data, names)}
    overflow: dict[str, str] = {}
    segments: list[str] = []
    primary = schema.primary
    for field in schema.kept:
        value = data.get(field.data_key)
        if value is None:
            continue
        if field is primary:
            text = field.type.named_text(value, derived["name"], names)
            segments.append(segment(field.number, text))
        elif field.type.searchable:
            segments.append(segment(field.number, field.type.search_text(value)))
        if field.type.column is None:
            continue
        key = field.type.column_key(value) if field.type.key_is_value else _text_key(field, value, overflow)
        if field.column or field.filling:
            derived[field.column or field.filling] = key
        if not field.column:
            overflow.setdefault(field.data_key, sortable_text(key))
    if (named := schema.name_text) is not None and derived["name"]:
        key = _text_key(named, derived["name"], overflow)
        overflow.setdefault(named.data_key, key)
    derived["overflow"] = overflow or None
    derived["search_text"] = "".join(segments)
    return derived


def _text_key(field: SchemaField, value: str, overflow: dict[str, str]) -> str:
    """A text's key in a column. What of it the column cannot hold, and what it does not say, goes to ``overflow``."""
    told = field.type.told_key(value)
    if len(told) < MAX_KEY_LENGTH:
        return told
    whole = field.type.whole_key(value)
    if len(whole) > MAX_KEY_LENGTH:
        overflow[field.data_key] = whole
    if (identity := field.type.kept_identity(value)) != whole:
        overflow[IDENTITY_MARK + field.data_key] = identity
    return told[:MAX_KEY_LENGTH]


def record_name(schema: Schema, data: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """The name of a record that holds ``data``: what the value of its primary field looks like.

    ``names`` has the names of what that field refers to, by id, where the schema's ``names_follow``.
    """
    primary = schema.primary
    value = None if primary is None else data.get(primary.data_key)
    return "" if primary is None or value is None else primary.type.record_name(value, names)[:MAX_NAME_LENGTH]
