"""The names that routes, parameters, operators and properties use. No new object or field gets one of them.

Each is read from where it is used, so that a new route or operator needs no word here. What lies on higher floors is
told at the start (``customobjects.apps``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain

from inflection import underscore

from customobjects.queries.filter_reader import CONNECTORS
from customobjects.queries.operators import OPERATORS
from customobjects.queries.subjects import RECORD_PROPERTIES
from customobjects.schema import NAME
from customobjects.storage.documents import DOCUMENT_COLUMNS

# Gives the names that something on a higher floor uses where ``kind`` ("object", "field") has its apiName.
Source = Callable[[str], Iterable[str]]

# A record's name is the text of one of its fields, which may well be called so.
_properties = {*RECORD_PROPERTIES, *DOCUMENT_COLUMNS} - {NAME}
PROPERTIES = _properties.union(map(underscore, _properties))

_sources: list[Source] = []


def add_source(source: Source) -> None:
    """Have names of a higher floor reserved, too. It is asked when something gets its apiName."""
    _sources.append(source)


def reserved_names(kind: str) -> frozenset[str]:
    """The names that no new ``kind`` ("object", "field") can have."""
    names = set(chain.from_iterable(source(kind) for source in _sources))
    if kind == "field":
        names |= {*CONNECTORS, *OPERATORS, *PROPERTIES}
    return frozenset(names)
