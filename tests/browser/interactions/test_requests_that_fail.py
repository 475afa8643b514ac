"""Lists whose session is over, whose connection is lost, or whose server fails: it is said, and it goes on."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import take
from tests.browser.parts import Parts
from tests.server import PASSWORD, Server

# What htmx and the browser note of it.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.noted(
        r"status of (401|500)|Status Error Code (401|500)|ERR_INTERNET_DISCONNECTED|htmx:(send|afterReq|history)"
    ),
]

OFFLINE = "There is no connection. Nothing is lost: try again."
FAILED = "The server could not do that (500). Try again."
NOT_SIGNED_IN = "You are not signed in. Nothing is lost: try again."


class Deed(NamedTuple):
    """Something that a list asks the server for."""

    # The list's address, and what comes before.
    path: str
    prepare: Callable[[Page], object]
    # What one does, what one does once more, and what is there then.
    act: Callable[[Page], object]
    again: Callable[[Page], object]
    done: Callable[[Page], Locator]


def sort(page: Page) -> None:
    page.get_by_role("link", name="Size", exact=True).click()


def search(page: Page) -> None:
    page.get_by_role("searchbox").press_sequentially("P007")


def search_again(page: Page) -> None:
    expect(page.get_by_role("searchbox"), "what was typed is still there").to_have_value("P007")
    page.get_by_role("searchbox").press("Enter")


def group(page: Page) -> None:
    page.get_by_role("button", name="Group", exact=True).click()
    page.locator("#group-menu").get_by_role("link", name="State").click()


def group_again(page: Page) -> None:
    """The menu is still open."""
    page.locator("#group-menu").get_by_role("link", name="State").click()


def scroll(page: Page) -> None:
    page.locator(".table-frame").evaluate("frame => frame.scrollTo(0, frame.scrollHeight)")


def load_more(page: Page) -> None:
    page.get_by_role("link", name="Load more").click()


def open_filter(page: Page) -> None:
    panel = page.locator("#filter-panel")
    page.get_by_role("button", name="Add filter").click()
    take(panel, "Field", "Name")
    panel.get_by_label("Value").fill("P0")


def apply(page: Page) -> None:
    panel = page.locator("#filter-panel")
    expect(panel.get_by_label("Value"), "what was typed is still there").to_have_value("P0")
    panel.get_by_role("button", name="Apply").click()


def change_filter(page: Page) -> None:
    page.get_by_role("link", name="Name contains P0", exact=True).click()


def nothing(page: Page) -> None:
    """It begins with the list."""


DEEDS = {
    "sorting": Deed("", nothing, sort, sort, lambda page: page.locator("th[data-field=size][aria-sort=ascending]")),
    "searching": Deed("", nothing, search, search_again, lambda page: page.get_by_text("1–1 of 1")),
    "grouping": Deed("", nothing, group, group_again, lambda page: page.locator(".group tr[data-record]").first),
    "more rows": Deed("", nothing, scroll, load_more, lambda page: page.get_by_text("1–120 of 120")),
    "a filter": Deed("", open_filter, apply, apply, lambda page: page.locator(".filter-chip")),
    "a filter that is changed": Deed(
        "&filter=name__icontains:P0",
        nothing,
        change_filter,
        change_filter,
        lambda page: page.locator("#filter-panel:popover-open").get_by_label("Value"),
    ),
}


@pytest.fixture(scope="module")
def many(server: Server) -> Parts:
    """More records than one page has; no test changes them."""
    parts = Parts(server)
    parts.make(120)
    return parts


def begin(open_list: Callable[..., Page], many: Parts, deed: Deed) -> Page:
    page = open_list(many.list + deed.path)
    deed.prepare(page)
    return page


def expect_said(page: Page, text: str) -> None:
    """One toast says it, and what was shown is still there, also by its address."""
    expect(page.locator(".toast.error")).to_have_text(re.compile(re.escape(text)))
    expect(page.locator("tbody tr[data-record]")).to_have_count(100)
    expect(page).not_to_have_url(re.compile("search="))


@pytest.mark.parametrize("kind", DEEDS)
def test_a_session_that_is_over(open_list: Callable[..., Page], many: Parts, kind: str) -> None:
    deed = DEEDS[kind]
    page = begin(open_list, many, deed)
    page.context.clear_cookies(name="sessionid")
    deed.act(page)
    dialog = page.get_by_role("dialog", name="You are no longer signed in")
    dialog.get_by_role("button", name="Cancel").click()
    expect_said(page, NOT_SIGNED_IN)
    deed.again(page)
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    expect(deed.done(page)).to_be_visible()
    expect(dialog).to_be_hidden()
    if kind == "searching":
        expect(page).to_have_url(re.compile("search=P007"))
        expect(page.get_by_role("searchbox")).to_be_focused()


@pytest.mark.parametrize("kind", DEEDS)
def test_a_connection_that_is_lost(open_list: Callable[..., Page], many: Parts, kind: str) -> None:
    deed = DEEDS[kind]
    page = begin(open_list, many, deed)
    page.context.set_offline(True)
    deed.act(page)
    expect_said(page, OFFLINE)
    page.context.set_offline(False)
    deed.again(page)
    expect(deed.done(page)).to_be_visible()


@pytest.mark.parametrize("kind", DEEDS)
def test_a_server_that_fails(open_list: Callable[..., Page], many: Parts, kind: str) -> None:
    deed = DEEDS[kind]
    page = begin(open_list, many, deed)
    page.route(lambda address: f"/o/{many.name}/" in address, lambda route: route.fulfill(status=500, body="Oh"))
    deed.act(page)
    expect_said(page, FAILED)
    page.unroute_all()
    deed.again(page)
    expect(deed.done(page)).to_be_visible()


def test_records_of_a_group_that_do_not_come(open_page: Callable[..., Page], many: Parts) -> None:
    page = open_page()
    page.route(re.compile("part=rows"), lambda route: route.fulfill(status=500, body="Oh"))
    page.goto(f"{many.list}&group=state")
    expect(page.locator(".toast.error")).to_contain_text(FAILED)
    page.unroute_all()
    page.get_by_role("link", name="Show these records").click()
    expect(page.locator(".group tr[data-record]").first).to_be_visible()
    expect(page).to_have_url(re.compile("group=state$"))


def test_going_back_to_a_list(open_list: Callable[..., Page], many: Parts) -> None:
    page = open_list(many.list)
    size = page.get_by_role("columnheader", name="Size")
    sort(page)
    expect(size).to_have_attribute("aria-sort", "ascending")
    # What surrounds the list is another one, too.
    for step, order in (("back", "none"), ("forward", "ascending")):
        page.evaluate(f"history.{step}()")
        expect(page.locator("th[data-field=size][aria-sort=ascending]")).to_have_count(int(order == "ascending"))
    page.context.set_offline(True)
    page.evaluate("history.back()")
    expect(page.locator(".toast.error")).to_contain_text(OFFLINE)
    page.context.set_offline(False)
    page.context.clear_cookies(name="sessionid")
    page.evaluate("history.forward()")
    dialog = page.get_by_role("dialog", name="You are no longer signed in")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_be_hidden()
    expect(size).to_have_attribute("aria-sort", "ascending")
