"""What hands do in a list that knows spreadsheets: nothing is emptied by chance, all is taken back in place."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.interactions.conftest import cell
from tests.browser.pages import WAYS, Hands, copied, width_of
from tests.browser.parts import Parts

pytestmark = pytest.mark.slow


def test_a_field_that_is_ticked_is_not_emptied_by_that(open_list: Callable[..., Page], parts: Parts) -> None:
    parts.make(5)
    before = parts.all()
    page = open_list(parts.list)
    page.keyboard.press("j")
    page.keyboard.press("Control+a")
    bar = page.get_by_role("form", name="What is selected")
    bar.get_by_role("button", name="Edit").click()
    dialog = page.get_by_role("dialog", name="Edit 5 records")
    state = dialog.get_by_role("checkbox", name="State")
    state.click()
    expect(dialog.get_by_role("combobox", name="New value of State")).to_be_focused()
    # Enter on a box sends nothing, and neither does a value that is not there.
    dialog.get_by_role("checkbox", name="Size").focus()
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("checkbox", name="Size")).to_be_focused()
    dialog.get_by_role("button", name="Change 5 records").click()
    expect(dialog.get_by_role("alert")).to_have_text("Choose a value, or tick “Make empty”.")
    assert parts.all() == before
    dialog.get_by_role("checkbox", name="Make empty").check()
    dialog.get_by_role("button", name="Change 5 records").click()
    expect(dialog).to_have_count(0)
    assert {data["state"] for data in parts.all().values()} == {None}
    # Also when the page is another one.
    page.reload()
    page.keyboard.press("Control+z")
    expect(page.get_by_role("status").filter(has_text="Undone: 5 changed.")).to_be_visible()
    expect(cell(page, 4, "state")).to_have_text("New")
    assert parts.all() == before


@pytest.mark.parametrize("way", WAYS)
def test_the_menu_takes_back_what_was_changed_last(open_list: Callable[..., Page], parts: Parts, way: str) -> None:
    parts.make(5)
    before = parts.all()
    page = open_list(parts.list, width=width_of(way))
    hands = Hands(page, way)
    more = page.get_by_role("button", name=re.compile("^More of Part"))
    last = page.get_by_role("button", name="Undo last change")
    hands.press(more)
    expect(last).to_have_attribute("aria-disabled", "true")
    expect(last).to_contain_text("There is nothing to undo in this tab.")
    page.keyboard.press("Escape")
    for number in range(3):
        page.get_by_role("checkbox", name=f"Select P00{number}").check()
    page.get_by_role("form", name="What is selected").get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("tbody tr[data-record]")).to_have_count(2)
    # What a form in the drawer changes is a change of the list as well.
    page.get_by_role("link", name="P003", exact=True).click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("link", name="Edit", exact=True).click()
    drawer.get_by_label("Size", exact=True).fill("77")
    drawer.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".toast").last).to_contain_text("“P003” is saved.")
    assert parts.held("P003", "size") == 77
    # When the toasts are gone, and the page is another one.
    page.goto(parts.list)
    hands.press(more)
    expect(last).to_contain_text("“P003” is saved.")
    hands.press(last)
    expect(page.locator(".toast").last).to_contain_text("Undone")
    assert parts.held("P003", "size") == 3
    hands.press(more)
    expect(last).to_contain_text("3 ")
    hands.press(last)
    expect(page.locator("tbody tr[data-record]")).to_have_count(5)
    assert parts.all() == before
    hands.press(more)
    expect(last).to_have_attribute("aria-disabled", "true")
    redo = page.get_by_role("button", name="Redo")
    hands.press(redo)
    expect(page.locator("tbody tr[data-record]")).to_have_count(2)
    hands.press(more)
    expect(last).to_have_attribute("aria-disabled", "false")
    expect(redo).to_contain_text("“P003” is saved.")
    hands.press(redo)
    expect(page.locator(".toast").last).to_contain_text(re.compile("Done again: .*“P003” is saved."))
    assert parts.held("P003", "size") == 77
    hands.press(more)
    expect(redo).to_be_hidden()


def test_ranges_end_with_their_last_row(open_list: Callable[..., Page], parts: Parts) -> None:
    parts.make(6)
    page = open_list(parts.list)
    toasts = page.get_by_role("status")
    cell(page, 0, "size").click()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Delete")
    expect(toasts.filter(has_text="4 cells changed.")).to_be_visible()
    assert [parts.held(f"P00{number}", "size") for number in range(6)] == [None, None, None, None, 4, 5]
    # What is copied ends with an empty cell, and so does what is pasted; nobody is asked about it.
    cell(page, 4, "size").click()
    page.keyboard.press("Shift+ArrowUp")
    assert copied(page, lambda: page.keyboard.press("Control+c")) == "\n4"
    page.evaluate("navigator.clipboard.writeText('7\\n\\n')")
    cell(page, 4, "size").click()
    page.keyboard.press("Control+v")
    expect(cell(page, 5, "size")).to_have_text("–")
    assert [parts.held(f"P00{number}", "size") for number in (4, 5)] == [7, None]
    # The undone toast goes, the cursor is where it was.
    cell(page, 0, "name").focus()
    page.keyboard.press("Control+z")
    expect(toasts.filter(has_text="Undone: 2 cells changed.")).to_be_visible()
    expect(page.locator(".toast").filter(has_text=re.compile("^2 cells changed"))).to_have_count(0)
    expect(cell(page, 4, "size")).to_be_focused()
    assert [parts.held(f"P00{number}", "size") for number in (4, 5)] == [4, 5]
    # What is required says so where it is.
    cell(page, 0, "name").focus()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Delete")
    expect(page.locator(".cell-note")).to_have_text("Name is required. 2 cells stay as they are.")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_rows_come_back_where_they_stood(open_list: Callable[..., Page], parts: Parts) -> None:
    parts.make(6)
    page = open_list(parts.list)
    names = page.locator("tbody tr[data-record] th")
    all_names = [f"P00{number}" for number in range(6)]
    for undo in ("toast", "key"):
        for name in ("P001", "P002", "P005"):
            page.get_by_role("checkbox", name=f"Select {name}").check()
        page.get_by_role("form", name="What is selected").get_by_role("button", name="Delete").click()
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(names).to_have_text(["P000", "P003", "P004"])
        if undo == "toast":
            page.get_by_role("button", name="Undo").click()
        else:
            page.keyboard.press("Control+z")
        expect(names).to_have_text(all_names)
        expect(page.get_by_role("button", name="Undo")).to_have_count(0)


def test_all_that_fit_are_meant(open_list: Callable[..., Page], parts: Parts) -> None:
    parts.make(130)
    page = open_list(f"{parts.list}&filter=size__gte:10")
    cell(page, 0, "size").click()
    page.keyboard.press("Control+a")
    bar = page.get_by_role("form", name="What is selected")
    expect(bar).to_contain_text("100 selected")
    bar.get_by_role("button", name="Select all 120 that fit").click()
    expect(bar).to_contain_text("All 120 selected")
    bar.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog", name="Delete 120 records?").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("No record fits.")).to_be_visible()
    assert len(parts.all()) == 10
    page.keyboard.press("Control+z")
    expect(page.locator("tbody tr[data-record]")).to_have_count(100)
    # Without ticking anything, all that is listed is exported.
    with page.expect_download() as download:
        page.get_by_role("button", name="Export all that is listed as CSV").click()
    assert len(download.value.path().read_text(encoding="utf-8-sig").splitlines()) == 121


def test_keys_lead_into_the_table_and_out_of_it(open_list: Callable[..., Page], parts: Parts) -> None:
    parts.make(4)
    page = open_list(parts.list)
    picks = page.locator("tbody .pick")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(picks.nth(1)).to_be_focused()
    page.keyboard.press("x")
    expect(picks.nth(1).get_by_role("checkbox")).to_be_checked()
    cell(page, 2, "size").click()
    page.keyboard.press("Shift+ArrowUp")
    # The range first, then the rows, then the table.
    for selected, checked in ((0, 1), (0, 0)):
        page.keyboard.press("Escape")
        expect(page.locator("td[aria-selected=true]")).to_have_count(selected)
        expect(page.locator("tbody .pick :checked")).to_have_count(checked)
    expect(cell(page, 2, "size")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("region", name="Table of")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(cell(page, 2, "size")).to_be_focused()
    page.keyboard.press("Shift+Space")
    expect(page.locator("dialog.drawer").get_by_role("heading", name="P002")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog.drawer")).to_have_count(0)
    # The name is a link, whatever cell is the active one.
    cell(page, 1, "name").focus()
    cell(page, 1, "name").get_by_role("link").click()
    expect(page.locator("dialog.drawer").get_by_role("heading", name="P001")).to_be_visible()


def test_what_leads_elsewhere_is_a_cell_first(open_list: Callable[..., Page]) -> None:
    page = open_list("/o/asset/?sort=name")
    account = cell(page, 0, "account")
    drawer = page.locator("dialog.drawer")
    account.get_by_role("link").click()
    expect(account).to_be_focused()
    expect(page).to_have_url(re.compile("sort=name$"))
    account.get_by_role("link").dblclick()
    expect(page.locator(".cell-editor").get_by_role("combobox")).to_be_focused()
    page.keyboard.press("Escape")
    account.get_by_role("link").click(modifiers=["Control"])
    expect(drawer.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    account.hover()
    page.locator(".cell-open").click()
    expect(drawer.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    # What the server gives takes no letters, and says so.
    cell(page, 0, "asset_number").click()
    page.keyboard.press("f")
    expect(page.locator(".cell-note")).to_have_text("Asset Number cannot be changed here.")
    # A column is dragged to where it is to stand.
    heads = page.locator("thead th[data-field]")
    moved, onto = (page.locator(f"thead th[data-field={name}]").bounding_box() for name in ("account", "asset_number"))
    assert moved
    assert onto
    page.mouse.move(moved["x"] + 20, moved["y"] + 10)
    page.mouse.down()
    page.mouse.move(onto["x"] + 20, onto["y"] + 10, steps=4)
    page.mouse.up()
    expect(heads.nth(1)).to_have_attribute("data-field", "account")
    expect(page).to_have_url(re.compile("sort=name$"))


def test_rows_are_made_at_the_end(open_list: Callable[..., Page], parts: Parts) -> None:
    page = open_list(parts.list)
    names = page.locator("tbody tr[data-record] th")
    page.get_by_role("link", name="+ New").click()
    page.keyboard.type("First")
    page.keyboard.press("Enter")
    expect(names).to_have_text(["First"])
    expect(cell(page, 0, "size")).to_be_focused()
    page.keyboard.press("Control+z")
    expect(names).to_have_count(0)
    # An empty list takes what is pasted.
    page.reload()
    page.evaluate("navigator.clipboard.writeText('A\\t1\\nB\\t2')")
    page.keyboard.press("Control+v")
    dialog = page.get_by_role("dialog", name="Paste into")
    expect(dialog.get_by_role("status")).to_contain_text("2 records will be made.")
    dialog.get_by_role("button", name="Paste").click()
    expect(names).to_have_text(["A", "B"])
    assert sorted(data["size"] for data in parts.all().values()) == [1, 2]
