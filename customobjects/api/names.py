"""The names that routes and requests use where an object or a field has its apiName."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from django.contrib.admindocs.views import simplify_regex
from django.urls import URLPattern, URLResolver, get_resolver

from customobjects.api.bulk import BulkChangeSerializer, BulkDeleteSerializer, BulkSerializer
from customobjects.api.export import ExportQuerySerializer, RecordExportSerializer
from customobjects.api.parameters import (
    AggregateQuerySerializer,
    RecordAggregateSerializer,
    RecordQuerySerializer,
    RecordSearchSerializer,
    RelatedQuerySerializer,
    RestoreQuerySerializer,
)
from customobjects.services.descriptions import REF
from salesos.rest.serializers import outer_names

# What requests for records say beside the names of fields.
SERIALIZERS = (
    RecordQuerySerializer,
    RelatedQuerySerializer,
    RestoreQuerySerializer,
    RecordSearchSerializer,
    AggregateQuerySerializer,
    RecordAggregateSerializer,
    BulkSerializer,
    BulkChangeSerializer,
    BulkDeleteSerializer,
    ExportQuerySerializer,
    RecordExportSerializer,
)
# What the paths call an apiName of each kind.
PATH_PARAMETERS = {"object": "<object_reference>", "field": "<field_reference>"}


@cache
def names_in_use(kind: str) -> frozenset[str]:
    """The names that a ``kind`` ("object", "field") cannot have, as paths or requests use them otherwise."""
    names = words_beside(PATH_PARAMETERS[kind], list(_paths(get_resolver().url_patterns)))
    if kind == "field":
        # A lookup's value has the names of fields, too, and ``ref`` beside them.
        names = names.union(*map(outer_names, SERIALIZERS), {REF})
    return frozenset(names)


def words_beside(parameter: str, paths: Iterable[tuple[str, ...]]) -> set[str]:
    """The words that paths have in the place where others have a parameter: ``stats`` for ``<object_reference>``."""
    before = {path[: path.index(parameter)] for path in paths if parameter in path}
    found = {path[len(start)] for path in paths for start in before if path[: len(start)] == start != path}
    return {word for word in found if not word.startswith("<")}


def _paths(patterns: Iterable[URLPattern | URLResolver], start: str = "") -> Iterator[tuple[str, ...]]:
    """All paths of the server, each by its parts, with ``<name>`` for a parameter."""
    for pattern in patterns:
        path = start + pattern.pattern.regex.pattern
        if isinstance(pattern, URLResolver):
            yield from _paths(pattern.url_patterns, path)
        else:
            yield tuple(simplify_regex(path).strip("/").split("/"))
