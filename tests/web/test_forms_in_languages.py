"""Forms in the formats of numbers and dates that their people have chosen."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from customobjects.fieldtypes import TYPES
from tests.conftest import Api
from tests.web.forms import kinds_of, open_form, send


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
