"""Records that somebody picked in a list, by their ids, as a filter like any other.

``RecordRequest(within=picked(ids))`` is what exports, changes and deletions of a selection are asked for by.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from django.db.models import Q

from customobjects.fieldtypes import FilterFamily
from customobjects.queries.filters import Filter, FilterGroup
from customobjects.queries.objects import as_uuid
from customobjects.queries.operators import Comparison, Operator
from customobjects.queries.subjects import RECORD_PROPERTIES, TEXT, Operand, Subject
from customobjects.storage.dialect import IsAmongIds
from salesos import json
from salesos.db.compiled_queries import Param
from salesos.errors import ValidationError, quoted

MAX_PICKED = 10_000


class _IsPicked(Operator):
    """One of many ids. No caller names it: that a filter's list has at most 200 values is about what people write."""

    families: ClassVar[frozenset[FilterFamily]] = frozenset()

    def __init__(self) -> None:
        # A key of the class would make it an operator for callers.
        self.key = "picked"  # type: ignore[misc]

    def parse(self, subject: Subject, operand: object) -> Comparison:
        return Comparison((Operand(operand, TEXT),))

    def condition(self, subject: Subject, comparison: Comparison, params: Sequence[Param]) -> Q:
        return Q(IsAmongIds(params[0]))


_IS_PICKED = _IsPicked()


def picked(ids: Sequence[str | UUID], *, field: str = "ids") -> FilterGroup:
    """The condition for the records with these ids, at most ``MAX_PICKED``; those that are not there are passed over.

    Raises ``ValidationError`` at ``field`` for too many, and for what is no id.
    """
    if not 0 < len(ids) <= MAX_PICKED:
        message = f"{field} must name 1 to {MAX_PICKED:,} records"
        raise ValidationError.of(message, field=field, code="too_many" if ids else "required")
    found = []
    for given in ids:
        id_ = as_uuid(str(given))
        if id_ is None:
            raise ValidationError.of(f"{field} must be ids, and {quoted(given)} is none", field=field, code="invalid")
        # SQLite keeps ids without hyphens, and PostgreSQL reads them so, too.
        found.append(id_.hex)
    subject = RECORD_PROPERTIES["id"]
    return FilterGroup("and", (Filter(subject, _IS_PICKED, _IS_PICKED.parse(subject, json.dumps(found))),))
