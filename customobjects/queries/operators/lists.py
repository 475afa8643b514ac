"""Operators that look into lists of values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from django.db.models import CharField, Q, UUIDField

from customobjects.fieldtypes import FilterFamily, ValueProblem
from customobjects.models import RecordLink
from customobjects.queries.operands import listed
from customobjects.queries.operators.base import Comparison, Operator
from customobjects.queries.subjects import Operand, Subject
from customobjects.storage.dialect import ListHas
from salesos.db.compiled_queries import Param


class Has(Operator):
    """A value among those of a list."""

    key = "has"
    families = frozenset({FilterFamily.MEMBERSHIP})
    # How the conditions of several values are joined.
    connector: ClassVar[str] = Q.AND

    def parse(self, subject: Subject, operand: object) -> Comparison:
        parts = listed(operand) if self.takes_list else [operand]
        return Comparison(tuple(self._member(subject, part) for part in parts))

    def condition(self, subject: Subject, comparison: Comparison, params: Sequence[Param]) -> Q:
        return Q(*(self._has(subject, param) for param in params), _connector=self.connector)

    @staticmethod
    def _member(subject: Subject, part: object) -> Operand:
        parsed = subject.type.parse(part if isinstance(part, list | str) else [part])
        if len(parsed) != 1:
            raise ValueProblem("operands", "must name single values, separated by commas")
        is_link = subject.field is not None and subject.field.target_id is not None
        return Operand(UUID(parsed[0]), UUIDField()) if is_link else Operand(parsed[0], CharField())

    @staticmethod
    def _has(subject: Subject, param: Param) -> Q:
        field = subject.field
        if field is None or field.target_id is None:
            return Q(ListHas(subject.data_key, param))
        links = RecordLink.objects.filter(field_id=field.id, target_id=param)
        return Q(id__in=links.values("source_id"))


class HasAny(Has):
    """At least one of several values among those of a list."""

    key = "has_any"
    takes_list = True
    connector = Q.OR


class HasAll(Has):
    """All of several values among those of a list."""

    key = "has_all"
    takes_list = True
