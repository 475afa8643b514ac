"""Numbers and times as people write them in their language: read from forms, and written into them.

What is read becomes the program form of the value (digits with a point, ISO 8601), which the field's type judges like
any other input. Nothing is guessed: a text that could mean something else is refused, with an example of what is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal, InvalidOperation
from functools import cached_property, lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel.core import Locale, negotiate_locale
from babel.dates import format_date, format_time, get_date_format, get_month_names, get_period_names, get_time_format
from babel.numbers import get_currency_symbol, get_decimal_symbol, get_group_symbol, parse_decimal
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from customobjects.fieldtypes import FormControl, Notation
from customobjects.fieldtypes.numbers import decimal_text

# A list of our own, as each language that is loaded stays in memory.
LOCALES = (
    "en_US en_GB en_AU en_CA en_IE en_IN en_NZ en_ZA de de_AT de_CH fr fr_BE fr_CA fr_CH es es_MX es_US it it_CH nl "
    "nl_BE pt_BR pt_PT da sv nb fi is pl cs sk hu ro bg el tr uk ru hr sl sr et lv lt ja ko zh_CN zh_TW he ar hi id vi"
).split()
MAX_HEADER_LENGTH = 200
MAX_TEXT_LENGTH = 100
# A year of two digits is the one that is at most so many years ahead, and else in the past.
YEARS_AHEAD = 20
WIDTHS: tuple[Literal["wide"], Literal["abbreviated"]] = ("wide", "abbreviated")
CONTEXTS: tuple[Literal["format"], Literal["stand-alone"]] = ("format", "stand-alone")
NAMES: Mapping[Notation, str] = {
    Notation.NUMBER: "a number",
    Notation.DAY: "a date",
    Notation.MOMENT: "a date and time",
}
SPACES = "\u0020\u00a0\u202f\u2009\u2007"
APOSTROPHES = "'’"
MINUS = "\u2212"
BIDI_MARKS = re.compile("[\u200e\u200f\u061c]")
TIME = re.compile(
    r"(?P<day>.+?)(?:\s*[,،]\s*|\s+)(?:(?:at|um|à)\s+)?(?P<hour>\d{1,2})"
    r"(?:(?:[:.]|\s?h\s?)(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,6}))?)?|(?P<full>\s?h))?"
    r"(?:\s?(?!UTC|GMT)(?P<period>[^\W\d_][^\d]*?))?(?:\s(?P<utc>UTC|GMT))?",
    re.IGNORECASE,
)
FILLERS = {"de", "del", "of"}
ASCII_PERIODS = {"am": 0, "pm": 12}
PLAIN_TIMES = re.compile(r"[hH]{1,2}[:.]mm( ?a)?")


class NotReadableError(ValueError):
    """A text that is no number or time in a language. ``str()`` completes a sentence that begins with its name."""


@lru_cache(maxsize=512)
def _preferred(header: str) -> str:
    """The first language of an Accept-Language header that we know, or American English."""
    weighted = []
    for place, part in enumerate(header[:MAX_HEADER_LENGTH].split(",")):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weighted.append((-float(quality or 1), place, tag.replace("-", "_")))
        except ValueError:
            continue
    found = [negotiate_locale([tag], LOCALES) for _quality, _place, tag in sorted(weighted)]
    return next(filter(None, (_listed(name) for name in found)), LOCALES[0])


def _listed(name: str | None) -> str | None:
    """The spelling of our list."""
    return next((listed for listed in LOCALES if listed.lower() == str(name).lower()), None)


@dataclass(frozen=True)
class Language:
    """The language in which a person writes, and the time zone that their times are in."""

    name: str
    zone_name: str = "UTC"

    @classmethod
    def of(cls, request: HttpRequest) -> Language:
        """What the person's browser asks for, and the zone that is current for the request."""
        return cls(_preferred(request.headers.get("Accept-Language", "")), timezone.get_current_timezone_name())

    @classmethod
    def named(cls, name: object, zone_name: object) -> Language | None:
        """A language of ours in a zone, by their names; None where one is unknown."""
        if name not in LOCALES or not isinstance(zone_name, str):
            return None
        try:
            ZoneInfo(zone_name)
        except (ValueError, OSError, KeyError):
            return None
        return cls(str(name), zone_name)

    @cached_property
    def locale(self) -> Locale:
        return Locale.parse(self.name)

    @cached_property
    def zone(self) -> tzinfo:
        return ZoneInfo(self.zone_name)

    # Writing -----------------------------------------------------------------------------------------------------

    def write(self, control: FormControl, text: str) -> str:
        """The program form of a value as the control shows it."""
        match control.notation:
            case Notation.NUMBER:
                return decimal_text(Decimal(text), self.locale)
            case Notation.DAY:
                return self._day_text(date.fromisoformat(text))
            case Notation.MOMENT:
                moment = datetime.fromisoformat(text).astimezone(self.zone)
                return f"{self._day_text(moment.date())} {self._time_text(moment.time())}"
        return text

    def example(self, control: FormControl) -> str:
        """What would be right in a control, in words."""
        return f"{NAMES[control.notation]} such as {self.write(control, control.example)}"

    def _day_text(self, day: date) -> str:
        # All digits of the year: two of them would mean another one to whoever reads the form.
        return str(format_date(day, re.sub("y+", "yyyy", self._day_pattern), locale=self.locale))

    def _time_text(self, moment: time) -> str:
        pattern = self._time_pattern
        if moment.second or moment.microsecond:
            pattern = pattern.replace("mm", "mm:ss.SSSSSS" if moment.microsecond else "mm:ss")
        return _plain(str(format_time(moment, pattern, locale=self.locale)))

    @cached_property
    def _day_pattern(self) -> str:
        # Without the words that some languages put behind the year.
        return _plain(re.sub("'[^']*'", "", get_date_format("short", self.locale).pattern)).rstrip(". ")

    @cached_property
    def _time_pattern(self) -> str:
        pattern = _plain(get_time_format("short", self.locale).pattern)
        return pattern if PLAIN_TIMES.fullmatch(pattern) else "HH:mm"

    # Reading -----------------------------------------------------------------------------------------------------

    def read(self, control: FormControl, text: str) -> str:
        """The program form of what is in a control; empty where nothing is. Raises ``NotReadableError``."""
        text = _plain(text)
        if not text or control.notation is Notation.PLAIN:
            return text
        try:
            if len(text) <= MAX_TEXT_LENGTH:
                match control.notation:
                    case Notation.NUMBER:
                        return self._number(text, control.units)
                    case Notation.DAY:
                        return (parse_date(text) or self._day(text)).isoformat()
                    case Notation.MOMENT:
                        return self._moment(text).isoformat()
        except (ValueError, InvalidOperation, OverflowError):
            pass
        raise NotReadableError(f"must be {self.example(control)}")

    def _number(self, text: str, units: Iterable[str]) -> str:
        for unit in units:
            for shown in {unit, str(get_currency_symbol(unit, locale=self.locale))}:
                text = text.removeprefix(shown).removesuffix(shown).strip()
        group, point = get_group_symbol(self.locale), get_decimal_symbol(self.locale)
        text = text.replace(MINUS, "-")
        sign = "-" if text.startswith("-") else ""
        digits = text[1:].lstrip() if text[:1] in ("-", "+") else text
        if group in SPACES + APOSTROPHES:
            digits = digits.replace(group, " ")
        if any(mark in digits for mark in SPACES + APOSTROPHES):
            # Spaces and apostrophes only ever group digits; beside a language's own mark, one of them means more.
            if group in digits:
                raise ValueError(text)
            digits = re.sub(f"[{SPACES}{APOSTROPHES}]", group, digits)
        if not all(c.isdecimal() or c in (group, point) for c in digits):
            raise ValueError(text)
        whole, _, fraction = digits.partition(point)
        if group in fraction:
            raise ValueError(text)
        # The library looks at groups, and rounds where it does; what follows the point has none.
        parse_decimal(whole or "0", locale=self.locale, strict=True)
        return f"{Decimal(sign + digits.replace(group, '').replace(point, '.')):f}"

    def _day(self, text: str) -> date:
        if any(c.isalpha() for c in text):
            return self._day_in_words(text)
        order = "".join(dict.fromkeys(c for c in self._day_pattern if c in "dMy"))
        own = next(c for c in self._day_pattern if not c.isalnum() and c not in SPACES)
        # Whoever writes points puts the day first; a slash does not tell.
        separators = {own, "-"} | (set() if order.startswith("M") else {"."})
        found = re.fullmatch(r"(\d{1,4})(\D+)(\d{1,2})(\D+)(\d{1,4})\.?", text)
        if found is None or found[2].strip() != found[4].strip() or found[2].strip() not in separators:
            raise ValueError(text)
        parts = dict(zip(order, (found[1], found[3], found[5]), strict=True))
        # With dashes the year may well come first, as in ISO 8601: a short one is to stand where the language has it.
        is_clear = found[2].strip() != "-" or own == "-" or len(parts["y"]) == 4
        if len(parts["d"]) > 2 or len(parts["M"]) > 2 or not is_clear:
            raise ValueError(text)
        return date(_year(parts["y"]), int(parts["M"]), int(parts["d"]))

    def _day_in_words(self, text: str) -> date:
        words = [word.casefold() for word in re.findall(r"[^\W\d_]+", text)]
        months = [self._months[word] for word in words if word in self._months]
        unknown = [word for word in words if word not in self._months and word not in FILLERS]
        numbers = re.findall(r"\d+", text)
        years = [number for number in numbers if len(number) == 4]
        days = [number for number in numbers if len(number) <= 2]
        if len(months) != 1 or unknown or len(numbers) != 2 or len(years) != 1 or len(days) != 1:
            raise ValueError(text)
        return date(int(years[0]), months[0], int(days[0]))

    @cached_property
    def _months(self) -> Mapping[str, int]:
        """The months' names in the language, and in English, in which records are shown."""
        return {
            word: number
            for locale in (Locale("en"), self.locale)
            for width in WIDTHS
            for context in CONTEXTS
            for number, name in get_month_names(width, context, locale).items()
            for word in re.findall(r"[^\W\d_]+", name.casefold())
            if word not in FILLERS
        }

    def _moment(self, text: str) -> datetime:
        moment = parse_datetime(text)
        if moment is None:
            found = TIME.fullmatch(text)
            if found is None:
                raise ValueError(text)
            day = parse_date(found["day"]) or self._day(found["day"].rstrip(","))
            zone = UTC if found["utc"] else self.zone
            return datetime.combine(day, self._time(found), zone).astimezone(UTC)
        return moment.replace(tzinfo=moment.tzinfo or self.zone).astimezone(UTC)

    def _time(self, found: re.Match[str]) -> time:
        hour, period = int(found["hour"]), (found["period"] or "").casefold().strip()
        word = re.sub(r"[\s.]", "", period)
        if word and word != "uhr":
            if word not in self._periods or not 1 <= hour <= 12:
                raise ValueError(period)
            hour = hour % 12 + self._periods[word]
        elif found["minute"] is None and found["full"] is None and word != "uhr":
            raise ValueError(found["hour"])
        elif self._has_halves and 1 <= hour <= 12 and not (found["hour"].startswith("0") or found["utc"]):
            # Morning or afternoon: who counts to twelve says it.
            raise ValueError(found["hour"])
        fraction = (found["fraction"] or "").ljust(6, "0")
        return time(hour, int(found["minute"] or 0), int(found["second"] or 0), int(fraction))

    @cached_property
    def _has_halves(self) -> bool:
        return "a" in self._time_pattern

    @cached_property
    def _periods(self) -> Mapping[str, int]:
        """The words for the halves of the day, and the hours that they add."""
        periods = dict(ASCII_PERIODS)
        every = [get_period_names(width, context, self.locale) for width in WIDTHS for context in CONTEXTS]
        for names in every:
            for key, hours in ASCII_PERIODS.items():
                if key in names:
                    periods[re.sub(r"[\s.]", "", _plain(names[key]).casefold())] = hours
        return periods


def _plain(text: str) -> str:
    """``text`` without marks that cannot be seen, its spaces plain ones."""
    return re.sub(f"[{SPACES}]", " ", BIDI_MARKS.sub("", text)).strip()


def _year(text: str) -> int:
    """The year of four or two digits. Raises ``ValueError``."""
    if len(text) == 4:
        return int(text)
    if len(text) != 2:
        raise ValueError(text)
    latest = timezone.now().year + YEARS_AHEAD
    return latest - (latest - int(text)) % 100
