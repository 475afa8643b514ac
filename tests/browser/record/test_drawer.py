"""A record in a real browser: its drawer over the list, its values, and its notes."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import expect_no_violations
from tests.browser.pages import picture
from tests.browser.record.conftest import OBJECTS, make, stored
from tests.server import Server

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("width", [1280, 360])
def test_the_drawer(open_page: Callable[..., Page], server: Server, token: str, width: int) -> None:
    ids = [make(server, token, name=f"Drawn {width} {letter}") for letter in "ab"]
    page = open_page(width=width)
    page.goto(f"/o/tour/?search={width}&sort=name")
    row = page.locator(f"tr[data-record='{ids[0]}']")
    row.get_by_role("link").first.click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("heading", name=f"Drawn {width} a")).to_be_focused()
    expect(page).to_have_url(re.compile(f"/r/{ids[0]}/"))
    picture(page, f"drawer-{width}")
    page.keyboard.press("j")
    expect(drawer.get_by_role("heading", name=f"Drawn {width} b")).to_be_visible()
    page.keyboard.press("k")
    expect(drawer.get_by_role("heading", name=f"Drawn {width} a")).to_be_visible()
    for tab in ("Related", "Activity", "Details"):
        drawer.get_by_role("link", name=tab).click()
        expect(drawer.get_by_role("link", name=tab)).to_have_attribute("aria-current", "page")
    # A value is edited where it stands; the list below shows it then.
    drawer.get_by_role("link", name="Edit Size").focus()
    page.keyboard.press("Enter")
    drawer.get_by_role("textbox", name="Size").fill("many")
    page.keyboard.press("Enter")
    expect(drawer.get_by_text("Size must be a number such as")).to_be_visible()
    drawer.get_by_role("textbox", name="Size").fill("1,234.5")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("^Size of .+ is saved.$"))).to_be_visible()
    expect(drawer.get_by_role("link", name="Edit Size")).to_be_focused()
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    expect(page).to_have_url(f"{server.url}/o/tour/?search={width}&sort=name")
    assert page.evaluate("document.activeElement.closest('tr').dataset.record") == ids[0]
    expect(row).to_contain_text("1,234.5")


def test_a_new_record_in_the_drawer(open_page: Callable[..., Page], server: Server, token: str) -> None:
    make(server, token, name="Compressor 12", code="C-1")
    page = open_page()
    page.goto("/o/tour/")
    page.get_by_role("link", name="New Tour", exact=True).click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_label("Name")).to_be_focused()
    page.keyboard.type("One of two")
    drawer.get_by_label("Code").fill("c-1")
    expect(drawer.get_by_text("Another Tour has the Code c-1: Compressor 12.")).to_be_visible()
    drawer.get_by_role("button", name="Save", exact=True).click()
    expect(drawer.get_by_role("alert")).to_be_visible()
    drawer.get_by_label("Code").fill("C-2")
    drawer.get_by_role("button", name="Save and add another").click()
    expect(page.get_by_text("Tour “One of two” is saved.")).to_be_visible()
    expect(drawer.get_by_label("Name")).to_have_value("")
    page.go_back()
    expect(drawer).to_have_count(0)


def test_a_form_is_not_left_without_a_question(open_page: Callable[..., Page], server: Server, token: str) -> None:
    id_ = make(server, token, name="Left in the middle")
    page = open_page()
    page.goto("/o/tour/?search=Left%20in%20the%20middle")
    page.locator(f"tr[data-record='{id_}']").get_by_role("link").first.click()
    drawer = page.get_by_role("dialog")
    heading = drawer.get_by_role("heading", name="Left in the middle", exact=True)
    expect(heading).to_be_focused()
    page.keyboard.press("e")
    name = drawer.get_by_role("textbox", name="Name", exact=True)
    expect(name).to_be_focused()
    page.keyboard.press("Escape")
    expect(heading).to_be_visible()
    page.keyboard.press("e")
    expect(name).to_be_focused()
    name.fill("Typed")
    page.keyboard.press("Escape")
    question = drawer.get_by_role("alertdialog", name="Discard what you typed?")
    expect(question.get_by_role("button", name="Go on editing")).to_be_focused()
    expect_no_violations(page)
    page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    expect(name).to_be_focused()
    expect(name).to_have_value("Typed")
    drawer.get_by_role("button", name="Close").click()
    question.get_by_role("button", name="Go on editing").click()
    page.keyboard.press("Escape")
    question.get_by_role("button", name="Discard").click()
    expect(heading).to_be_visible()
    # It is kept all the same, until it is saved.
    page.keyboard.press("e")
    expect(name).to_have_value("Typed")
    page.keyboard.press("Control+Enter")
    expect(drawer.get_by_role("heading", name="Typed", exact=True)).to_be_visible()
    page.keyboard.press("e")
    expect(name).to_be_focused()
    expect(drawer.get_by_role("button", name="Discard it")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(drawer.get_by_role("heading", name="Typed", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)


def test_the_next_record_is_on_the_same_tab(open_page: Callable[..., Page], server: Server, token: str) -> None:
    ids = [make(server, token, name=f"Beside {letter}") for letter in "ab"]
    page = open_page()
    page.goto("/o/tour/?search=Beside&sort=name")
    page.locator(f"tr[data-record='{ids[0]}']").get_by_role("link").first.click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("link", name="Related").click()
    expect(page).to_have_url(re.compile(f"{ids[0]}/related/"))
    expect(drawer.get_by_text("1 of 2")).to_be_visible()
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile(f"{ids[1]}/related/"))
    expect(drawer.get_by_text("2 of 2")).to_be_visible()
    expect(page.locator("tr[aria-current]")).to_have_attribute("data-record", ids[1])
    drawer.get_by_role("link", name="Previous in the list").click()
    expect(page).to_have_url(re.compile(f"{ids[0]}/related/"))


@pytest.mark.parametrize("width", [1280, 360])
def test_what_is_open_stands_beside_the_values(
    open_page: Callable[..., Page], server: Server, token: str, width: int
) -> None:
    id_ = make(server, token)
    page = open_page(width)
    page.goto(f"/o/tour/r/{id_}/")
    page.keyboard.press("a")
    expect(page.get_by_role("textbox", name="What", exact=True)).to_be_focused()
    page.keyboard.type("Call them")
    page.get_by_role("textbox", name="Due").fill("tomorrow")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("The activity is saved.")).to_be_visible()
    expect(page.get_by_role("link", name="Activity 1 open")).to_be_visible()
    beside = page.get_by_role("complementary", name="Activities and notes")
    expect(beside.get_by_text("Call them")).to_be_visible()
    page.keyboard.press("m")
    expect(page.get_by_role("textbox", name="Note")).to_be_focused()
    # What is refused comes back with the same button.
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("textbox", name="Note")).to_be_focused()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("button", name="Save note")).to_be_visible()
    page.keyboard.type("Newest of all")
    page.keyboard.press("Control+Enter")
    expect(beside.locator(".note", has_text="Newest of all")).to_be_visible()
    expect_no_violations(page)
    beside.get_by_role("button", name="Done: Call them").click()
    expect(beside.get_by_text("Nothing is to be done.")).to_be_visible()
    expect(page).to_have_url(re.compile(f"/r/{id_}/$"))


@pytest.mark.parametrize("width", [1280, 360])
def test_a_note_and_the_way_back(open_page: Callable[..., Page], server: Server, token: str, width: int) -> None:
    id_ = make(server, token)
    page = open_page(width=width)
    page.goto(f"/o/tour/r/{id_}/timeline/")
    note = page.get_by_role("textbox", name="Note")
    note.press_sequentially("Ask @adm")
    page.locator(".combo-list [role=option]").first.click()
    note.press_sequentially("about https://example.com")
    page.get_by_role("button", name="Save note").click()
    expect(page.get_by_text("The note is saved.")).to_be_visible()
    expect(page.locator(".mention")).to_be_visible()
    expect(page.get_by_role("link", name="https://example.com")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The note is deleted.")).to_be_visible()
    expect(page.locator(".note")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".note")).to_have_count(1)


def test_two_people_at_one_value(open_page: Callable[..., Page], server: Server, token: str) -> None:
    id_ = make(server, token, kind="shop", size=1)
    page = open_page()
    page.goto(f"/o/tour/r/{id_}/")
    page.get_by_role("link", name="Edit Size").focus()
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Size").fill("2")
    body = {"data": {"size": 3, "kind": "depot"}}
    assert server.send("PATCH", f"{OBJECTS}/tour/records/{id_}", body, token)[0] == 200
    page.keyboard.press("Enter")
    expect(page.get_by_text("Size was changed by somebody else meanwhile.")).to_be_visible()
    page.get_by_role("button", name="Keep mine").click()
    expect(page.get_by_text(re.compile("^Size of .+ is saved.$"))).to_be_visible()
    data = stored(server, token, id_)
    assert (data["size"], data["kind"]) == (2, "depot")


@pytest.mark.parametrize("at", [1, 2], ids=["within", "last"])
def test_a_record_is_deleted_in_the_drawer(open_page: Callable[..., Page], server: Server, token: str, at: int) -> None:
    word = f"Dropped{at}"
    ids = [make(server, token, name=f"{word} {letter}") for letter in "abc"]
    page = open_page()
    page.goto(f"/o/tour/?search={word}&sort=name")
    rows = page.locator("tbody tr[data-record]")
    rows.nth(at).get_by_role("link").first.click()
    drawer = page.locator("dialog.drawer")
    drawer.get_by_label("More to do").click()
    drawer.get_by_role("link", name="Delete").click()
    drawer.get_by_role("button", name="Delete").click()
    expect(drawer).to_have_count(0)
    expect(page).to_have_url(f"{server.url}/o/tour/?search={word}&sort=name")
    expect(rows).to_have_count(2)
    expect(page.get_by_role("navigation", name="Pages")).to_contain_text("1–2 of 2")
    # One goes on beside it, and letters are the page's there.
    expect(page.locator("tbody .pick:focus")).to_have_count(1)
    assert page.evaluate("document.activeElement.closest('tr').dataset.record") == ids[2 if at == 1 else 1]
    toast = page.locator(".toast").filter(has_text="is deleted.")
    toast.get_by_role("button", name="Undo").click()
    expect(rows).to_have_count(3)
    expect(page.locator("tbody .pick:focus")).to_have_count(1)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
