"""Reading the parameters of a request: those of the endpoint, and the filters beside them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.http import QueryDict
from rest_framework.request import Request

from salesos.rest.serializers import StrictSerializer, cleaned, outer_names

# Names and values.
Pairs = tuple[tuple[str, str], ...]
Serializer = type[StrictSerializer]

# Programs ask the same again and again, and looking up what was read takes less than reading it. What is kept is
# bounded by both: the most that a query of this length is read to, one parameter for every two characters of it,
# takes 60 KB.
QUERY_CACHE_SIZE = 1_024
MAX_CACHED_QUERY_CHARACTERS = 1_000


def parameters(request: Request, serializer: Serializer) -> dict[str, Any]:
    """The parameters of an endpoint that takes no filters, by their snake_case names.

    Of a parameter that comes more than once, the last counts. Raises DRF's ``ValidationError``, also for unknown ones.
    """
    own, others, is_short = _read(request, serializer)
    return _checked(own + others, serializer, is_short)


def split_parameters(request: Request, serializer: Serializer) -> tuple[dict[str, Any], Pairs]:
    """An endpoint's own parameters by their snake_case names, and all others. Raises DRF's ``ValidationError``."""
    own, others, is_short = _read(request, serializer)
    return _checked(own, serializer, is_short), others


def _read(request: Request, serializer: Serializer) -> tuple[Pairs, Pairs, bool]:
    # DRF's request looks each attribute up in vain first.
    query = request._request.META.get("QUERY_STRING", "")
    # Whoever follows a cursor asks for each page once.
    is_short = len(query) <= MAX_CACHED_QUERY_CHARACTERS and "cursor=" not in query
    own, others = (_cached_split if is_short else _split)(query, serializer)
    return own, others, is_short


def _split(query: str, serializer: Serializer) -> tuple[Pairs, Pairs]:
    known = outer_names(serializer)
    own: dict[str, str] = {}
    others: list[tuple[str, str]] = []
    # The bytes of a query are kept in characters, one each (PEP 3333).
    for name, values in QueryDict(query.encode("latin-1", "replace")).lists():
        if name in known:
            own[name] = str(values[-1])
        else:
            others += [(name, str(value)) for value in values]
    return tuple(own.items()), tuple(others)


def _checked(given: Pairs, serializer: Serializer, is_short: bool) -> dict[str, Any]:
    return dict((_cached_validate if is_short else _validate)(given, serializer))


def _validate(given: Pairs, serializer: Serializer) -> dict[str, Any]:
    return cleaned(dict(given), serializer)


_cached_split = lru_cache(maxsize=QUERY_CACHE_SIZE)(_split)
_cached_validate = lru_cache(maxsize=QUERY_CACHE_SIZE)(_validate)
