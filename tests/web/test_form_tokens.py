"""A form makes one thing, however often it is sent."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from customobjects.models import FormUse
from customobjects.services import forms
from customobjects.services.purge import purge
from salesos.accounts.actor import Actor
from salesos.accounts.models import User
from tests.conftest import Api
from tests.web.forms import controls_of, open_form, send, text


@pytest.mark.parametrize(
    ("path", "typed", "listed"),
    [
        ("/o/site/new/", {"data-name": "South"}, "site/records"),
        ("/setup/objects/new/", {"name": "Gate"}, "/v1/custom-objects"),
        ("/setup/objects/site/fields/new/?type=TEXT", {"label": "Code"}, "site/fields"),
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
    led = browser.get("/o/site/new/?x=1")
    address = led.headers["Location"]
    assert address.startswith("/o/site/new/?x=1&token=")
    assert browser.post(address, {**open_form(browser, address), "data-name": "South"}).status_code == 302
    # A browser that has not kept the page fetches it again, and fills in what was typed.
    again = browser.post(address, {**open_form(browser, address), "data-name": "South"}, follow=True)
    assert "was saved already, and is here once." in text(again)
    assert browser.get("/o/site/new/?x=1").headers["Location"] != address
    assert api.names("site", sort="name") == ["North", "South"]


def test_back_and_something_else_is_no_second_click(browser: Client, api: Api, site: dict[str, Any]) -> None:
    form = open_form(browser, "/o/site/new/")
    send(browser, "/o/site/new/", form, data_name="South")
    told = send(browser, "/o/site/new/", form, data_name="East")
    assert told.status_code == 422
    assert 'value="East"' in text(told)
    made = api.get("site/records", name="South").json["data"][0]
    assert f"/o/site/r/{made['id']}/" in text(told)
    assert browser.post("/o/site/new/", controls_of(told)).status_code == 302
    assert api.names("site", sort="name") == ["East", "North", "South"]


def test_a_refused_form_can_be_sent_again(browser: Client, api: Api, site: dict[str, Any]) -> None:
    form = open_form(browser, "/o/site/new/")
    assert send(browser, "/o/site/new/", form, data_name="").status_code == 422
    assert send(browser, "/o/site/new/", form, data_name="South").status_code == 302
    assert api.names("site", sort="name") == ["North", "South"]


def test_a_form_is_taken_for_two_days(
    browser: Client, api: Api, site: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    form = open_form(browser, "/o/site/new/")
    later = timezone.now() + timedelta(days=3)
    monkeypatch.setattr(forms.timezone, "now", lambda: later)
    told = send(browser, "/o/site/new/", form, data_name="South")
    assert told.status_code == 422
    assert "open for more than two days" in text(told)
    assert 'value="South"' in text(told)
    monkeypatch.undo()
    assert browser.post("/o/site/new/", controls_of(told)).status_code == 302
    for nonsense in ("x", "00000000-0000-0000-0000-000000000000", "\x00"):
        told = send(browser, "/o/site/new/", {**form, "token": nonsense}, data_name="South")
        assert told.status_code == 422
        assert browser.post("/o/site/new/", controls_of(told)).status_code == 302
    assert api.names("site", sort="name") == ["North", *["South"] * 4]


def test_what_is_remembered_of_forms_is_forgotten(browser: Client, site: dict[str, Any]) -> None:
    send(browser, "/o/site/new/", open_form(browser, "/o/site/new/"), data_name="South")
    purge(lambda line: None)
    assert FormUse.objects.count() == 1
    FormUse.objects.update(created_at=timezone.now() - timedelta(days=3))
    purge(lambda line: None)
    assert FormUse.objects.count() == 0


def test_one_person_cannot_use_up_another_one_s_form(
    browser: Client, api: Api, site: dict[str, Any], rep: User
) -> None:
    form = open_form(browser, "/o/site/new/")
    other = Client()
    other.force_login(rep)
    assert send(other, "/o/site/new/", form, data_name="Theirs").status_code == 302
    assert send(browser, "/o/site/new/", form, data_name="Mine").status_code == 302
    assert api.names("site", sort="name") == ["Mine", "North", "Theirs"]


@pytest.mark.django_db(transaction=True)
def test_many_clicks_at_once_make_one(admin: User) -> None:
    api, results = Api(admin), []
    api.make_object("Site")
    browser = Client()
    browser.force_login(admin)
    form = open_form(browser, "/o/site/new/")
    clicks = 6
    together = threading.Barrier(clicks)

    def click() -> None:
        own = Client()
        own.cookies = browser.cookies
        together.wait()
        results.append(send(own, "/o/site/new/", form, data_name="Once"))
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
