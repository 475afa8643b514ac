"""What is done with several records at once, with scripts and without, and what a range that is pasted does."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from salesos.accounts.models import User
from tests.conftest import Api
from tests.web.forms import controls_of, text

SCRIPT = {"hx-request": "true", "accept-language": "de"}


@pytest.fixture
def parts(api: Api) -> list[dict[str, Any]]:
    """Three records that sort by their names."""
    api.make_object(
        "Part",
        {"label": "Size", "type": "NUMBER", "options": {"max": 10}},
        {"label": "Code", "type": "TEXT", "isUnique": True},
        {"label": "Sold", "type": "CHECKBOX"},
    )
    return [api.make_record("part", name=f"p{number}", size=number, sold=True) for number in range(3)]


def ids_of(parts: list[dict[str, Any]]) -> list[str]:
    return [part["id"] for part in parts]


def sizes(api: Api) -> list[Any]:
    return [record["data"]["size"] for record in api.get("part/records", sort="name").json["data"]]


def test_several_are_changed_and_taken_back(browser: Client, api: Api, parts: list[dict[str, Any]]) -> None:
    asked = browser.post("/o/part/selected/edit/", {"ids": ids_of(parts), "next": "/o/part/?sort=name"})
    assert "Edit 3 records" in text(asked)
    form = dict(controls_of(asked))
    refused = browser.post("/o/part/selected/edit/", form)
    assert refused.status_code == 422
    assert "Tick the fields that are to be changed." in text(refused)
    for typed, reason in (("11", "Size must not be greater than 10."), ("x", "Size must be a number such as")):
        refused = browser.post("/o/part/selected/edit/", {**form, "change": "size", "data-size": typed})
        assert refused.status_code == 422
        assert reason in text(refused)
        assert f'value="{typed}"' in text(refused)
    assert sizes(api) == [0, 1, 2]
    done = browser.post("/o/part/selected/edit/", {**form, "change": ["size", "sold"], "data-size": "5"})
    assert done.headers["Location"] == "/o/part/?sort=name"
    assert sizes(api) == [5, 5, 5]
    assert {record["data"]["sold"] for record in api.get("part/records").json["data"]} == {False}
    page = text(browser.get("/o/part/"))
    assert "3 changed." in page
    [change] = re.findall(r"/changes/(\d+-[0-9a-f]+)/undo/", page)
    browser.post(f"/changes/{change}/undo/")
    assert sizes(api) == [0, 1, 2]


def test_what_is_unique_can_only_be_emptied_in_several(browser: Client, api: Api, parts: list[dict[str, Any]]) -> None:
    address = "/o/part/selected/edit/"
    assert api.post("part/fields", {"label": "Number", "type": "NUMBER", "isUnique": True}).status == 201
    for number, part in enumerate(parts):
        api.patch(f"part/records/{part['id']}", {"data": {"code": f"c{number}", "number": number}})
    assert api.patch("part/fields/number", {"isRequired": True}).status == 200
    for sent in ({"ids": ids_of(parts)[:2]}, {"all": "on"}):
        asked = browser.post(address, {**sent, "next": "/o/part/"})
        page, form = text(asked), dict(controls_of(asked))
        assert 'name="data-size"' in page
        assert 'name="data-code"' not in page
        assert 'value="number"' not in page, "what is required and unique is not there at all"
        refused = browser.post(address, {**form, "change": "code", "data-code": "same"})
        assert refused.status_code == 422
        assert "No two records have the same: tick “Make empty”" in text(refused)
        assert browser.post(address, {**form, "change": "number", "data-number": "9"}).status_code == 422
    asked = browser.post(address, {"ids": ids_of(parts)[:2], "next": "/o/part/"})
    done = browser.post(address, {**dict(controls_of(asked)), "change": "code", "empty": "code"})
    assert done.status_code == 302
    codes = [record["data"]["code"] for record in api.get("part/records", sort="name").json["data"]]
    assert codes == [None, None, "c2"]
    # One alone can have another.
    asked = browser.post(address, {"ids": ids_of(parts)[:1], "next": "/o/part/"})
    assert 'name="data-code"' in text(asked)
    assert browser.post(address, {**dict(controls_of(asked)), "change": "code", "data-code": "new"}).status_code == 302
    assert api.get(f"part/records/{parts[0]['id']}").json["data"]["code"] == "new"


def test_scripts_are_answered_with_what_was_done(browser: Client, api: Api, parts: list[dict[str, Any]]) -> None:
    body = {"ids": ",".join(ids_of(parts)[:2]), "confirmed": "yes", "change": "size", "data-size": "1,5"}
    told = browser.post("/o/part/selected/edit/", body, headers=SCRIPT).json()
    assert (told["text"], bool(told["change"])) == ("2 changed.", True)
    assert sizes(api) == [1.5, 1.5, 2]
    again = browser.post("/o/part/selected/edit/", body, headers=SCRIPT).json()
    assert again == {"text": "0 changed. 2 had these values already.", "change": "", "made": []}
    copies = browser.post("/o/part/selected/duplicate/", {"ids": ids_of(parts)}, headers=SCRIPT).json()
    assert len(copies["made"]) == 3
    assert len(sizes(api)) == 6
    gone = browser.post("/o/part/selected/delete/", {"ids": copies["made"], "confirmed": "yes"}, headers=SCRIPT).json()
    assert gone["text"] == "3 deleted."
    assert len(sizes(api)) == 3
    exported = browser.post("/o/part/selected/export/", {"ids": ids_of(parts)[:1], "columns": "name,size"})
    lines = b"".join(exported.streaming_content).decode("utf-8-sig").split()
    assert lines == ["Name,Size", "p0,1.5"]


def test_all_that_match_are_meant(browser: Client, api: Api, parts: list[dict[str, Any]]) -> None:
    body = {"all": "on", "next": "/o/part/?search=p1", "change": "size", "data-size": "9", "confirmed": "yes"}
    assert browser.post("/o/part/selected/edit/", body, headers=SCRIPT).json()["text"] == "1 changed."
    assert sizes(api) == [0, 9, 2]
    # The filters of a saved view hold, too, and copies are made of all of them.
    found = [{"field": "size", "operator": "gte", "value": 2}]
    view = api.post("part/views", {"name": "Large", "kind": "grid", "settings": {"filters": found}}).json["id"]
    body = {"all": "on", "next": f"/o/part/v/{view}/?sort=name"}
    made = browser.post("/o/part/selected/duplicate/", body, headers=SCRIPT).json()["made"]
    assert len(made) == 2
    # What is no list of the object means nothing, and not everything.
    for address in ("/o/other/", "/", "/o/part/trash/", "https://elsewhere.example/", "http://["):
        refused = browser.post("/o/part/selected/delete/", {**body, "next": address, "confirmed": "yes"})
        assert refused.status_code == 409
    assert len(sizes(api)) == 5


def test_a_list_with_an_odd_search_is_exported(browser: Client, parts: list[dict[str, Any]]) -> None:
    exported = browser.post(
        "/o/part/selected/export/", {"all": "on", "next": "/o/part/?search=%00p1", "columns": "name"}
    )
    assert b"".join(exported.streaming_content).decode("utf-8-sig").split() == ["Name", "p1"]


def test_nothing_is_emptied_by_what_is_not_filled_in(
    browser: Client, api: Api, parts: list[dict[str, Any]], rep: User
) -> None:
    body = {"ids": ids_of(parts), "confirmed": "yes", "change": "size", "data-size": ""}
    refused = browser.post("/o/part/selected/edit/", body, headers=SCRIPT)
    assert refused.status_code == 422
    assert "Choose a value, or tick “Make empty”." in text(refused)
    assert sizes(api) == [0, 1, 2]
    refused = browser.post("/o/part/selected/edit/", {**body, "change": "name", "empty": "name"}, headers=SCRIPT)
    assert "Choose a value." in text(refused)
    told = browser.post("/o/part/selected/edit/", {**body, "empty": "size"}, headers=SCRIPT).json()
    assert told["text"] == "3 changed."
    assert sizes(api) == [None, None, None]


def test_all_get_an_owner(browser: Client, api: Api, parts: list[dict[str, Any]], rep: User) -> None:
    body = {"ids": ids_of(parts), "confirmed": "yes", "change": "ownerId", "data-ownerId": str(rep.id)}
    assert browser.post("/o/part/selected/edit/", body, headers=SCRIPT).json()["text"] == "3 changed."
    owners = {record["ownerId"] for record in api.get("part/records").json["data"]}
    assert owners == {str(rep.id)}
    refused = browser.post("/o/part/selected/edit/", {**body, "data-ownerId": "x"}, headers=SCRIPT)
    assert "Choose one of the people there are." in text(refused)
    # Who may not say so is not asked.
    theirs = Client()
    theirs.force_login(rep)
    assert "Owner" not in text(theirs.post("/o/part/selected/edit/", {"ids": ids_of(parts)}, headers=SCRIPT))


def test_who_may_not_delete_is_told_so(api: Api, parts: list[dict[str, Any]], rep: User, browser: Client) -> None:
    theirs = Client()
    theirs.force_login(rep)
    asked = theirs.post("/o/part/selected/delete/", {"ids": ids_of(parts)})
    assert "Delete 3 records?" in text(asked)
    refused = theirs.post("/o/part/selected/delete/", dict(controls_of(asked)))
    assert refused.status_code == 422
    assert "may delete" in text(refused)
    assert len(sizes(api)) == 3
    # Nothing is ticked: back to the list.
    assert browser.post("/o/part/selected/edit/", {}).headers["Location"] == "/o/part/"
    assert browser.get("/o/part/selected/edit/").headers["Location"] == "/o/part/"
    api.patch("part", {"enableBulkOperations": False})
    assert browser.post("/o/part/selected/edit/", {"ids": ids_of(parts)}).status_code == 409
    assert browser.post("/o/part/selected/delete/", {"ids": ["x"]}).status_code == 409


def test_a_range_is_looked_at_and_pasted(browser: Client, api: Api, parts: list[dict[str, Any]]) -> None:
    body = {"text": "p0\t1,5\nnew\t7", "ids": parts[0]["id"], "columns": "name,size"}
    looked = browser.post("/o/part/paste/preview/", body, headers=SCRIPT)
    assert "1 cell will be changed, 1 record will be made." in text(looked)
    assert sizes(api) == [0, 1, 2]
    done = browser.post("/o/part/paste/", body, headers=SCRIPT).json()
    assert (done["text"], done["changed"], len(done["made"])) == ("1 cell changed, 1 record made.", [parts[0]["id"]], 1)
    assert sizes(api) == [7, 1.5, 1, 2]
    browser.post(f"/changes/{done['change']}/undo/")
    assert sizes(api) == [0, 1, 2]


def test_what_of_a_range_is_refused_is_said(browser: Client, api: Api, parts: list[dict[str, Any]]) -> None:
    body = {"text": "3\n11", "ids": ",".join(ids_of(parts)), "columns": "size"}
    refused = browser.post("/o/part/paste/", body, headers=SCRIPT)
    assert refused.status_code == 422
    assert "Size must not be greater than 10." in text(refused)
    assert sizes(api) == [0, 1, 2]
    done = browser.post("/o/part/paste/", {**body, "skip_refused": "on"}, headers=SCRIPT).json()
    assert done["text"] == "1 cell changed."
    assert done["refused"] == [
        {"record": parts[1]["id"], "field": "size", "reason": "Size must not be greater than 10."}
    ]
    assert sizes(api) == [3, 1, 2]
    for nonsense in ({"text": ""}, {"columns": "nothing"}, {"ids": "x"}, {"text": "1\t2\t3"}, {"text": "\x00"}):
        assert browser.post("/o/part/paste/", {**body, **nonsense}, headers=SCRIPT).status_code in (409, 422), nonsense
