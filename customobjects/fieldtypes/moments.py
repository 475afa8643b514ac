"""DATE and DATETIME."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import ClassVar

from babel.dates import format_date, format_datetime
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from customobjects.fieldtypes.base import FieldType
from customobjects.fieldtypes.controls import DisplayPart, FormControl, Notation
from customobjects.fieldtypes.keys import moment_value
from customobjects.fieldtypes.kinds import ORDERED, ColumnKind, ValueProblem

LOCALE = "en_US"
# A year of two digits is the one that is at most so many years ahead, and else in the past.
YEARS_AHEAD = 20


def display_moment(value: str) -> str:
    """A moment in UTC, as in ``2026-11-23T14:05:00Z``, for a person."""
    return f"{format_datetime(datetime.fromisoformat(value), 'MMM d, y, HH:mm', locale=LOCALE)} UTC"


def day_of(text: str) -> tuple[datetime, datetime] | None:
    """The first and the last moment of the day that a text such as ``2026-11-23`` names, in UTC, or None."""
    try:
        day = parse_date(text.strip()) if text.isascii() else None
    except ValueError:
        return None
    return (datetime.combine(day, time.min, UTC), datetime.combine(day, time.max, UTC)) if day else None


def full_year(text: str) -> int:
    """The year of four or two digits, as people write it. Raises ``ValueError``."""
    if len(text) == 4:
        return int(text)
    if len(text) != 2:
        raise ValueError(text)
    latest = timezone.now().year + YEARS_AHEAD
    return latest - (latest - int(text)) % 100


class _Moment(FieldType):
    """What days and moments share."""

    column = ColumnKind.MOMENT
    filter_families = ORDERED
    can_be_unique = True
    key_is_value = True
    # Completes the sentence that refuses everything else.
    example: ClassVar[str]
    notation: ClassVar[Notation]
    # The end of the year, where day and month cannot be taken for each other.
    written_example: ClassVar[str]

    def parse(self, value: object) -> str:
        try:
            # Django and Python would take the digits of all scripts.
            canonical = self.read(value.strip()) if isinstance(value, str) and value.strip().isascii() else None
        except (ValueError, OverflowError):
            canonical = None
        if canonical is None:
            raise ValueProblem("type", f"must be {self.example}")
        return canonical

    def is_comparable(self, other: FieldType) -> bool:
        return isinstance(other, _Moment)

    def form_control(self, value: str | None = None) -> FormControl:
        return FormControl(notation=self.notation, example=self.written_example)

    def parts(self, value: str, names: Mapping[str, str] | None = None) -> Sequence[DisplayPart]:
        return [DisplayPart(notation=self.notation, value=value)]

    @abstractmethod
    def read(self, text: str) -> str | None:
        """The canonical value of a text. None, ``ValueError`` or ``OverflowError`` where it is no such moment."""


class Date(_Moment):
    """A calendar day, canonical as ``2026-11-23``."""

    key = "DATE"
    column_width = 136
    label = "Date"
    icon = "calendar_today"
    description = "A day: a birthday, a due date, the end of a warranty."
    place = 60
    control = "date"
    schema = {"type": "string", "format": "date"}
    example = "a date such as 2026-11-23"
    notation = Notation.DAY
    dynamic_default = "today"
    dynamic_default_means = "the day on which a record is made, in UTC"
    is_day = True
    written_example = "2026-12-31"

    def read(self, text: str) -> str | None:
        day = parse_date(text)
        return day.isoformat() if day else None

    def dynamic_value(self, moment: datetime, user_id: str) -> str:
        return moment.astimezone(UTC).date().isoformat()

    def column_key(self, value: str) -> datetime:
        return datetime.combine(date.fromisoformat(value), datetime.min.time(), UTC)

    def from_key(self, key: datetime) -> str:
        return key.astimezone(UTC).date().isoformat()

    def display(self, value: str, names: Mapping[str, str] | None = None) -> str:
        return str(format_date(date.fromisoformat(value), locale=LOCALE))


class DateTime(_Moment):
    """A moment, canonical in UTC as ``2026-11-23T14:05:00Z``, to the microsecond. Without an offset it means UTC."""

    key = "DATETIME"
    label = "Date and time"
    icon = "schedule"
    description = "A moment in time: an appointment, a departure, a measurement."
    place = 70
    control = "datetime-local"
    schema = {"type": "string", "format": "date-time"}
    example = "a date and time such as 2026-11-23T14:05:00Z"
    notation = Notation.MOMENT
    dynamic_default = "now"
    dynamic_default_means = "the moment at which a record is made"
    written_example = "2026-12-31T14:30:00Z"

    def read(self, text: str) -> str | None:
        moment = parse_datetime(text)
        return moment_value(moment.replace(tzinfo=moment.tzinfo or UTC)) if moment else None

    def dynamic_value(self, moment: datetime, user_id: str) -> str:
        # People see it in a form, where parts of a second say nothing.
        return moment_value(moment.replace(microsecond=0))

    def day(self, text: str) -> tuple[datetime, datetime] | None:
        return day_of(text)

    def column_key(self, value: str) -> datetime:
        return datetime.fromisoformat(value)

    def display(self, value: str, names: Mapping[str, str] | None = None) -> str:
        return display_moment(value)
