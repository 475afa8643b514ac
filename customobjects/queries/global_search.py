"""Searching all objects of an organization at once."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from customobjects import access
from customobjects.models import CustomObject, Record
from customobjects.queries.access_paths import counting_path
from customobjects.queries.pages import MAX_RANKED_HITS
from customobjects.queries.search import words_of
from customobjects.queries.selection import RecordRequest, Selection
from customobjects.schema import Schema, schema_of
from salesos.accounts.actor import Actor
from salesos.db.compiled_queries import CompiledQuery
from salesos.errors import ValidationError

# Objects that are looked through, those last changed first; a company with more searches within one of them.
MAX_OBJECTS = 50
# Seconds after which no further object is looked through.
MAX_SECONDS = 2.0


@dataclass(frozen=True)
class Hit:
    """A record that a search found."""

    id: Any
    name: str


@dataclass(frozen=True)
class ObjectHits:
    """What a search found in one object: the best hits, and whether there are more."""

    schema: Schema
    hits: list[Hit]
    has_more: bool


def global_search(actor: Actor, text: str, *, limit: int) -> tuple[list[ObjectHits], bool]:
    """The best ``limit`` hits in each searchable object, objects with the best hits first; and whether some were left.

    One query an object. Each looks at no more than so many candidates, so that a word that everything has costs no
    more than one that little has: those are ranked, the rest is told by ``has_more``. Of the objects that were changed
    last, ``MAX_OBJECTS`` are looked through, as long as there is time. Raises ``ValidationError``.
    """
    access.require_read(actor)
    if not words_of(text):
        raise ValidationError.of("q must have a word to search for", field="q", code="required")
    objects = access.visible_objects(actor).filter(enable_search=True, is_active=True)
    found = []
    is_truncated = False
    end = time.monotonic() + MAX_SECONDS
    for place, custom_object in enumerate(objects.order_by("-updated_at", "id")[: MAX_OBJECTS + 1]):
        if place == MAX_OBJECTS or (place and time.monotonic() > end):
            is_truncated = True
            break
        best, hits = _search(actor, custom_object, text, limit)
        if hits.hits:
            found.append((best, hits))
    found.sort(key=lambda pair: (pair[0], pair[1].schema.plural_name))
    return [hits for _best, hits in found], is_truncated


def _search(actor: Actor, custom_object: CustomObject, text: str, limit: int) -> tuple[int, ObjectHits]:
    schema = access.visible_schema(actor, schema_of(custom_object))
    selection = Selection.of(actor, schema, RecordRequest(search=text))
    selection = selection.by(counting_path(selection))

    def build() -> QuerySet[Record, Any]:
        return selection.records().order_by().annotate(grade=selection.search.rank()).values_list("id", "name", "grade")

    key = "global search", selection.cache_key
    query = schema.memoize(key, lambda: CompiledQuery(build, by_values=True, limit=MAX_RANKED_HITS))
    rows = sorted(query.rows(selection.values), key=lambda row: (row[2], row[1]))
    hits = [Hit(id_, name or f"Record {str(id_)[-6:]}") for id_, name, _grade in rows[:limit]]
    return (rows[0][2] if rows else 0), ObjectHits(schema, hits, len(rows) > limit)
