"""The shell in a real browser: the sheet of keys, and the sidebar, which opens over a narrow page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import expect_no_violations

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


@pytest.mark.parametrize("page", [1280], indirect=True)
def test_objects_are_put_in_order_by_mouse_and_by_keys(page: Page) -> None:
    links = page.locator("[data-order] [data-id] a")
    names = links.all_inner_texts()
    links.nth(2).drag_to(links.nth(0), target_position={"x": 20, "y": 2})
    moved = [names[2], names[0], names[1], *names[3:]]
    expect(links).to_have_text(moved)
    page.wait_for_load_state("networkidle")
    page.reload()
    expect(links).to_have_text(moved)
    links.nth(0).focus()
    with page.expect_response("**/me/objects/"):
        page.keyboard.press("Alt+ArrowDown")
    expect(links.nth(1)).to_be_focused()
    page.reload()
    expect(links).to_have_text([names[0], names[2], names[1], *names[3:]])
    page.goto("/me/objects/")
    page.get_by_role("button", name=f"Move {names[2]} down").click()
    expect(links).to_have_text(names)
    expect_no_violations(page)
