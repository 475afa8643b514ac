"""Ranges and rows of a list, worked on at once, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.grid.conftest import Parts, cell
from tests.browser.test_forms import sign_in

pytestmark = pytest.mark.slow


def test_a_range_is_pasted_and_taken_back(open_page: Callable[..., Page], parts: Parts) -> None:
    parts.make(8)
    before = parts.all()
    page = open_page(parts.list)
    table = [[f"N{number}", str(number * 10), "12/31/2026"] for number in range(10)]
    page.evaluate("text => navigator.clipboard.writeText(text)", "\n".join("\t".join(row) for row in table))
    cell(page, 2, "name").click()
    page.keyboard.press("Control+v")
    dialog = page.get_by_role("dialog", name="Paste into")
    expect(dialog.get_by_role("status")).to_contain_text("18 cells will be changed, 4 records will be made.")
    assert parts.all() == before
    dialog.get_by_role("button", name="Paste").press("Enter")
    expect(page.get_by_role("status").filter(has_text="18 cells changed, 4 records made.")).to_be_visible()
    expect(page.locator("tbody tr[data-record]")).to_have_count(12)
    names = sorted(data["name"] for data in parts.all().values())
    assert names == ["N0", "N1", "N2", "N3", "N4", "N5", "N6", "N7", "N8", "N9", "P000", "P001"]
    assert {data["bought"] for data in parts.all().values()} == {None, "2026-12-31"}
    # What is copied is what a spreadsheet takes.
    cell(page, 2, "name").click()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Control+c")
    assert page.evaluate("navigator.clipboard.readText()") == "N0\t0\nN1\t10"
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("tbody tr[data-record]")).to_have_count(8)
    expect(cell(page, 2, "name")).to_have_text("P002")
    assert parts.all() == before

    # One cell is refused, and said why; fill down needs no question.
    page.evaluate("navigator.clipboard.writeText('1\\n5000')")
    cell(page, 0, "size").click()
    page.keyboard.press("Control+v")
    expect(dialog).to_contain_text("Size must not be greater than 1000.")
    dialog.get_by_role("link", name="Cancel").click()
    cell(page, 3, "size").click()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Control+d")
    expect(cell(page, 5, "size")).to_have_text("3")
    assert parts.held("P005", "size") == 3
    page.keyboard.press("Control+z")
    expect(cell(page, 5, "size")).to_have_text("5")
    assert parts.all() == before


def test_fifty_are_changed_and_restored(open_page: Callable[..., Page], parts: Parts) -> None:
    parts.make(60)
    before = parts.all()
    page = open_page(parts.list)
    page.keyboard.press("x")
    for _ in range(49):
        page.keyboard.press("Shift+ArrowDown")
    bar = page.get_by_role("form", name="What is selected")
    expect(bar).to_contain_text("50 selected")
    bar.get_by_role("button", name="Edit").press("Enter")
    dialog = page.get_by_role("dialog", name="Edit 50 records")
    dialog.get_by_role("checkbox", name="State").check()
    state = dialog.get_by_role("combobox", name="New value of State")
    state.click()
    dialog.get_by_role("option", name="Used").click()
    expect(state).to_have_value("Used")
    # A second click is no second change.
    dialog.get_by_role("button", name="Change 50 records").dblclick()
    expect(page.get_by_role("status").filter(has_text="50 changed.")).to_be_visible()
    expect(cell(page, 49, "state")).to_have_text("Used")
    assert [data["state"] for data in parts.all().values()].count("Used") == 50
    assert parts.versions() == 50
    page.get_by_role("button", name="Undo").click()
    expect(cell(page, 49, "state")).to_have_text("New")
    assert parts.all() == before

    # Copies are made, and deleted.
    page.locator("tbody .pick input").nth(0).check()
    bar.get_by_role("button", name="Duplicate").click()
    expect(page.locator("tbody tr[data-record]")).to_have_count(61)
    page.locator("tbody .pick input").nth(60).check()
    bar.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog", name="Delete 1 record?").get_by_role("button", name="Delete").press("Enter")
    expect(page.locator("tbody tr[data-record]")).to_have_count(60)
    assert parts.all() == before


def test_without_scripts_what_is_ticked_is_asked_for(
    open_page: Callable[..., Page], parts: Parts, chromium: Browser
) -> None:
    parts.make(3)
    context = chromium.new_context(base_url=parts.server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/sign-in/")
    sign_in(page)
    page.goto(parts.list)
    page.get_by_role("checkbox", name="Select P001").check()
    page.get_by_role("button", name="Edit").click()
    page.get_by_role("checkbox", name="Size").check()
    page.get_by_label("New value of Size").fill("9")
    page.get_by_role("button", name="Change 1 record").click()
    expect(page.get_by_text("1 changed.")).to_be_visible()
    assert parts.held("P001", "size") == 9
    page.get_by_role("checkbox", name="Select P002").check()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("1 deleted.")).to_be_visible()
    assert len(parts.all()) == 2
    context.close()
