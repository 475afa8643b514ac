"""A record's page: groups of fields, forms, history, and what points at it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import Held, combobox
from tests.browser.record.conftest import OBJECTS, assert_clean, make, stored
from tests.server import Server

pytestmark = pytest.mark.slow


def sample(server: Server, token: str, name: str) -> str:
    """The id of a record of the sample company."""
    return str(server.send("GET", f"{OBJECTS}/{name}/records?limit=1", token=token)[1]["data"][0]["id"])


def test_groups_stay_as_one_left_them(open_page: Callable[..., Page], server: Server, token: str) -> None:
    address = f"/o/asset/r/{sample(server, token, 'asset')}/"
    page = open_page()
    page.goto(address)
    purchase = page.locator("details.group", has_text="Purchase")
    expect(purchase.get_by_text("Installed On")).to_be_visible()
    purchase.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(purchase.get_by_text("Installed On")).to_be_hidden()
    page.reload()
    expect(purchase.get_by_text("Installed On")).to_be_hidden()
    expect(page.get_by_text("Last Reading")).to_be_visible()
    assert_clean(page)
    # What is printed is the whole.
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(purchase.get_by_text("Installed On")).to_be_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(purchase.get_by_text("Installed On")).to_be_hidden()
    page.goto(f"{address}edit/")
    expect(page.get_by_label("Installed On")).to_be_hidden()
    purchase.locator("summary").click()
    page.get_by_label("Installed On").fill("soon")
    purchase.locator("summary").click()
    page.get_by_role("button", name="Save", exact=True).click()
    # A mistake is never out of sight.
    expect(page.get_by_label("Installed On")).to_have_value("soon")
    expect(page.get_by_label("Installed On")).to_be_visible()
    assert_clean(page)


@pytest.mark.parametrize(("width", "columns"), [(1600, 2), (1280, 2), (1000, 1), (360, 1)])
def test_forms_have_two_columns_where_there_is_room(
    open_page: Callable[..., Page], server: Server, token: str, width: int, columns: int
) -> None:
    page = open_page(width)
    page.goto(f"/o/asset/r/{sample(server, token, 'asset')}/edit/")
    name, number = (page.get_by_label(label).bounding_box() for label in ("Name", "Serial Number"))
    assert name is not None
    assert number is not None
    assert (name["y"] == number["y"]) == (columns == 2)
    form = page.locator(".record-form").bounding_box()
    assert form is not None
    assert form["width"] <= 720
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [1280, 360])
def test_activities_by_keys(open_page: Callable[..., Page], server: Server, token: str, width: int) -> None:
    id_ = make(server, token, kind="shop")
    server.send("PATCH", f"{OBJECTS}/tour/records/{id_}", {"data": {"kind": "depot", "size": 2}}, token)
    page = open_page(width)
    page.goto(f"/o/tour/r/{id_}/timeline/")
    page.get_by_text("Add activity").focus()
    page.keyboard.press("Enter")
    title = page.get_by_role("textbox", name="What", exact=True)
    expect(title).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("What is required.")).to_be_visible()
    expect(title).to_be_focused()
    page.keyboard.type("Call them")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The activity is saved.")).to_be_visible()
    expect(page.locator("summary", has_text="Add activity")).to_be_focused()
    page.get_by_role("button", name="Done: Call them").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Not done: Call them")).to_be_focused()
    expect(page.locator(".activity.done")).to_have_count(1)
    assert_clean(page)
    page.get_by_role("button", name="Bring back Kind").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("^Kind of .+ is as it was before.$"))).to_be_visible()
    assert stored(server, token, id_)["kind"] == "shop"
    assert stored(server, token, id_)["size"] == 2
    page.get_by_role("button", name="Delete Call them").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".activity")).to_have_count(0)
    expect(page.locator("main :focus"), "one goes on where one was").to_have_count(1)


def test_the_focus_goes_on_when_the_page_is_shown_anew_meanwhile(
    open_page: Callable[..., Page], server: Server, token: str
) -> None:
    id_ = make(server, token, kind="shop")
    server.send("PATCH", f"{OBJECTS}/tour/records/{id_}", {"data": {"kind": "depot"}}, token)
    server.send("POST", f"{OBJECTS}/tour/records/{id_}/activities", {"kind": "task", "title": "Call them"}, token)
    page = open_page()
    page.goto(f"/o/tour/r/{id_}/timeline/")
    deletion = page.get_by_role("button", name="Delete Call them")
    # What comes of the first is there while the second is on its way.
    timeline = Held(page, "/timeline/$")
    page.get_by_role("button", name="Bring back Kind").click()
    expect(page.get_by_text(re.compile("^Kind of .+ is as it was before.$"))).to_be_visible()
    deleting = Held(page, "/delete/$", "POST")
    deletion.focus()
    page.keyboard.press("Enter")
    deleting.wait()
    timeline.let_go()
    expect(page.locator(".timeline > li")).to_have_count(3)
    expect(deletion).to_be_focused()
    deleting.let_go()
    expect(page.locator(".activity")).to_have_count(0)
    expect(page.locator(".timeline > li").first.locator(":focus")).to_have_count(1)


def test_what_points_here_is_made_and_parted(open_page: Callable[..., Page], server: Server, token: str) -> None:
    place = server.send("POST", f"{OBJECTS}/place/records", {"data": {"name": "East <b>"}}, token)[1]["id"]
    page = open_page()
    page.goto(f"/o/place/r/{place}/related/")
    new = page.get_by_role("region", name="Tours Site · 0 records").get_by_role("link", name="New Tour")
    new.focus()
    page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog")
    expect(combobox(page, "Site", exact=True)).to_have_value("East <b>")
    drawer.get_by_label("Name").fill("To the east")
    page.keyboard.press("Enter")
    expect(drawer.get_by_role("heading", name="To the east")).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    expect(page).to_have_url(re.compile("/related/$"))
    tours = page.get_by_role("region", name="Tours Site · 1 record")
    expect(tours.get_by_role("link", name="New Tour")).to_be_focused()
    tours.get_by_role("link", name="See all").click()
    expect(page.locator(".filter-text")).to_have_text(re.compile(r"Site\s+is\s+East <b>"))
    expect(page.locator("record-grid tr[data-record]")).to_have_count(1)
    page.go_back()
    page.get_by_role("button", name="Unlink To the east").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("To the east is no longer at East <b>.")).to_be_visible()
    expect(page.get_by_role("button", name="Unlink To the east")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Unlink To the east")).to_have_count(1)


def test_a_record_on_paper(open_page: Callable[..., Page], server: Server, token: str) -> None:
    id_ = make(server, token, name="On paper", size=12)
    page = open_page()
    page.goto(f"/o/tour/r/{id_}/")
    main = page.get_by_role("main")
    seen = [
        main.get_by_role("heading", name="On paper"),
        page.locator(".record-values").get_by_text("12", exact=True),
        page.locator(".key-values").get_by_text("Owner", exact=True),
        page.locator(".key-values bdi"),
    ]
    hidden = [
        page.get_by_role("navigation", name="Main"),
        page.get_by_role("navigation", name="Breadcrumb"),
        page.get_by_role("navigation", name="Parts of this record"),
        main.get_by_role("link", name="Edit", exact=True),
        main.get_by_label("More to do"),
    ]
    for part in (*seen, *hidden):
        expect(part).to_be_visible()
    page.emulate_media(media="print")
    for part in seen:
        expect(part).to_be_visible()
    for part in hidden:
        expect(part).to_be_hidden()
    expect(page.locator("button:visible, .button:visible, .icon-button:visible")).to_have_count(0)
    label = page.locator(".key-values dt").last.bounding_box()
    assert label
    assert label["width"] > 10, "who owns it is said in words"


def test_its_menu_prints_it(open_page: Callable[..., Page], server: Server, token: str) -> None:
    id_ = make(server, token)
    page = open_page()
    page.goto(f"/o/tour/r/{id_}/")
    # The browser's own dialog cannot be seen by a test.
    page.evaluate("window.print = () => { document.title = 'printed' }")
    page.get_by_label("More to do").click()
    page.get_by_role("button", name="Print").click()
    expect(page).to_have_title("printed")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()


@pytest.mark.parametrize("tab", ["", "related/", "timeline/"])
def test_each_page_of_a_record_has_its_keys_and_its_menu(
    open_page: Callable[..., Page], server: Server, token: str, tab: str
) -> None:
    page = open_page()
    page.goto(f"/o/tour/r/{make(server, token)}/{tab}")
    page.get_by_label("More to do").click()
    expect(page.get_by_role("button", name="Copy link")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Copy link")).to_be_hidden()
    page.keyboard.press("e")
    expect(page.get_by_role("heading", name="Edit A tour")).to_be_visible()
