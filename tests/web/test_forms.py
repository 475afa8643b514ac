"""Nothing that is typed into a form is lost, and no form makes two of one thing."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from customobjects.models import FormUse
from customobjects.services import forms
from customobjects.services.purge import purge
from salesos.accounts.actor import Actor
from salesos.accounts.models import User
from tests.conftest import PASSWORD, Api
from tests.web.forms import controls_of, open_form, send


@pytest.fixture
def browser(admin: User) -> Client:
    client = Client()
    client.force_login(admin)
    return client


@pytest.fixture
def site(api: Api) -> dict[str, Any]:
    """A record with a value in a control of each kind."""
    api.make_object(
        "Site",
        {"label": "Area", "type": "NUMBER"},
        {"label": "Notes", "type": "TEXTAREA"},
        {"label": "Open", "type": "CHECKBOX"},
        {"label": "Kind", "type": "PICKLIST", "options": {"values": ["shop", "depot"]}},
        {"label": "Tags", "type": "MULTI_PICKLIST", "options": {"values": ["x", "y", "z"]}},
    )
    return api.make_record("site", name="North", area=1, notes="a\nb", open=True, kind="shop", tags=["x", "y"])


def text(response: Any) -> str:
    return str(response.content.decode())


# One token a form -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "typed", "listed"),
    [
        ("/objects/site/new/", {"data-name": "South"}, "site/records"),
        ("/objects/new/", {"name": "Gate"}, "/v1/custom-objects"),
        ("/objects/site/setup/fields/new/?type=TEXT", {"label": "Code"}, "site/fields"),
    ],
)
def test_a_form_makes_one(
    browser: Client, api: Api, site: dict[str, Any], path: str, typed: dict[str, str], listed: str
) -> None:
    def count() -> int:
        return len(api.get(listed).json["data"])

    before = count()
    form = {**open_form(browser, path), **typed}
    first = browser.post(path, form)
    # A second click, or Back and Save.
    second = browser.post(path, form, follow=True)
    assert first.status_code == 302
    assert second.redirect_chain == [(first.headers["Location"], 302)]
    assert "was saved already, and is here once." in text(second)
    assert count() == before + 1
    # Another form makes another, though the same is in it.
    again = browser.post(path, {**open_form(browser, path), **typed, "name": "Port", "label": "Port"})
    assert again.status_code == 302
    assert count() == before + 2


def test_back_and_reload_show_the_same_form(browser: Client, api: Api, site: dict[str, Any]) -> None:
    led = browser.get("/objects/site/new/?x=1")
    address = led.headers["Location"]
    assert address.startswith("/objects/site/new/?x=1&token=")
    assert browser.post(address, {**open_form(browser, address), "data-name": "South"}).status_code == 302
    # A browser that has not kept the page fetches it again, and fills in what was typed.
    again = browser.post(address, {**open_form(browser, address), "data-name": "South"}, follow=True)
    assert "was saved already, and is here once." in text(again)
    assert browser.get("/objects/site/new/?x=1").headers["Location"] != address
    assert api.names("site", sort="name") == ["North", "South"]


def test_back_and_something_else_is_no_second_click(browser: Client, api: Api, site: dict[str, Any]) -> None:
    form = open_form(browser, "/objects/site/new/")
    send(browser, "/objects/site/new/", form, data_name="South")
    told = send(browser, "/objects/site/new/", form, data_name="East")
    assert told.status_code == 422
    assert 'value="East"' in text(told)
    made = api.get("site/records", name="South").json["data"][0]
    assert f"/objects/site/{made['id']}/" in text(told)
    assert browser.post("/objects/site/new/", controls_of(told)).status_code == 302
    assert api.names("site", sort="name") == ["East", "North", "South"]


def test_a_refused_form_can_be_sent_again(browser: Client, api: Api, site: dict[str, Any]) -> None:
    form = open_form(browser, "/objects/site/new/")
    assert send(browser, "/objects/site/new/", form, data_name="").status_code == 422
    assert send(browser, "/objects/site/new/", form, data_name="South").status_code == 302
    assert api.names("site", sort="name") == ["North", "South"]


def test_a_form_is_taken_for_two_days(
    browser: Client, api: Api, site: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    form = open_form(browser, "/objects/site/new/")
    later = timezone.now() + timedelta(days=3)
    monkeypatch.setattr(forms.timezone, "now", lambda: later)
    told = send(browser, "/objects/site/new/", form, data_name="South")
    assert told.status_code == 422
    assert "open for more than two days" in text(told)
    assert 'value="South"' in text(told)
    monkeypatch.undo()
    assert browser.post("/objects/site/new/", controls_of(told)).status_code == 302
    for nonsense in ("x", "00000000-0000-0000-0000-000000000000", "\x00"):
        told = send(browser, "/objects/site/new/", {**form, "token": nonsense}, data_name="South")
        assert told.status_code == 422
        assert browser.post("/objects/site/new/", controls_of(told)).status_code == 302
    assert api.names("site", sort="name") == ["North", *["South"] * 4]


def test_what_is_remembered_of_forms_is_forgotten(browser: Client, site: dict[str, Any]) -> None:
    send(browser, "/objects/site/new/", open_form(browser, "/objects/site/new/"), data_name="South")
    purge(lambda line: None)
    assert FormUse.objects.count() == 1
    FormUse.objects.update(created_at=timezone.now() - timedelta(days=3))
    purge(lambda line: None)
    assert FormUse.objects.count() == 0


def test_one_person_cannot_use_up_another_one_s_form(
    browser: Client, api: Api, site: dict[str, Any], rep: User
) -> None:
    form = open_form(browser, "/objects/site/new/")
    other = Client()
    other.force_login(rep)
    assert send(other, "/objects/site/new/", form, data_name="Theirs").status_code == 302
    assert send(browser, "/objects/site/new/", form, data_name="Mine").status_code == 302
    assert api.names("site", sort="name") == ["Mine", "North", "Theirs"]


@pytest.mark.django_db(transaction=True)
def test_many_clicks_at_once_make_one(admin: User) -> None:
    api, results = Api(admin), []
    api.make_object("Site")
    browser = Client()
    browser.force_login(admin)
    form = open_form(browser, "/objects/site/new/")
    clicks = 6
    together = threading.Barrier(clicks)

    def click() -> None:
        own = Client()
        own.cookies = browser.cookies
        together.wait()
        results.append(send(own, "/objects/site/new/", form, data_name="Once"))
        connection.close()

    threads = [threading.Thread(target=click) for _ in range(clicks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in results] == [302] * clicks
    assert len({answer.headers["Location"] for answer in results}) == 1
    assert api.names("site") == ["Once"]


@pytest.mark.django_db(transaction=True)
def test_who_comes_second_waits_and_makes_it_where_the_first_fails(admin: User) -> None:
    actor, token = Actor.of_user(admin), UUID(forms.new_token())
    started, order = threading.Event(), []

    def fail() -> forms.Made:
        order.append("first")
        started.set()
        time.sleep(0.2)
        raise KeyError

    def first() -> None:
        with pytest.raises(KeyError):
            forms.make_once(actor, token, "a", fail)
        connection.close()

    def make() -> forms.Made:
        order.append("second")
        return forms.Made("Made", "/made/")

    thread = threading.Thread(target=first)
    thread.start()
    started.wait()
    sent = forms.make_once(actor, token, "a", make)
    thread.join()
    assert (sent.is_new, sent.made.address, order) == (True, "/made/", ["first", "second"])


# Two people, one record -----------------------------------------------------------------------------------------------


def test_different_fields_are_both_kept(browser: Client, api: Api, site: dict[str, Any]) -> None:
    path = f"/objects/site/{site['id']}/edit/"
    form = open_form(browser, path)
    api.patch(f"site/records/{site['id']}", {"data": {"notes": "theirs", "tags": ["z"], "open": False}})
    saved = send(browser, path, form, data_area="2", data_kind="depot")
    assert saved.status_code == 302
    assert "What others have changed meanwhile is kept, too." in text(browser.get(saved.headers["Location"]))
    assert api.get(f"site/records/{site['id']}").json["data"] == {
        "name": "North",
        "area": 2,
        "notes": "theirs",
        "open": False,
        "kind": "depot",
        "tags": ["z"],
    }


# Of each kind of control: what one person types, what the other makes of it meanwhile, and how that is said.
CLASHES = {
    "data-name": ("Mine", {"name": "Theirs <b>"}, "Theirs &lt;b&gt;"),
    "data-area": ("2", {"area": 1234.5}, "1,234.5"),
    "data-notes": ("mine\r\nlong", {"notes": "theirs"}, "theirs"),
    "data-kind": ("depot", {"kind": None}, "emptied"),
    "data-tags": (["x"], {"tags": ["y", "z"]}, "y, z"),
}


@pytest.mark.parametrize("control", CLASHES)
def test_the_same_field_shows_both(browser: Client, api: Api, site: dict[str, Any], rep: User, control: str) -> None:
    typed, change, said = CLASHES[control]
    [name] = change
    path = f"/objects/site/{site['id']}/edit/"
    form = {**open_form(browser, path), control: typed}
    Api(rep).patch(f"site/records/{site['id']}", {"data": change})
    before = api.get(f"site/records/{site['id']}").json
    told = browser.post(path, form)
    assert told.status_code == 422
    assert told.context["form"].errors.keys() == {control}
    assert "rep has" in text(told)
    assert said in text(told)
    shown = controls_of(told)
    assert shown[control] == (typed if isinstance(typed, list) else [typed])
    assert api.get(f"site/records/{site['id']}").json == before, "nothing is saved before somebody decides"
    # Theirs, by one click.
    assert browser.post(path, {**shown, "take": control}).status_code == 302
    assert api.get(f"site/records/{site['id']}").json["data"] == before["data"]
    # Or mine, by saving again.
    assert browser.post(path, shown).status_code == 302
    after = api.get(f"site/records/{site['id']}").json["data"]
    assert after[name] == {"name": "Mine", "area": 2, "notes": "mine\nlong", "kind": "depot", "tags": ["x"]}[name]
    assert {**after, name: None} == {**before["data"], name: None}


def test_who_saw_one_change_is_told_of_the_next(browser: Client, api: Api, site: dict[str, Any]) -> None:
    path = f"/objects/site/{site['id']}/edit/"
    form = {**open_form(browser, path), "data-area": "2", "data-name": "Mine"}
    api.patch(f"site/records/{site['id']}", {"data": {"area": 3, "name": "Theirs"}})
    told = controls_of(browser.post(path, form))
    api.patch(f"site/records/{site['id']}", {"data": {"area": 4}})
    told_again = browser.post(path, told)
    assert told_again.context["form"].errors.keys() == {"data-area"}
    # One is decided; the other stays open.
    both = controls_of(browser.post(path, {**form}))
    taken = browser.post(path, {**both, "take": "data-area"})
    assert taken.context["form"].errors.keys() == {"data-name"}
    assert controls_of(taken)["data-area"] == ["4"]
    assert browser.post(path, controls_of(taken)).status_code == 302
    data = api.get(f"site/records/{site['id']}").json["data"]
    assert (data["name"], data["area"]) == ("Mine", 4)


def test_the_same_change_twice_is_no_clash(browser: Client, api: Api, site: dict[str, Any]) -> None:
    path = f"/objects/site/{site['id']}/edit/"
    form = open_form(browser, path)
    assert send(browser, path, form, data_area="2").status_code == 302
    assert send(browser, path, form, data_area="2").status_code == 302
    assert api.get(f"site/records/{site['id']}").json["version"] == 2


def test_a_field_that_came_or_went_meanwhile(browser: Client, api: Api, site: dict[str, Any]) -> None:
    path = f"/objects/site/{site['id']}/edit/"
    form = open_form(browser, path)
    api.post("site/fields", {"label": "Extra", "type": "TEXT"})
    api.patch(f"site/records/{site['id']}", {"data": {"extra": "kept"}})
    api.delete("site/fields/notes")
    told = send(browser, path, form, data_area="2", data_notes="a long text <b>")
    assert told.status_code == 422
    assert "a long text &lt;b&gt;" in text(told)
    assert browser.post(path, controls_of(told)).status_code == 302
    data = api.get(f"site/records/{site['id']}").json["data"]
    assert (data["area"], data["extra"]) == (2, "kept")
    # A new record, too; and what the form did not ask for gets its default.
    form = open_form(browser, "/objects/site/new/")
    api.post("site/fields", {"label": "Stage", "type": "TEXT", "defaultValue": "fresh"})
    api.delete("site/fields/area")
    told = send(browser, "/objects/site/new/", form, data_name="South", data_area="77")
    assert "77" in text(told)
    assert browser.post("/objects/site/new/", controls_of(told)).status_code == 302
    assert api.get("site/records", name="South").json["data"][0]["data"]["stage"] == "fresh"


def test_objects_and_fields_are_merged_too(browser: Client, api: Api, site: dict[str, Any]) -> None:
    form = open_form(browser, "/objects/site/setup/edit/")
    api.patch("site", {"description": "theirs", "name": "Place"})
    told = browser.post("/objects/site/setup/edit/", {**form, "name": "Spot", "icon": "home"})
    assert told.context["form"].errors.keys() == {"name"}
    assert browser.post("/objects/site/setup/edit/", controls_of(told)).status_code == 302
    made = api.get("site").json
    assert (made["name"], made["icon"], made["description"]) == ("Spot", "home", "theirs")
    path = "/objects/site/setup/fields/area/"
    form = open_form(browser, path)
    api.patch("site/fields/area", {"helpText": "theirs", "options": {"min": 0}})
    assert browser.post(path, {**form, "label": "Size", "option_max": "9"}).status_code == 302
    field = next(f for f in api.get("site").json["fields"] if f["apiName"] == "area")
    assert (field["label"], field["helpText"]) == ("Size", "theirs")
    assert (field["options"]["min"], field["options"]["max"]) == (0, 9)


@pytest.mark.parametrize("nonsense", ["", "{", "[]", "null", '{"language": 1}', "\x00", "x" * 10_000, "[" * 5_000])
def test_a_form_that_says_nonsense_of_itself(browser: Client, api: Api, site: dict[str, Any], nonsense: str) -> None:
    path = f"/objects/site/{site['id']}/edit/"
    form = {**open_form(browser, path), "shown": nonsense}
    assert send(browser, path, form, data_area="2").status_code == 302
    assert api.get(f"site/records/{site['id']}").json["data"]["area"] == 2
    inner = '{"language": "de", "zone": "../../etc", "marks": {}, "clashes": {}}'
    assert send(browser, path, {**form, "shown": inner}, data_area="3").status_code == 302


# What is gone ---------------------------------------------------------------------------------------------------------


def test_a_record_that_was_deleted_can_be_made_anew(browser: Client, api: Api, site: dict[str, Any]) -> None:
    path = f"/objects/site/{site['id']}/edit/"
    form = open_form(browser, path)
    api.delete(f"site/records/{site['id']}")
    told = send(browser, path, form, data_area="1,234.5", data_notes="a long text")
    assert told.status_code == 422
    assert "has been deleted meanwhile" in text(told)
    assert "a long text" in text(told)
    assert 'action="/objects/site/new/"' in text(told)
    assert browser.post("/objects/site/new/", controls_of(told)).status_code == 302
    [made] = api.get("site/records").json["data"]
    assert made["id"] != site["id"]
    assert made["data"] == {**site["data"], "area": 1234.5, "notes": "a long text"}


def test_what_was_typed_for_an_object_that_is_gone_is_shown(browser: Client, api: Api, site: dict[str, Any]) -> None:
    form = open_form(browser, "/objects/site/new/")
    api.delete("site")
    told = send(browser, "/objects/site/new/", form, data_name="South", data_notes="a long <b>text")
    assert told.status_code == 404
    assert "a long &lt;b&gt;text" in text(told)
    assert form["token"][0] not in text(told)


def test_an_archived_object_keeps_the_text(browser: Client, api: Api, site: dict[str, Any]) -> None:
    form = open_form(browser, "/objects/site/new/")
    api.patch("site", {"isActive": False})
    told = send(browser, "/objects/site/new/", form, data_name="South")
    assert told.status_code == 422
    assert 'value="South"' in text(told)


# The session is over --------------------------------------------------------------------------------------------------


def test_who_is_signed_out_signs_in_and_goes_on(browser: Client, api: Api, site: dict[str, Any], admin: User) -> None:
    path = f"/objects/site/{site['id']}/edit/"
    form = open_form(browser, path)
    Session.objects.all().delete()
    asked = send(browser, path, form, data_area="2", data_notes="a long text")
    assert asked.status_code == 401
    assert "What you typed is kept" in text(asked)
    wrong = browser.post("/sign-in/", {**controls_of(asked), "username": admin.email, "password": "wrong"})
    back = browser.post("/sign-in/", {**controls_of(wrong), "password": PASSWORD}, follow=True)
    assert back.redirect_chain == [(path, 302)]
    assert "Nothing is saved yet" in text(back)
    assert controls_of(back)["data-notes"] == ["a long text"]
    assert api.get(f"site/records/{site['id']}").json["data"] == site["data"]
    # Others' changes are seen, as if the session had lasted.
    api.patch(f"site/records/{site['id']}", {"data": {"name": "Theirs"}})
    assert browser.post(path, controls_of(back)).status_code == 302
    data = api.get(f"site/records/{site['id']}").json["data"]
    assert (data["name"], data["area"], data["notes"]) == ("Theirs", 2, "a long text")
    # It was kept once.
    assert "Nothing is saved yet" not in text(browser.get(path))


@pytest.mark.parametrize("path", ["/objects/site/new/", "/objects/new/", "/objects/site/setup/fields/new/?type=NUMBER"])
def test_new_things_are_kept_too(browser: Client, api: Api, site: dict[str, Any], admin: User, path: str) -> None:
    form = open_form(browser, path)
    Session.objects.all().delete()
    name = next(name for name in ("data-name", "name", "label") if name in form)
    asked = browser.post(path, {**form, name: "Kept"})
    back = browser.post("/sign-in/", {**controls_of(asked), "username": admin.email, "password": PASSWORD}, follow=True)
    assert back.redirect_chain == [(path, 302)]
    assert controls_of(back)[name] == ["Kept"]
    assert controls_of(back)["token"] == form["token"]
    assert browser.post(path, controls_of(back)).status_code == 302


def test_a_page_from_before_signing_in_keeps_its_text(admin: User, api: Api, site: dict[str, Any]) -> None:
    browser = Client(enforce_csrf_checks=True)
    path = f"/objects/site/{site['id']}/edit/"

    def sign_in() -> None:
        asked = controls_of(browser.get("/sign-in/"))
        browser.post("/sign-in/", {**asked, "username": admin.email, "password": PASSWORD})

    sign_in()
    form = {**open_form(browser, path), "data-notes": "a long text"}
    browser.logout()
    # In another tab, somebody signs in; the first one's form has an old token now.
    sign_in()
    back = browser.post(path, form, follow=True)
    assert back.redirect_chain == [(path, 302)]
    assert controls_of(back)["data-notes"] == ["a long text"]
    assert browser.post(path, controls_of(back)).status_code == 302
    assert api.get(f"site/records/{site['id']}").json["data"]["notes"] == "a long text"
    # Two tabs that ask for the password: the second one is answered after the first has signed in.
    form = {**open_form(browser, path), "data-notes": "another text"}
    browser.logout()
    asked = controls_of(browser.post(path, form))
    sign_in()
    back = browser.post("/sign-in/", {**asked, "username": admin.email, "password": PASSWORD}, follow=True)
    assert back.redirect_chain == [(path, 302)]
    assert controls_of(back)["data-notes"] == ["another text"]


def test_too_many_attempts_lose_nothing(browser: Client, site: dict[str, Any], admin: User, settings: Any) -> None:
    settings.SIGN_IN_ACCOUNT_RATE = (2, 3600)
    path = "/objects/site/new/"
    form = open_form(browser, path)
    Session.objects.all().delete()
    asked = controls_of(send(browser, path, form, data_notes="a long text"))
    for _ in range(3):
        told = browser.post("/sign-in/", {**asked, "username": admin.email, "password": "wrong"})
    assert told.status_code == 429
    assert "Too many attempts. Try again in 60 minutes." in text(told)
    cache.clear()
    back = browser.post("/sign-in/", {**controls_of(told), "username": admin.email, "password": PASSWORD}, follow=True)
    assert controls_of(back)["data-notes"] == ["a long text"]


def test_another_site_puts_nothing_into_a_form(admin: User, api: Api, site: dict[str, Any]) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(admin)
    path = f"/objects/site/{site['id']}/edit/"
    refused = browser.post(path, {"data-notes": "theirs"}, headers={"origin": "https://elsewhere.example"})
    assert refused.status_code == 403
    assert "theirs" not in text(browser.get(path))


def test_what_was_kept_cannot_be_forged(admin: User, site: dict[str, Any]) -> None:
    browser = Client()
    done = browser.post("/sign-in/", {"username": admin.email, "password": PASSWORD, "kept": "forged:x:y"})
    assert done.headers["Location"] == "/"


def test_an_endless_text_is_not_carried_along(browser: Client, site: dict[str, Any]) -> None:
    form = open_form(browser, "/objects/site/new/")
    Session.objects.all().delete()
    asked = send(browser, "/objects/site/new/", form, data_notes="x" * 1_100_000)
    assert asked.status_code == 401
    assert "too long to be kept here" in text(asked)
    assert "kept" not in controls_of(asked)


# What messages say ----------------------------------------------------------------------------------------------------


def test_messages_are_sentences_with_names_and_links(browser: Client, api: Api, site: dict[str, Any]) -> None:
    api.make_object(
        "Asset",
        {"label": "Serial", "type": "TEXT", "isUnique": True},
        {"label": "Site", "type": "LOOKUP", "isUnique": True, "options": {"target": "site", "onDelete": "restrict"}},
    )
    held = api.make_record("asset", name="Compressor <12>", serial="S-1", site=site["id"])
    path = f"/objects/{held['customObjectId']}/{held['id']}/"
    refused = browser.post("/objects/asset/new/", {"data-name": "x", "data-serial": "s-1"})
    link = f'<a href="{path}">Compressor &lt;12&gt;</a>'
    assert f"Another Asset has the Serial s-1: {link}." in text(refused)
    assert browser.get(path).status_code == 200
    refused = browser.post("/objects/asset/new/", {"data-name": "x", "data-site": site["id"]})
    assert f"Another Asset has the Site North: {link}." in text(refused)
    refused = browser.post(f"/objects/site/{site['id']}/delete/")
    assert f"A record of Asset has it as its Site, and is to be changed or deleted first: {link}." in text(refused)
    refused = browser.post("/objects/site/setup/delete/", {"name": "Site"})
    assert "Assets refer to its records as their Site; change or delete those first." in text(refused)
    api.make_record("asset", name="Pump", serial="S-2")
    api.post("asset/fields", {"label": "Kind", "type": "TEXT", "defaultValue": "x"})
    for record in api.get("asset/records").json["data"]:
        api.patch(f"asset/records/{record['id']}", {"data": {"kind": "x"}})
    api.patch("asset/fields/kind", {"defaultValue": None})
    refused = browser.post("/objects/asset/setup/fields/kind/", {"label": "Kind", "is_unique": "on", "is_active": "on"})
    assert "as two records have the Kind x: " in text(refused)
    assert f" and {link}." in text(refused) or f": {link} and " in text(refused)
    refused = browser.post("/objects/new/", {"name": "Gate", "icon": "home", "color": "red"})
    assert "Color must be such as #2563eb." in text(refused)
    assert held["id"] not in api.delete(f"site/records/{site['id']}").text


def test_what_is_not_there_has_no_id_for_a_name(browser: Client, api: Api, site: dict[str, Any]) -> None:
    options = {"target": "site", "multiple": True}
    api.make_object("Asset", {"label": "Sites", "type": "LOOKUP", "options": options})
    made = open_form(browser, "/objects/asset/new/")
    missing = "0189e4a5-0000-7000-8000-000000000000"
    refused = browser.post("/objects/asset/new/", {**made, "data-name": "x", "data-sites": [site["id"], missing]})
    message = "Sites must be a record of the object it looks up to, and number 2 of its 2 is none."
    assert [str(error) for error in refused.context["form"].errors["data-sites"]] == [message]
