"""Numbers and times as people write them in their language: shown on pages, read from forms, and written into them.

A page is made in the language and the time zone of who asks for it: ``speaking`` makes them the current ones.

What is read becomes the program form of the value (digits with a point, ISO 8601), which the field's type judges like
any other input. What means the same in every language is read in every one: a date with points, or with the whole year
first, and a number in which one mark groups digits and another is the point. Nothing else is guessed: a text that could
mean something else is refused, with an example of what is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation, localcontext
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from babel.core import negotiate_locale
from babel.dates import format_date, get_date_format, get_day_names, get_period_names
from babel.numbers import (
    get_currency_precision,
    get_currency_symbol,
    get_decimal_symbol,
    get_group_symbol,
    parse_decimal,
)
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from customobjects.fieldtypes import FormControl, Notation
from customobjects.fieldtypes.date_words import CONTEXTS, WIDTHS, month_words
from customobjects.fieldtypes.moments import full_year
from customobjects.fieldtypes.numbers import decimal_places, decimal_text
from customobjects.queries.periods import days_in
from customobjects.web.clear_texts import APOSTROPHES, order_with_points, with_two_marks
from customobjects.web.formats import ENGLISH, MAX_PRECISION, PERCENT, SPACES, Formats, plain
from salesos.accounts.profiles import LANGUAGES, LOCALES, profile_of, time_zones

MAX_HEADER_LENGTH = 200
MAX_TEXT_LENGTH = 100
# The cookie in which the browser says which time zone it is in.
ZONE_COOKIE = "zone"
NAMES: Mapping[Notation, str] = {
    Notation.NUMBER: "a number",
    Notation.DAY: "a date",
    Notation.MOMENT: "a date and time",
}
MINUS = "\u2212"
TIME = re.compile(
    r"(?P<day>.+?)(?:\s*[,،]\s*|\s+)(?:(?:at|um|à)\s+)?(?P<hour>\d{1,2})"
    r"(?:(?:[:.]|\s?h\s?)(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,6}))?)?|(?P<full>\s?h))?"
    r"(?:\s?(?!UTC|GMT)(?P<period>[^\W\d_][^\d]*?))?(?:\s(?P<utc>UTC|GMT))?",
    re.IGNORECASE,
)
FILLERS = {"de", "del", "of"}
# What days near today are called, besides the names of weekdays, by language: the CLDR's library does not give them.
NEAR_DAYS: Mapping[str, Mapping[str, int]] = {
    "en": {"today": 0, "tomorrow": 1},
    "de": {"heute": 0, "morgen": 1},
    "fr": {"aujourd'hui": 0, "demain": 1},
}
ASCII_PERIODS = {"am": 0, "pm": 12}


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
class Language(Formats):
    """The language in which a person writes, and the time zone that their times are in."""

    @classmethod
    def of(cls, request: HttpRequest) -> Language:
        """What the person has chosen, or their organization; else what their browser asks for, and its zone.

        Where the browser has not said its zone, it is the server's.
        """
        profile = profile_of(request)
        name = LANGUAGES.get(profile.language) or _preferred(request.headers.get("Accept-Language", ""))
        # A zone that was there when it was chosen may be none for another server.
        kept = request.COOKIES.get(ZONE_COOKIE, "")
        zones = (profile.time_zone, kept if kept in time_zones() else "", timezone.get_default_timezone_name())
        found = next(filter(None, (cls.named(name, zone) for zone in zones)), None)
        return found or cls(name)

    @classmethod
    def current(cls) -> Language:
        """That of the page that is being made; elsewhere American English, in UTC."""
        return _current.get()

    @classmethod
    def named(cls, name: object, zone_name: object) -> Language | None:
        """A language of ours in a zone, by their names; None where one is unknown."""
        if name not in LOCALES or not isinstance(zone_name, str) or not zone_name:
            return None
        try:
            return _kept(str(name), zone_name)
        except (ValueError, OSError, KeyError):
            return None

    # Writing -----------------------------------------------------------------------------------------------------

    def write(self, control: FormControl, text: str) -> str:
        """The program form of a value as the control shows it."""
        match control.notation:
            case Notation.NUMBER:
                return self._number_text(Decimal(text), control.units)
            case Notation.DAY:
                return self._day_text(date.fromisoformat(text))
            case Notation.MOMENT:
                return self._moment_text(datetime.fromisoformat(text))
        return text

    def example(self, control: FormControl) -> str:
        """What would be right in a control, in words."""
        return f"{NAMES[control.notation]} such as {self.write(control, control.example)}"

    def _number_text(self, number: Decimal, units: Sequence[str]) -> str:
        """A number; of money, with as many digits behind the point as its currency has, at least."""
        if units and units[0] != PERCENT:
            with localcontext(prec=MAX_PRECISION):
                places = get_currency_precision(units[0])
                number = number if decimal_places(number) >= places else number.quantize(Decimal(1).scaleb(-places))
        return decimal_text(number, self.locale)

    @cached_property
    def form_day_pattern(self) -> str:
        """How a form writes a day, as the CLDR says it: with all digits of the year.

        Two of them would mean another one to whoever reads the form.
        """
        return re.sub("y+", "yyyy", self._day_pattern)

    def _day_text(self, day: date) -> str:
        return str(format_date(day, self.form_day_pattern, locale=self.locale))

    def _moment_text(self, moment: datetime) -> str:
        there, zone_name = self.there(moment)
        is_utc = zone_name != self.zone_name or not _is_once(there)
        if is_utc:
            there = moment.astimezone(UTC)
        return f"{self._day_text(there.date())} {self.time_text(there.time())}{' UTC' if is_utc else ''}"

    @cached_property
    def _day_pattern(self) -> str:
        # Without the words that some languages put behind the year.
        return plain(re.sub("'[^']*'", "", get_date_format("short", self.locale).pattern)).rstrip(". ")

    # Reading -----------------------------------------------------------------------------------------------------

    def read(self, control: FormControl, text: str) -> str:
        """The program form of what is in a control; empty where nothing is. Raises ``NotReadableError``."""
        text = plain(text)
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
        except NotReadableError:
            raise
        except (ValueError, InvalidOperation, OverflowError):
            pass
        raise NotReadableError(f"must be {self.example(control)}")

    def _number(self, text: str, units: Iterable[str]) -> str:
        # The unit may stand before or behind the sign.
        text = self._without(units, text.replace(MINUS, "-"))
        sign = "-" if text.startswith("-") else ""
        digits = self._without(units, text[1:].lstrip()) if text[:1] in ("-", "+") else text
        if (clear := with_two_marks(digits)) is not None:
            return f"{Decimal(sign + clear):f}"
        group, point = get_group_symbol(self.locale), get_decimal_symbol(self.locale)
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

    def _without(self, units: Iterable[str], text: str) -> str:
        for unit in units:
            for shown in {unit, plain(str(get_currency_symbol(unit, locale=self.locale)))}:
                text = text.removeprefix(shown).removesuffix(shown).strip()
        return text

    def _day(self, text: str) -> date:
        if any(c.isalpha() for c in text):
            return self._day_in_words(text)
        order = "".join(dict.fromkeys(c for c in self._day_pattern if c in "dMy"))
        own = next(c for c in self._day_pattern if not c.isalnum() and c not in SPACES)
        separators = {own, "-", "."}
        found = re.fullmatch(r"(\d{1,4})(\D+)(\d{1,2})(\D+)(\d{1,4})\.?", text)
        if found is None or found[2].strip() != found[4].strip() or found[2].strip() not in separators:
            raise ValueError(text)
        if found[2].strip() == ".":
            order = order_with_points(found[1], found[5], order)
        parts = dict(zip(order, (found[1], found[3], found[5]), strict=True))
        # With dashes the year may well come first, as in ISO 8601: a short one is to stand where the language has it.
        is_clear = found[2].strip() != "-" or own == "-" or len(parts["y"]) == 4
        if len(parts["d"]) > 2 or len(parts["M"]) > 2 or not is_clear:
            raise ValueError(text)
        return date(full_year(parts["y"]), int(parts["M"]), int(parts["d"]))

    @property
    def near_day_examples(self) -> str:
        """What else a day may be called, in words of the language where it has any of ours."""
        [tomorrow] = [word for word, days in NEAR_DAYS.get(self._tongue, NEAR_DAYS["en"]).items() if days == 1]
        locale = self.locale if self._tongue in NEAR_DAYS else ENGLISH
        friday = plain(get_day_names("abbreviated", "format", locale)[4]).strip(".").lower()
        return f"{tomorrow} or {friday}"

    @property
    def _tongue(self) -> str:
        return str(self.locale.language)

    def now(self) -> datetime:
        """This moment, in the person's zone."""
        return timezone.now().astimezone(self.zone)

    def _near_day(self, text: str) -> date | None:
        """Today, tomorrow, or the next day that a weekday's name tells, never today; None for other texts."""
        word, today = text.casefold().replace("’", "'").rstrip("."), self.now().date()
        for tongue in ("en", self._tongue):
            if (away := NEAR_DAYS.get(tongue, {}).get(word)) is not None:
                return today + timedelta(days=away)
        weekday = self._weekdays.get(word)
        return None if weekday is None else today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)

    @cached_property
    def _weekdays(self) -> Mapping[str, int]:
        """The weekdays' names in the language, and in English; Monday is 0."""
        return {
            name.casefold().rstrip("."): number
            for locale in (ENGLISH, self.locale)
            for width in WIDTHS
            for context in CONTEXTS
            for number, name in get_day_names(width, context, locale).items()
        }

    def _day_in_words(self, text: str) -> date:
        if near := self._near_day(text):
            return near
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
            for locale in (ENGLISH, self.locale)
            for word, number in month_words(locale).items()
            if word not in FILLERS
        }

    def _moment(self, text: str) -> datetime:
        moment = parse_datetime(text)
        if moment is None:
            found = TIME.fullmatch(text)
            if found is None:
                raise ValueError(text)
            day = parse_date(found["day"]) or self._day(found["day"].rstrip(","))
            moment = datetime.combine(day, self._time(found), UTC if found["utc"] else self.zone)
        moment = moment.replace(tzinfo=moment.tzinfo or self.zone)
        if not _is_once(moment):
            raise NotReadableError(
                f"must be a time that there is once in {self.zone_name}, where clocks are changed then; or one in UTC, "
                f"such as {self._moment_text(moment)}"
            )
        return moment.astimezone(UTC)

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
        return "a" in self.time_pattern

    @cached_property
    def _periods(self) -> Mapping[str, int]:
        """The words for the halves of the day, and the hours that they add."""
        periods = dict(ASCII_PERIODS)
        every = [get_period_names(width, context, self.locale) for width in WIDTHS for context in CONTEXTS]
        for names in every:
            for key, hours in ASCII_PERIODS.items():
                if key in names:
                    periods[re.sub(r"[\s.]", "", plain(names[key]).casefold())] = hours
        return periods


def _is_once(moment: datetime) -> bool:
    """Whether a clock shows a time once: not when it is set back, and not in an hour that it passes over."""
    return moment.utcoffset() == moment.replace(fold=1 - moment.fold).utcoffset()


@lru_cache(maxsize=256)
def _kept(name: str, zone_name: str) -> Language:
    """A language, whose patterns are looked up once. Raises what ``ZoneInfo`` does."""
    ZoneInfo(zone_name)
    return Language(name, zone_name)


_AMERICAN = Language(LOCALES[0])
_current: ContextVar[Language] = ContextVar("current language", default=_AMERICAN)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Make a language the current one, and its time zone Django's current one, while a page is made.

    Days of filters are the person's days then.
    """
    token = _current.set(language)
    try:
        with timezone.override(language.zone), days_in(language.zone):
            yield
    finally:
        _current.reset(token)
