"""Numbers and times in forms, as people write them in their language: stored as meant, or refused with an example."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from customobjects.fieldtypes import TYPES, FieldType
from customobjects.web.cells import text_of
from customobjects.web.languages import LOCALES, Language, NotReadableError
from tests.conftest import Api
from tests.fieldtypes.strategies import bound
from tests.web.forms import kinds_of, open_form, send

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
    "1.234,56": (REFUSED, Decimal("1234.56"), REFUSED),
    "1,234.56": (Decimal("1234.56"), REFUSED, REFUSED),
    "1 234,56": (REFUSED, Decimal("1234.56"), Decimal("1234.56")),
    "1 000,000": (REFUSED, 1000, 1000),
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
    "31.12.26": (REFUSED, "2026-12-31", "2026-12-31"),
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
    "31.12.26 14:30": (REFUSED, AT, AT),
    "31.12.2026, 14:30 Uhr": (REFUSED, AT, AT),
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


# In a form ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def visit(api: Api) -> dict[str, Any]:
    api.make_object(
        "Visit",
        {"label": "Size", "type": "NUMBER"},
        {"label": "Cost", "type": "CURRENCY", "options": {"currency": "EUR"}},
        {"label": "Share", "type": "PERCENT"},
        {"label": "Due", "type": "DATE"},
        {"label": "At", "type": "DATETIME"},
    )
    held = {"size": "1234.50", "cost": "19.9", "share": "12.5", "due": "2026-12-31", "at": "2026-12-31T14:30:09.5Z"}
    return api.make_record("visit", **held)


def data_of(api: Api, visit: dict[str, Any]) -> dict[str, Any]:
    return dict(api.get(f"visit/records/{visit['id']}").json["data"])


def test_a_form_shows_and_reads_the_language_of_its_person(browser: Client, api: Api, visit: dict[str, Any]) -> None:
    path = f"/o/visit/r/{visit['id']}/edit/"
    form = open_form(browser, path, "de-DE,de;q=0.9,en;q=0.8")
    shown = {name: form[f"data-{name}"] for name in ("size", "cost", "share", "due", "at")}
    assert shown == {
        "size": ["1.234,5"],
        "cost": ["19,9"],
        "share": ["12,5"],
        "due": ["31.12.2026"],
        "at": ["31.12.2026 14:30:09.500000"],
    }
    # It is read in the language that it was shown in, whatever the browser says then.
    done = send(
        browser, path, form, data_size="1,5", data_cost="1.234,56 \u20ac", data_due="1.2.27", data_at="1.2.27 8:05"
    )
    assert done.status_code == 302
    data = data_of(api, visit)
    assert (data["size"], data["cost"], data["share"]) == (Decimal("1.5"), Decimal("1234.56"), Decimal("12.5"))
    assert (data["due"], data["at"]) == ("2027-02-01", "2027-02-01T08:05:00Z")


@pytest.mark.parametrize("language", ["en", "de", "fr", "de-CH", "sv", "hi", "nonsense", "x" * 5_000, ";q=,*"])
def test_an_untouched_form_saves_nothing(browser: Client, api: Api, visit: dict[str, Any], language: str) -> None:
    path = f"/o/visit/r/{visit['id']}/edit/"
    before = api.get(f"visit/records/{visit['id']}").json
    assert send(browser, path, open_form(browser, path, language)).status_code == 302
    assert api.get(f"visit/records/{visit['id']}").json == before


def test_what_cannot_be_read_stays_and_changes_nothing(browser: Client, api: Api, visit: dict[str, Any]) -> None:
    path = f"/o/visit/r/{visit['id']}/edit/"
    form = open_form(browser, path, "fr")
    wrong = {"data_size": "1.5", "data_due": "12/31/26", "data_at": "2:30 PM", "data_share": "viel", "data_cost": "5 $"}
    refused = send(browser, path, form, **wrong)
    assert refused.status_code == 422
    page = refused.content.decode()
    for sentence in (
        "Size must be a number such as 1\u202f234,5.",
        "Due must be a date such as 31/12/2026.",
        "At must be a date and time such as 31/12/2026 14:30.",
        "Share must be a number such as 1\u202f234,5.",
    ):
        assert sentence in page
    for typed in wrong.values():
        assert f'value="{typed}"' in page
    assert data_of(api, visit) == visit["data"]


def test_no_control_changes_what_is_typed_by_itself(browser: Client, api: Api, visit: dict[str, Any]) -> None:
    kinds = kinds_of(browser.get("/o/visit/new/", follow=True))
    assert {kinds[f"data-{name}"] for name in ("size", "cost", "share", "due", "at")} == {"text"}
    for type_ in TYPES.values():
        assert type_.value_schema() is not None
        control = type_({option.name: option.default for option in type_.option_list}).form_control()
        assert control.attributes.get("type") not in ("number", "date", "datetime-local")


def test_the_zone_of_times_is_said(browser: Client, visit: dict[str, Any], settings: Any) -> None:
    assert "Such as 12/31/2026 2:30 PM, in UTC." in browser.get("/o/visit/new/", follow=True).content.decode()
    settings.TIME_ZONE = "Europe/Berlin"
    form = browser.get(f"/o/visit/r/{visit['id']}/edit/").content.decode()
    assert "12/31/2026 3:30:09.500000 PM" in form
    assert "in Europe/Berlin." in form


def test_options_and_defaults_are_written_so_too(browser: Client, api: Api) -> None:
    api.make_object("Site")
    path = "/setup/objects/site/fields/new/?type=NUMBER"
    form = open_form(browser, path, "de")
    done = browser.post(
        path, {**form, "label": "Area", "option_min": "0,5", "option_max": "1.000,25", "default_value": "2,5"}
    )
    assert done.status_code == 302, done.content.decode()
    field = api.get("site").json["fields"][1]
    assert (field["options"]["min"], field["options"]["max"]) == (Decimal("0.5"), Decimal("1000.25"))
    assert field["defaultValue"] == Decimal("2.5")
    edit = "/setup/objects/site/fields/area/"
    form = open_form(browser, edit, "de")
    assert (form["option_max"], form["default_value"]) == (["1.000,25"], ["2,5"])
    assert browser.post(edit, form).status_code == 302
    assert api.get("site").json["fields"][1] == field
    refused = browser.post(edit, {**form, "option_max": "1.5"})
    assert "Highest value must be a number such as 1,5." in refused.content.decode()


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
