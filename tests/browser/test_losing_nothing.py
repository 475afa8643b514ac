"""What was typed is never lost: a session that ends, a connection that is lost, a page that is left, two clicks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_forms import sign_in
from tests.server import PASSWORD, Server

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sheets(server: Server) -> None:
    server.send("POST", "/v1/custom-objects", {"name": "Sheet", "apiName": "sheet"}, server.sign_in())


@pytest.fixture
def page(chromium: Browser, server: Server, sheets: None) -> Iterator[Page]:
    context = chromium.new_context(base_url=server.url, locale="en-US")
    opened = context.new_page()
    opened.goto("/sign-in/")
    sign_in(opened)
    # Pages can be made to believe that they have been open for long, and ask whether the session is still there.
    opened.add_init_script("window.now = Date.now; window.late = 0; Date.now = () => window.now() + window.late;")
    yield opened
    context.close()


def names(server: Server, name: str) -> list[str]:
    token = server.sign_in()
    found = server.send("GET", f"/v1/custom-objects/sheet/records?name={name.replace(' ', '%20')}", None, token)[1]
    return [record["name"] for record in found["data"]]


def test_a_session_that_ends_in_mid_form(page: Page, server: Server) -> None:
    page.goto("/o/sheet/new/")
    page.get_by_label("Name").fill("Kept over the end of a session")
    page.context.clear_cookies(name="sessionid")
    page.evaluate("window.late = 3_600_000")
    page.get_by_role("button", name="Save").click()
    dialog = page.get_by_role("dialog", name="You are no longer signed in")
    dialog.get_by_label("Password").fill("wrong")
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog.get_by_role("alert")).to_have_text("The password is wrong.")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Kept over the end of a session")).to_be_visible()
    assert names(server, "Kept over the end of a session") == ["Kept over the end of a session"]


def test_a_lost_connection(page: Page, server: Server) -> None:
    page.goto("/o/sheet/new/")
    page.get_by_label("Name").fill("Kept without a connection")
    page.context.set_offline(True)
    page.evaluate("window.late = 3_600_000")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("What you typed is still here")
    page.context.set_offline(False)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Kept without a connection")).to_be_visible()
    assert len(names(server, "Kept without a connection")) == 1


def test_a_page_that_is_left(page: Page) -> None:
    page.goto("/o/sheet/new/")
    page.get_by_label("Name").fill("Typed yesterday")
    while page.evaluate("localStorage.length") == 0:
        page.wait_for_timeout(50)
    page.goto("/")
    page.goto("/o/sheet/new/")
    expect(page.get_by_label("Name")).to_have_value("Typed yesterday")
    page.get_by_role("button", name="Discard it").click()
    expect(page.get_by_label("Name")).to_have_value("")
    page.get_by_label("Name").fill("Saved today")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Saved today")).to_be_visible()
    page.goto("/o/sheet/new/")
    expect(page.get_by_label("Name")).to_have_value("")


def test_two_clicks_make_one(page: Page, server: Server) -> None:
    page.goto("/o/sheet/new/")
    page.get_by_label("Name").fill("Clicked twice")
    page.get_by_role("button", name="Save").dblclick()
    expect(page.get_by_role("heading", name="Clicked twice")).to_be_visible()
    assert len(names(server, "Clicked twice")) == 1
