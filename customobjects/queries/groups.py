"""What figures are grouped by: a field or a property, also of what a lookup points at, or each value of a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any

from django.db.models import Case, Expression, F, Min, OrderBy, QuerySet, When
from django.db.models.functions import Trunc

from customobjects.fieldtypes import ColumnKind
from customobjects.models import Record
from customobjects.queries.steps import Step, Steps
from customobjects.queries.subjects import RECORD_PROPERTIES, Subject, find_subject
from customobjects.schema import Schema
from customobjects.storage.dialect import ByBytes, ListValues, NumberInOverflow, PlaceInList
from salesos.accounts.actor import Actor
from salesos.db.django_internals import FunctionColumn, join_function
from salesos.errors import ValidationError, alternatives, quoted

MAX_GROUPS_BY = 3


@dataclass(frozen=True)
class Group:
    """One of the things to group by, which the caller calls ``name``; ``place`` tells it from the others.

    ``interval`` is what moments are put together by, in the days of a ``zone``. Dates are the same in every zone.
    """

    name: str
    subject: Subject
    interval: str
    place: int
    zone: tzinfo = field(default=UTC, kw_only=True)

    def joined(self, records: QuerySet[Record]) -> QuerySet[Record]:
        """Records with all that is grouped by."""
        return records

    def key(self) -> Any:
        """What the groups are sorted by, and what mostly tells them apart."""
        is_number = self.subject.type.column is ColumnKind.NUMBER and not self.subject.column
        found = NumberInOverflow(self.subject.data_key) if is_number else self.subject.key()
        return Trunc(found, self.interval, tzinfo=self.zone) if self.interval else found

    def order(self, *, is_descending: bool = False) -> list[OrderBy]:
        """What groups are sorted by; those without a value come last."""
        keys = list(map(self.subject.to_key, self.subject.type.sorted_values))
        found: list[Any] = [PlaceInList(self.key(), keys)] if keys else []
        found.append(F(f"group_{self.place}"))
        return [OrderBy(expression, descending=is_descending, nulls_last=True) for expression in found]

    @property
    def has_identity(self) -> bool:
        """Whether keys do not tell all groups apart: "Zoe" and "Zoë" have one."""
        return not self.subject.type.key_is_value

    def identity(self) -> Any:
        """What tells groups of one key apart."""
        return self.subject.identity()

    def shown(self) -> Expression | None:
        """What is shown of a group, where that is not its key."""
        kind = self.subject.type.column
        if self.subject.field is None or kind is ColumnKind.NUMBER:
            return None
        is_text = kind is ColumnKind.TEXT or not self.subject.column
        return Min(self.subject.text()) if is_text else None

    def value(self, key: Any, shown: Any) -> Any:
        """The canonical value of a group."""
        if key is None:
            return None
        # With an interval the key is its first moment, as the zone's clocks show it.
        if self.interval:
            return key.date().isoformat()
        if isinstance(key, Decimal | datetime):
            return self.subject.type.from_key(key)
        if self.shown() is None:
            return str(key)
        return self.subject.type.parse(shown)


@dataclass(frozen=True)
class GroupBehind(Group):
    """A field or a property of the records that a lookup points at."""

    step: Step

    @property
    def _relation(self) -> str:
        return f"behind_{self.place}"

    def joined(self, records: QuerySet[Record]) -> QuerySet[Record]:
        return self.step.joined(records, self._relation)

    def _reached(self, expression: Any) -> Any:
        # What the actor does not see is no value.
        return Case(When(self.step.is_reached(self._relation), then=self.step.reached(expression, self._relation)))

    def key(self) -> Any:
        return self._reached(super().key())

    def identity(self) -> Any:
        return self._reached(super().identity())

    def shown(self) -> Expression | None:
        found = super().shown()
        return found and self.step.reached(found, self._relation)


@dataclass(frozen=True)
class GroupOfValues(Group):
    """Each single value of a list: a record is in as many groups as it has values."""

    @property
    def _alias(self) -> str:
        return f"value_{self.place}"

    def joined(self, records: QuerySet[Record]) -> QuerySet[Record]:
        return join_function(records, self._alias, ListValues(self.subject.data_key))

    def key(self) -> Any:
        return ByBytes(FunctionColumn(self._alias, "value"))

    def shown(self) -> None:
        return None


def read_groups(
    actor: Actor,
    schema: Schema,
    names: Sequence[str],
    interval: str,
    *,
    zone: tzinfo = UTC,
    steps: Steps | None = None,
) -> list[Group]:
    """The groups that names make, as ``status`` or ``account.industry``. Raises ``ValidationError``.

    Of times, an ``interval`` is of days in ``zone``.

    A query for each lookup that they go through.
    """
    steps = steps or Steps(actor)
    groups = [_group(steps, schema, name, interval, zone, place) for place, name in enumerate(dict.fromkeys(names))]
    if len(groups) > MAX_GROUPS_BY:
        raise ValidationError.of(f"groupBy must have at most {MAX_GROUPS_BY} names", field="groupBy", code="too_many")
    if sum(isinstance(group, GroupOfValues) for group in groups) > 1:
        message = "groupBy must have at most one field that holds several values"
        raise ValidationError.of(message, field="groupBy", code="too_many")
    if interval and not any(group.interval for group in groups):
        message = "interval is for grouping by a date, and groupBy has none"
        raise ValidationError.of(message, field="interval", code="type")
    return groups


def _group(steps: Steps, schema: Schema, name: str, interval: str, zone: tzinfo, place: int) -> Group:
    first, dot, rest = name.partition(".")
    step: Step | None = None
    if dot:
        lookup = schema.find(first)
        if lookup is not None and lookup.target_id is not None and not lookup.type.multiple:
            step = steps.through(lookup)
        if step is None:
            there = alternatives(f.api_name for f in schema.fields if f.target_id is not None and not f.type.multiple)
            message = f"groupBy goes through lookups to one record, as in account.industry; {quoted(first)} is none"
            raise ValidationError.of(f"{message}, and there is {there}", field="groupBy", code="choice")
        schema = step.schema
    subject = find_subject(schema, rest if dot else first)
    if subject is not None and subject.field is not None and subject.type.multiple and step is None:
        single = subject.type.single()
        return GroupOfValues(name, Subject(subject.name, single, "", single.column_key, subject.field), "", place)
    if subject is None or subject.is_id or subject.type.column is None:
        there = alternatives(
            [
                *(f.api_name for f in schema.fields if f.type.column is not None or (f.type.multiple and step is None)),
                *(known for known in RECORD_PROPERTIES if known != "id"),
            ]
        )
        of = f", of {schema.api_name}," if step else ""
        message = f"groupBy must name{of} {there}, and {quoted(name)} is none of them"
        raise ValidationError.of(message, field="groupBy", code="choice")
    is_moment = subject.type.column is ColumnKind.MOMENT
    if is_moment and interval and not subject.column:
        message = f"{name} has no index, which grouping it by an interval needs"
        raise ValidationError.of(message, field="interval", code="not_indexed")
    interval = interval if is_moment else ""
    called = f"{first}.{subject.name}" if step else subject.name
    zone = UTC if subject.type.is_day else zone
    if step:
        return GroupBehind(called, subject, interval, place, step, zone=zone)
    return Group(called, subject, interval, place, zone=zone)
