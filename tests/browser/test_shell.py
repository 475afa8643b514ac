"""The shell in a real browser: the palette, the sheet of keys, toasts, the sidebar on a narrow page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_forms import sign_in
from tests.server import Server

pytestmark = pytest.mark.slow

LOOKS = [("light", 1280), ("dark", 1280), ("light", 360)]


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def page(request: pytest.FixtureRequest, chromium: Browser, server: Server) -> Iterator[Page]:
    """A signed-in page; the test fails where the console has something, or another host is asked."""
    theme, width = request.param
    context = chromium.new_context(
        base_url=server.url, locale="en-US", color_scheme=theme, viewport={"width": width, "height": 800}
    )
    opened = context.new_page()
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("request", lambda sent: said.append(sent.url) if not sent.url.startswith(server.url) else None)
    opened.goto("/sign-in/")
    sign_in(opened)
    yield opened
    context.close()
    assert said == []


def require_no_violation(page: Page) -> None:
    """Whatever axe finds is a defect."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_the_palette_leads_to_a_record(page: Page) -> None:
    page.goto("/o/asset/")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search everything").fill("comp 15")
    expect(page.get_by_role("option", name="Compressor 150")).to_be_visible()
    require_no_violation(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Compressor 150")).to_be_visible()


def test_the_palette_acts_and_gives_focus_back(page: Page) -> None:
    page.goto("/o/asset/")
    search = page.get_by_role("searchbox", name="Search Assets")
    search.focus()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search everything").fill("add field asset")
    expect(page.get_by_role("option", name="Add field to Assets")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(search).to_be_focused()
    page.keyboard.press("Control+k")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).not_to_have_url("**/o/asset/")


def test_keys_are_told(page: Page) -> None:
    page.goto("/o/asset/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    require_no_violation(page)
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search Assets")).to_be_focused()


def test_undo_in_a_toast(page: Page) -> None:
    page.goto("/o/support_case/")
    row = page.locator("tbody tr[data-record]").first
    name, record = row.get_by_role("rowheader").inner_text(), row.get_attribute("data-record")
    page.goto(f"/o/support_case/r/{record}/delete/")
    page.get_by_role("button", name="Delete").click()
    toast = page.locator(".toasts")
    expect(toast).to_contain_text(f"{name} is deleted.")
    require_no_violation(page)
    toast.get_by_role("button", name="Undo").click()
    expect(toast).to_contain_text("Undone.")
    expect(page.locator(f'tr[data-record="{record}"]')).to_be_visible()


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


@pytest.mark.parametrize(
    "path", ["/", "/styleguide/", "/search/?q=comp", "/o/asset/", "/trash/", "/setup/objects/asset/"]
)
def test_no_page_has_a_violation(page: Page, path: str) -> None:
    page.goto(path)
    require_no_violation(page)


@pytest.mark.parametrize("page", [("light", 1280)], indirect=True)
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
    require_no_violation(page)
