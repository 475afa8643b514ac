"""Numbers and times in forms, as people write them in their language: stored as meant, or refused with an example."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customobjects.fieldtypes import FieldType
from customobjects.web.cells import text_of
from customobjects.web.languages import LOCALES, Language, NotReadableError
from tests.fieldtypes.strategies import bound

REFUSED = None


@dataclass(frozen=True)
class Shown:
    """As much of a field as its values' texts need."""

    type: FieldType


def read(language: str, key: str, text: str, **options: Any) -> Any:
    """The canonical value of what is typed, or REFUSED."""
    type_ = bound(key, **options)
    try:
        return type_.clean(Language(language).read(type_.form_control(), text))
    except NotReadableError:
        return REFUSED


# What is typed, and what it means in American English, German and French.
NUMBERS: dict[str, tuple[Any, Any, Any]] = {
    "1,5": (REFUSED, Decimal("1.5"), Decimal("1.5")),
    "1.5": (Decimal("1.5"), REFUSED, REFUSED),
    "1 000": (1000, 1000, 1000),
    "1\u202f000": (1000, 1000, 1000),
    # Two marks: the last one is the point.
    "1.234,56": (Decimal("1234.56"),) * 3,
    "1,234.56": (Decimal("1234.56"),) * 3,
    "1 234,56": (Decimal("1234.56"),) * 3,
    "1'234.56": (Decimal("1234.56"),) * 3,
    "-1.234.567,8": (Decimal("-1234567.8"),) * 3,
    "12,34,567.8": (Decimal("1234567.8"),) * 3,
    "1 000,000": (1000,) * 3,
    "1,234.567": (Decimal("1234.567"),) * 3,
    # One mark, which may be either.
    "1.550": (Decimal("1.550"), 1550, REFUSED),
    "1,550": (1550, Decimal("1.550"), Decimal("1.550")),
    # No groups that anybody writes, or no point.
    "12.34,56": (REFUSED,) * 3,
    "1234.567,8": (REFUSED,) * 3,
    "1.2345,6": (REFUSED,) * 3,
    "0.550,95": (REFUSED,) * 3,
    "1.234,567.8": (REFUSED,) * 3,
    "1.234,567,8": (REFUSED,) * 3,
    "1 234.567,8": (REFUSED,) * 3,
    "1234": (1234, 1234, 1234),
    "12,34,567": (REFUSED, REFUSED, REFUSED),
    "-3": (-3, -3, -3),
    "\u22123": (-3, -3, -3),
    "1e5": (REFUSED, REFUSED, REFUSED),
    "1_000": (REFUSED, REFUSED, REFUSED),
    "NaN": (REFUSED, REFUSED, REFUSED),
    "many": (REFUSED, REFUSED, REFUSED),
    "": (None, None, None),
}
DAYS: dict[str, tuple[Any, Any, Any]] = {
    # With points, the day is the first, or the whole year.
    "31.12.26": ("2026-12-31",) * 3,
    "31.12.2026": ("2026-12-31",) * 3,
    "1.2.2026": ("2026-02-01",) * 3,
    "2026.12.31": ("2026-12-31",) * 3,
    "12.31.2026": (REFUSED,) * 3,
    "31.12.026": (REFUSED,) * 3,
    "31.12-2026": (REFUSED,) * 3,
    "31/12/2026": (REFUSED, REFUSED, "2026-12-31"),
    "31/12/26": (REFUSED, REFUSED, "2026-12-31"),
    "12/31/26": ("2026-12-31", REFUSED, REFUSED),
    "11/20/26": ("2026-11-20", REFUSED, REFUSED),
    "1/2/1985": ("1985-01-02", REFUSED, "1985-02-01"),
    "2026-12-31": ("2026-12-31", "2026-12-31", "2026-12-31"),
    "26-12-31": (REFUSED, REFUSED, REFUSED),
    "Dec 31, 2026": ("2026-12-31", "2026-12-31", "2026-12-31"),
    "31. Dezember 2026": (REFUSED, "2026-12-31", REFUSED),
    "31 d\u00e9c. 2026": (REFUSED, REFUSED, "2026-12-31"),
    "12/31/026": (REFUSED, REFUSED, REFUSED),
    "2/30/2026": (REFUSED, REFUSED, REFUSED),
    "soon": (REFUSED, REFUSED, REFUSED),
}
AT = "2026-12-31T14:30:00Z"
MOMENTS: dict[str, tuple[Any, Any, Any]] = {
    "12/31/26 2:30 PM": (AT, REFUSED, REFUSED),
    "12/31/2026, 2:30 p.m.": (AT, REFUSED, REFUSED),
    # Morning or afternoon?
    "12/31/26 2:30": (REFUSED, REFUSED, REFUSED),
    "31.12.26 14:30": (AT, AT, AT),
    "31.12.2026, 14:30 Uhr": (AT, AT, AT),
    "31.12.2026 2:30": (REFUSED, "2026-12-31T02:30:00Z", "2026-12-31T02:30:00Z"),
    "31/12/26 14h30": (REFUSED, REFUSED, AT),
    "Dec 31, 2026, 14:30 UTC": (AT, AT, AT),
    "2026-12-31T14:30:00Z": (AT, AT, AT),
    "2026-12-31 16:30+02:00": (AT, AT, AT),
    "2:30 PM": (REFUSED, REFUSED, REFUSED),
    "12/31/26": (REFUSED, REFUSED, REFUSED),
    "12/31/26 13:30 PM": (REFUSED, REFUSED, REFUSED),
    "12/31/26 24:30": (REFUSED, REFUSED, REFUSED),
}


@pytest.mark.parametrize(("key", "meanings"), [("NUMBER", NUMBERS), ("DATE", DAYS), ("DATETIME", MOMENTS)])
def test_what_is_typed_is_meant_or_refused(key: str, meanings: dict[str, tuple[Any, Any, Any]]) -> None:
    for text, meant in meanings.items():
        assert tuple(read(language, key, text) for language in ("en_US", "de", "fr")) == meant, text


def test_other_languages() -> None:
    assert read("de_CH", "NUMBER", "1'234.50") == Decimal("1234.50")
    assert read("en_IN", "NUMBER", "12,34,567") == 1234567
    assert read("en_GB", "DATE", "11/10/26") == "2026-10-11"
    assert read("sv", "DATE", "26-12-31") == "2026-12-31"
    assert read("ja", "DATE", "2026/12/31") == "2026-12-31"
    assert read("da", "DATETIME", "31.12.26 14.30") == AT


def test_units_may_stand_beside_a_number() -> None:
    assert read("de", "CURRENCY", "1.234,50 \u20ac", currency="EUR") == Decimal("1234.50")
    assert read("fr", "CURRENCY", "12,50 EUR", currency="EUR") == Decimal("12.50")
    assert read("en_US", "CURRENCY", "$1,234.50") == Decimal("1234.50")
    assert read("de", "CURRENCY", "5 $", currency="EUR") is REFUSED
    for text in ("-$5", "$-5", "\u2212 $5", "- 5 USD", "USD -5"):
        assert read("en_US", "CURRENCY", text) == -5, text
    for text in ("-$-5", "--5", "5-", "$", "-"):
        assert read("en_US", "CURRENCY", text) is REFUSED, text
    assert read("de", "PERCENT", "12,5 %") == Decimal("12.5")


def test_a_short_year_is_near() -> None:
    assert read("de", "DATE", "1.1.85") == "1985-01-01"
    assert read("de", "DATE", "1.1.30") == "2030-01-01"


def test_the_example_is_right() -> None:
    for key, options in (("NUMBER", {"max": 10}), ("NUMBER", {"precision": 0}), ("NUMBER", {"min": 5000})):
        control = bound(key, **options).form_control()
        assert bound(key, **options).clean(control.example) is not None
    assert Language("de").example(bound("NUMBER").form_control()) == "a number such as 1.234,5"


@pytest.mark.parametrize("name", LOCALES)
def test_every_language_reads_what_it_writes(name: str) -> None:
    language = Language(name, "Europe/Berlin")
    for key, value in (
        ("NUMBER", Decimal("1234567890123456789012345.123456789012345")),
        ("NUMBER", Decimal("-1234.5")),
        ("DATE", "0026-01-02"),
        ("DATETIME", "2026-06-01T23:59:09.000123Z"),
        ("DATETIME", AT),
    ):
        type_ = bound(key)
        text = language.write(type_.form_control(), type_.form_value(value))
        assert type_.clean(language.read(type_.form_control(), text)) == value, text


@pytest.mark.parametrize("name", LOCALES)
def test_what_pages_show_can_be_typed(name: str) -> None:
    language = Language(name, "Europe/Berlin")
    values: list[tuple[str, dict[str, Any], Any]] = [
        ("NUMBER", {}, Decimal("-1234567.25")),
        ("CURRENCY", {"currency": "EUR"}, Decimal("1234.5")),
        ("CURRENCY", {"currency": "USD"}, Decimal("-1234.56")),
        ("CURRENCY", {"currency": "JPY"}, 1234),
        ("PERCENT", {}, Decimal("12.5")),
        ("DATE", {}, "2026-02-01"),
        ("DATETIME", {}, AT),
    ]
    # Some write words beside a date that few would type.
    of_days = name not in ("bg", "uk", "ru", "lv", "zh_CN", "zh_TW", "he", "hi", "vi")
    for key, options, value in values if of_days else values[:5]:
        type_ = bound(key, **options)
        text = text_of(Shown(type_), value, {}, language)  # type: ignore[arg-type]
        assert type_.clean(language.read(type_.form_control(), text)) == value, text


def test_values_as_plain_texts() -> None:
    """What grids, cards, sentences and tables copied elsewhere have."""
    texts = {
        key: tuple(
            text_of(Shown(bound(key, **options)), value, {"id": "Acme"}, Language(name, zone))  # type: ignore[arg-type]
            for name, zone in (("en_US", "UTC"), ("en_GB", "Europe/London"), ("de", "Europe/Berlin"), ("fr", "UTC"))
        )
        for key, options, value in (
            ("NUMBER", {}, Decimal("12345678901234567890.123")),
            ("CURRENCY", {"currency": "USD"}, 5),
            ("PERCENT", {}, Decimal("0.125")),
            ("DATE", {}, "0026-02-01"),
            ("DATETIME", {}, "2026-07-01T12:30:59.5Z"),
            ("CHECKBOX", {}, True),
            ("PICKLIST", {"values": [{"value": "a", "label": "Anna", "color": None, "isActive": True}]}, "a"),
            ("TEXT", {}, "1,234.5"),
        )
    }
    assert texts == {
        "NUMBER": (
            "12,345,678,901,234,567,890.123",
            "12,345,678,901,234,567,890.123",
            "12.345.678.901.234.567.890,123",
            "12\u202f345\u202f678\u202f901\u202f234\u202f567\u202f890,123",
        ),
        "CURRENCY": ("$5.00", "US$5.00", "5,00\u00a0$", "5,00\u00a0$US"),
        "PERCENT": ("0.125%", "0.125%", "0,125\u00a0%", "0,125\u00a0%"),
        "DATE": ("Feb 1, 0026", "1 Feb 0026", "01.02.0026", "1 févr. 0026"),
        "DATETIME": ("Jul 1, 2026, 12:30 PM", "1 Jul 2026, 13:30", "01.07.2026, 14:30", "1 juil. 2026, 12:30"),
        "CHECKBOX": ("Yes",) * 4,
        "PICKLIST": ("Anna",) * 4,
        "TEXT": ("1,234.5",) * 4,
    }
    assert text_of(Shown(bound("NUMBER")), None, {}, Language("de")) == ""  # type: ignore[arg-type]


def test_money_has_its_digits() -> None:
    """No digit is left out, and none is missing that the currency has."""
    shown = {
        (currency, value): Language("en_US").number(Decimal(value), currency)
        for currency, value in (("USD", "5"), ("USD", "5.125"), ("JPY", "5"), ("JPY", "1.5"), ("KWD", "1.5"))
    }
    assert list(shown.values()) == ["$5.00", "$5.125", "¥5", "¥1.5", "KWD\u00a01.500"]


@given(
    number=st.decimals(min_value=1000, max_value=10**15, places=3).filter(lambda number: number % 1),
    negative=st.booleans(),
    writer=st.sampled_from(LOCALES),
    reader=st.sampled_from(LOCALES),
)
def test_a_number_with_two_marks_means_the_same_in_every_language(
    number: Decimal, negative: bool, writer: str, reader: str
) -> None:
    number = -number if negative else number
    text = Language(writer).write(bound("NUMBER").form_control(), f"{number:f}")
    assert len(set(text) & set(",.'’ \u00a0\u202f")) == 2, "one mark groups, another is the point"
    assert read(reader, "NUMBER", text) == number, text


@given(day=st.dates(min_value=date(1000, 1, 1)), reader=st.sampled_from(LOCALES))
def test_a_date_with_points_means_the_same_in_every_language(day: date, reader: str) -> None:
    for text in (f"{day:%d.%m.}{day.year}", f"{day.day}. {day.month}. {day.year}", f"{day.year}{day:.%m.%d}"):
        assert read(reader, "DATE", text) == day.isoformat(), text
    assert read(reader, "DATE", day.isoformat()) == day.isoformat()


@given(
    text=st.text(alphabet="0123456789.,:-/ \u202f'%$\u20acAPMh\u0661e_", max_size=20),
    key=st.sampled_from(["NUMBER", "DATE", "DATETIME"]),
)
def test_any_text_is_read_or_refused(text: str, key: str) -> None:
    for language in ("en_US", "de", "fr"):
        read(language, key, text)


def test_numbers_are_shown_with_all_their_digits() -> None:
    whole = Decimal("1234567890123456789012345.123456789012345")
    assert bound("NUMBER").display(whole) == "1,234,567,890,123,456,789,012,345.123456789012345"
    assert bound("CURRENCY", precision=15).display(whole) == "$1,234,567,890,123,456,789,012,345.123456789012345"


@pytest.mark.parametrize(
    ("language", "text", "days"),
    [
        ("en_US", "today", 0),
        ("en_US", "Tomorrow", 1),
        ("en_US", "fri", 1),
        ("en_US", "Thursday", 7),
        ("de", "heute", 0),
        ("de", "Morgen", 1),
        ("de", "Fr.", 1),
        ("de", "mo", 4),
        ("de", "tomorrow", 1),
        ("fr", "aujourd\u2019hui", 0),
        ("fr", "demain", 1),
        ("fr", "ven.", 1),
        ("fr", "mardi", 5),
        ("fr", "morgen", REFUSED),
        ("en_US", "someday", REFUSED),
        ("en_US", "fri 3", REFUSED),
    ],
)
def test_days_near_today_have_names(
    monkeypatch: pytest.MonkeyPatch, language: str, text: str, days: int | None
) -> None:
    thursday = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: thursday)
    meant = None if days is REFUSED else (thursday + timedelta(days=days)).date().isoformat()
    assert read(language, "DATE", text) == meant


def test_today_is_the_persons_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 11, 26, 23, 30, tzinfo=UTC))
    control = bound("DATE").form_control()
    assert Language("de", "Europe/Berlin").read(control, "heute") == "2026-11-27"
