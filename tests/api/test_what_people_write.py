"""What people paste and write in their own way becomes one value, wherever it comes in."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from customobjects.models import Field
from tests.conftest import OBJECTS, Api
from tests.web.forms import open_form, send

FIELDS = [
    {"label": "Title", "type": "TEXT"},
    {"label": "Phone", "type": "PHONE", "options": {"region": "US"}},
    {"label": "Any phone", "type": "PHONE", "options": {"region": "US", "mode": "any"}},
    {"label": "Site", "type": "URL"},
    {"label": "Mail", "type": "EMAIL"},
    {"label": "Size", "type": "NUMBER"},
    {"label": "Stage", "type": "PICKLIST", "options": {"values": ["new", "done"]}},
]
# A field, what is written into it, and what it holds then.
WRITTEN: list[tuple[str, Any, Any]] = [
    ("title", "two\r\nlines\tand a cell\n", "two lines and a cell"),
    ("phone", "(650) 253-0000 ext. 123", "+16502530000;ext=123"),
    ("phone", "+1 555 123 4567", "+15551234567"),
    ("any_phone", "ask for Kim, 2nd floor", "ask for Kim, 2nd floor"),
    ("any_phone", "555-1234", "5551234"),
    ("site", "www.example.com/x", "https://www.example.com/x"),
    ("site", "http://intranet/x", "http://intranet/x"),
    ("site", "10.0.0.5:8080", "http://10.0.0.5:8080"),
    ("mail", "Kim.Lee@Mail.LOCAL", "Kim.Lee@Mail.LOCAL"),
    ("mail", "kim@intranet\t", "kim@intranet"),
    ("size", " 12.5 ", 12.5),
    ("stage", "new\r\n", "new"),
]


@pytest.fixture
def things(api: Api) -> Api:
    api.make_object("Thing", *FIELDS)
    return api


@pytest.mark.parametrize(("name", "written", "kept"), WRITTEN)
def test_one_value_by_every_way_in(things: Api, name: str, written: Any, kept: Any) -> None:
    created = things.post("thing/records", {"data": {"name": "x", name: written}})
    assert created.status == 201, created
    assert created.json["data"][name] == kept
    changed = things.patch(f"thing/records/{things.make_record('thing')['id']}", {"data": {name: written}})
    assert changed.json["data"][name] == kept
    operations = [{"op": "create", "data": {"name": "x", name: written}}]
    bulk = things.post("thing/records/bulk", {"operations": operations})
    assert bulk.json["data"][0]["record"]["data"][name] == kept
    # Found as it was written, and as it is kept.
    for sought in {str(written), str(kept)}:
        assert things.get("thing/records", **{name: sought}).json["meta"]["total"] == 3, sought
    assert things.post("thing/records/search", {"filter": {name: written}}).json["meta"]["total"] == 3
    # A default is a value, too.
    default = things.patch(f"thing/fields/{name}", {"defaultValue": written})
    assert default.json["defaultValue"] == kept


@pytest.mark.parametrize(("name", "written", "kept"), WRITTEN)
def test_one_value_by_the_form(things: Api, name: str, written: Any, kept: Any) -> None:
    browser = Client()
    browser.force_login(things.user)
    form = open_form(browser, "/o/thing/new/")
    saved = send(browser, "/o/thing/new/", {**form, f"data-{name}": written}, data_name="x")
    assert saved.status_code == 302
    [made] = things.get("thing/records").json["data"]
    assert made["data"][name] == kept
    # Whoever opens and saves it again has changed nothing.
    path = f"/o/thing/r/{made['id']}/edit/"
    again = open_form(browser, path)
    assert browser.post(path, again).status_code == 302
    assert things.get(f"thing/records/{made['id']}").json["version"] == 1


NO_NUMBERS = ["1_000", "１２", "0x10", "NaN", "Infinity", "1e1_0"]


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_is_none_anywhere(things: Api, text: str) -> None:
    made = things.make_record("thing", size=1)
    assert things.post("thing/records", {"data": {"name": "x", "size": text}}).problem("data.size") == "type"
    assert things.patch(f"thing/records/{made['id']}", {"data": {"size": text}}).problem("data.size") == "type"
    for suffix in ("", "__gte", "__in", "__range"):
        operand = f"{text},1" if suffix == "__range" else text
        assert things.get("thing/records", **{f"size{suffix}": operand}).status == 400, suffix
    assert things.post("thing/fields", {"label": "A", "type": "NUMBER", "options": {"max": text}}).status == 400
    assert things.post("thing/fields", {"label": "A", "type": "TEXT", "options": {"maxLength": text}}).status == 400
    for path, parameter in (("thing/records", "limit"), ("thing/records", "page"), (OBJECTS, "limit")):
        assert things.get(path, **{parameter: text}).problem(parameter) == "invalid"


def test_forms_read_the_digits_of_people(things: Api) -> None:
    """Those of all scripts, as nothing else can be meant; and what is no number in the person's language is none."""
    browser = Client()
    browser.force_login(things.user)
    for number, (text, kept) in enumerate({"１２": 12, "١٢": 12, " 1 ": 1, "1,000": 1000}.items()):
        form = open_form(browser, "/o/thing/new/")
        assert send(browser, "/o/thing/new/", form, data_name=f"x{number}", data_size=text).status_code == 302
        assert things.get("thing/records", name=f"x{number}").json["data"][0]["data"]["size"] == kept
    for text in ("1_000", "0x10", "NaN", "1e5", "Infinity"):
        form = open_form(browser, "/o/thing/new/")
        refused = send(browser, "/o/thing/new/", form, data_name="y", data_size=text)
        assert refused.status_code == 422
        assert refused.context["form"].errors.keys() == {"data-size"}


def test_the_case_of_an_email_is_kept_and_never_matters(api: Api) -> None:
    api.make_object("Person", {"label": "Mail", "type": "EMAIL", "isUnique": True})
    made = api.make_record("person", mail="Kim.Lee@Example.COM")
    assert made["data"]["mail"] == "Kim.Lee@Example.COM"
    for other in ("kim.lee@example.com", "KIM.LEE@EXAMPLE.COM"):
        assert api.get("person/records", mail=other).json["meta"]["total"] == 1
        assert api.post("person/records", {"data": {"name": "y", "mail": other}}).status == 409
    upsert = [{"op": "upsert", "by": ["mail"], "data": {"name": "z", "mail": "kim.lee@EXAMPLE.com"}}]
    result = api.post("person/records/bulk", {"operations": upsert}).json["data"][0]
    assert (result["record"]["id"], result["record"]["data"]["mail"]) == (made["id"], "kim.lee@EXAMPLE.com")
    groups = api.get("person/records/aggregate", groupBy="mail").json["data"]
    assert [group["count"] for group in groups] == [1]


def test_extensions_tell_numbers_apart_and_are_found_as_shown(api: Api) -> None:
    api.make_object("Person", {"label": "Phone", "type": "PHONE", "isUnique": True})
    for name, phone in (("desk", "+1 650 253 0000 ext. 12"), ("front", "+1 650 253 0000")):
        api.make_record("person", name=name, phone=phone)
    assert api.post("person/records", {"data": {"name": "z", "phone": "+16502530000 x12"}}).status == 409
    assert api.names("person", phone="tel:+1-650-253-0000;ext=12") == ["desk"]
    assert api.names("person", search="+1 650-253-0000 ext. 12") == ["desk"]
    assert sorted(api.names("person", search="253-0000")) == ["desk", "front"]
    assert sorted(api.names("person", phone__contains="253-0000")) == ["desk", "front"]


def test_the_mode_of_a_phone_field(things: Api) -> None:
    odd = {"data": {"name": "x", "phone": "+1 555 123 4567"}}
    assert things.post("thing/records", odd).status == 201
    assert things.patch("thing/fields/phone", {"options": {"mode": "valid"}}).json["options"]["mode"] == "valid"
    assert things.post("thing/records", odd).problem("data.phone") == "type"
    # What is there stays, is found, and can be saved again.
    [old] = things.get("thing/records", phone="+1 (555) 123-4567").json["data"]
    assert things.patch(f"thing/records/{old['id']}", {"data": {"name": "y", "phone": "+15551234567"}}).status == 200
    assert things.patch("thing/fields/phone", {"options": {"mode": "any"}}).status == 200
    assert things.post("thing/records", {"data": {"name": "x", "phone": "unknown"}}).problem("data.phone") == "type"
    assert things.post("thing/records", {"data": {"name": "x", "phone": "12"}}).status == 201


def test_fields_from_before_there_were_modes(things: Api) -> None:
    Field.objects.filter(type="PHONE").update(options={"region": "US"})
    browser = Client()
    browser.force_login(things.user)
    path = "/setup/objects/thing/fields/phone/"
    form = open_form(browser, path)
    assert form["option_mode"] == ["possible"]
    assert things.post("thing/records", {"data": {"name": "x", "phone": "(555) 123-4567"}}).status == 201
    assert browser.post(path, {**form, "label": "Telephone"}).status_code == 302
    migration: Any = import_module("customobjects.migrations.0012_phone_modes")
    migration.say_mode(apps, None)
    modes = {field["apiName"]: field["options"].get("mode") for field in things.get("thing/fields").json["data"]}
    assert (modes["phone"], modes["any_phone"], modes["title"]) == ("possible", "possible", None)


def test_names_of_definitions_are_one_line(api: Api) -> None:
    values = [{"value": "a", "label": "A\tlong\nlabel"}]
    made = api.post(
        OBJECTS,
        {
            "name": "Work\r\nOrder\n",
            "fields": [{"label": "First\tcell", "type": "PICKLIST", "options": {"values": values}}],
        },
    ).json
    assert (made["name"], made["pluralName"], made["apiName"]) == ("Work Order", "Work Orders", "work_order")
    [field] = made["fields"]
    assert (field["label"], field["options"]["values"][0]["label"]) == ("First cell", "A long label")
    assert api.patch("work_order/fields/first_cell", {"label": "Next\nline"}).json["label"] == "Next line"
