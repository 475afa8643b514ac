"""No. 6: two people change one record. Different fields are both kept; of the same one, both values are shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.interactions.conftest import cell, edit
from tests.browser.pages import WAYS, Hands, fits, picture, width_of
from tests.browser.parts import Parts

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("way", WAYS)
def test_in_a_form(open_page: Callable[..., Page], parts: Parts, way: str) -> None:
    parts.make(1)
    page = open_page(f"{parts.page}r/{parts.id_of('P000')}/edit/", width=width_of(way))
    hands, save = Hands(page, way), page.get_by_role("main").get_by_role("button", name="Save", exact=True).last
    # Different fields: both are kept, and nobody is asked.
    hands.type(page.get_by_label("Size"), "2")
    parts.change("P000", state="Used")
    hands.press(save)
    expect(page.locator(".toasts")).to_contain_text("What others have changed meanwhile is kept")
    assert (parts.held("P000", "size"), parts.held("P000", "state")) == (2, "Used")

    # The same field: both values are there, and one click decides.
    hands.press(page.get_by_role("link", name="Edit", exact=True))
    hands.type(page.get_by_label("Name"), "Mine")
    hands.type(page.get_by_label("Size"), "3")
    parts.change("P000", name="Theirs")
    hands.press(save)
    expect(page.get_by_text("Name was changed by somebody else meanwhile.")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Mine")
    picture(page, f"clash-{way}")
    assert fits(page)
    if hands.is_keyboard:
        # Enter saves, and takes nothing away.
        hands.reach(page.get_by_label("Name"))
        page.keyboard.press("Enter")
    else:
        page.get_by_role("button", name="Use “Theirs”").click()
    expect(page.get_by_role("heading", name="Mine" if hands.is_keyboard else "Theirs", exact=True)).to_be_visible()
    [data] = parts.all().values()
    assert (data["name"], data["size"], data["state"]) == ("Mine" if hands.is_keyboard else "Theirs", 3, "Used")


@pytest.mark.parametrize("way", WAYS)
def test_in_a_cell(open_list: Callable[..., Page], parts: Parts, way: str) -> None:
    parts.make(2)
    page = open_list(parts.list, width=width_of(way))
    hands, size = Hands(page, way), cell(page, 0, "size")
    edit(hands, 0, "size")
    expect(size.get_by_role("textbox")).to_have_value("0")
    parts.change("P000", size=7, state="Used")
    page.keyboard.press("Control+a")
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    expect(size.locator(".clash")).to_contain_text("has 7 here now")
    expect(size.get_by_role("textbox")).to_have_value("5")
    hands.press(size.get_by_role("button", name="Keep mine"))
    expect(size).to_have_text("5")
    expect(cell(page, 0, "state")).to_have_text("Used")
    assert parts.held("P000", "size") == 5
