"""What comboboxes ask the server for: records by their words, and records made by their name."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client

from customobjects.web.views.choices import MAX_CHOICES
from salesos.accounts.models import User
from tests.conftest import Api

HOSTILE = ("\x00", "\ud800", "x" * 100_000, "' OR 1=1 --", "%", "_", "<script>", "א" * 300)


@pytest.fixture
def sites(api: Api) -> Api:
    api.make_object("Site", {"label": "Town", "type": "TEXT"})
    for number in range(MAX_CHOICES + 5):
        api.make_record("site", name=f"Depot {number:02}")
    api.make_record("site", name="Énergie Nord", town="Lille")
    return api


def found(browser: Client, search: str = "", name: str = "site") -> list[str]:
    return [one["name"] for one in browser.get(f"/o/{name}/choices/", {"search": search}).json()["data"]]


def test_records_are_found_by_any_of_their_words(browser: Client, sites: Api) -> None:
    assert found(browser, "energ") == ["Énergie Nord"]
    assert found(browser, "lille") == ["Énergie Nord"]
    assert found(browser, "depot 07") == ["Depot 07"]
    assert found(browser, "nothing") == []


def test_the_newest_are_offered_before_anything_is_typed(browser: Client, sites: Api) -> None:
    offered = found(browser)
    assert offered[:2] == ["Énergie Nord", f"Depot {MAX_CHOICES + 4:02}"]
    assert len(offered) == MAX_CHOICES


def test_records_of_an_object_without_search_are_found_by_their_name(browser: Client, sites: Api) -> None:
    sites.patch("site", {"enableSearch": False})
    assert found(browser, "DEPOT 07") == ["Depot 07"]
    assert found(browser, "lille") == []


def test_choices_take_the_same_queries_for_any_number(
    browser: Client, sites: Api, django_assert_num_queries: Any
) -> None:
    for search in ("", "depot", "energ"):
        browser.get("/o/site/choices/", {"search": search})
        # 1. The session.
        # 2. Its user.
        # 3. The object.
        # 4. The records.
        # 5. On SQLite, how many a search's index finds.
        with django_assert_num_queries(5 if search and connection.vendor == "sqlite" else 4):
            browser.get("/o/site/choices/", {"search": search})


def test_a_record_is_made_by_its_name(browser: Client, sites: Api) -> None:
    told = browser.get("/o/site/choices/").json()
    assert (told["object"], told["create"], told["new"]) == ("Site", True, "/o/site/new/?name=")
    made = browser.post("/o/site/choices/", {"name": "Brand new"})
    assert made.status_code == 201
    answer = made.json()
    assert answer["text"] == "Site “Brand new” is made."
    assert sites.get(f"site/records/{answer['id']}").status == 200
    undone = browser.post(f"/changes/{answer['change']}/undo/", headers={"accept": "application/json"})
    assert undone.json()["text"] == "Undone."
    assert sites.get(f"site/records/{answer['id']}").status == 404
    refused = browser.post("/o/site/choices/", {"name": ""})
    assert (refused.status_code, refused.json()["text"]) == (409, "Name is required.")


def test_what_needs_more_than_a_name_is_made_in_its_form(browser: Client, sites: Api) -> None:
    sites.post("site/fields", {"label": "Code", "type": "TEXT", "isRequired": True})
    told = browser.get("/o/site/choices/").json()
    assert (told["create"], told["new"]) == (False, "/o/site/new/?name=")
    refused = browser.post("/o/site/choices/", {"name": "Without a code"})
    assert (refused.status_code, refused.json()["text"]) == (409, "Code is required.")


def test_nothing_is_offered_to_be_made_of_an_archived_object(browser: Client, sites: Api) -> None:
    sites.patch("site", {"isActive": False})
    told = browser.get("/o/site/choices/").json()
    assert (told["create"], told["new"]) == (False, "")
    assert browser.post("/o/site/choices/", {"name": "Late"}).status_code == 409


def test_other_organizations_have_nothing_to_choose(sites: Api, stranger: User) -> None:
    other = Client()
    other.force_login(stranger)
    object_id = sites.get("site").json["id"]
    for reference in ("site", object_id, "nothing", "\x00"):
        for answer in (other.get(f"/o/{reference}/choices/"), other.post(f"/o/{reference}/choices/", {"name": "x"})):
            assert answer.status_code == 404
            assert "Depot" not in answer.content.decode()
    assert Client().get("/o/site/choices/").status_code == 401
    assert Client().post("/o/site/choices/", {"name": "x"}).status_code == 401


@pytest.mark.parametrize("text", HOSTILE, ids=[str(number) for number in range(len(HOSTILE))])
def test_hostile_input_has_an_answer(browser: Client, sites: Api, text: str) -> None:
    sent = quote(text.encode("utf-8", "surrogatepass"))
    for address in ("/o/site/choices/", "/people/"):
        assert browser.get(f"{address}?search={sent}").status_code == 200
    form = "application/x-www-form-urlencoded"
    made = browser.post("/o/site/choices/", f"name={sent}", content_type=form)
    assert made.status_code in (201, 409)
    assert made.json()["text"]
