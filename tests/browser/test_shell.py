"""The shell in a real browser: the sheet of keys, and the sidebar, which opens over a narrow page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow


@pytest.fixture(params=[1280, 360])
def page(request: pytest.FixtureRequest, open_page: Callable[..., Page]) -> Page:
    return open_page(width=request.param)


def test_keys_are_told(page: Page) -> None:
    page.goto("/o/asset/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search Assets")).to_be_focused()


def test_the_sidebar(page: Page) -> None:
    page.goto("/")
    sidebar = page.get_by_role("navigation", name="Main")
    if page.viewport_size and page.viewport_size["width"] < 900:
        expect(sidebar).not_to_be_visible()
        page.get_by_role("button", name="Menu").click()
    else:
        sidebar.get_by_role("button", name="Collapse the sidebar").click()
        page.reload()
        expect(sidebar.get_by_role("button", name="Expand the sidebar")).to_be_visible()
    sidebar.get_by_role("link", name="Assets").click()
    expect(page.get_by_role("heading", name="Assets")).to_be_visible()
