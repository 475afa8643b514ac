"""What the generated tables share: a table of so many rows by Faker with a fixed seed, and how people write values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from faker import Faker

from tests.services.table_corpus.table import Kind, Table

NO_BREAK_SPACE = "\u00a0"
NARROW_SPACE = "\u202f"


@dataclass(frozen=True)
class Generated:
    """A table whose rows ``row`` makes, by the column's name, from a Faker of a locale and the row's number."""

    name: str
    locale: str
    rows: int
    row: Callable[[Faker, int], dict[str, str]]
    expected: Mapping[str, Kind]

    def load(self) -> Table:
        fake = Faker(self.locale)
        fake.seed_instance(self.name)
        header = list(self.expected)
        records = (self.row(fake, number) for number in range(1, self.rows + 1))
        return Table(self.name, [header, *([record[name] for name in header] for record in records)], self.expected)


def sometimes(fake: Faker, value: str, chance: int, otherwise: str = "") -> str:
    """The value in so many of 100 rows."""
    return value if fake.random.randrange(100) < chance else otherwise


def some(fake: Faker, words: Sequence[str], most: int, separator: str) -> str:
    """One to ``most`` of the words, in any order."""
    return separator.join(fake.random.sample(list(words), fake.random.randint(1, most)))


def one(fake: Faker, words: Sequence[str]) -> str:
    return fake.random.choice(words)


def number(fake: Faker, least: float, most: float, decimals: int = 2, group: str = ",", point: str = ".") -> str:
    """A number as a country writes it: 1,234.50 or 1.234,50."""
    text = f"{fake.random.uniform(least, most):,.{decimals}f}"
    return text.translate(str.maketrans(",.", group + point))


def day(fake: Faker, form: str = "%Y-%m-%d", since: int = 2019) -> str:
    return fake.date_between(date(since, 1, 1), date(2026, 12, 31)).strftime(form)


def moment(fake: Faker, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    return fake.date_time_between(datetime(2019, 1, 1), datetime(2026, 12, 31)).strftime(form)


def clock(fake: Faker) -> str:
    return f"{fake.random.randrange(24):02}:{fake.random.randrange(0, 60, 5):02}"


def day_in_words(fake: Faker, months: Sequence[str], form: str) -> str:
    """A date with its month in words: ``form`` has {day}, {month} and {year}."""
    when = fake.date_between(date(2019, 1, 1), date(2026, 12, 31))
    return form.format(day=when.day, month=months[when.month - 1], year=when.year)
