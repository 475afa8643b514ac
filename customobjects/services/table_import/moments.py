"""How a column writes days and times: the order of day, month and year, months in words, and which clock."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from typing import ClassVar
from zoneinfo import ZoneInfo

from customobjects.fieldtypes.date_words import WORD, month_words, weekday_words
from customobjects.fieldtypes.moments import full_year
from customobjects.services.table_import.readings import Reading

# The languages whose months and weekdays are known.
LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "nb")
# Of eight digits in a row, these years are believed.
FIRST_YEAR, LAST_YEAR = 1900, 2100
MAX_LENGTH = 60
FILLERS = frozenset({"de", "del", "of", "den", "the", "le", "st", "nd", "rd", "th", "er"})
DIGITS = re.compile(r"[0-9]+")
CHINESE = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")
THREE_NUMBERS = re.compile(r"([0-9]{1,4})(?P<between>[-/.]\s?)([0-9]{1,2})(?P=between)([0-9]{1,4})")
# Between a day and a time stands a T or a word.
WITH_TIME = re.compile(
    r"(?P<day>.*?[0-9]{2})(?:T|,?\s+(?:(?:at|um|à)\s+)?)"
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    r"(?:\s?(?P<half>[ap])\.?m\.?)?\s?(?P<zone>Z|UTC|GMT|[-+][0-9]{2}:?(?:[0-9]{2})?)?",
    re.IGNORECASE,
)
EXAMPLES: Mapping[str, str] = {"ymd": "2026-12-31", "dmy": "31/12/2026", "mdy": "12/31/2026"}


@dataclass(frozen=True)
class Days(Reading):
    """Days with the year, the month and the day in one order, or with the month in words."""

    order: str

    def read(self, text: str) -> str | None:
        moment = _split(text)
        if moment is not None:
            # A spreadsheet writes a day as its midnight.
            if _clock(moment) != time.min or moment["zone"]:
                return None
            text = moment["day"]
        day = day_of(text, self.order)
        return day.isoformat() if day else None

    @property
    def label(self) -> str:
        return EXAMPLES[self.order]

    @classmethod
    def ways(cls) -> Iterator[Days]:
        yield from (cls(order) for order in EXAMPLES)


@dataclass(frozen=True)
class Moments(Reading):
    """Days in one order, and a time; where no text says the zone, it is the one named here."""

    order: str
    zone: str = "UTC"

    _UTC_WORDS: ClassVar[frozenset[str]] = frozenset({"z", "utc", "gmt"})

    def read(self, text: str) -> str | None:
        found = _split(text)
        day = day_of(found["day"] if found else text, self.order)
        clock = _clock(found) if found else time.min
        if day is None or clock is None:
            return None
        try:
            moment = datetime.combine(day, clock, self._zone(found["zone"] if found else None))
            return moment.astimezone(UTC).isoformat()
        except (ValueError, OverflowError):
            return None

    def _zone(self, text: str | None) -> tzinfo:
        if not text:
            return ZoneInfo(self.zone)
        if text.lower() in self._UTC_WORDS:
            return UTC
        digits = text[1:].replace(":", "").ljust(4, "0")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        return timezone(-offset if text.startswith("-") else offset)

    @property
    def label(self) -> str:
        return f"{EXAMPLES[self.order]} 14:30"

    @classmethod
    def ways(cls, zone: str) -> Iterator[Moments]:
        yield from (cls(order, zone) for order in EXAMPLES)


def _split(text: str) -> re.Match[str] | None:
    """A text with a time in it as its day and its time."""
    return WITH_TIME.fullmatch(text) if len(text) <= MAX_LENGTH else None


def _clock(found: re.Match[str]) -> time | None:
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found["half"].lower() == "p" else 0)
    try:
        fraction = (found["fraction"] or "").ljust(6, "0")[:6]
        return time(hour, int(found["minute"]), int(found["second"] or 0), int(fraction))
    except ValueError:
        return None


def day_of(text: str, order: str) -> date | None:
    """The day that a text names whose numbers stand in ``order`` (``ymd``, ``dmy`` or ``mdy``); None: it names none."""
    if len(text) > MAX_LENGTH:
        return None
    try:
        if text.isascii() and text.isdigit():
            return _compact(text) if order == "ymd" else None
        if found := THREE_NUMBERS.fullmatch(text.rstrip(".")):
            if order == "mdy" and found["between"].startswith("."):
                # Whoever writes points puts the day first; a slash does not tell.
                return None
            parts = dict(zip(order, (found[1], found[3], found[4]), strict=True))
            return _date(parts["y"], int(parts["m"]), parts["d"])
        if found := CHINESE.fullmatch(text):
            return _date(found[1], int(found[2]), found[3])
        return _in_words(text)
    except ValueError:
        return None


def _compact(text: str) -> date | None:
    if len(text) != 8 or not FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
        return None
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def _in_words(text: str) -> date | None:
    months, ignored = _names()
    words = [word.casefold() for word in WORD.findall(text)]
    named = [months[word] for word in words if word in months]
    unknown = [word for word in words if word not in months and word not in ignored and word not in FILLERS]
    numbers = DIGITS.findall(text)
    if len(named) != 1 or unknown or len(numbers) != 2:
        return None
    # Only a year has four digits; of two numbers with two, the year is the last one.
    day, year = (numbers[1], numbers[0]) if len(numbers[0]) == 4 else numbers
    return _date(year, named[0], day)


def _date(year: str, month: int, day: str) -> date | None:
    """Raises ``ValueError`` where there is no such day."""
    return date(full_year(year), month, int(day)) if len(day) <= 2 else None


@cache
def _names() -> tuple[Mapping[str, int], frozenset[str]]:
    """The months by their names in all languages, and the names of weekdays, which say nothing new."""
    months: dict[str, int] = {}
    weekdays: set[str] = set()
    for language in LANGUAGES:
        for word, number in month_words(language).items():
            months.setdefault(word, number)
        weekdays.update(weekday_words(language))
    return months, frozenset(weekdays - months.keys())
