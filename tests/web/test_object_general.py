"""The general part of an object's setup, and the forms of objects: what they show, save, refuse and lead to."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customobjects.models import CustomObject
from customobjects.web.icon_list import LIST, icon_list, read_categories
from customobjects.web.icons import icon_glyphs
from salesos import json
from salesos.accounts.models import User
from tests.conftest import Api
from tests.web.forms import controls_of, main_part, open_form, text

PAGE = "/setup/objects/asset/general/"
SWITCHES = {
    "enable_search": "enableSearch",
    "enable_history": "enableHistory",
    "enable_notes": "enableNotes",
    "enable_activities": "enableActivities",
    "enable_bulk_operations": "enableBulkOperations",
}


@pytest.fixture
def assets(api: Api) -> Api:
    api.make_object("Site")
    lookup = {"target": "site", "onDelete": "restrict"}
    api.make_object(
        "Asset",
        {"label": "Serial Number", "type": "TEXT", "apiName": "serial", "isUnique": True},
        {"label": "Rack", "type": "TEXT"},
        {"label": "Shelf", "type": "NUMBER"},
        {"label": "Site", "type": "LOOKUP", "options": lookup},
        {"label": "Keeper", "type": "USER"},
        {"label": "Notes", "type": "TEXTAREA"},
        color="#16a34a",
        icon="inventory_2",
    )
    return api


def plain(response: Any) -> str:
    """What the main part of a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", "", main_part(response)).split())


@pytest.mark.parametrize("records", [0, 1, 30])
def test_the_page_and_its_queries(
    browser: Client, assets: Api, admin: User, records: int, django_assert_num_queries: Any
) -> None:
    site = assets.make_record("site", name="North")["id"]
    for number in range(records):
        assets.make_record("asset", name=f"Pump {number}", serial=f"S-{number}", site=site, keeper=str(admin.id))
    browser.get(PAGE)
    # 1. The session. 2. Who is asking. 3. The object. 4. Its fields. 5. Its newest records.
    # 6. The shared views. 7. The sidebar's objects. 8. The organization.
    # 9. and 10. Where there are records, the names of the records and the users that these refer to.
    with django_assert_num_queries(10 if records else 8):
        page = browser.get(PAGE)
    said = plain(page)
    assert "The name for programs. It never changes." in said
    assert "asset" in said
    # A colour that is none of the twelve stands for the nearest of them, and stays as it is.
    assert '<input type="radio" name="color" value="#16a34a"' in text(page)
    assert controls_of(page)["color"] == ["#16a34a"]
    if records:
        newest = records - 1
        assert f"Name, such as Pump {newest}" in said
        assert f"Serial Number, such as S-{newest}" in said
        assert "Site, such as North" in said
        assert f"Keeper, such as {admin}" in said
        assert f"Another Asset has the Serial Number S-{newest}: Pump {newest}." in said
    else:
        assert "such as Pump" not in said
        assert "Another Asset has the serial number S-1." in said
    form = open_form(browser, PAGE)
    assert browser.post(PAGE, form).status_code == 302
    assert assets.get("asset").json["color"] == "#16a34a"


def test_any_field_that_names_records_can_be_the_primary_one(browser: Client, assets: Api) -> None:
    assets.make_record("asset", name="Pump", serial="S-1")
    fields = {field["apiName"]: field["id"] for field in assets.get("asset").json["fields"]}
    form = open_form(browser, PAGE)
    assert browser.post(PAGE, {**form, "primary_field": fields["serial"]}).headers["Location"] == PAGE
    assert assets.names("asset") == ["S-1"]
    # A field of another object is none.
    other = assets.get("site").json["fields"][0]["id"]
    assert browser.post(PAGE, {**open_form(browser, PAGE), "primary_field": other}).status_code == 422


@pytest.mark.parametrize("name", SWITCHES)
def test_a_switch_goes_off_and_on(browser: Client, assets: Api, name: str) -> None:
    form = open_form(browser, PAGE)
    assert form.pop(name) == ["on"]
    said = plain(browser.get(PAGE))
    assert said.count("Turned off, ") == len(SWITCHES)
    assert browser.post(PAGE, form).status_code == 302
    held = assets.get("asset").json
    assert {other: held[outside] for other, outside in SWITCHES.items()} == {other: other != name for other in SWITCHES}
    form = open_form(browser, PAGE)
    assert form[name] == []
    browser.post(PAGE, {**form, name: "on"})
    assert assets.get("asset").json[SWITCHES[name]] is True


def test_what_switches_leave_behind_is_kept(browser: Client, assets: Api) -> None:
    record = assets.make_record("asset", name="Pump")["id"]
    path = f"asset/records/{record}"
    assets.patch(path, {"data": {"rack": "A"}})
    assert assets.post(f"{path}/notes", {"text": "Loud at night"}).status == 201
    assert assets.post(f"{path}/activities", {"kind": "task", "title": "Oil it"}).status == 201
    shown = open_form(browser, PAGE)
    form = {name: value for name, value in shown.items() if name not in SWITCHES}
    assert browser.post(PAGE, form).status_code == 302
    assert assets.post(f"{path}/notes", {"text": "x"}).status == 409
    assets.patch(path, {"data": {"rack": "B"}})
    assert assets.names("asset", search="pump") == []
    timeline = plain(browser.get(f"/o/asset/r/{record}/timeline/"))
    assert "Loud at night" in timeline
    assert "Oil it" in timeline
    browser.post(PAGE, {**open_form(browser, PAGE), **dict.fromkeys(SWITCHES, "on")})
    assert assets.names("asset", search="pump") == ["Pump"]
    assert assets.post(f"{path}/notes", {"text": "x"}).status == 201
    kept = assets.get(f"{path}/history").json["data"]
    assert "A" in json.dumps(kept)
    assert '"B"' not in json.dumps(kept), "what was changed in between is not kept"


def test_the_api_name_does_not_change(browser: Client, assets: Api) -> None:
    form = open_form(browser, PAGE)
    assert "api_name" not in form
    browser.post(PAGE, {**form, "api_name": "other", "name": "Machine"})
    assert (assets.get("asset").json["name"], assets.get("other").status) == ("Machine", 404)


def test_how_names_read(browser: Client, assets: Api, rep: User, django_assert_num_queries: Any) -> None:
    assets.make_record("asset", name="Pump <1>", serial="S-7")
    held = assets.get("asset").json
    address = reverse("web:object-words")
    said = text(browser.get(address, {"name": "Company", "icon": "home", "color": "#c42b1c"}))
    for words in ("New <bdi>Company</bdi>", "3 <bdi>Companies</bdi>", "badge hue-red", "the serial number S-1."):
        assert words in " ".join(said.split())
    primary = held["primaryField"] if isinstance(held["primaryField"], str) else held["primaryField"]["id"]
    fields = {field["apiName"]: field["id"] for field in held["fields"]}
    asked = {"name": "<b>", "plural_name": "x\x00", "object": held["id"], "primary_field": fields.get(primary, primary)}
    # 1. The session. 2. Who is asking. 3. The object. 4. Its fields. 5. Its newest records.
    with django_assert_num_queries(5):
        page = browser.get(address, asked)
    said = " ".join(text(page).split())
    assert "Another <bdi>&lt;b&gt;</bdi> has the Serial Number S-7: <bdi>Pump &lt;1&gt;</bdi>." in said
    assert browser.get(address, {"object": "nothing"}).status_code == 404
    assert browser.get(f"{address}?name=%ED%A0%80&icon=%00&color=%00").status_code == 200
    browser.force_login(rep)
    assert browser.get(address).status_code == 403


class TestIcons:
    def test_each_of_the_list_is_in_the_font_once(self) -> None:
        listed = [name for _title, icons in read_categories(LIST.read_text("utf-8")) for name, _words in icons]
        assert len(listed) > 300
        assert sorted(set(listed)) == sorted(listed)
        assert [name for name in listed if name not in icon_glyphs()] == []

    def test_all_have_words(self) -> None:
        icons = [icon for _title, icons in read_categories(LIST.read_text("utf-8")) for icon in icons]
        assert [name for name, words in icons if not words] == []

    def test_the_list_for_the_picker(self, browser: Client, django_assert_num_queries: Any) -> None:
        icon_list()
        # 1. The session. 2. Who is asking.
        with django_assert_num_queries(2):
            answer = browser.get("/icons/")
        sent = json.loads(answer.content.decode())
        shown = {name for _title, icons in sent["categories"] for name, _words in icons}
        assert "inventory_2" in shown
        assert len(sent["others"]) > 1_000
        assert not shown & set(sent["others"])
        assert Client().get("/icons/").status_code == 302

    @pytest.mark.parametrize("path", ["/setup/objects/new/", PAGE])
    def test_it_is_a_line_of_text(self, browser: Client, assets: Api, path: str) -> None:
        page = browser.get(path, follow=True)
        assert '<icon-picker data-icons="/icons/" data-named-by="id_name">' in text(page)
        assert "icon" in controls_of(page)
        assert text(page).count('type="radio" name="color"') == 12
        for hue in ("Gray", "Lime", "Fuchsia"):
            assert hue in plain(page)


class TestUniqueKeys:
    NEW = f"{PAGE}keys/new/"

    @pytest.fixture(autouse=True)
    def fields(self, assets: Api) -> dict[str, str]:
        return {field["apiName"]: field["id"] for field in assets.get("asset").json["fields"]}

    def add(self, browser: Client, *fields: str) -> Any:
        return browser.post(self.NEW, {**open_form(browser, self.NEW), "fields": list(fields)})

    def test_added_and_removed(self, browser: Client, assets: Api, fields: dict[str, str]) -> None:
        assert fields["notes"] not in text(browser.get(self.NEW, follow=True)), "a long text is in no key"
        assert self.add(browser, fields["rack"], fields["shelf"]).headers["Location"] == PAGE
        assert assets.get("asset").json["uniqueKeys"] == [{"fields": ["rack", "shelf"]}]
        page = browser.get(PAGE)
        assert "From now on no two Assets have the same Rack and Shelf together." in text(page)
        assert 'aria-label="Remove the key of Rack and Shelf"' in text(page)
        assert assets.post("asset/records", {"data": {"name": "a", "rack": "A", "shelf": 1}}).status == 201
        assert assets.post("asset/records", {"data": {"name": "b", "rack": "A", "shelf": 1}}).status == 409
        key = CustomObject.objects.get(api_name="asset").unique_keys[0]["id"]
        assert browser.post(f"{PAGE}keys/{key}/delete/").headers["Location"] == PAGE
        assert assets.get("asset").json["uniqueKeys"] == []
        assert browser.post(f"{PAGE}keys/{key}/delete/").status_code == 404

    def test_refused_over_duplicates(self, browser: Client, assets: Api, fields: dict[str, str]) -> None:
        held = [assets.make_record("asset", name=f"Pump <{n}>", rack="A", shelf=1) for n in range(2)]
        refused = self.add(browser, fields["rack"], fields["shelf"])
        assert refused.status_code == 422
        said = text(refused)
        assert "Rack and Shelf cannot become unique, as two records have the Rack A and the Shelf 1: " in said
        for record in held:
            name = record["name"].replace("<", "&lt;").replace(">", "&gt;")
            assert f'href="/o/{record["customObjectId"]}/r/{record["id"]}/">{name}</a>' in said
        assert assets.get("asset").json["uniqueKeys"] == []

    def test_what_is_none(self, browser: Client, assets: Api, fields: dict[str, str]) -> None:
        for chosen in ([], [fields["rack"]], [fields["notes"], fields["rack"]], ["nothing", "\x00"]):
            assert self.add(browser, *chosen).status_code == 422
        self.add(browser, fields["rack"], fields["shelf"])
        assert "There is a unique key of these fields already." in text(
            self.add(browser, fields["shelf"], fields["rack"])
        )

    def test_two_people_at_once(self, browser: Client, assets: Api, fields: dict[str, str]) -> None:
        form = open_form(browser, self.NEW)
        assets.patch("asset", {"uniqueKeys": [{"fields": ["rack", "shelf"]}]})
        browser.post(self.NEW, {**form, "fields": [fields["rack"], fields["site"]]})
        assert len(assets.get("asset").json["uniqueKeys"]) == 2


def test_the_default_view(browser: Client, assets: Api, rep: User, as_user: Any) -> None:
    path = f"{PAGE}view/"
    assert "The list of Assets begins with all records." in plain(browser.get(PAGE))
    make = {"kind": "grid", "settings": {}}
    shared = [assets.post("asset/views", {"name": n, "isShared": True, **make}).json["id"] for n in ("All", "Old")]
    own = assets.post("asset/views", {"name": "Mine", **make}).json["id"]
    page = browser.get(PAGE)
    assert shared[0] in text(page)
    assert own not in text(page)
    for view in shared:
        assert browser.post(path, {"view": view}).headers["Location"] == PAGE
        assert [v["id"] for v in assets.get("asset/views").json["data"] if v["isDefault"]] == [view]
    # The toast leads back to the one before.
    assert f'action="{path}?view={shared[0]}"' in text(browser.get(PAGE))
    browser.post(f"{path}?view={shared[0]}", {"next": PAGE})
    assert [v["id"] for v in assets.get("asset/views").json["data"] if v["isDefault"]] == [shared[0]]
    browser.post(path, {"view": ""})
    assert not any(v["isDefault"] for v in assets.get("asset/views").json["data"])
    assert browser.post(path, {"view": own}).status_code == 409
    assert browser.post(path, {"view": "nothing\x00"}).status_code == 404
    browser.force_login(rep)
    assert browser.post(path, {"view": shared[1]}).status_code == 403


def test_deleting_says_what_goes_and_until_when(browser: Client, assets: Api, django_assert_num_queries: Any) -> None:
    site = assets.make_record("site", name="North")["id"]
    for on_delete, label in (("cascade", "Visited"), ("set_null", "Planned")):
        assets.make_object(
            f"{label} Visit",
            {"label": label, "type": "LOOKUP", "options": {"target": "site", "onDelete": on_delete}},
        )
    assets.make_record("asset", site=site)
    assets.make_record("planned_visit", planned=site)
    for _ in range(2):
        assets.make_record("visited_visit", visited=site)
    assets.post(f"site/records/{site}/notes", {"text": "x"})
    assets.post("site/views", {"name": "All", "kind": "grid"})
    browser.get("/setup/objects/site/delete/")
    # 1. The session. 2. Who is asking. 3. and 4. The object and its fields. 5. The object again, for its records.
    # 6. Lookups that take records along, and 7. those records of the one that does. 8. and 9. What goes along with
    # these. 10. How many of its own. 11. to 14. Fields, views, notes and activities. 15. Lookups to it, and 16. to 18.
    # who holds one of each. 19. The sidebar's objects. 20. The organization.
    with django_assert_num_queries(20):
        said = plain(browser.get("/setup/objects/site/delete/"))
    assert "With it go all its fields and 1 record, and along with them 2 records of other objects." in said
    assert "Also go: 1 note, 1 saved view." in said
    assert "Assets by the field Site: 1 record. It keeps it from being deleted: change or delete that first." in said
    assert "Visited Visits by the field Visited: 2 records. They are deleted along with it." in said
    assert "Planned Visits by the field Planned: 1 record. It stays, without it." in said
    assert re.search(r"Until \w+ \d+, \d{4} an administrator can bring it back from the trash", said)


def test_deleted_and_brought_back(browser: Client, assets: Api) -> None:
    assets.make_record("asset", name="Pump", rack="A")
    deleted = browser.post("/setup/objects/asset/delete/", {"name": "Asset"}, follow=True)
    assert re.search(r"Asset is deleted. Until .+ it can be brought back from the trash.", plain_toast(deleted))
    trash = browser.get("/trash/")
    assert "goes for good on" in plain(trash)
    restore = re.search(r'action="(/trash/objects/[^"]+)"', text(trash))
    assert restore is not None
    browser.post(restore[1])
    assert assets.names("asset") == ["Pump"]
    # By the toast, too.
    deleted = browser.post("/setup/objects/asset/delete/", {"name": "Asset"}, follow=True)
    undo = re.findall(r'action="(/changes/[^"]+/undo/)"', text(deleted))
    browser.post(undo[-1], {"next": "/"})
    assert assets.names("asset") == ["Pump"]


def plain_toast(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", text(response)).split())


@pytest.mark.parametrize("role", ["rep", "manager"])
def test_setup_is_for_administrators(client: Client, request: pytest.FixtureRequest, assets: Api, role: str) -> None:
    client.force_login(request.getfixturevalue(role))
    pages = [PAGE, f"{PAGE}keys/new/", "/setup/objects/asset/delete/", "/setup/objects/new/"]
    assert [client.get(path).status_code for path in pages] == [403] * 4
    posts = [*pages, f"{PAGE}view/", f"{PAGE}keys/x/delete/", "/setup/objects/asset/archive/"]
    sent = {"name": "Machine", "view": "x", "is_active": "false", "icon": "home", "color": "#112233"}
    assert {client.post(path, sent).status_code for path in posts} <= {403, 404, 422}
    held = assets.get("asset").json
    assert (held["name"], held["isActive"]) == ("Asset", True)
    for path in ("/", "/o/asset/"):
        assert 'href="/setup/' not in text(client.get(path))


def test_old_addresses_lead_on(browser: Client, assets: Api) -> None:
    assert browser.get("/setup/objects/asset/edit/").headers["Location"] == PAGE
