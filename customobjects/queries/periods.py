"""Periods that move with the calendar: ``today``, ``last_7_days``, ``this_quarter``; and the moments of a day.

Days are days in UTC, as the API has them; within ``days_in``, they are those of another zone, as a person's page has
them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from django.utils import timezone

COUNTED_PERIOD = re.compile(r"(last|next)_([1-9][0-9]{0,3})_(days|weeks|months|quarters|years)", re.ASCII)
NAMED_PERIOD = re.compile(r"(last|this|next)_(week|month|quarter|year)", re.ASCII)
DAY_OFFSETS = {"yesterday": -1, "today": 0, "tomorrow": 1}
UNIT_MONTHS = {"month": 1, "quarter": 3, "year": 12}
EXAMPLES = "today, yesterday, tomorrow, this_week, last_month, next_quarter, this_year, last_7_days, next_3_months"

Period = tuple[datetime, datetime]
_zone: ContextVar[tzinfo] = ContextVar("the zone of days", default=UTC)


@contextmanager
def days_in(zone: tzinfo) -> Iterator[None]:
    """Have days and periods be those of a zone, for what is read meanwhile."""
    token = _zone.set(zone)
    try:
        yield
    finally:
        _zone.reset(token)


def period(word: str, *, of_days: bool = False) -> Period | None:
    """The moments at which the period begins and is over, or None where ``word`` is none.

    ``of_days`` says that it is compared with days: these have no zone, and are kept as their beginnings in UTC.

    Weeks begin on Monday. ``last_7_days`` are the seven days before today, and today; ``next_7_days`` are the seven
    after today; the same goes for weeks, months, quarters and years (the ones before, and the current one).
    None too where it would leave the calendar.
    """
    word = word.strip().lower()
    today = timezone.now().astimezone(_zone.get()).date()
    try:
        found = _days(word, today)
    except (OverflowError, ValueError):
        return None
    zone = UTC if of_days else _zone.get()
    return found and (_begin(found[0], zone), _begin(found[1], zone))


def moments_of(day: date) -> Period:
    """The moments at which a day begins and is over; the last day of all ends in UTC."""
    try:
        return _begin(day, _zone.get()), _begin(day + timedelta(days=1), _zone.get())
    except OverflowError:
        return _begin(day, _zone.get()), datetime.max.replace(tzinfo=UTC)


def _begin(day: date, zone: tzinfo) -> datetime:
    """The moment at which a day begins in a zone; in UTC where it would lie before or behind all moments."""
    try:
        return datetime.combine(day, time.min, zone).astimezone(UTC)
    except OverflowError:
        return datetime.combine(day, time.min, UTC)


def _days(word: str, today: date) -> tuple[date, date] | None:
    """The first day of the period, and the first day behind it."""
    if word in DAY_OFFSETS:
        first = _moved("day", today, DAY_OFFSETS[word])
        return first, _moved("day", first, 1)
    if match := NAMED_PERIOD.fullmatch(word):
        unit = match[2]
        first = _moved(unit, _start(unit, today), {"last": -1, "this": 0, "next": 1}[match[1]])
        return first, _moved(unit, first, 1)
    if match := COUNTED_PERIOD.fullmatch(word):
        count, unit = int(match[2]), match[3].removesuffix("s")
        start = _start(unit, today)
        after = _moved(unit, start, 1)
        return (_moved(unit, start, -count), after) if match[1] == "last" else (after, _moved(unit, after, count))
    return None


def _start(unit: str, day: date) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    if unit == "day":
        return day
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[unit]
    return date(day.year, month, 1)


def _moved(unit: str, day: date, count: int) -> date:
    if unit in UNIT_MONTHS:
        months = day.year * 12 + day.month - 1 + count * UNIT_MONTHS[unit]
        return date(months // 12, months % 12 + 1, 1)
    return day + timedelta(days=count * (7 if unit == "week" else 1))
