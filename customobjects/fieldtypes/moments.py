"""DATE and DATETIME."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from babel.dates import format_date, format_datetime
from django.utils.dateparse import parse_date, parse_datetime

from customobjects.fieldtypes.base import ORDERED, ColumnKind, FieldType, ValueProblem
from customobjects.fieldtypes.controls import FormControl
from customobjects.fieldtypes.keys import moment_value

LOCALE = "en_US"


def display_moment(value: str) -> str:
    """A moment in UTC, as in ``2026-11-23T14:05:00Z``, for a person."""
    return f"{format_datetime(datetime.fromisoformat(value), 'MMM d, y, HH:mm', locale=LOCALE)} UTC"


class _Moment(FieldType):
    """What days and moments share."""

    column = ColumnKind.MOMENT
    filter_families = ORDERED
    can_be_unique = True
    key_is_value = True

    def unique_text(self, value: str) -> str:
        return value


class Date(_Moment):
    """A calendar day, canonical as ``2026-11-23``."""

    key = "DATE"
    label = "Date"
    icon = "calendar_today"
    description = "A day: a birthday, a due date, the end of a warranty."
    place = 60
    control = "date"

    def parse(self, value: object) -> str:
        try:
            day = parse_date(value.strip()) if isinstance(value, str) else None
        except ValueError:
            day = None
        if day is None:
            raise ValueProblem("type", "must be a date such as 2026-11-23")
        return day.isoformat()

    def column_key(self, value: str) -> datetime:
        return datetime.combine(date.fromisoformat(value), datetime.min.time(), UTC)

    def from_key(self, key: datetime) -> str:
        return key.astimezone(UTC).date().isoformat()

    def display(self, value: str, names: Mapping[str, str] | None = None) -> str:
        return str(format_date(date.fromisoformat(value), locale=LOCALE))

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date"}


class DateTime(_Moment):
    """A moment, canonical in UTC as ``2026-11-23T14:05:00Z``, to the microsecond. Without an offset it means UTC."""

    key = "DATETIME"
    label = "Date and time"
    icon = "schedule"
    description = "A moment in time: an appointment, a departure, a measurement."
    place = 70
    control = "datetime-local"

    def parse(self, value: object) -> str:
        try:
            moment = parse_datetime(value.strip()) if isinstance(value, str) else None
            if moment is not None:
                moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
        except (ValueError, OverflowError):
            moment = None
        if moment is None:
            raise ValueProblem("type", "must be a date and time such as 2026-11-23T14:05:00Z")
        return moment_value(moment)

    def column_key(self, value: str) -> datetime:
        return datetime.fromisoformat(value)

    def display(self, value: str, names: Mapping[str, str] | None = None) -> str:
        return display_moment(value)

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date-time"}

    def form_control(self, value: str | None = None) -> FormControl:
        # A browser's own control for moments cannot hold microseconds, and would lose them.
        kind = "text" if value and "." in value else self.control
        return FormControl(attributes={"type": kind, "step": "any"})

    def form_value(self, value: str) -> str:
        return value.removesuffix("Z")
