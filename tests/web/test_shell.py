"""What surrounds the pages: the sidebar, toasts with the way back, the addresses of before."""

from __future__ import annotations

import gzip
import re
from typing import Any

import brotli
import pytest
from django.test import Client

from salesos.accounts.models import User
from tests.conftest import Api
from tests.web.forms import open_form, send, text


def undo(browser: Client, response: Any, **more: str) -> Any:
    """Press the button of a page's toast."""
    found = re.search(r'action="(/changes/[^"]+/undo/)"', text(response))
    assert found, text(response)
    path = response.request["PATH_INFO"]
    return browser.post(found[1], {"next": path, **more}, follow=True)


@pytest.fixture
def record(api: Api, site: dict[str, Any]) -> str:
    return f"/o/site/r/{site['id']}/"


def test_a_change_is_taken_back_and_made_again(browser: Client, api: Api, record: str) -> None:
    form = open_form(browser, f"{record}edit/")
    shown = browser.post(f"{record}edit/", {**form, "data-name": "South"}, follow=True)
    undone = undo(browser, shown)
    assert "Undone." in text(undone)
    assert api.names("site") == ["North"]
    undo(browser, undone)
    assert api.names("site") == ["South"]


def test_a_deletion_is_taken_back(browser: Client, api: Api, record: str) -> None:
    deleted = browser.post(f"{record}delete/", follow=True)
    assert api.names("site") == []
    undo(browser, deleted)
    assert api.names("site") == ["North"]


def test_after_taking_back_a_creation_the_list_is_shown(browser: Client, api: Api, site: dict[str, Any]) -> None:
    made = send(browser, "/o/site/new/", open_form(browser, "/o/site/new/"), data_name="South")
    undone = undo(browser, browser.get(made.headers["Location"]))
    assert undone.redirect_chain[-1][0] == "/o/site/"
    assert api.names("site") == ["North"]


def test_what_has_changed_since_is_told_and_can_be_left(browser: Client, api: Api, record: str) -> None:
    shown = browser.post(
        f"{record}edit/", {**open_form(browser, f"{record}edit/"), "data-name": "South", "data-area": "5"}, follow=True
    )
    api.patch(f"site/records/{record.split('/')[-2]}", {"data": {"area": 7}})
    refused = undo(browser, shown)
    assert refused.status_code == 422
    assert "Something has changed since" in text(refused)
    assert api.names("site") == ["South"]
    undo(browser, shown, only_untouched="1")
    held = api.get(f"site/records/{record.split('/')[-2]}").json["data"]
    assert (held["name"], held["area"]) == ("North", 7)


def test_scripts_get_json(browser: Client, api: Api, record: str) -> None:
    shown = browser.post(f"{record}edit/", {**open_form(browser, f"{record}edit/"), "data-name": "South"}, follow=True)
    address = re.search(r'action="(/changes/[^"]+/undo/)"', text(shown))
    assert address
    answer = browser.post(address[1], headers={"accept": "application/json"})
    assert answer.json()["text"] == "Undone."
    assert api.names("site") == ["North"]
    again = browser.post(f"/changes/{answer.json()['change']}/undo/", headers={"accept": "application/json"})
    assert again.status_code == 200
    assert api.names("site") == ["South"]


@pytest.mark.parametrize("reference", ["x", "1-2", "9" * 30 + "-" + "0" * 32, "1-" + "0" * 32, "%00"])
def test_nonsense_is_taken_back_by_nobody(browser: Client, reference: str) -> None:
    assert browser.post(f"/changes/{reference}/undo/").status_code == 404


@pytest.mark.parametrize("place", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/nowhere/", ""])
def test_undo_leads_to_our_own_pages_only(browser: Client, record: str, place: str) -> None:
    shown = browser.post(f"{record}edit/", {**open_form(browser, f"{record}edit/"), "data-name": "South"}, follow=True)
    assert undo(browser, shown, next=place).redirect_chain[0][0] == "/"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/objects/new/", "/setup/objects/new/"),
        ("/objects/site/", "/o/site/"),
        ("/objects/site/?search=x&page=2", "/o/site/?search=x&page=2"),
        ("/objects/site/new/", "/o/site/new/"),
        ("/objects/site/setup/", "/setup/objects/site/"),
        ("/objects/site/setup/fields/new/", "/setup/objects/site/fields/new/"),
        ("/objects/site/trash/", "/o/site/trash/"),
        ("/objects/site/0190/edit/", "/o/site/r/0190/edit/"),
    ],
)
def test_old_addresses_lead_on(browser: Client, old: str, new: str) -> None:
    moved = browser.get(old)
    assert (moved.status_code, moved.headers["Location"]) == (301, new)


def test_the_sidebar_has_active_objects_of_the_organization(browser: Client, api: Api, stranger: User) -> None:
    api.make_object("Pump <b>")
    api.make_object("Old")
    api.patch("old", {"isActive": False})
    Api(stranger).make_object("Theirs")
    page = text(browser.get("/trash/"))
    assert "Pump &lt;b&gt;" in page
    assert "Olds" not in page
    assert "Theirs" not in page


def test_a_sidebar_that_is_narrow_comes_so_from_the_server(browser: Client) -> None:
    assert 'class="narrow-sidebar"' not in text(browser.get("/"))
    browser.cookies["sidebar"] = "narrow"
    assert 'class="narrow-sidebar"' in text(browser.get("/"))


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip", "gzip"), ("gzip, deflate, br, zstd", "br"), ("br;q=0, gzip", "gzip"), ("br;q=0.5", "br")],
)
def test_pages_are_compressed_as_the_browser_reads_it(browser: Client, accepted: str, encoding: str) -> None:
    unpack = {"gzip": gzip.decompress, "br": brotli.decompress}[encoding]
    answer = browser.get("/styleguide/", headers={"accept-encoding": accepted})
    assert answer.headers["Content-Encoding"] == encoding
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert "<h1>Styleguide</h1>" in unpack(answer.content).decode()
    assert answer.headers["ETag"].endswith(f'-{encoding}"')


def test_the_admins_pages_are_not(browser: Client) -> None:
    assert "Content-Encoding" not in browser.get("/admin/", headers={"accept-encoding": "gzip"}, follow=True).headers
