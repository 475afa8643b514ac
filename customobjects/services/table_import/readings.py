"""How the texts of a column become values: which point numbers have, which order dates, which words mean yes.

A table writes all of a column in one way, which is found out from all of its texts at once: ``01/02/2026`` alone says
nothing, beside ``13/02/2026`` it is the first of February.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation, localcontext
from typing import ClassVar

from customobjects.fieldtypes.keys import DECIMAL_PLACES, INTEGER_DIGITS
from customobjects.fieldtypes.kinds import SEPARATOR

# Words that stand for no value in tables that programs write.
MISSING_AMONG_TEXTS = frozenset({"NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null", "(null)", "\\N"})
# Where all else are numbers, dates or addresses, these stand for none, too.
MISSING_WORDS = MISSING_AMONG_TEXTS | {"na", "None", "none", "nil", "-", "--", "\u2013", "\u2014", "?", "."}


class Reading(ABC):
    """One way to read a column. Instances are values: equal ones read alike."""

    @abstractmethod
    def read(self, text: str) -> str | bool | None:
        """The program form of a text that is not empty, for the field's type to judge. None: this is no such text."""

    @property
    @abstractmethod
    def label(self) -> str:
        """What a person chooses this reading by, and a plan keeps; empty where there is one only."""


@dataclass(frozen=True)
class AsWritten(Reading):
    """Texts as they are."""

    def read(self, text: str) -> str:
        return text

    @property
    def label(self) -> str:
        return ""


@dataclass(frozen=True)
class Flags(Reading):
    """Two words for yes and no, or one for yes, whose absence means no."""

    yes: str
    no: str = ""

    PAIRS: ClassVar[Sequence[tuple[str, str]]] = (
        ("true", "false"),
        ("yes", "no"),
        ("y", "n"),
        ("t", "f"),
        ("on", "off"),
        ("ja", "nein"),
        ("j", "n"),
        ("oui", "non"),
        ("o", "n"),
        ("sí", "no"),
        ("si", "no"),
        ("wahr", "falsch"),
        ("vrai", "faux"),
        ("1", "0"),
    )
    ALONE: ClassVar[frozenset[str]] = frozenset({"x", "y", "*", "✓", "✔", "yes", "true"})

    def read(self, text: str) -> bool | None:
        word = text.casefold()
        return True if word == self.yes else False if word == self.no else None

    @property
    def label(self) -> str:
        return f"{self.yes} / {self.no or 'empty'}"

    @classmethod
    def ways(cls) -> Iterator[Flags]:
        yield from (cls(yes, no) for yes, no in cls.PAIRS)
        yield from (cls(yes) for yes in sorted(cls.ALONE))


@dataclass(frozen=True)
class Lists(Reading):
    """Several values in a text, with something between them."""

    between: str

    def read(self, text: str) -> str:
        return SEPARATOR.join(self.parts(text))

    def parts(self, text: str) -> list[str]:
        """The values that a text lists."""
        return [part for part in map(str.strip, text.split(self.between)) if part]

    @property
    def label(self) -> str:
        return f"one{self.between} two"

    @classmethod
    def ways(cls) -> Iterator[Lists]:
        yield from map(cls, (SEPARATOR, "|", ","))


CURRENCY_SIGNS: Mapping[str, str] = {
    "US$": "USD",
    "CA$": "CAD",
    "A$": "AUD",
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "￥": "JPY",
    "円": "JPY",
    "₹": "INR",
    "₩": "KRW",
    "zł": "PLN",
    "Kč": "CZK",
    "CHF": "CHF",
    "EUR": "EUR",
    "USD": "USD",
    "GBP": "GBP",
    "JPY": "JPY",
    "CAD": "CAD",
    "AUD": "AUD",
    "SEK": "SEK",
    "NOK": "NOK",
    "DKK": "DKK",
}
ALL_CURRENCIES = sorted(set(CURRENCY_SIGNS.values()))
_SIGN = "|".join(re.escape(sign) for sign in sorted(CURRENCY_SIGNS, key=len, reverse=True))
# Spaces that group digits, beside the plain one.
_GROUP_SPACES = "\u00a0\u202f\u2009"
_MONEY = re.compile(
    rf"(?P<minus>[-\u2212(]?)\s?(?:(?P<before>{_SIGN})\s?)?(?P<number>.+?)(?:\s?(?P<after>{_SIGN}))?\)?"
)


@dataclass(frozen=True)
class Numbers(Reading):
    """Numbers with a decimal point or comma, and what groups their digits."""

    decimal: str

    _PATTERNS: ClassVar[Mapping[str, re.Pattern[str]]] = {
        decimal: re.compile(
            rf"[-+]?(?:[1-9][0-9]{{0,2}}(?P<group>[{groups}])[0-9]{{3}}(?:(?P=group)[0-9]{{3}})*|[0-9]+|(?=[{decimal}][0-9]))"
            rf"(?:[{decimal}](?P<fraction>[0-9]*))?(?:[eE][-+]?[0-9]{{1,3}})?"
        )
        for decimal, groups in ((".", ", '’"), (",", ". '’"))
    }

    def read(self, text: str) -> str | None:
        found = self._found(text)
        if found is None:
            return None
        plain = found[0].replace(found["group"], "") if found["group"] else found[0]
        plain = plain.replace(self.decimal, ".").lstrip("+").rstrip(".")
        return _rounded(plain) if len(found["fraction"] or "") > DECIMAL_PLACES else plain

    def _found(self, text: str) -> re.Match[str] | None:
        text = _plain_number(text)
        if _is_code(text):
            return None
        return self._PATTERNS[self.decimal].fullmatch(text)

    @property
    def label(self) -> str:
        return "1,234.5" if self.decimal == "." else "1.234,5"

    @classmethod
    def ways(cls) -> Iterator[Numbers]:
        yield cls(".")
        yield cls(",")


def _plain_number(text: str) -> str:
    """A number with plain spaces and a plain minus; accountants' brackets mean a minus, too."""
    for space in _GROUP_SPACES:
        text = text.replace(space, " ")
    text = text.replace("\u2212", "-").strip()
    return f"-{text[1:-1]}" if text.startswith("(") and text.endswith(")") else text


def _rounded(number: str) -> str:
    """A number without the digits that no field keeps: programs write out the noise of their binary numbers.

    One with more digits than any field keeps stays as it is, for the field to refuse.
    """
    try:
        with localcontext(prec=2 * (INTEGER_DIGITS + DECIMAL_PLACES)):
            return format(round(Decimal(number), DECIMAL_PLACES), "f")
    except InvalidOperation:
        return number


def _is_code(text: str) -> bool:
    """Whether digits say which thing is meant, and not how many: they begin with a nought."""
    return len(text) > 1 and text[0] == "0" and text.isdigit() and text.isascii()


@dataclass(frozen=True)
class Percentages(Reading):
    """Numbers with a percent sign behind them."""

    numbers: Numbers

    def read(self, text: str) -> str | None:
        return self.numbers.read(text[:-1].rstrip()) if text.endswith("%") else None

    @property
    def label(self) -> str:
        return f"{self.numbers.label} %"


@dataclass(frozen=True)
class Amounts(Reading):
    """Numbers with the sign of one currency before or behind them."""

    currency: str
    numbers: Numbers

    def read(self, text: str) -> str | None:
        found = _MONEY.fullmatch(_plain_number(text))
        if found is None or sign_of(found) != self.currency:
            return None
        number = self.numbers.read(found["number"])
        if not number or not found["minus"]:
            return number
        # Of two signs, one is no sign.
        return None if number.startswith("-") else f"-{number}"

    @property
    def label(self) -> str:
        return f"{self.currency} {self.numbers.label}"


def sign_of(found: re.Match[str]) -> str | None:
    """The code of the currency at an amount; None without one, and where two are."""
    signs = [sign for sign in (found["before"], found["after"]) if sign]
    return CURRENCY_SIGNS[signs[0]] if len(signs) == 1 else None


def currencies(texts: Iterable[str]) -> set[str]:
    """The codes of all currencies that stand at some texts."""
    matches = filter(None, (_MONEY.fullmatch(_plain_number(text)) for text in texts))
    return {code for found in matches if (code := sign_of(found))}
