"""No. 9: the palette finds, and acts; it gives the focus back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import WAYS, Hands, width_of

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("way", WAYS)
def test_it_finds_and_acts(open_page: Callable[..., Page], way: str) -> None:
    page = open_page("/o/asset/", width=width_of(way))
    hands, search = Hands(page, way), page.get_by_role("searchbox", name="Search Assets")
    box = page.get_by_role("combobox", name="Search everything")

    def ask(text: str, option: str, *, goes: bool = True) -> None:
        """Open the palette, and take what it finds."""
        if hands.is_keyboard:
            page.keyboard.press("Control+k")
        else:
            if way == "narrow":
                page.get_by_role("button", name="Menu").click()
            page.get_by_role("navigation", name="Main").get_by_role("link", name="Search").click()
        expect(box).to_be_focused()
        page.keyboard.type(text)
        found = page.get_by_role("option", name=option).first
        expect(found).to_be_visible()
        if not goes:
            return
        if hands.is_keyboard:
            expect(found).to_have_attribute("aria-selected", "true")
            page.keyboard.press("Enter")
        else:
            found.click()

    if hands.is_keyboard:
        page.keyboard.press("/")
    else:
        search.click()
    ask("add field asset", "Add field to Assets", goes=False)
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    if hands.is_keyboard:
        expect(search, "the focus is back").to_be_focused()
        # Nothing is typed into a control any more, so that the keys of the page hold.
        page.keyboard.press("Tab")
    ask("comp 15", "Compressor 150")
    expect(page.get_by_role("heading", name="Compressor 150")).to_be_visible()
    ask("duplicate", "Duplicate this Asset")
    expect(page).to_have_url(re.compile(r"/o/asset/new/\?like="))
    ask("new asset", "New Asset")
    expect(page).to_have_url(re.compile(r"/o/asset/new/(\?token=.*)?$"))
    ask("add field asset", "Add field to Assets")
    expect(page).to_have_url(re.compile(r"/setup/objects/asset/fields/new/"))
    drawer = page.locator("dialog.drawer")
    expect(drawer).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    ask("set up assets", "Set up Assets")
    expect(page).to_have_url(re.compile(r"/setup/objects/asset/fields/$"))
