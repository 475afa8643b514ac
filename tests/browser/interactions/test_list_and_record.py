"""No. 10: from a list to its records and back. And lists that are long: a page of a search by its number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.interactions.conftest import cell, go_to
from tests.browser.pages import MAX_TABS, WAYS, Hands, cells_of, width_of
from tests.browser.parts import Parts
from tests.server import Server

pytestmark = pytest.mark.slow

# A page has a hundred rows: 42 pages, and some more.
COUNT = 4_250


@pytest.fixture(scope="module")
def many(server: Server) -> Parts:
    parts = Parts(server)
    parts.make(COUNT)
    return parts


def place(page: Page) -> dict[str, Any]:
    """Where somebody is: the address, the row that has the focus, and how far the table is scrolled."""
    told: dict[str, Any] = page.evaluate(
        """() => ({
            address: location.pathname + location.search,
            row: document.activeElement.closest("tr")?.dataset.record,
            scrolled: document.querySelector(".table-frame").scrollTop + scrollY,
        })"""
    )
    return told


@pytest.mark.parametrize("way", WAYS)
def test_a_record_is_opened_and_left(open_list: Callable[..., Page], many: Parts, way: str) -> None:
    page = open_list(f"{many.page}?sort=-name&filter=name__startswith:P3&page=3", width=width_of(way))
    hands, names = Hands(page, way), cells_of(page, "name")
    go_to(hands, 36, "name") if hands.is_keyboard else cell(page, 36, "name").scroll_into_view_if_needed()
    before = place(page)
    drawer = page.get_by_role("dialog")

    def shows(row: int) -> None:
        expect(drawer.get_by_role("heading", name=names[row], exact=True)).to_be_visible()

    if hands.is_keyboard:
        page.keyboard.press("Control+Enter")
    else:
        cell(page, 36, "name").get_by_role("link").click()
    shows(36)
    expect(drawer.get_by_role("heading", name=names[36]), "what is new is told").to_be_focused()
    for row, key, link in ((37, "j", "Next"), (38, "j", "Next"), (37, "k", "Previous"), (36, "k", "Previous")):
        if hands.is_keyboard:
            page.keyboard.press(key)
        else:
            drawer.get_by_role("link", name=link).click()
        shows(row)
    if hands.is_keyboard:
        page.keyboard.press("Escape")
    else:
        drawer.get_by_role("button", name="Close").click()
    expect(drawer).to_have_count(0)
    expect(cell(page, 36, "name")).to_be_focused()
    after = place(page)
    assert after["scrolled"] == before["scrolled"]
    assert after["address"] == before["address"]
    expect(page.locator(".filter-chip")).to_have_count(1)


@pytest.mark.parametrize("way", WAYS)
def test_page_42_of_a_search(open_list: Callable[..., Page], many: Parts, way: str) -> None:
    page = open_list(f"{many.list}&search=p", width=width_of(way))
    hands = Hands(page, way)
    hands.type(page.get_by_label("Page", exact=True), "42")
    if hands.is_keyboard:
        page.keyboard.press("Enter")
    else:
        page.get_by_role("button", name="Go").click()
    expect(page.get_by_text("4,101–4,200 of")).to_be_visible()
    found = cells_of(page, "name")
    assert len(found) == 100
    assert found == sorted(found)
    assert "search=p" in page.url
    rows = page.locator("tbody tr[data-record]")
    if hands.is_keyboard:
        # More are loaded once their link is in sight.
        for _ in range(MAX_TABS):
            if rows.count() > len(found):
                break
            page.keyboard.press("Tab")
    else:
        page.get_by_role("link", name="Load more", exact=True).click()
    expect(rows).to_have_count(COUNT - 4_100)
    assert cells_of(page, "name")[:100] == found
    page.go_back()
    expect(page.get_by_text("1–100 of")).to_be_visible()
