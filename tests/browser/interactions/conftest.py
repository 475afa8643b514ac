"""What tests of the ten interactions share: a list of their own, and cells by their places."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import Hands
from tests.browser.parts import Parts
from tests.server import Server


@pytest.fixture
def parts(server: Server) -> Parts:
    return Parts(server)


@pytest.fixture
def open_list(open_page: Callable[..., Page]) -> Callable[..., Page]:
    """Opens a list that is ready to be worked in, also with what the clipboard holds."""

    def open_(path: str, **options: Any) -> Page:
        page = open_page(path, permissions=["clipboard-read", "clipboard-write"], **options)
        expect(page.get_by_role("grid")).to_be_visible()
        return page

    return open_


def cell(page: Page, row: int, field: str) -> Locator:
    return page.locator("tbody tr[data-record]").nth(row).locator(f"[data-field={field}]")


def edit(hands: Hands, row: int, field: str) -> None:
    """Open a cell of the list: by two clicks, or by keys from where the focus is in the list."""
    page = hands.page
    target = cell(page, row, field)
    if not hands.is_keyboard:
        target.dblclick()
    else:
        go_to(hands, row, field)
        page.keyboard.press("Enter")
    expect(page.locator(".cell-editor")).to_be_visible()


def go_to(hands: Hands, row: int, field: str) -> None:
    """Have the focus on a cell of the list."""
    page, target = hands.page, cell(hands.page, row, field)
    if not hands.is_keyboard:
        target.click()
        return
    if not page.evaluate("document.activeElement.closest('tbody') !== null"):
        hands.reach(page.locator("tbody [tabindex='0']").first)
    page.keyboard.press("Control+Home")
    for _ in range(row):
        page.keyboard.press("ArrowDown")
    while not target.evaluate("cell => cell === document.activeElement"):
        at_end = page.evaluate("document.activeElement.nextElementSibling === null")
        assert not at_end, f"no key leads to {field}"
        page.keyboard.press("ArrowRight")
