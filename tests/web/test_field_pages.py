"""The pages of an object's fields: every type, errors at the controls, order and deletion."""

from __future__ import annotations

import pytest
from django.test import Client

from customobjects.fieldtypes import TYPES, ReferenceKind
from customobjects.services import backfill
from tests.conftest import Api
from tests.web.forms import controls_of, kinds_of, open_form, send, text

# What the form for a field of a type is filled in with, beside its label.
FORMS: dict[str, dict[str, str]] = {
    "TEXT": {"option_maxLength": "20", "option_minLength": "0", "default_value": "x"},
    "NUMBER": {"option_min": "-1.5", "option_max": "10", "default_value": "2"},
    "CURRENCY": {"option_currency": "EUR"},
    "DATE": {"default_value": "2026-01-01"},
    "CHECKBOX": {"default_value": "true"},
    "LOOKUP": {"option_onDelete": "cascade"},
    "PICKLIST": {"option_values": "new\n done \n\n"},
    "MULTI_PICKLIST": {"option_values": "x\ny"},
    "EMAIL": {"is_unique": "on"},
    "PHONE": {"option_region": "US"},
    "AUTO_NUMBER": {"option_format": "S-{000}", "option_start": "5"},
    "JSON": {"default_value": '{"a": 1.50}'},
}


@pytest.mark.parametrize("type_", TYPES)
def test_a_field_of_every_type(browser: Client, api: Api, type_: str) -> None:
    target = api.make_object("Site")["id"]
    assert f'?type={type_}"' in text(browser.get("/setup/objects/site/fields/new/"))
    assert browser.get(f"/setup/objects/site/fields/new/?type={type_}", follow=True).status_code == 200
    form = {"type": type_, "label": "Added", **FORMS.get(type_, {})}
    if TYPES[type_].reference_kind == ReferenceKind.RECORD:
        form["option_target"] = target
    made = browser.post("/setup/objects/site/fields/new/", form)
    assert made.status_code == 302, text(made)
    field = api.get("site").json["fields"][-1]
    assert (field["label"], field["type"]) == ("Added", type_)
    page = text(browser.get("/setup/objects/site/fields/added/"))
    assert 'value="Added"' in page
    # Saving the form as it came changes nothing but the label.
    again = {**form, "label": "Renamed", "is_active": "on"}
    saved = browser.post("/setup/objects/site/fields/added/", again)
    assert saved.status_code == 302, text(saved)
    after = api.get("site").json["fields"][-1]
    assert after["label"] == "Renamed"
    assert (after["options"], after["defaultValue"]) == (field["options"], field["defaultValue"])
    assert browser.get("/setup/objects/site/").status_code == 200


def test_errors_of_a_field_stand_at_their_controls(browser: Client, api: Api) -> None:
    api.make_object("Site")
    path = "/setup/objects/site/fields/new/"
    refused = browser.post(path, {"type": "NUMBER", "label": "N", "option_min": "9", "option_max": "1"})
    assert refused.status_code == 422
    assert refused.context["form"].errors.keys() == {"option_min"}
    assert "Lowest value must not be greater than “Highest value”." in text(refused)
    lookup = {"type": "LOOKUP", "label": "L", "option_target": api.get("site").json["id"], "is_required": "on"}
    refused = browser.post(path, {**lookup, "option_onDelete": "set_null"})
    assert "is deleted must be “Refuse to delete the record that it points at while any" in text(refused)
    refused = browser.post(path, {"type": "JSON", "label": "J", "default_value": "{"})
    assert "Default must be JSON" in text(refused)
    refused = browser.post(path, {"type": "TEXT", "label": "N", "api_name": "name", "option_maxLength": "5"})
    assert "&#x27;name_2&#x27; would do" in text(refused)
    assert refused.context["form"].errors.keys() == {"api_name"}
    refused = browser.post(path, {"type": "TEXT", "label": ""})
    assert refused.context["form"].errors.keys() == {"label"}


def test_a_picklist_value_that_is_taken_out_goes_or_becomes_inactive_where_a_record_holds_it(
    browser: Client, api: Api
) -> None:
    values = [{"value": "a", "color": "#123456"}, "b", "d"]
    api.make_object("Site", {"label": "S", "type": "PICKLIST", "options": {"values": values}})
    api.make_record("site", s="b")
    form = {"type": "PICKLIST", "label": "S", "is_active": "on", "option_values": "c\na; ; #123456"}
    assert browser.post("/setup/objects/site/fields/s/", form).status_code == 302
    values = api.get("site").json["fields"][1]["options"]["values"]
    assert [(v["value"], v["color"], v["isActive"]) for v in values] == [
        ("c", None, True),
        ("a", "#123456", True),
        ("b", None, False),
    ]


def test_a_default_that_the_list_loses_is_refused_at_its_control(browser: Client, api: Api) -> None:
    options = {"values": ["new", "done"]}
    api.make_object("Site", {"label": "S", "type": "PICKLIST", "options": options, "defaultValue": "new"})
    form = {"type": "PICKLIST", "label": "S", "is_active": "on", "default_value": "new", "option_values": "done"}
    refused = browser.post("/setup/objects/site/fields/s/", form)
    assert refused.status_code == 422
    assert "Default is &#x27;new&#x27;, and must be one of done" in text(refused)
    assert api.get("site").json["fields"][1]["options"]["values"][0]["isActive"] is True
    # What the form of a new record starts with can be saved as it is.
    assert browser.post("/setup/objects/site/fields/s/", {**form, "default_value": "done"}).status_code == 302
    made = browser.post("/o/site/new/", {"data-name": "One", "data-s": "done"})
    assert made.status_code == 302, text(made)


def test_the_next_number_and_old_records_numbers(browser: Client, api: Api) -> None:
    api.make_object("Site")
    api.make_record("site")
    path = "/setup/objects/site/fields/"
    assert "Next number" not in text(browser.get(f"{path}name/"))
    assert "Number the records" not in text(browser.get(f"{path}name/"))
    assert "Next number" not in text(browser.get(f"{path}new/?type=AUTO_NUMBER", follow=True)), (
        "a new one has its first number"
    )
    form = {"type": "AUTO_NUMBER", "label": "No", "option_format": "{0}", "option_start": "5", "number_existing": "on"}
    made = browser.post(f"{path}new/", form)
    assert made.status_code == 302, text(made)
    backfill.fill_all(lambda _line: None)
    assert api.get("site/records").json["data"][0]["data"]["no"] == "5"
    # The form of one person is open while another makes a record: saving it does not set the number back.
    again = open_form(browser, f"{path}no/")
    assert again["next_number"] == ["6"]
    api.make_record("site")
    assert browser.post(f"{path}no/", {**again, "label": "Number"}).status_code == 302
    assert (api.get("site").json["fields"][1]["label"], api.get("site").json["fields"][1]["nextNumber"]) == (
        "Number",
        7,
    )
    again = open_form(browser, f"{path}no/")
    assert browser.post(f"{path}no/", {**again, "next_number": "100"}).status_code == 302
    assert api.make_record("site")["data"]["no"] == "100"
    refused = browser.post(f"{path}no/", {**again, "next_number": "-1"})
    assert refused.context["form"].errors.keys() == {"next_number"}


def test_moving_and_deleting_fields(browser: Client, api: Api) -> None:
    api.make_object("Site", {"label": "A", "type": "TEXT"})
    browser.post("/setup/objects/site/fields/a/move/", {"direction": "up"})
    browser.post("/setup/objects/site/fields/a/move/", {"direction": "up"})
    assert [f["apiName"] for f in api.get("site").json["fields"]] == ["a", "name"]
    assert "Delete the field A?" in text(browser.get("/setup/objects/site/fields/a/delete/"))
    browser.post("/setup/objects/site/fields/a/delete/")
    assert [f["apiName"] for f in api.get("site").json["fields"]] == ["name"]
    refused = browser.post("/setup/objects/site/fields/name/delete/")
    assert refused.status_code == 422
    assert "make another field the primary one first" in text(refused)


def test_a_default_is_asked_for_as_a_records_form_asks_for_the_value(browser: Client, api: Api) -> None:
    values = [{"value": "n", "label": "Brand new"}, {"value": "o", "label": "Old", "isActive": False}]
    api.make_object(
        "Site",
        {"label": "State", "type": "PICKLIST", "options": {"values": values}, "defaultValue": "n"},
        {"label": "Tags", "type": "MULTI_PICKLIST", "options": {"values": ["a", "b"]}, "defaultValue": ["b"]},
        {"label": "Ready", "type": "CHECKBOX", "defaultValue": True},
        {"label": "Boss", "type": "USER", "defaultValue": "me"},
        {"label": "Since", "type": "DATE", "defaultValue": "today"},
        {"label": "Note", "type": "TEXTAREA", "defaultValue": "one\ntwo"},
    )
    path = "/setup/objects/site/fields/"
    shown = {name: browser.get(f"{path}{name}/") for name in ("state", "tags", "ready", "boss", "since", "note")}
    held = {name: (kinds_of(page)["default_value"], controls_of(page)["default_value"]) for name, page in shown.items()}
    assert held == {
        "state": ("select", ["n"]),
        "tags": ("select", ["b"]),
        "ready": ("select", ["true"]),
        "boss": ("select", ["me"]),
        "since": ("text", ["today"]),
        "note": ("textarea", ["one\r\ntwo"]),
    }
    assert '<option value="n" selected>Brand new</option>' in text(shown["state"])
    assert '<option value="o"' not in text(shown["state"]), "it cannot be chosen any more"
    assert ">Whoever makes the record</option>" in text(shown["boss"])
    assert "The word today stands for the day on which a record is made" in text(shown["since"])
    for name, changed in (("tags", ["a", "b"]), ("ready", "false"), ("boss", "")):
        saved = browser.post(f"{path}{name}/", {**controls_of(shown[name]), "default_value": changed})
        assert saved.status_code == 302, text(saved)
    after = {field["apiName"]: field["defaultValue"] for field in api.get("site").json["fields"]}
    assert (after["tags"], after["ready"], after["boss"], after["since"]) == (["a", "b"], False, None, "today")


def test_the_default_offers_the_values_that_the_form_lists_now(browser: Client, api: Api) -> None:
    api.make_object("Site")
    form = {"type": "PICKLIST", "label": "S", "option_values": "Apple; a\nBean; b", "default_value": "b"}
    draft = text(browser.post("/setup/objects/site/fields/new/draft/", form))
    assert '<option value="a">Apple</option>' in draft.partition("data-default")[2]
    assert '<option value="b" selected>Bean</option>' in draft.partition("data-default")[2]
    # A form that comes back offers them, too.
    refused = browser.post("/setup/objects/site/fields/new/", {**form, "label": ""})
    assert controls_of(refused)["default_value"] == ["b"]
    assert browser.post("/setup/objects/site/fields/new/", controls_of(refused) | {"label": "S"}).status_code == 302
    assert api.get("site").json["fields"][-1]["defaultValue"] == "b"
    assert "data-default" not in text(browser.post("/setup/objects/site/fields/new/draft/", {"type": "TEXT"}))


def test_no_limit_is_an_empty_control(browser: Client, api: Api) -> None:
    api.make_object("Site", {"label": "N", "type": "NUMBER"}, {"label": "T", "type": "TEXT"})
    path = "/setup/objects/site/fields/n/"
    form = open_form(browser, path)
    assert form["option_precision"] == [""]
    assert browser.post(path, {**form, "option_precision": "0"}).status_code == 302
    assert api.get("site").json["fields"][1]["options"]["precision"] == 0
    form = open_form(browser, path)
    assert form["option_precision"] == ["0"]
    assert browser.post(path, {**form, "option_precision": ""}).status_code == 302
    assert api.get("site").json["fields"][1]["options"]["precision"] == 15
    assert open_form(browser, "/setup/objects/site/fields/t/")["option_minLength"] == [""]


@pytest.mark.parametrize(("language", "others", "code"), [("en", "", "USD"), ("de", "", "EUR"), ("de", "SEK", "SEK")])
def test_a_new_amount_is_in_the_usual_currency(
    browser: Client, api: Api, language: str, others: str, code: str
) -> None:
    api.make_object("Site")
    if others:
        api.make_object("Part", {"label": "Price", "type": "CURRENCY", "options": {"currency": others}})
    path = "/setup/objects/site/fields/new/?type=CURRENCY"
    form = open_form(browser, path, language)
    assert form["option_currency"] == [code]
    assert send(browser, path, form, label="Rent").status_code == 302
    assert api.get("site").json["fields"][-1]["options"]["currency"] == code
    assert "option_currency" not in open_form(browser, path.replace("CURRENCY", "NUMBER"), language)


def test_codes_are_chosen_by_their_names(browser: Client, api: Api) -> None:
    api.make_object("Site", {"label": "Price", "type": "CURRENCY", "options": {"currency": "EUR"}})
    page = text(browser.get("/setup/objects/site/fields/price/"))
    assert '<option value="EUR" selected>Euro (EUR)</option>' in page
    phone = text(browser.get("/setup/objects/site/fields/new/?type=PHONE", follow=True))
    assert '<option value="DE">Germany (DE)</option>' in phone
    assert "None: each number begins with + and its country" in phone
