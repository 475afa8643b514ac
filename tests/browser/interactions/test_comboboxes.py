"""No. 4: lookups, people and picklists are chosen in comboboxes, and made there where they are missing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import WAYS, Hands, Held, combobox, fits, picture, width_of
from tests.server import EMAIL, Server

pytestmark = pytest.mark.slow

OBJECTS = "/v1/custom-objects"
PLACE = [{"label": "Name", "type": "TEXT", "isRequired": True}]
TOUR = [
    {"label": "Name", "type": "TEXT", "isRequired": True},
    {"label": "Site", "type": "LOOKUP", "options": {"target": "place"}},
    {"label": "Sites", "type": "LOOKUP", "options": {"target": "place", "multiple": True}},
    {"label": "Kind", "type": "PICKLIST", "options": {"values": ["shop", "depot"]}},
    {"label": "Guide", "type": "USER"},
]
LONG, HEBREW = "Werk " + "x" * 245, "מפעל צפון"


@pytest.fixture(scope="module", autouse=True)
def _tours(server: Server, token: str) -> None:
    for name, fields in (("Place", PLACE), ("Tour", TOUR)):
        assert server.send("POST", OBJECTS, {"name": name, "apiName": name.lower(), "fields": fields}, token)[0] == 201
    for name in ("North", "South", LONG, HEBREW):
        assert server.send("POST", f"{OBJECTS}/place/records", {"data": {"name": name}}, token)[0] == 201


@pytest.mark.parametrize("way", WAYS)
def test_what_is_chosen_and_made(open_page: Callable[..., Page], server: Server, token: str, way: str) -> None:
    page = open_page("/o/tour/new/", width=width_of(way))
    hands, name = Hands(page, way), f"Tour by {way}"
    hands.type(page.get_by_label("Name"), name)
    hands.choose(combobox(page, "Site", exact=True), "sou", "South")
    expect(combobox(page, "Site", exact=True)).to_have_value("South")
    hands.choose(combobox(page, "Sites", exact=True), "wer", "Werk")
    hands.choose(combobox(page, "Sites", exact=True), HEBREW[:4], HEBREW)
    chosen = page.get_by_role("list", name="Sites: chosen").get_by_role("listitem")
    expect(chosen).to_have_count(2)
    picture(page, f"chips-{way}")
    assert fits(page)
    made = f"New place by {way}"
    hands.choose(combobox(page, "Sites", exact=True), made, f"Create ‘{made}’")
    expect(chosen).to_have_count(3)
    expect(page.get_by_text(f"“{made}” is made.")).to_be_visible()
    if hands.is_keyboard:
        page.keyboard.press("Backspace")
        # Enter waits for what was typed to be found.
        hands.type(combobox(page, "Kind", exact=True), "dep")
        page.keyboard.press("Enter")
    else:
        page.get_by_role("button", name=f"Remove {made}").click()
        hands.choose(combobox(page, "Kind", exact=True), "dep", "depot")
    expect(chosen).to_have_count(2)
    expect(combobox(page, "Kind", exact=True)).to_have_value("depot")
    guide = combobox(page, "Guide", exact=True)
    hands.type(guide, "nobody is called so")
    expect(page.get_by_role("paragraph").filter(has_text="Nothing fits")).to_be_visible()
    hands.choose(guide, EMAIL, EMAIL)
    if hands.is_keyboard:
        combobox(page, "Site", exact=True).press("ArrowDown")
        expect(page.get_by_role("option", name="South")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("option")).to_have_count(0)
    expect(page.get_by_label("Name"), "the form keeps its values").to_have_value(name)
    hands.press(page.get_by_role("button", name="Save", exact=True))
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    [stored] = server.send("GET", f"{OBJECTS}/tour/records?name={name.replace(' ', '%20')}", token=token)[1]["data"]
    data = stored["data"]
    assert (data["kind"], data["guide"], len(data["sites"])) == ("depot", stored["ownerId"], 2)
    assert data["site"]


def test_answers_out_of_order_never_win(open_page: Callable[..., Page]) -> None:
    page = open_page("/o/tour/new/")
    held = Held(page, r"choices/\?search=nor$")
    box = combobox(page, "Site", exact=True)
    box.click()
    box.press_sequentially("nor")
    held.wait()
    box.fill("sou")
    options = page.get_by_role("option")
    expect(options).to_have_text(["South", "Create ‘sou’"])
    [late] = held.routes
    # The page has given it up by now, or gets it and leaves it alone.
    late.fulfill(body="[]", content_type="application/json")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(options).to_have_text(["South", "Create ‘sou’"])
    expect(page.get_by_role("paragraph").filter(has_text="Nothing fits")).to_have_count(0)


def test_who_is_invited_is_chosen_before_they_join(open_page: Callable[..., Page], server: Server, token: str) -> None:
    invited = server.send("POST", "/v1/invitations", {"email": "bea@invited.example", "role": "REP"}, token)
    assert invited[0] == 201
    page = open_page("/o/tour/new/")
    page.get_by_label("Name").fill("Tour with Bea")
    Hands(page, "mouse").choose(combobox(page, "Guide", exact=True), "bea@", "bea@invited.example (invited)")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Tour with Bea")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("bea@invited.example")
    [made] = server.send("GET", f"{OBJECTS}/tour/records?name=Tour%20with%20Bea", token=token)[1]["data"]
    assert made["data"]["guide"] == invited[1]["id"]
