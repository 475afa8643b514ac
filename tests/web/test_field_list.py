"""The page of an object's fields, and the drawer over it: order, groups, what is filled in, drafts and deletion."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from customobjects.queries import filled as filled_module
from salesos.accounts.models import User
from tests.conftest import Api
from tests.web.forms import controls_of, open_form, text

PAGE = "/setup/objects/site/fields/"
# How scripts ask for what they show in the drawer, and for what they do.
DRAWER: dict[str, Any] = {"headers": {"HX-Request": "true", "HX-Target": "drawer"}}
SCRIPT: dict[str, Any] = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def site(api: Api) -> None:
    api.make_object(
        "Site",
        {"label": "Area", "type": "NUMBER", "group": "Size"},
        {"label": "Code", "type": "TEXT", "isUnique": True},
        {"label": "Height", "type": "NUMBER", "group": "Size"},
        {"label": "Notes", "type": "TEXTAREA", "isActive": False},
    )


def order(api: Api) -> list[tuple[str, str]]:
    return [(one["apiName"], one["group"]) for one in api.get("site").json["fields"]]


def shown(page: str) -> list[str]:
    """The fields of the list, in its order, with the headings of groups."""
    return re.findall(r'data-(?:row|group)="([^"]*)"', page)


@pytest.mark.usefixtures("site")
class TestList:
    def test_fields_stand_in_their_groups_with_what_holds_for_them(
        self, browser: Client, api: Api, django_assert_num_queries: Any
    ) -> None:
        for number in range(3):
            api.make_record("site", name=f"S{number}", code=f"C{number}", area=number or None)
        # 1. The session.
        # 2. Its user.
        # 3. The object.
        # 4. Its fields.
        # 5. The sidebar's objects.
        # 6. The user's organization.
        with django_assert_num_queries(6):
            page = text(browser.get(PAGE))
        assert shown(page) == ["", "name", "code", "notes", "Size", "area", "height"]
        for word in ("names the record", "required", "unique", "indexed", "inactive"):
            assert f">{word}</span>" in page
        assert "Filled in on" not in page
        # 7. How many records there are.
        # 8. Which fields they have values of.
        with django_assert_num_queries(8):
            page = text(browser.get(f"{PAGE}?filled=1"))
        assert re.findall(r"Filled in on ([^<\"]+)<", page) == [
            "100 % of 3 records",
            "100 % of 3 records",
            "0 % of 3 records",
            "67 % of 3 records",
            "0 % of 3 records",
        ]
        assert shown(text(browser.get("/setup/objects/site/"))) == shown(page), "where it was before"

    def test_many_records_are_told_by_a_sample(
        self, browser: Client, api: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(filled_module, "MAX_EXACT", 5)
        monkeypatch.setattr(filled_module, "SAMPLE", 2)
        # The oldest and the newest two have an area, those between have none.
        for number in range(6):
            api.make_record("site", name=f"S{number}", code=f"C{number}", area=None if number in (2, 3) else 1)
        page = text(browser.get(f"{PAGE}?filled=1"))
        assert "Filled in on about 100 % of a sample of 4 records" in page
        asked = text(browser.get(f"{PAGE}area/delete/"))
        assert "Area is filled in on about 6 records" in asked

    def test_dropping_a_field(self, browser: Client, api: Api) -> None:
        drop = {"field": "notes", "group": "", "before": "code"}
        assert browser.post(PAGE, drop, **SCRIPT).status_code == 204
        assert [name for name, _group in order(api) if name != "x"][:2] == ["name", "notes"]
        browser.post(PAGE, {"field": "code", "group": "Size", "after": "area"})
        page = shown(text(browser.get(PAGE)))
        assert page == ["", "name", "notes", "Size", "area", "code", "height"]
        assert ("code", "Size") in order(api)
        browser.post(PAGE, {"field": "code", "group": "", "after": ""})
        assert shown(text(browser.get(PAGE))) == ["", "name", "notes", "code", "Size", "area", "height"]
        before = order(api)
        for hostile in ({"field": "nothing"}, {"field": "\x00"}, {"field": "code", "before": "nothing"}, {}):
            assert browser.post(PAGE, hostile).status_code == 404, hostile
        browser.post(PAGE, {"field": "code", "group": "No such group\x00", "before": "code"})
        assert dict(order(api)) == dict(before)

    def test_moving_over_the_heading_of_a_group(self, browser: Client, api: Api) -> None:
        move = f"{PAGE}area/move/"
        assert browser.post(move, {"direction": "up"}, **SCRIPT).status_code == 204
        assert shown(text(browser.get(PAGE))) == ["", "name", "code", "notes", "area", "Size", "height"]
        browser.post(move, {"direction": "down"})
        assert shown(text(browser.get(PAGE))) == ["", "name", "code", "notes", "Size", "area", "height"]
        browser.post(move, {"direction": "down"})
        browser.post(move, {"direction": "down"})
        assert shown(text(browser.get(PAGE)))[-2:] == ["height", "area"]

    def test_only_who_may_define(self, rep: User) -> None:
        rep_browser = Client()
        rep_browser.force_login(rep)
        for path in (PAGE, f"{PAGE}?filled=1", f"{PAGE}area/", f"{PAGE}area/delete/"):
            assert rep_browser.get(path).status_code == 403, path
        for path in (PAGE, f"{PAGE}new/draft/", f"{PAGE}area/draft/", f"{PAGE}area/move/", f"{PAGE}area/delete/"):
            assert rep_browser.post(path, {"field": "area", "label": "X", "type": "TEXT"}).status_code == 403, path


@pytest.mark.usefixtures("site")
class TestDrawer:
    def test_it_stays_open(self, browser: Client, api: Api) -> None:
        opened = browser.get(f"{PAGE}new/", follow=True, **DRAWER)
        assert "type=TEXT" in opened.redirect_chain[-1][0]
        assert "<html" not in text(opened)
        form = controls_of(opened)
        added = browser.post(f"{PAGE}new/?type=TEXT", {**form, "label": "Street"}, follow=True, **DRAWER)
        assert "type=TEXT&after=street" in added.redirect_chain[-1][0]
        page = text(added)
        assert "Street is added." in page
        assert "/undo/" in page
        assert controls_of(added)["label"] == [""]
        assert order(api)[-1] == ("street", "")
        changed = browser.post(f"{PAGE}street/", {**open_form(browser, f"{PAGE}street/"), "label": "Road"}, **DRAWER)
        assert changed.headers["Location"] == f"{PAGE}street/"

    def test_a_field_is_inserted_behind_another_one_in_its_group(self, browser: Client, api: Api) -> None:
        form = controls_of(browser.get(f"{PAGE}new/?type=NUMBER&after=area", follow=True, **DRAWER))
        assert form["group"] == ["Size"]
        path = f"{PAGE}new/?type=NUMBER&after=area"
        browser.post(path, {**form, "label": "Width", "token": ""}, **DRAWER)
        assert shown(text(browser.get(PAGE))) == ["", "name", "code", "notes", "Size", "area", "width", "height"]
        # One that has gone meanwhile keeps nothing from being made.
        browser.post(f"{PAGE}new/?type=TEXT&after=gone", {"type": "TEXT", "label": "Last"})
        assert order(api)[-1] == ("last", "")

    def test_next_and_previous(self, browser: Client) -> None:
        page = text(browser.get(f"{PAGE}notes/", **DRAWER))
        assert "3 of 5" in page
        assert re.findall(r'rel="(prev|next)"\s+href="([^"]+)"', page) == [
            ("prev", f"{PAGE}code/"),
            ("next", f"{PAGE}area/"),
        ]

    def test_a_draft_shows_the_control_and_says_what_it_means(self, browser: Client, api: Api) -> None:
        draft = f"{PAGE}new/draft/"
        for number in range(2):
            api.make_record("site", name=f"S{number}", code=str(number))
        shown = text(browser.post(draft, {"type": "CURRENCY", "label": "Rent <b>", "option_currency": "EUR"}))
        assert "Rent &lt;b&gt;" in shown
        assert "€" in shown
        shown = text(browser.post(draft, {"type": "PICKLIST", "label": "S", "option_values": "new\nold"}))
        assert ">old</option>" in shown
        lookup = {"type": "LOOKUP", "label": "Part of", "option_onDelete": "cascade"}
        assert "Choose the object first." in text(browser.post(draft, {**lookup, "option_target": ""}))
        lookup["option_target"] = api.get("site").json["id"]
        shown = text(browser.post(draft, lookup))
        assert "Deleting the Site deletes the Sites that point at it, too." in shown
        assert ">S1</option>" in shown
        shown = text(browser.post(draft, {"type": "AUTO_NUMBER", "label": "No", "option_format": "S-{000}"}))
        assert "S-001" in shown
        required = {"type": "TEXT", "label": "New", "is_required": "on"}
        assert "2 records of Sites without a value: they stay as they are" in text(browser.post(draft, required))
        # What cannot be is passed over.
        for hostile in (
            {"type": "NUMBER", "label": "\x00", "option_min": "9" * 400, "option_max": "-", "default_value": "NaN"},
            {"type": "JSON", "label": "J", "default_value": "[" * 5000},
            {"type": "LOOKUP", "option_target": "nothing"},
            {"type": "nothing"},
            {},
        ):
            assert browser.post(draft, hostile).status_code == 200, hostile
        assert len(api.get("site").json["fields"]) == 5, "a draft makes nothing"

    def test_a_draft_of_a_change(self, browser: Client, api: Api) -> None:
        api.make_record("site", name="S", code="1", area=1)
        api.make_record("site", name="T", code="2")
        held = {"label": "Area", "is_active": "on"}
        shown = text(browser.post(f"{PAGE}area/draft/", {**held, "is_required": "on"}))
        assert "1 record of Sites without a value" in shown
        shown = text(browser.post(f"{PAGE}area/draft/", {**held, "is_unique": "on"}))
        assert "If two records have the same value already, this is refused" in shown
        assert "It is hidden everywhere" in text(browser.post(f"{PAGE}area/draft/", {"label": "Area"}))


@pytest.mark.usefixtures("site")
class TestDeletion:
    def test_what_is_lost_is_said_first(self, browser: Client, api: Api, django_assert_max_num_queries: Any) -> None:
        api.make_record("site", name="S", code="1", area=1)
        settings = {"filters": [{"field": "area", "operator": "gt", "value": 1}]}
        for name, kept in (("Large", settings), ("All", {})):
            made = api.post("site/views", {"name": name, "kind": "grid", "settings": kept})
            assert made.status == 201, made.json
        # As many as a page of fields asks; and the schema, its views, the records and which fields they have.
        with django_assert_max_num_queries(14):
            page = text(browser.get(f"{PAGE}area/delete/"))
        assert "Area is filled in on 1 record" in page
        assert "“Large”" in page
        assert "“All”" not in page
        assert "it can be restored with all its values from the trash of Sites" in page
        done = browser.post(f"{PAGE}area/delete/", **SCRIPT)
        assert done.json()["text"] == "Area is deleted."
        assert done.json()["change"]
        assert browser.post(f"/changes/{done.json()['change']}/undo/").status_code == 302
        assert api.get("site/records").json["data"][0]["data"]["area"] == 1

    def test_what_keeps_it_is_said_first(self, browser: Client, api: Api) -> None:
        api.patch("site", {"uniqueKeys": [{"fields": ["area", "height"]}]})
        page = text(browser.get(f"{PAGE}area/delete/"))
        assert "It is part of the unique key with Height: change that key first." in page
        assert ">Delete</button>" not in page
        assert "names the records of Sites" in text(browser.get(f"{PAGE}name/delete/"))
