"""Two people, one record: nothing that is typed is lost where others change or delete what a form is for."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from salesos.accounts.models import User
from tests.conftest import Api
from tests.web.forms import controls_of, open_form, send, text


def test_each_clash_names_who_changed_that_field(
    browser: Client, api: Api, site: dict[str, Any], rep: User, manager: User
) -> None:
    path = f"/o/site/r/{site['id']}/edit/"
    form = {**open_form(browser, path), "data-name": "Mine", "data-area": "2"}
    Api(rep).patch(f"site/records/{site['id']}", {"data": {"name": "Theirs"}})
    Api(manager).patch(f"site/records/{site['id']}", {"data": {"area": 7}})
    told = text(browser.post(path, form))
    assert f"{rep} has <q>Theirs</q>" in told
    assert f"{manager} has <q>7</q>" in told


def test_different_fields_are_both_kept(browser: Client, api: Api, site: dict[str, Any]) -> None:
    path = f"/o/site/r/{site['id']}/edit/"
    form = open_form(browser, path)
    api.patch(f"site/records/{site['id']}", {"data": {"notes": "theirs", "tags": ["z"], "open": False}})
    saved = send(browser, path, form, data_area="2", data_kind="depot")
    assert saved.status_code == 302
    assert "” is saved. What others have changed meanwhile is kept, too." in text(
        browser.get(saved.headers["Location"])
    )
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
    path = f"/o/site/r/{site['id']}/edit/"
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
    path = f"/o/site/r/{site['id']}/edit/"
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
    path = f"/o/site/r/{site['id']}/edit/"
    form = open_form(browser, path)
    assert send(browser, path, form, data_area="2").status_code == 302
    assert send(browser, path, form, data_area="2").status_code == 302
    assert api.get(f"site/records/{site['id']}").json["version"] == 2


def test_a_field_that_came_or_went_meanwhile(browser: Client, api: Api, site: dict[str, Any]) -> None:
    path = f"/o/site/r/{site['id']}/edit/"
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
    form = open_form(browser, "/o/site/new/")
    api.post("site/fields", {"label": "Stage", "type": "TEXT", "defaultValue": "fresh"})
    api.delete("site/fields/area")
    told = send(browser, "/o/site/new/", form, data_name="South", data_area="77")
    assert "77" in text(told)
    assert browser.post("/o/site/new/", controls_of(told)).status_code == 302
    assert api.get("site/records", name="South").json["data"][0]["data"]["stage"] == "fresh"


def test_objects_and_fields_are_merged_too(browser: Client, api: Api, site: dict[str, Any]) -> None:
    form = open_form(browser, "/setup/objects/site/general/")
    api.patch("site", {"description": "theirs", "name": "Place"})
    told = browser.post("/setup/objects/site/general/", {**form, "name": "Spot", "icon": "home"})
    assert told.context["form"].errors.keys() == {"name"}
    assert browser.post("/setup/objects/site/general/", controls_of(told)).status_code == 302
    made = api.get("site").json
    assert (made["name"], made["icon"], made["description"]) == ("Spot", "home", "theirs")
    path = "/setup/objects/site/fields/area/"
    form = open_form(browser, path)
    api.patch("site/fields/area", {"helpText": "theirs", "options": {"min": 0}})
    assert browser.post(path, {**form, "label": "Size", "option_max": "9"}).status_code == 302
    field = next(f for f in api.get("site").json["fields"] if f["apiName"] == "area")
    assert (field["label"], field["helpText"]) == ("Size", "theirs")
    assert (field["options"]["min"], field["options"]["max"]) == (0, 9)


@pytest.mark.parametrize("nonsense", ["", "{", "[]", "null", '{"language": 1}', "\x00", "x" * 10_000, "[" * 5_000])
def test_a_form_that_says_nonsense_of_itself(browser: Client, api: Api, site: dict[str, Any], nonsense: str) -> None:
    path = f"/o/site/r/{site['id']}/edit/"
    form = {**open_form(browser, path), "shown": nonsense}
    assert send(browser, path, form, data_area="2").status_code == 302
    assert api.get(f"site/records/{site['id']}").json["data"]["area"] == 2
    for area, inner in enumerate(
        (
            '{"language": "de", "zone": "../../etc", "marks": {}, "clashes": {}}',
            '{"language": "en", "zone": "UTC", "marks": {"data-area": "\\ud800"}, "clashes": {}}',
            '{"language": "en", "zone": "UTC", "marks": {"data-area": 1}, "clashes": {"data-area": []}}',
        ),
        start=3,
    ):
        assert send(browser, path, {**form, "shown": inner}, data_area=str(area)).status_code == 302


def test_a_record_that_was_deleted_can_be_made_anew(browser: Client, api: Api, site: dict[str, Any]) -> None:
    path = f"/o/site/r/{site['id']}/edit/"
    form = open_form(browser, path)
    api.delete(f"site/records/{site['id']}")
    told = send(browser, path, form, data_area="1,234.5", data_notes="a long text")
    assert told.status_code == 422
    assert "has been deleted meanwhile" in text(told)
    assert "a long text" in text(told)
    assert 'action="/o/site/new/"' in text(told)
    assert browser.post("/o/site/new/", controls_of(told)).status_code == 302
    [made] = api.get("site/records").json["data"]
    assert made["id"] != site["id"]
    assert made["data"] == {**site["data"], "area": 1234.5, "notes": "a long text"}


def test_what_was_typed_for_an_object_that_is_gone_is_shown(browser: Client, api: Api, site: dict[str, Any]) -> None:
    form = open_form(browser, "/o/site/new/")
    api.delete("site")
    told = send(browser, "/o/site/new/", form, data_name="South", data_notes="a long <b>text")
    assert told.status_code == 404
    assert "a long &lt;b&gt;text" in text(told)
    assert form["token"][0] not in text(told)


def test_an_archived_object_keeps_the_text(browser: Client, api: Api, site: dict[str, Any]) -> None:
    form = open_form(browser, "/o/site/new/")
    api.patch("site", {"isActive": False})
    told = send(browser, "/o/site/new/", form, data_name="South")
    assert told.status_code == 422
    assert 'value="South"' in text(told)
