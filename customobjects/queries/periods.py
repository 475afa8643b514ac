"""Periods that move with the calendar: ``today``, ``last_7_days``, ``this_quarter``. Days are days in UTC."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

COUNTED_PERIOD = re.compile(r"(last|next)_([1-9][0-9]{0,3})_(days|weeks|months|quarters|years)", re.ASCII)
NAMED_PERIOD = re.compile(r"(last|this|next)_(week|month|quarter|year)", re.ASCII)
DAY_OFFSETS = {"yesterday": -1, "today": 0, "tomorrow": 1}
UNIT_MONTHS = {"month": 1, "quarter": 3, "year": 12}
MIDNIGHT = time(tzinfo=UTC)
EXAMPLES = "today, yesterday, tomorrow, this_week, last_month, next_quarter, this_year, last_7_days, next_3_months"

Period = tuple[datetime, datetime]


def period(word: str) -> Period | None:
    """The moments at which the period begins and is over, or None where ``word`` is none.

    Weeks begin on Monday. ``last_7_days`` are the seven days before today, and today; ``next_7_days`` are the seven
    after today; the same goes for weeks, months, quarters and years (the ones before, and the current one).
    None too where it would leave the calendar.
    """
    word = word.strip().lower()
    today = timezone.now().astimezone(UTC).date()
    try:
        found = _days(word, today)
    except (OverflowError, ValueError):
        return None
    return found and (datetime.combine(found[0], MIDNIGHT), datetime.combine(found[1], MIDNIGHT))


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
