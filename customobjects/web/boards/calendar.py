"""A calendar: the records of an object on the days of a month or a week, by a date or a time of theirs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date, format_skeleton, get_day_names
from django.utils import timezone
from django.utils.dateparse import parse_date

from customobjects import access
from customobjects.queries.ordering import MAX_SORT_KEYS
from customobjects.queries.pages import RecordPage, list_records
from customobjects.queries.selection import Count, RecordRequest
from customobjects.queries.views import record_request
from customobjects.schema import Schema, SchemaField
from customobjects.web.boards.values import fields_to_read, filled_values, names_shown, shown_values
from customobjects.web.cells import Cell, text_of
from customobjects.web.hues import hue_class, person_hue
from customobjects.web.languages import Language
from customobjects.web.lists.colors import WHOLE_ROW, row_hues
from customobjects.web.lists.columns import Columns
from customobjects.web.lists.conditions import Coloring
from salesos.accounts.actor import Actor
from salesos.errors import ValidationError

MONTH, WEEK = "month", "week"
# How a page names the records that have no date.
NO_DATE = "none"
# So many records are read for all days together; where there are more, each day is asked for its own.
MAX_ENTRIES = 500
# So many are shown of a day, by what is shown, and of those without a date; so many on a page of one day alone.
MAX_OF_DAY = {MONTH: 4, WEEK: 20}
MAX_WITHOUT, MAX_ON_PAGE = 20, 100
# Beyond these years a page has no neighbours.
FIRST_YEAR, LAST_YEAR = 2, 9998
WEEKDAYS = 7
# When a new record of a day begins that has a time.
MORNING = time(9)


@dataclass(frozen=True)
class Entry:
    """A record in the calendar: its name, the time of the day where it has one, the class of its colour.

    ``about`` is the value that gives the colour, and ``cells`` are those that the view shows of each record.
    """

    id: str
    name: str
    time: str = ""
    hue: str = ""
    about: str = ""
    cells: Sequence[Cell] = ()

    @property
    def whole(self) -> str:
        """All that the entry says, where there is no room for it."""
        shown = [", ".join(part.text for part, _link in cell.parts) for cell in self.cells]
        return " · ".join(dict.fromkeys(filter(None, (self.name, self.about, *shown))))


@dataclass(frozen=True)
class Day:
    """A day with the first of its entries; ``more`` is how many there are beside them.

    ``new`` is what an address says of a new record on that day.
    """

    day: date
    entries: Sequence[Entry]
    more: int
    is_today: bool
    is_other: bool
    new: str = ""

    @property
    def name(self) -> str:
        """The whole date, for those who hear it."""
        return day_in_words(self.day)

    @property
    def is_first(self) -> bool:
        return self.day.day == 1

    @property
    def month(self) -> str:
        return str(format_date(self.day, "LLL", locale=Language.current().locale))


@dataclass(frozen=True)
class Calendar:
    """What a view of kind calendar shows: the ``span`` that ``on`` lies in.

    ``colors`` are conditions that colour entries, where the view's own field of colours would do it otherwise.
    """

    actor: Actor
    schema: Schema
    settings: Mapping[str, Any]
    field: SchemaField
    span: str
    on: date
    colors: Sequence[Coloring] = ()

    @classmethod
    def of(
        cls,
        actor: Actor,
        schema: Schema,
        settings: Mapping[str, Any],
        given: Mapping[str, str],
        colors: Sequence[Coloring] = (),
    ) -> Calendar | None:
        """What the parameters ``on`` and ``span`` of an address ask for; what makes no sense in it is passed over.

        None where the field of the dates is not there any more.
        """
        field = schema.find(settings.get("date", ""))
        if field is None:
            return None
        span = given.get("span", "")
        if span not in MAX_OF_DAY:
            span = settings["span"]
        return cls(actor, schema, settings, field, span, _day(given.get("on")), colors)

    @property
    def can_move(self) -> bool:
        return self.schema.is_active and self.field.type.writable and access.can_write(self.actor, self.schema)

    @cached_property
    def days(self) -> list[date]:
        """All days that are shown: whole weeks, which begin as they do in the person's language."""
        first = self.on if self.span == WEEK else self.on.replace(day=1)
        last = self.on if self.span == WEEK else self.moved(1).replace(day=1) - timedelta(days=1)
        begin = Language.current().locale.first_week_day
        first -= timedelta(days=(first.weekday() - begin) % WEEKDAYS)
        last += timedelta(days=(begin - 1 - last.weekday()) % WEEKDAYS)
        return [first + timedelta(days=number) for number in range((last - first).days + 1)]

    def moved(self, count: int) -> date:
        """The day so many weeks or months later, as pages before and behind this one begin with."""
        if self.span == WEEK:
            return self.on + timedelta(days=WEEKDAYS * count)
        months = self.on.year * 12 + self.on.month - 1 + count
        return date(months // 12, months % 12 + 1, 1)

    @property
    def title(self) -> str:
        """The month, or the first and the last day of the week."""
        language = Language.current()
        if self.span == MONTH:
            return str(format_skeleton("yMMMM", self.on, locale=language.locale))
        return f"{language.day(self.days[0])} – {language.day(self.days[-1])}"

    @property
    def weekdays(self) -> list[tuple[str, str]]:
        """The names of the days of a week, short and whole, in the order in which the weeks have them."""
        locale = Language.current().locale
        short = get_day_names("abbreviated", "stand-alone", locale)
        whole = get_day_names("wide", "stand-alone", locale)
        return [(str(short[day.weekday()]), str(whole[day.weekday()])) for day in self.days[:WEEKDAYS]]

    def weeks(self) -> list[list[Day]]:
        """The days with their entries, week by week.

        One query or two for all records, at most two for names, and one where there are colours. Where there are more
        than ``MAX_ENTRIES``, two for each day from where those end.
        """
        most = MAX_OF_DAY[self.span]
        page = list_records(self.actor, self.schema, self._between(self.days[0], self.days[-1], MAX_ENTRIES))
        records = defaultdict(list)
        for record in page.records():
            records[self.day_of(record)].append(record)
        counts = {day: len(held) for day, held in records.items()}
        if page.next_cursor:
            reached = max(records)
            for day in self.days:
                if day >= reached:
                    own = self._page_of(day, most, Count.EXACT)
                    records[day], counts[day] = own.records(), own.total.number or 0
        shown = {day: records[day][:most] for day in self.days}
        entries = self._entries([record for held in shown.values() for record in held])
        today = today_here()
        days = [
            Day(
                day,
                [entries[record["id"]] for record in shown[day]],
                counts.get(day, 0) - len(shown[day]),
                day == today,
                self.span == MONTH and day.month != self.on.month,
                urlencode({self.field.api_name: day.isoformat() if self.field.type.is_day else _moment(day, MORNING)}),
            )
            for day in self.days
        ]
        return [days[at : at + WEEKDAYS] for at in range(0, len(days), WEEKDAYS)]

    def without(self) -> tuple[list[Entry], int]:
        """The first records without a date, and how many there are.

        Two queries, those of ``totals`` where there are more, and at most two for names.
        """
        page = self._page_of(None, MAX_WITHOUT, Count.DEFAULT)
        records = page.records()
        return list(self._entries(records).values()), page.total.number or 0

    def alone(self, day: date | None, cursor: str) -> tuple[list[Entry], str]:
        """Entries of one day, or of None, from a cursor on, and the cursor to more. One query, and two for names."""
        try:
            page = self._page_of(day, MAX_ON_PAGE, Count.NONE, cursor)
        except ValidationError:
            if not cursor:
                raise
            # A cursor of another day leads nowhere.
            page = self._page_of(day, MAX_ON_PAGE, Count.NONE)
        return list(self._entries(page.records()).values()), page.next_cursor or ""

    def day_of(self, record: Mapping[str, Any]) -> date:
        """The day on which a record lies, in the person's zone."""
        text = record["data"][self.field.api_name]
        if self.field.type.is_day:
            return date.fromisoformat(text)
        return Language.current().there(datetime.fromisoformat(text))[0].date()

    def value_on(self, record: Mapping[str, Any], day: date | None) -> str | None:
        """The value that a record has when it is moved to a day: of a time, the time of the day stays."""
        if day is None or self.field.type.is_day:
            return day.isoformat() if day else None
        held, language = record["data"][self.field.api_name], Language.current()
        at = language.there(datetime.fromisoformat(held))[0].time() if held else time.min
        return _moment(day, at)

    def _page_of(self, day: date | None, limit: int, total: Count, cursor: str = "") -> RecordPage:
        if day is not None:
            request = self._between(day, day, limit)
        else:
            pairs = ((f"{self.field.api_name}__isnull", "true"),)
            request = self._request(",".join(self.settings["sort"]), pairs, limit)
        return list_records(self.actor, self.schema, request._replace(total=total, cursor=cursor))

    def _between(self, first: date, last: date, limit: int) -> RecordRequest:
        name, after = self.field.api_name, last + timedelta(days=1)
        is_day = self.field.type.is_day
        begin, end = (first.isoformat(), after.isoformat()) if is_day else Language.current().bounds(first, after)
        pairs = ((f"{name}__gte", begin), (f"{name}__lt", end))
        return self._request(",".join([name, *self.settings["sort"]][:MAX_SORT_KEYS]), pairs, limit)

    def _request(self, sort: str, pairs: tuple[tuple[str, str], ...], limit: int) -> RecordRequest:
        wanted = [self.field, *([self._color] if self._color else [])]
        fields = tuple(dict.fromkeys([*(field.api_name for field in wanted), *fields_to_read(self.shown)]))
        request = record_request(self.actor, self.schema, self.settings, limit=limit)
        return request._replace(sort=sort, filters=pairs, fields=fields, total=Count.NONE)

    @cached_property
    def shown(self) -> Columns:
        """What entries show beside the name, in the form of columns of a list."""
        return shown_values(self.schema, self.settings)

    @cached_property
    def _color(self) -> SchemaField | None:
        return self.schema.find(self.settings["color"]) if self.settings["color"] else None

    def _entries(self, records: Sequence[Mapping[str, Any]]) -> dict[str, Entry]:
        names = names_shown(self.actor, self.schema, self.shown, records)
        hues = row_hues(self.actor, self.schema, self.colors, records)
        return {record["id"]: self._entry(record, names, hues.get(record["id"], {})) for record in records}

    def _entry(self, record: Mapping[str, Any], names: Mapping[str, str], hues: Mapping[str, str]) -> Entry:
        language, held = Language.current(), record["data"].get(self.field.api_name)
        at = ""
        if held and not self.field.type.is_day:
            there = language.there(datetime.fromisoformat(held))[0]
            at = language.time_text(there.time().replace(second=0, microsecond=0))
        field = self._color
        value = record["data"].get(field.api_name) if field else None
        about = text_of(field, value, names, language) if field else ""
        hue = hues.get(WHOLE_ROW) or next(iter(hues.values()), "")
        if not hue and field and value is not None:
            hue = _hue(field, value)
        shown = [cell for _name, cell in filled_values(self.shown, record, names)]
        return Entry(record["id"], record["name"] or "(no name)", at, hue, about, shown)


def _moment(day: date, at: time) -> str:
    """A time of a day in the person's zone, as programs write it."""
    return datetime.combine(day, at, Language.current().zone).astimezone(UTC).isoformat()


def day_in_words(day: date) -> str:
    """The whole date, with the day of the week."""
    return str(format_date(day, "full", locale=Language.current().locale))


def today_here() -> date:
    """The day that it is in the person's zone."""
    return timezone.now().astimezone(Language.current().zone).date()


def read_day(text: str | None) -> date | None:
    """A day as addresses and forms name it, or None for what is none that a calendar has."""
    try:
        day = parse_date(text) if text and text.isascii() else None
    except ValueError:
        return None
    return day if day and FIRST_YEAR <= day.year <= LAST_YEAR else None


def _day(text: str | None) -> date:
    return read_day(text) or today_here()


def _hue(field: SchemaField, value: Any) -> str:
    """The class of a value's colour: its own, or one that always is the same for it."""
    for part in field.type.parts(value, {}):
        if part.color:
            return hue_class(part.color)
    return person_hue(str(value))
