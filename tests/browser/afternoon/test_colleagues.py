"""Who keeps records all day sees nothing of setting things up: no page, and no link to one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.afternoon.conftest import COLLEAGUES

pytestmark = pytest.mark.slow

PAGES = [
    "/setup/objects/new/",
    "/setup/templates/",
    "/setup/tables/new/",
    "/setup/diagram/",
    "/setup/diagram/objects.svg",
    "/setup/objects/asset/",
    "/setup/objects/asset/api/",
    "/setup/objects/asset/api/swagger/",
]
SEEN = ["/", "/o/asset/", "/o/asset/new/", "/o/project/", "/me/", "/trash/", "/search/?q=comp"]


@pytest.mark.noted(r"status of 403")
@pytest.mark.parametrize("role", COLLEAGUES)
def test_nothing_leads_to_setup(open_as: Callable[..., Page], role: str) -> None:
    page = open_as(role)
    for path in SEEN:
        page.goto(path)
        expect(page.get_by_role("navigation", name="Main")).to_be_visible()
        assert page.locator("a[href*='/setup/']").evaluate_all("all => all.map((one) => one.href)") == []
    page.goto("/o/asset/")
    page.locator("tbody tr[data-record]").first.locator("a").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert page.locator("a[href*='/setup/']").count() == 0
    for path in PAGES:
        answer = page.request.get(path)
        assert answer.status == 403, path
    page.goto(PAGES[0])
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.locator("a[href*='/setup/']").count() == 0


def test_an_administrator_is_led_there(open_page: Callable[..., Page]) -> None:
    page = open_page("/")
    page.get_by_role("link", name="Diagram").click()
    expect(page.get_by_role("heading", name="Diagram")).to_be_visible()
