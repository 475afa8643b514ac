"""Colours of rows and cells by a condition: in a list's address and in saved views, and how they are made."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from customobjects.fieldtypes.palette import PALETTE
from customobjects.models import View
from customobjects.web.hues import GRAY, HUES, nearest_hue
from tests.conftest import Api
from tests.web.forms import controls_of, text
from tests.web.test_filter_bar import chips, shown
from tests.web.test_record_list import names

RED, BLUE = "dc2626", "2563eb"


@pytest.fixture(autouse=True)
def sites(api: Api) -> None:
    api.make_object("Account")
    api.make_object(
        "Site",
        {"label": "Area", "type": "NUMBER"},
        {"label": "Kind", "type": "PICKLIST", "options": {"values": ["shop", "depot"]}},
        {"label": "Account", "type": "LOOKUP", "options": {"target": "account"}},
    )
    account = api.make_record("account", name="Acme")["id"]
    for name, kind, area in (("Ann", "shop", 1), ("Bob", "depot", 2), ("Cid", "shop", 3)):
        api.make_record("site", name=name, kind=kind, area=area, account=account if name == "Bob" else None)


def hues(page: str) -> dict[str, dict[str, str]]:
    """Of each row, by its name, the hues: that of the row by an empty name, those of cells by their fields'."""
    found: dict[str, dict[str, str]] = {}
    for row in re.findall(r"<tr [^>]*data-record.*?</tr>", page, re.DOTALL):
        name = re.search(r"<a [^>]*>(.*?)</a>", row, re.DOTALL)
        assert name
        own = found.setdefault(name[1].strip(), {})
        for tag in re.findall(r"<t[rhd] [^>]*>", row):
            field = re.search(r'data-field="(.*?)"', tag)
            if hue := re.search(r'tinted (hue-\w+)"', tag):
                own[field[1] if field else ""] = hue[1]
    return found


def test_rows_and_cells_are_coloured_and_the_first_that_holds_wins(browser: Client) -> None:
    colors = f"color={RED}.row.kind__exact:shop&color={BLUE}.row.area__gte:3&color={BLUE}.cell.area__gte:2"
    page = shown(
        browser, f"?sort=name&{colors}&color={RED}.cell.name__exact:Bob&color={RED}.cell.account__name__exact:Acme"
    )
    assert hues(page) == {
        "Ann": {"": "hue-red"},
        "Bob": {"area": "hue-blue", "name": "hue-red", "account": "hue-red"},
        "Cid": {"": "hue-red", "area": "hue-blue"},
    }
    assert chips(page)[:2] == ["Row: Kind is shop", "Row: Area is at least 3"]
    assert names(page) == ["Ann", "Bob", "Cid"], "colours choose no records"
    assert "Changed, not saved" not in page


@pytest.mark.parametrize(
    "color", ["nonsense", "dc2626.row.gone__exact:1", "dc2626.all.area__gte:1", "red.row.area:1", "%00"]
)
def test_what_makes_no_colour_is_left_out(browser: Client, color: str) -> None:
    page = shown(browser, f"?color={color}")
    assert "A filter of this address cannot be used and is left out" in page
    assert "tinted" not in page


def test_at_most_as_many_as_a_view_keeps(browser: Client) -> None:
    page = shown(browser, "?" + "&".join(f"color={RED}.row.area__gte:{number}" for number in range(25)))
    assert "5 filters of this address" in page


def test_a_colour_is_made_changed_and_taken_away(browser: Client) -> None:
    page = shown(browser, "?sort=name")
    [address] = re.findall(r'id="add-color" href="(.*?)"', page)
    address = address.replace("&amp;", "&")
    form = text(browser.get(address))
    assert "Colour Sites" in form
    assert 'value="color.new"' in form
    chosen = {
        "sort": "name",
        "f-at": "color.new",
        "f-field": "kind",
        "f-operator": "exact",
        "f-color": PALETTE["green"],
    }
    sent = {**chosen, "f-target": "row", "f-asked": "kind exact", "f-value": "shop"}
    made = browser.get("/o/site/filter/", sent)["Location"]
    assert parse_qs(urlsplit(made).query) == {"sort": ["name"], "color": ["15803d.row.kind__exact:shop"]}
    assert set(hues(text(browser.get(made)))["Ann"].values()) == {"hue-green"}
    edit = re.findall(r'id="color-0" href="(.*?)"', " ".join(text(browser.get(made)).split()))[0].replace("&amp;", "&")
    form = " ".join(text(browser.get(edit)).split())
    assert f'value="{PALETTE["green"]}" checked' in form
    changed = browser.get(
        "/o/site/filter/", {**parse_qs(urlsplit(edit).query), **sent, "f-at": "color.0", "f-target": "cell"}
    )
    assert parse_qs(urlsplit(changed["Location"]).query)["color"] == ["15803d.cell.kind__exact:shop"]
    refused = browser.get("/o/site/filter/", {**sent, "f-color": "red; x"})
    assert refused.status_code == 422
    anew = browser.get("/o/site/filter/", {**sent, "f-field": "area"})
    assert anew.status_code == 200
    assert f'value="{PALETTE["green"]}" checked' in " ".join(text(anew).split()), "another field, the same colour"


def test_views_keep_colours(browser: Client, api: Api) -> None:
    state = f"color={RED}.row.kind__in:shop,depot&color={BLUE}.cell.area__gte:2"
    sent = {"state": state, "name": "Mine", "icon": "star", "sharing": "private"}
    address = browser.post("/o/site/v/", sent)["Location"]
    view = View.objects.get(name="Mine")
    assert view.settings["colors"] == [
        {"field": "kind", "operator": "in", "value": ["shop", "depot"], "color": "#dc2626", "target": "row"},
        {"field": "area", "operator": "gte", "value": "2", "color": "#2563eb", "target": "cell"},
    ]
    page = " ".join(text(browser.get(address)).split())
    assert hues(page)["Bob"] == {"": "hue-red", "area": "hue-blue"}
    without = " ".join(text(browser.get(f"{address}?color=")).split())
    assert hues(without)["Bob"] == {}
    assert "Changed, not saved" in without
    settings = {"colors": [{"field": "area", "operator": "lt", "value": 2, "color": "#DC2626"}]}
    made = api.post("site/views", {"name": "By a program", "kind": "grid", "settings": settings})
    page = shown(browser, f"v/{made.json['id']}/")
    assert hues(page) == {"Ann": {"": "hue-red"}, "Bob": {}, "Cid": {}}
    assert "Changed, not saved" not in shown(browser, f"v/{made.json['id']}/?color={RED}.row.area__lt:2")


def test_an_edited_cell_and_rows_that_are_asked_for_have_their_colours(browser: Client, api: Api) -> None:
    record = next(one for one in api.get("site/records").json["data"] if one["name"] == "Ann")
    colors = f"color={RED}.row.area__gte:2&color={BLUE}.cell.kind__exact:depot"
    address = f"/o/site/r/{record['id']}/cell/area/"
    sent = {**dict(controls_of(browser.get(address))), "data-area": "7"}
    edited = browser.post(f"{address}?columns=area,kind&{colors}", sent)
    assert edited.status_code == 200, edited.content
    assert hues(text(edited)) == {"Ann": {"": "hue-red"}}
    rows = browser.post(f"/o/site/rows/?{colors}", {"ids": record["id"], "columns": "area,kind"})
    assert hues(text(rows)) == {"Ann": {"": "hue-red"}}


@pytest.mark.parametrize("count", [3, 60])
def test_colours_take_one_query(browser: Client, api: Api, count: int, django_assert_num_queries: Any) -> None:
    for number in range(count - 3):
        api.make_record("site", name=f"S{number}", area=number, kind="shop")
    address = f"/o/site/?sort=name&color={RED}.row.kind__exact:shop&color={BLUE}.cell.area__gte:2&columns=area,kind"
    browser.get(address)
    # 1-2. The session, and who asks.
    # 3. The object's version.
    # 4. The saved views.
    # 5. How the person likes the list.
    # 6-7. The page: the records that have what it is sorted by, and those that have not.
    # 8. What the account is called.
    # 9. Which of the conditions that colour hold for them.
    # 10-11. The sidebar: the objects, and the organization.
    with django_assert_num_queries(11):
        page = text(browser.get(address))
    assert page.count("tinted hue-red") == count - 1


def test_each_hue_that_is_offered_is_shown_as_itself() -> None:
    assert set(PALETTE) == {GRAY, *HUES}
    assert {nearest_hue(color) for color in PALETTE.values()} == set(PALETTE)
    assert all(nearest_hue(color) == name for name, color in PALETTE.items())
