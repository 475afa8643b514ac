"""What others do appears in what one looks at, and takes nothing from what one is about to write."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.interactions.conftest import cell, edit
from tests.browser.pages import Hands
from tests.browser.parts import OBJECTS, Parts
from tests.server import Server

pytestmark = pytest.mark.slow


@pytest.fixture
def parts(server: Server) -> Parts:
    """With two records, notes and activities."""
    parts = Parts(server)
    path = f"{OBJECTS}/{parts.name}"
    assert parts.server.send("PATCH", path, {"enableNotes": True, "enableActivities": True}, parts.token)[0] == 200
    parts.make(2)
    return parts


@pytest.fixture(params=["page", "drawer"])
def record(request: pytest.FixtureRequest, open_page: Callable[..., Page], parts: Parts) -> Page:
    """The first record, shown as a page, or in the drawer over its list."""
    address = f"{parts.page}r/{parts.id_of('P000')}/" if request.param == "page" else parts.list
    page = opened(open_page, address)
    if request.param == "drawer":
        page.get_by_role("link", name="P000", exact=True).click()
    expect(page.locator("record-page").get_by_role("heading", name="P000")).to_be_visible()
    return page


def opened(open_page: Callable[..., Page], address: str) -> Page:
    """A page that knows from where on it is told of changes."""
    page = open_page()
    with page.expect_response("**/live/?cursor=*"):
        page.goto(address)
    return page


def test_rows(open_page: Callable[..., Page], parts: Parts) -> None:
    page = opened(open_page, parts.list)
    edit(Hands(page, "mouse"), 0, "size")
    size = cell(page, 0, "size").get_by_role("textbox")
    expect(size).to_have_value("0")
    size.fill("41")
    parts.change("P000", state="Used", size=7)
    parts.change("P001", size=8)
    expect(cell(page, 1, "size")).to_have_text("8")
    expect(cell(page, 0, "state")).to_have_text("Used")
    expect(size).to_have_value("41")
    parts.delete("P001")
    expect(page.get_by_role("link", name="P001", exact=True)).to_have_count(0)


def test_figures_below_a_list(open_page: Callable[..., Page], parts: Parts) -> None:
    page = opened(open_page, f"{parts.page}?footer=size:sum")
    foot = page.locator("tfoot")
    expect(foot).to_contain_text("2 records")
    expect(foot).to_contain_text("Sum 1")
    parts.change("P000", size=30)
    expect(foot).to_contain_text("Sum 31")
    parts.delete("P001")
    expect(foot).to_contain_text("1 record")
    expect(foot).to_contain_text("Sum 30")


def test_a_kanban_gets_another_column(open_page: Callable[..., Page], parts: Parts) -> None:
    field = {"label": "Of", "type": "LOOKUP", "options": {"target": parts.name}}
    assert parts.server.send("POST", f"{OBJECTS}/{parts.name}/fields", field, parts.token)[0] == 201
    page = opened(open_page, view_of(parts, "kanban", column="of"))
    expect(page.locator(".kanban-column")).to_have_count(1)
    parts.change("P001", of=parts.id_of("P000"))
    expect(page.locator(".kanban-column", has=page.get_by_role("heading", name="P000"))).to_contain_text("P001")


def test_a_chart(open_page: Callable[..., Page], parts: Parts) -> None:
    page = opened(open_page, view_of(parts, "chart", type="bar", group="state"))
    expect(page.locator("record-chart tbody tr[data-value='2']")).to_have_count(1)
    parts.change("P000", state="Used")
    expect(page.locator("record-chart tbody tr[data-value='1']")).to_have_count(2)


def test_a_kanban(open_page: Callable[..., Page], parts: Parts) -> None:
    page = opened(open_page, view_of(parts, "kanban", column="state"))
    new, used = (page.locator(f".kanban-column[data-column={name}]") for name in ("New", "Used"))
    expect(new.locator(".board-card")).to_have_count(2)
    new.locator(f"[data-record='{parts.id_of('P001')}']").focus()
    parts.change("P000", state="Used")
    expect(used.locator(".board-card")).to_contain_text("P000")
    expect(new.locator(".board-card")).to_have_text(re.compile("P001"))
    expect(new.locator(".board-card")).to_be_focused()
    expect(used.locator("[data-count]")).to_have_text("1")
    parts.delete("P000")
    expect(used.locator(".board-card")).to_have_count(0)
    expect(used.locator("[data-count]")).to_have_text("0")


def test_a_calendar(open_page: Callable[..., Page], parts: Parts) -> None:
    page = opened(open_page, view_of(parts, "calendar", date="bought"))
    days = (
        page.locator("[data-day]")
        .filter(has=page.locator("time"))
        .evaluate_all("all => all.map((one) => one.dataset.day)")
    )
    parts.change("P000", bought=days[10])
    expect(page.locator(f"[data-day='{days[10]}'] .entry")).to_contain_text("P000")
    parts.change("P000", bought=days[12])
    expect(page.locator(f"[data-day='{days[12]}'] .entry")).to_contain_text("P000")
    expect(page.locator(f"[data-day='{days[10]}'] .entry")).to_have_count(0)


def view_of(parts: Parts, kind: str, **settings: str) -> str:
    """The address of a view of its own."""
    body = {"name": "Mine", "kind": kind, "settings": settings}
    status, made = parts.server.send("POST", f"{OBJECTS}/{parts.name}/views", body, parts.token)
    assert status == 201, made
    return f"{parts.page}v/{made['id']}/"


def test_a_record(record: Page, parts: Parts) -> None:
    shown = record.locator("record-page")
    value = shown.locator("[data-field=size]")
    value.locator("dd").click()
    control = value.get_by_role("textbox")
    control.fill("41")
    shown.get_by_text("Add note").click()
    note = shown.get_by_role("textbox", name="Note")
    note.fill("Half a sentence")
    parts.change("P000", state="Used", size=7, name="P000, renamed")
    expect(shown.get_by_role("heading", name="P000, renamed")).to_be_visible()
    expect(shown.locator("[data-field=state] dd")).to_have_text("Used")
    # What somebody writes stays, and so does where they are.
    expect(control).to_have_value("41")
    expect(note).to_have_value("Half a sentence")
    expect(note).to_be_focused()
    control.press("Escape")
    parts.change("P000, renamed", size=8)
    expect(value.locator("dd")).to_have_text("8")


def test_the_focus_stays_on_what_is_shown_anew(record: Page, parts: Parts) -> None:
    shown = record.locator("record-page")
    pencil = shown.get_by_role("link", name="Edit State")
    pencil.focus()
    parts.change("P000", state="Used", size=7)
    expect(shown.locator("[data-field=size] dd")).to_have_text("7")
    expect(pencil).to_be_focused()


@pytest.mark.noted("404 .Not Found. at .*/r/")
def test_a_record_that_is_deleted_says_so(record: Page, parts: Parts) -> None:
    parts.delete("P000")
    expect(record.get_by_role("heading", name=f"This Part {Parts.made} is not here")).to_be_visible()


def test_what_is_written_stays_when_something_else_is_sent(open_page: Callable[..., Page], parts: Parts) -> None:
    page = open_page(f"{parts.page}r/{parts.id_of('P000')}/")
    page.get_by_text("Add activity").click()
    page.get_by_role("textbox", name="What", exact=True).fill("Call them")
    page.get_by_role("button", name="Save activity").click()
    expect(page.get_by_role("button", name="Done: Call them")).to_be_visible()
    page.get_by_text("Add note").click()
    note = page.get_by_role("textbox", name="Note")
    note.fill("Half a sentence")
    page.get_by_role("button", name="Done: Call them").click()
    expect(page.get_by_text("Nothing is to be done.")).to_be_visible()
    expect(note).to_have_value("Half a sentence")


def test_a_record_whose_drawer_is_closed_is_not_read_any_more(open_page: Callable[..., Page], parts: Parts) -> None:
    page = opened(open_page, parts.list)
    page.get_by_role("link", name="P000", exact=True).click()
    expect(page.locator("record-page").get_by_role("heading", name="P000")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog.drawer")).to_have_count(0)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    parts.change("P000", size=7)
    expect(cell(page, 0, "size")).to_have_text("7")
    assert [address for address in asked if "/r/" in address] == []
