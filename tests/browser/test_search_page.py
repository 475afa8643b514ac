"""The page of a search, by the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("width", [1280, 360])
def test_its_keys(open_page: Callable[..., Page], width: int) -> None:
    page = open_page("/search/?q=pump", width=width)
    box = page.get_by_role("main").get_by_role("searchbox", name="Search everything")
    hits = page.locator(".hits a")
    expect(hits.nth(2)).to_be_visible()
    expect(box).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(hits.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(hits.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(box).to_be_focused()
    for _ in range(hits.count() + 1):
        page.keyboard.press("ArrowDown")
    expect(hits.last).to_be_focused()
    page.keyboard.press("Escape")
    expect(box).to_be_focused()
    expect(box).to_have_value("pump")
    page.keyboard.press("ArrowDown")
    name = hits.first.locator(".nav-text").inner_text().split("\n")[0]
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    page.go_back()
    page.keyboard.type("zzzz")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(box).to_be_focused()
