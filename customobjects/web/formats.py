"""Numbers and times as pages show them: in the language of a person, and in their time zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, localcontext
from functools import cached_property
from zoneinfo import ZoneInfo

from babel.core import Locale, get_global
from babel.dates import format_date, format_time, format_timedelta, get_date_format, get_time_format
from babel.numbers import format_currency, format_percent, get_currency_precision, get_territory_currencies

from customobjects.fieldtypes import DisplayPart, Notation
from customobjects.fieldtypes.numbers import decimal_places, decimal_text

# A time that is at most so far away is told by how far it is.
NEAR = timedelta(days=7)
PERCENT = "%"
# More digits than any number has.
MAX_PRECISION = 100
SPACES = "\u0020\u00a0\u202f\u2009\u2007"
BIDI_MARKS = "\u200e\u200f\u061c"
_PLAIN = str.maketrans(SPACES, " " * len(SPACES), BIDI_MARKS)
# Where the CLDR has a space between a currency and its amount; the library leaves it out.
BETWEEN_LETTER_AND_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
ENGLISH = Locale("en")
PLAIN_TIMES = re.compile(r"[hH]{1,2}[:.]mm( ?a)?")


def plain(text: str) -> str:
    """``text`` without marks that cannot be seen, its spaces plain ones."""
    return text.translate(_PLAIN).strip()


@dataclass(frozen=True)
class Formats:
    """How numbers and times are written in a language, by its name in the CLDR, and in a time zone."""

    name: str
    zone_name: str = "UTC"

    @cached_property
    def locale(self) -> Locale:
        return Locale.parse(self.name)

    @property
    def currency(self) -> str:
        """The code of the currency where the language is spoken first of all; empty where none is known."""
        likely = get_global("likely_subtags").get(self.name, self.name)
        territory = self.locale.territory or Locale.parse(likely).territory
        return next(iter(get_territory_currencies(territory)), "") if territory else ""

    @cached_property
    def zone(self) -> tzinfo:
        return ZoneInfo(self.zone_name)

    def shown(self, part: DisplayPart) -> str:
        """A piece of a value as a plain text."""
        match part.notation:
            case Notation.NUMBER:
                return self.number(Decimal(part.value), part.unit)
            case Notation.DAY:
                return self.day(date.fromisoformat(part.value))
            case Notation.MOMENT:
                return self.moment(datetime.fromisoformat(part.value))
        return part.text

    def number(self, number: int | Decimal, unit: str = "") -> str:
        """A number with all its digits, and its unit: the code of a currency, or ``%``."""
        if not unit:
            return decimal_text(number, self.locale)
        with localcontext(prec=MAX_PRECISION):
            if unit == PERCENT:
                hundredth = Decimal(number).scaleb(-2)
                return str(format_percent(hundredth, locale=self.locale, decimal_quantization=False))
            # With as many digits as the currency has, at least.
            fills = decimal_places(number) <= get_currency_precision(unit)
            money = str(format_currency(number, unit, locale=self.locale, decimal_quantization=fills))
        return BETWEEN_LETTER_AND_DIGIT.sub("\u00a0", money)

    def day(self, day: date) -> str:
        """A date in which nobody takes the month for the day."""
        return plain(str(format_date(day, self._clear_day_pattern, locale=self.locale)))

    def moment(self, moment: datetime) -> str:
        """A time in the person's zone, to the minute."""
        there, _zone_name = self.there(moment)
        return f"{self.day(there.date())}, {self.time_text(there.time().replace(second=0, microsecond=0))}"

    def whole_moment(self, moment: datetime) -> str:
        """A time with its seconds, and the zone that it is in."""
        there, zone_name = self.there(moment)
        return f"{self.day(there.date())}, {self.time_text(there.time(), 'mm:ss')}, {zone_name}"

    def near_moment(self, moment: datetime, now: datetime) -> str:
        """How far a time is away, in English words; one that is far away as ``moment`` says it."""
        away = moment - now
        if abs(away) >= NEAR:
            return self.moment(moment)
        if abs(away) < timedelta(minutes=1):
            return "just now" if away <= timedelta(0) else "in a moment"
        return str(format_timedelta(away, threshold=1, add_direction=True, locale=ENGLISH))

    def there(self, moment: datetime) -> tuple[datetime, str]:
        """A time in the person's zone, and the zone's name; at the ends of all time, in UTC."""
        try:
            return moment.astimezone(self.zone), self.zone_name
        except OverflowError:
            return moment.astimezone(UTC), "UTC"

    def bounds(self, first: date, after: date) -> tuple[str, str]:
        """The moments at which the days ``first`` and ``after`` begin in the person's zone, as filters have them.

        At the ends of all time, those in UTC.
        """
        return self._begin(first), self._begin(after)

    def _begin(self, day: date) -> str:
        try:
            begin = datetime.combine(day, time.min, self.zone).astimezone(UTC)
        except OverflowError:
            begin = datetime.combine(day, time.min, UTC)
        return begin.isoformat().replace("+00:00", "Z")

    def time_text(self, moment: time, minutes: str = "") -> str:
        """A time of the day, as exact as it is, or with its ``minutes`` in a pattern of their own."""
        pattern = self.time_pattern
        if minutes or moment.second or moment.microsecond:
            pattern = pattern.replace("mm", minutes or ("mm:ss.SSSSSS" if moment.microsecond else "mm:ss"))
        return plain(str(format_time(moment, pattern, locale=self.locale)))

    @cached_property
    def _clear_day_pattern(self) -> str:
        pattern = get_date_format("medium", self.locale).pattern
        # Whoever writes points puts the day first; a slash does not tell.
        is_clear = "MMM" in pattern or pattern.startswith("y") or "/" not in pattern
        return re.sub("y+", "yyyy", pattern if is_clear else get_date_format("long", self.locale).pattern)

    @cached_property
    def time_pattern(self) -> str:
        pattern = plain(get_time_format("short", self.locale).pattern)
        return pattern if PLAIN_TIMES.fullmatch(pattern) else "HH:mm"
