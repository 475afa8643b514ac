"""How SQLite reads the table of records: by an index that is named. PostgreSQL chooses one itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from customobjects.models.columns import ALL_COLUMNS
from salesos.db.django_internals import read_by

# The index that has all records of an object, by id.
BY_ID = "record_object"
# Those that have the records whose column is not empty, by the column and then by id.
INDEXES: Mapping[str, str] = {
    **{column: f"record_{column}" for column in ALL_COLUMNS},
    "created_at": "record_created_at",
    "updated_at": "record_updated_at",
}
# The index of ids, which SQLite makes itself.
PRIMARY_KEY = "sqlite_autoindex_customobjects_record_1"

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

    def read(self, records: R) -> R:
        """The same records, found by the index. They must be those of one object that are not deleted."""
        if not self.column:
            return _by(records, BY_ID)
        return _by(records, INDEXES[self.column]).filter(**{f"{self.column}__isnull": False})

    def first_of(self, records: R, visible: R, behind: Q, *order: Any) -> R:
        """Those of ``records`` that are among the first which the index alone finds among all that are ``visible``."""
        ids = self.read(visible).filter(self.condition, behind).order_by(*order).values("id")[: self.first]
        return _by(records, PRIMARY_KEY).filter(id__in=ids)


def _by(records: R, index: str) -> R:
    return read_by(records, f"{{table}} INDEXED BY {index}")
