"""Why a search found a record whose name does not say it: the field that has the words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models.functions import Length

from customobjects import access
from customobjects.fieldtypes.folding import spaced_fold
from customobjects.queries.global_search import Hit, ObjectHits
from customobjects.queries.search import words_of
from customobjects.schema import Schema, SchemaField
from customobjects.storage.search_text import MAX_SEGMENT
from salesos.accounts.actor import Actor

# So many hits are explained, and of those, the ones that have no more to search in than this.
MAX_EXPLAINED = 50
MAX_TEXT = 20_000


class Reason(NamedTuple):
    """A field of a record, and the value in it that has words of a search."""

    field: SchemaField
    value: Any


def reasons_of(actor: Actor, found: Sequence[ObjectHits], text: str) -> dict[UUID, Reason]:
    """The reasons of those hits whose names lack a word, by id. One query, none where all names say it.

    Of a hit beyond the first ``MAX_EXPLAINED``, or with very long texts, there is none.
    """
    words = words_of(text)
    asked = {
        hit.id: (of_object.schema, missing)
        for of_object in found
        for hit in of_object.hits
        if (missing := _missing(hit, words))
    }
    ids = list(asked)[:MAX_EXPLAINED]
    if not ids:
        return {}
    records = access.visible_records_of_all_objects(actor).filter(id__in=ids)
    short = records.annotate(size=Length("search_text")).filter(size__lte=MAX_TEXT)
    reasons = ((id_, _reason(*asked[id_], data)) for id_, data in short.order_by().values_list("id", "data"))
    return {id_: reason for id_, reason in reasons if reason is not None}


def _missing(hit: Hit, words: Sequence[str]) -> list[str]:
    name = spaced_fold(hit.name)
    return [word for word in words if word not in name]


def _reason(schema: Schema, missing: Sequence[str], data: dict[str, Any]) -> Reason | None:
    """The first of the fields that have most of the words."""
    best, most = None, 0
    for field in schema.fields:
        value = data.get(field.data_key)
        if value is None or field is schema.primary or not schema.is_searched(field):
            continue
        folded = spaced_fold(field.type.search_text(value)[:MAX_SEGMENT])
        count = sum(word in folded for word in missing)
        if count > most:
            best, most = Reason(field, value), count
    return best
