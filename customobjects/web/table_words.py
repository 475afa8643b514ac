"""What pages say of a table that is brought in: what its dates and numbers mean, and what its first rows become."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from babel.numbers import get_decimal_symbol

from customobjects.fieldtypes import TYPES, DisplayPart, FieldType, ValueProblem
from customobjects.queries.nameable import Person, people_with_ids
from customobjects.queries.named import users_called
from customobjects.queries.objects import as_uuid
from customobjects.queries.people import INVITED
from customobjects.services.table_import.moments import Days, Moments
from customobjects.services.table_import.plans import ColumnPlan, Plan, option_problems
from customobjects.services.table_import.proposals import Column
from customobjects.services.table_import.readings import Amounts, Numbers, Percentages, Reading
from customobjects.services.written import nobody_called
from customobjects.web.cells import Cell, cell_of
from customobjects.web.formats import ENGLISH, Formats
from customobjects.web.languages import Language
from salesos.accounts.actor import Actor

# So many rows show what becomes of them.
FIRST_ROWS = 5
# Types whose texts may be written in several ways.
QUANTITIES = frozenset({"NUMBER", "CURRENCY", "PERCENT"})
WRITTEN_IN_WAYS = QUANTITIES | {"DATE", "DATETIME"}


@dataclass(frozen=True)
class ReadAs:
    """A text of a column, and what it means, in words that nobody misreads."""

    text: str
    means: str


def read_as(column: Column, plan: ColumnPlan, zone: str) -> ReadAs | None:
    """How the first text of a column is read; of numbers, the first that does not stand as a program writes it.

    None where there is nothing to say: of other types than dates, times and numbers, and where no text can be read.
    """
    found = list(_read(column, plan, zone))
    if not found:
        return None
    text, value = next(((text, value) for text, value in found if plan.type in QUANTITIES and text != value), found[0])
    return ReadAs(text, _meaning(plan, text, value, zone))


def _read(column: Column, plan: ColumnPlan, zone: str) -> Iterator[tuple[str, str]]:
    """The texts of a column of dates, times or numbers, each with the program form that it is read as."""
    if plan.type not in WRITTEN_IN_WAYS or not plan.used:
        return
    reading = plan.reading_in(zone)
    for text in column.counts:
        value = None if text in plan.missing else reading.read(text)
        if isinstance(value, str):
            yield text, value


def _meaning(plan: ColumnPlan, text: str, value: str, zone: str) -> str:
    if plan.type == "DATE":
        return _day(date.fromisoformat(value))
    if plan.type == "DATETIME":
        moment, zone_name = Formats(ENGLISH.language, zone).there(datetime.fromisoformat(value))
        return f"{_day(moment)}, {moment:%H:%M} ({zone_name})"
    number = format(Decimal(value), "f")
    unit = "%" if plan.type == "PERCENT" else plan.options.get("currency", "")
    if number == text:
        return "it stands"
    return f"{number} {unit}" if unit and unit not in text else number


def _day(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def other_formats(columns: Sequence[tuple[Column, ColumnPlan]], zone: str, language: Language) -> list[tuple[str, str]]:
    """Texts that are not written as a person writes dates and numbers, each with how pages show it to them.

    The first date and the first number of that kind.
    """
    found: dict[bool, tuple[str, str]] = {}
    for column, plan in columns:
        is_quantity = plan.type in QUANTITIES
        if is_quantity in found or plan.type not in WRITTEN_IN_WAYS or not plan.used:
            continue
        own = _as_written_by(plan.reading_in(zone), language)
        for text, value in _read(column, plan, zone):
            if own is not None and own.read(text) != value:
                found[is_quantity] = text, _shown(plan, value, language)
                break
    return list(found.values())


def _as_written_by(reading: Reading, language: Language) -> Reading | None:
    """The reading of texts that are written as in a language; None where programs write so, whatever the language."""
    numbers = Numbers(get_decimal_symbol(language.locale))
    match reading:
        case Days(order="ymd") | Moments(order="ymd"):
            return None
        case Days() | Moments():
            letters = (letter for letter in language.form_day_pattern.lower() if letter in "dmy")
            return replace(reading, order="".join(dict.fromkeys(letters)))
        case Numbers():
            return numbers if numbers.decimal in ".," else None
        case Percentages() | Amounts():
            return replace(reading, numbers=numbers) if numbers.decimal in ".," else None
    return None


def _shown(plan: ColumnPlan, value: str, language: Language) -> str:
    if plan.type == "DATE":
        return language.day(date.fromisoformat(value))
    if plan.type == "DATETIME":
        return language.moment(datetime.fromisoformat(value))
    return language.number(Decimal(value))


@dataclass(frozen=True)
class FirstRow:
    """One of the first rows of a table: its number, and its values as lists will show them.

    A value that is refused is the text as it stands, with the reason behind it, which is empty otherwise.
    """

    number: int
    cells: list[tuple[Cell, str]]


def first_rows(actor: Actor, plan: Plan, rows: Sequence[Sequence[str]], *, has_header: bool) -> list[FirstRow]:
    """What the first rows of a table become in a new object. Two queries where people are named, else none."""
    shown = list(enumerate(rows[has_header : has_header + FIRST_ROWS], has_header + 1))
    used = [(place, one) for place, one in enumerate(plan.columns) if one.used]
    texts = [row[place] for place, one in used if one.names_users for _number, row in shown]
    people = _people(actor, [text for text in texts if text])
    readings = plan.readings()
    kinds = {place: _kind(one) for place, one in used}
    found = []
    for number, row in shown:
        cells = []
        for place, one in used:
            try:
                cells.append((_cell(one, kinds[place], readings[place], row[place], people), ""))
            except ValueProblem as problem:
                cells.append((_plain(one, row[place]), f"Refused: {one.label} {problem.message}."))
        found.append(FirstRow(number, cells))
    return found


def _people(actor: Actor, texts: Sequence[str]) -> dict[str, Person]:
    """The people that some texts name, each one alone, by the texts."""
    ids = {text: found[0] for text, found in users_called(actor, texts).items() if len(found) == 1}
    people = {person.id: person for person in people_with_ids(actor, ids.values())} if ids else {}
    return {text: people[id_] for text, id_ in ids.items() if id_ in people}


def _kind(plan: ColumnPlan) -> FieldType | None:
    """The type of a column's field; None where the texts themselves are shown."""
    if plan.is_looked_up or plan.names_users or option_problems(plan):
        return None
    return TYPES[plan.type](TYPES[plan.type].clean_options(plan.options))


def _cell(plan: ColumnPlan, kind: FieldType | None, reading: Reading, text: str, people: Mapping[str, Person]) -> Cell:
    """What a text becomes. Raises ``ValueProblem``."""
    if kind is not None:
        value = plan.value_of(text, reading)
        return cell_of(kind, plan.label, None if value is None else kind.clean(value))
    if not text or text in plan.missing:
        return _plain(plan, "")
    if plan.names_users:
        person = people.get(text)
        if person is None and as_uuid(text) is None:
            raise ValueProblem("not_found", nobody_called(text))
        shown = f"{person}{INVITED if person.is_invited else ''}" if person else text
        return Cell(plan.label, "USER", [(DisplayPart(text=shown, is_person=person is not None), "")])
    return _plain(plan, text)


def _plain(plan: ColumnPlan, text: str) -> Cell:
    """A text as it stands."""
    return Cell(plan.label, "TEXT", [(DisplayPart(text=text), "")] if text else [])
