"""How the table of records is read: SQLite by an index that is named, or by that of words; PostgreSQL chooses itself.

On either, a list may be read in its own order, the first records of it one behind the other.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import F, Q, QuerySet, TextField
from django.db.models.lookups import Exact, GreaterThanOrEqual, LessThan, LessThanOrEqual

from customobjects.models.columns import ALL_COLUMNS
from customobjects.storage import search_index
from customobjects.storage.among import KEY_IN_TURN, LAST_OF_OTHERS, AmongFirstOfKeys, BehindOthers
from customobjects.storage.dialect import plans_without_statistics
from salesos.db.compiled_queries import Param
from salesos.db.django_internals import read_among, read_by

# The index that has all records of an object, by id.
INDEX_BY_ID = "record_object"
# Those that have the records whose column is not empty, by the column and then by id.
INDEXES: Mapping[str, str] = {
    **{column: f"record_{column}" for column in ALL_COLUMNS},
    "created_at": "record_created_at",
    "updated_at": "record_updated_at",
}
# The index of ids, which SQLite makes itself.
PRIMARY_KEY = "sqlite_autoindex_customobjects_record_1"

# So many keys are gone through, one after the other: in 5 µs each, and 3 more for the records of each.
MOST_KEYS = 500
# So many records at the beginning of a list are looked at (in 3 ms) before those that have a value are counted: where
# one of them lacks it, walking is soon done, or counting would show nothing.
LOOKED_AT = 5_000

TRIGRAMS = Param("trigrams", TextField())

R = TypeVar("R", bound=QuerySet[Any, Any])


@dataclass(frozen=True)
class AccessPath:
    """A way to an object's records: by the index of a ``column``, or of the ids, where there is none.

    A list by id ``sorts`` those that it finds, unless they come in that order. With ``first``, it looks no further than
    at so many of those that fit the ``condition``, which the index tells alone.
    """

    column: str = ""
    sorts: bool = True
    condition: Q = field(default_factory=Q, compare=False)
    first: int = 0

    @property
    def values(self) -> dict[Hashable, Any]:
        """The values of parameters that it has."""
        return {}

    def read(self, records: R) -> R:
        """The same records, found by the index. They must be those of one object that are not deleted."""
        if not self.column:
            return _by(records, INDEX_BY_ID)
        return _by(records, INDEXES[self.column]).filter(**{f"{self.column}__isnull": False})

    def first_of(self, records: R, visible: R, behind: Q, *order: Any) -> R:
        """Those of ``records`` that are among the first which the index alone finds among all that are ``visible``."""
        ids = self.read(visible).filter(self.condition, behind).order_by(*order).values("id")[: self.first]
        return _by(records, PRIMARY_KEY).filter(id__in=ids)


@dataclass(frozen=True)
class OrderPath(AccessPath):
    """A way to the records of a list: in its own order, and no further than to the ``first`` so many."""

    def read(self, records: R) -> R:
        return records

    def first_of(self, records: R, visible: R, behind: Q, *order: Any) -> R:
        return read_among(records, visible.filter(behind).order_by(*order)[: self.first])


@dataclass(frozen=True)
class KeysPath(AccessPath):
    """A way to the ``first`` records of a list by id: by those of each key of the ``column`` that fits the condition.

    It finds nothing where there are more than ``MOST_KEYS``.
    """

    def first_of(self, records: R, visible: R, behind: Q, *order: Any) -> R:
        if plans_without_statistics():
            visible = self.read(visible)
        keys = visible.order_by(F(self.column).desc()).values(self.column)
        fitting = keys.filter(self.condition)
        # Of two bounds, SQLite would go from the one that is not the key in turn.
        further = keys if plans_without_statistics() else fitting
        of_key = visible.filter(self.condition, Q(behind), Exact(F(self.column), KEY_IN_TURN))
        found = AmongFirstOfKeys(
            fitting[:1],
            further.filter(LessThan(F(self.column), KEY_IN_TURN))[:1],
            of_key.order_by(*order).values("id")[: self.first],
            most=MOST_KEYS,
            limit=self.first,
            descending=order[-1].descending,
        )
        return (_by(records, PRIMARY_KEY) if plans_without_statistics() else records).filter(found)


@dataclass(frozen=True)
class LackingPath(AccessPath):
    """A way of SQLite's, by id, to the records that lack a value in the ``column``: behind all that have one.

    So they lie where a field came later: the newest records have a value, and others none. Each of those would be
    looked up to be passed over, while two indexes count them in a quarter of that time. Where it is otherwise, this is
    a way through all records.
    """

    descending: bool = True

    def read(self, records: R) -> R:
        by_id = _by(records, INDEX_BY_ID)
        way = "-id" if self.descending else "id"
        up_to = GreaterThanOrEqual if self.descending else LessThanOrEqual
        found = BehindOthers(
            by_id.order_by(way).values(key=F(self.column))[:LOOKED_AT],
            super().read(records).order_by().values("id"),
            by_id.filter(up_to(F("id"), LAST_OF_OTHERS)).order_by().values("id"),
            descending=self.descending,
        )
        return by_id.filter(found)


@dataclass(frozen=True)
class WordsPath(AccessPath):
    """A way to the records of one object (its id as SQLite has it): by the index of words, which has some too many."""

    object_id: str = ""
    trigrams: str = field(default="", compare=False)

    @property
    def values(self) -> dict[Hashable, Any]:
        return {TRIGRAMS.key: self.trigrams}

    def read(self, records: R) -> R:
        form = f"{search_index.FOUND} CROSS JOIN {{table}} ON {{name}}.id = found.record_id"
        return read_by(records, form, TRIGRAMS, *[self.object_id] * 4)


def _by(records: R, index: str) -> R:
    return read_by(records, f"{{table}} INDEXED BY {index}")
