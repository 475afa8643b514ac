"""What languages call months and weekdays, as words that people write into dates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Literal

from babel.core import Locale
from babel.dates import get_day_names, get_month_names

WIDTHS: tuple[Literal["wide"], Literal["abbreviated"]] = ("wide", "abbreviated")
CONTEXTS: tuple[Literal["format"], Literal["stand-alone"]] = ("format", "stand-alone")
WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=100)
def month_words(locale: Locale | str) -> Mapping[str, int]:
    """The words of a language's names of months, long and short, each with the month's number, from 1."""
    return _words(get_month_names(width, context, locale) for width in WIDTHS for context in CONTEXTS)


@lru_cache(maxsize=100)
def weekday_words(locale: Locale | str) -> Mapping[str, int]:
    """The words of a language's names of weekdays, each with the day's number: Monday is 0."""
    return _words(get_day_names(width, context, locale) for width in WIDTHS for context in CONTEXTS)


def _words(named: Iterable[Mapping[int, str]]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for names in named:
        for number, name in names.items():
            for word in WORD.findall(name.casefold()):
                found.setdefault(word, number)
    return found
