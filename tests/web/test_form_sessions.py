"""What is typed outlives the session, and pages that were open since before."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from salesos.accounts.models import User
from tests.conftest import PASSWORD, Api
from tests.web.forms import controls_of, open_form, send, text


def test_who_is_signed_out_signs_in_and_goes_on(browser: Client, api: Api, site: dict[str, Any], admin: User) -> None:
    path = f"/o/site/r/{site['id']}/edit/"
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


@pytest.mark.parametrize("path", ["/o/site/new/", "/setup/objects/new/", "/setup/objects/site/fields/new/?type=NUMBER"])
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
    path = f"/o/site/r/{site['id']}/edit/"

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
    path = "/o/site/new/"
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
    path = f"/o/site/r/{site['id']}/edit/"
    refused = browser.post(path, {"data-notes": "theirs"}, headers={"origin": "https://elsewhere.example"})
    assert refused.status_code == 403
    assert "theirs" not in text(browser.get(path))


def test_what_was_kept_cannot_be_forged(admin: User, site: dict[str, Any]) -> None:
    browser = Client()
    done = browser.post("/sign-in/", {"username": admin.email, "password": PASSWORD, "kept": "forged:x:y"})
    assert done.headers["Location"] == "/"


def test_an_endless_text_is_not_carried_along(browser: Client, site: dict[str, Any]) -> None:
    form = open_form(browser, "/o/site/new/")
    Session.objects.all().delete()
    asked = send(browser, "/o/site/new/", form, data_notes="x" * 1_100_000)
    assert asked.status_code == 401
    assert "too long to be kept here" in text(asked)
    assert "kept" not in controls_of(asked)
