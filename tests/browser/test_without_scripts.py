"""With JavaScript off: a record is found, made, changed, deleted and restored, and nothing that was typed is lost."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import cells_of, fits, picture, sign_in
from tests.browser.parts import FIELDS, OBJECTS, Parts
from tests.server import Server

pytestmark = pytest.mark.slow


@pytest.fixture
def parts(server: Server) -> Parts:
    return Parts(server)


@pytest.fixture
def open_plain(open_page: Callable[..., Page]) -> Callable[..., Page]:
    """Opens a page in a browser that runs no scripts."""
    return lambda path, **options: open_page(path, java_script_enabled=False, **options)


def save(page: Page) -> None:
    page.get_by_role("main").get_by_role("button", name="Save", exact=True).click()


@pytest.mark.parametrize("width", [1280, 360])
def test_a_record_is_found(open_plain: Callable[..., Page], width: int) -> None:
    page = open_plain("/", width=width)
    page.get_by_role("main").get_by_role("link", name=re.compile("^Assets")).click()
    page.get_by_role("link", name="Name", exact=True).click()
    expect(page).to_have_url(re.compile("sort=name"))
    first = cells_of(page, "name")
    page.get_by_role("link", name="Load more").click()
    expect(page.get_by_text("101–150 of 150")).to_be_visible()
    assert not set(cells_of(page, "name")) & set(first)
    page.get_by_label("Page", exact=True).fill("1")
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_text("1–100 of 150")).to_be_visible()
    page.get_by_role("searchbox", name="Search Assets").fill("pump")
    page.get_by_role("searchbox", name="Search Assets").press("Enter")
    expect(page.locator("tbody [data-record] th").filter(has_not_text="Pump")).to_have_count(0)

    page.get_by_role("button", name="Add filter").click()
    page.get_by_label("Field", exact=True).select_option(label="Status")
    page.get_by_role("button", name="Apply").click()
    page.get_by_label("Retired").check()
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".filter-text")).to_have_text(re.compile(r"Status\s+is any of\s+Retired"))
    assert set(cells_of(page, "status")) == {"Retired"}
    assert all("Pump" in name for name in cells_of(page, "name")), "the search holds, too"
    name = cells_of(page, "name")[0]
    page.get_by_role("rowheader", name=name).first.get_by_role("link").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()

    page.goto("/o/asset/?group=status")
    page.locator(".group-head a").nth(2).click()
    expect(page.get_by_role("link", name="All groups")).to_be_visible()
    page.wait_for_load_state()
    assert len(set(cells_of(page, "status"))) == 1
    page.get_by_role("link", name="All groups").click()
    expect(page.locator("tbody.group")).to_have_count(3)
    page.goto("/search/")
    page.get_by_role("searchbox", name="Search everything").fill("compressor 15")
    page.get_by_role("searchbox", name="Search everything").press("Enter")
    page.get_by_role("link", name="Compressor 150").click()
    expect(page.get_by_role("heading", name="Compressor 150")).to_be_visible()
    assert fits(page)


@pytest.mark.parametrize("width", [1280, 360])
def test_a_record_is_made_changed_deleted_and_restored(
    open_plain: Callable[..., Page], parts: Parts, width: int
) -> None:
    page = open_plain(parts.page, width=width)
    page.locator(".new-record").click()
    page.get_by_label("Name").fill("North")
    page.get_by_label("Size").fill("many")
    save(page)
    expect(page.locator(".error")).to_contain_text("must be a number")
    expect(page.get_by_label("Size")).to_have_value("many")
    assert parts.all() == {}
    page.get_by_label("Size").fill("7")
    page.get_by_label("State").select_option("Used")
    save(page)
    expect(page.get_by_role("heading", name="North")).to_be_visible()
    assert (parts.held("North", "size"), parts.held("North", "state")) == (7, "Used")
    page.go_back()
    save(page)
    expect(page.locator(".toasts")).to_contain_text("“North” was saved already, and is here once.")
    assert parts.names() == ["North"]

    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Size").fill("8")
    parts.change("North", name="South")
    page.get_by_label("Name").fill("Mine")
    save(page)
    expect(page.get_by_text("Name was changed by somebody else meanwhile.")).to_be_visible()
    page.get_by_role("button", name="Use “South”").click()
    expect(page.get_by_role("heading", name="South")).to_be_visible()
    assert parts.held("South", "size") == 8

    page.get_by_label("More to do").click()
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.locator(".toasts")).to_contain_text("“South” is deleted.")
    assert parts.all() == {}
    page.locator(".toasts").get_by_role("button", name="Undo").click()
    expect(page.locator(".toasts")).to_contain_text("Undone.")
    assert parts.names() == ["South"]
    parts.delete("South")
    page.goto(parts.page)
    page.get_by_role("button", name="More of").click()
    page.get_by_role("main").get_by_role("link", name="Trash").click()
    page.get_by_role("button", name="Restore South").click()
    expect(page.get_by_text("“South” is restored.")).to_be_visible()
    assert parts.held("South", "size") == 8


def test_what_is_ticked_is_worked_on(open_plain: Callable[..., Page], parts: Parts) -> None:
    parts.make(3)
    page = open_plain(parts.list)
    page.get_by_role("checkbox", name="Select P001").check()
    page.get_by_role("button", name="Edit").click()
    page.get_by_role("checkbox", name="Size").check()
    page.get_by_label("New value of Size").fill("9")
    page.get_by_role("button", name="Change 1 record").click()
    expect(page.get_by_text("1 changed.")).to_be_visible()
    assert parts.held("P001", "size") == 9
    page.get_by_role("checkbox", name="Select P002").check()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("1 deleted.")).to_be_visible()
    assert parts.names() == ["P000", "P001"]


# A page that is asked for without a session is answered with the form to sign in.
@pytest.mark.noted("status of 401")
def test_a_session_that_ends_in_mid_form(open_plain: Callable[..., Page], parts: Parts) -> None:
    parts.make(1)
    page = open_plain(f"{parts.page}r/{parts.id_of('P000')}/edit/", width=360)
    page.get_by_label("Name").fill("A long name")
    page.context.clear_cookies(name="sessionid")
    save(page)
    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    picture(page, "signed-out")
    sign_in(page)
    expect(page.get_by_label("Name")).to_have_value("A long name")
    save(page)
    expect(page.locator(".toasts")).to_contain_text("“A long name” is saved.")
    assert parts.names() == ["A long name"]


@pytest.mark.parametrize("width", [1280, 360])
def test_what_stands_in_the_way_of_restoring(
    open_plain: Callable[..., Page], server: Server, token: str, width: int
) -> None:
    name = f"unit_{width}"
    fields = [*FIELDS, {"label": "Serial", "type": "TEXT", "isUnique": True}]
    units = f"{OBJECTS}/{name}/records"
    server.send("POST", OBJECTS, {"name": f"Unit {width}", "apiName": name, "fields": fields}, token)
    pump = server.send("POST", units, {"data": {"name": "Pump", "serial": "S-1"}}, token)[1]
    assert server.send("DELETE", f"{units}/{pump['id']}", token=token)[0] == 204
    server.send("POST", units, {"data": {"name": "Compressor", "serial": "S-1"}}, token)
    page = open_plain(f"/o/{name}/trash/", width=width)
    page.get_by_role("button", name="Restore Pump").click()
    expect(page.get_by_role("alert")).to_contain_text("Pump: another Unit")
    expect(page.get_by_role("link", name="Compressor")).to_be_visible()
    picture(page, f"restore-{width}")
    page.get_by_label("Without the Serial that stands in the way").check()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("“Pump” is restored.")).to_be_visible()
    server.send("DELETE", f"{OBJECTS}/{name}/fields/serial", token=token)
    server.send("DELETE", f"{units}/{pump['id']}", token=token)
    for path in (f"/o/{name}/trash/", "/trash/"):
        page.goto(path)
        expect(page.get_by_role("heading", name=re.compile("Trash|deleted", re.IGNORECASE)).first).to_be_visible()
        picture(page, f"trash-{path.count('/')}-{width}")
        frame = page.locator("main").bounding_box()
        assert frame is not None
        assert frame["width"] <= width, "nothing is wider than the screen"
