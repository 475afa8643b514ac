"""No. 8, and pasting: ranges and rows of a list, worked on at once, and taken back exactly."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.interactions.conftest import cell, go_to
from tests.browser.pages import WAYS, Hands, combobox, copied, take, width_of
from tests.browser.parts import OBJECTS, Parts
from tests.server import Server

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("way", WAYS)
def test_a_range_is_pasted_and_taken_back(open_list: Callable[..., Page], parts: Parts, way: str) -> None:
    parts.make(8)
    before = parts.all()
    page = open_list(parts.list, width=width_of(way))
    hands = Hands(page, way)
    table = [[f"N{number}", str(number * 10), "12/31/2026"] for number in range(10)]
    page.evaluate("text => navigator.clipboard.writeText(text)", "\n".join("\t".join(row) for row in table))
    go_to(hands, 2, "name")
    page.keyboard.press("Control+v")
    dialog = page.get_by_role("dialog", name="Paste into")
    expect(dialog.get_by_role("status")).to_contain_text("18 cells will be changed, 4 records will be made.")
    assert parts.all() == before
    hands.press(dialog.get_by_role("button", name="Paste"))
    expect(page.get_by_role("status").filter(has_text="18 cells changed, 4 records made.")).to_be_visible()
    expect(page.locator("tbody tr[data-record]")).to_have_count(12)
    assert parts.names() == ["N0", "N1", "N2", "N3", "N4", "N5", "N6", "N7", "N8", "N9", "P000", "P001"]
    assert {data["bought"] for data in parts.all().values()} == {None, "2026-12-31"}
    # What is copied is what a spreadsheet takes.
    go_to(hands, 2, "name")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowRight")
    assert copied(page, lambda: page.keyboard.press("Control+c")) == "N0\t0\nN1\t10"
    if hands.is_keyboard:
        page.keyboard.press("Control+z")
    else:
        page.get_by_role("button", name="Undo").click()
    expect(page.locator("tbody tr[data-record]")).to_have_count(8)
    expect(cell(page, 2, "name")).to_have_text("P002")
    assert parts.all() == before


def test_what_is_refused_of_a_range_and_filled_down(open_list: Callable[..., Page], parts: Parts) -> None:
    parts.make(8)
    before = parts.all()
    page = open_list(parts.list)
    dialog = page.get_by_role("dialog", name="Paste into")
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


@pytest.mark.parametrize("way", WAYS)
def test_fifty_are_changed_and_restored(open_list: Callable[..., Page], parts: Parts, way: str) -> None:
    parts.make(60)
    before = parts.all()
    page = open_list(parts.list, width=width_of(way))
    hands, boxes = Hands(page, way), page.locator("tbody .pick input")
    if hands.is_keyboard:
        page.keyboard.press("x")
        for _ in range(49):
            page.keyboard.press("Shift+ArrowDown")
    else:
        boxes.nth(0).click()
        boxes.nth(49).click(modifiers=["Shift"])
    bar = page.get_by_role("form", name="What is selected")
    expect(bar).to_contain_text("50 selected")
    hands.press(bar.get_by_role("button", name="Edit"))
    dialog = page.get_by_role("dialog", name="Edit 50 records")
    state = dialog.get_by_role("checkbox", name="State")
    hands.reach(state)
    if hands.is_keyboard:
        page.keyboard.press("Space")
    expect(state).to_be_checked()
    hands.choose(combobox(dialog, "New value of State"), "us", "Used")
    change = dialog.get_by_role("button", name="Change 50 records")
    # A second click is no second change.
    if hands.is_keyboard:
        hands.press(change)
    else:
        change.dblclick()
    toast = page.get_by_role("status").filter(has_text="50 changed.")
    expect(toast).to_be_visible()
    expect(cell(page, 49, "state")).to_have_text("Used")
    assert [data["state"] for data in parts.all().values()].count("Used") == 50
    assert parts.versions() == 50
    hands.press(toast.get_by_role("button", name="Undo"))
    expect(cell(page, 49, "state")).to_have_text("New")
    assert parts.all() == before


def test_copies_are_made_and_deleted(open_list: Callable[..., Page], parts: Parts) -> None:
    parts.make(3)
    before = parts.all()
    page = open_list(parts.list)
    bar = page.get_by_role("form", name="What is selected")
    rows, boxes = page.locator("tbody tr[data-record]"), page.locator("tbody .pick input")
    boxes.nth(0).check()
    bar.get_by_role("button", name="Duplicate").click()
    expect(rows).to_have_count(4)
    boxes.nth(3).check()
    bar.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog", name="Delete 1 record?").get_by_role("button", name="Delete").press("Enter")
    expect(rows).to_have_count(3)
    assert parts.all() == before


@pytest.mark.parametrize("by", ["button", "key"])
def test_keys_are_the_pages_after_undo(open_list: Callable[..., Page], parts: Parts, by: str) -> None:
    parts.make(3)
    before = parts.all()
    page = open_list(parts.list)
    page.get_by_role("checkbox", name="Select all rows").check()
    change_state(page)
    if by == "button":
        page.locator(".toasts").get_by_role("button", name="Undo").click()
    else:
        page.keyboard.press("Control+z")
    expect(page.locator(".toast").filter(has_text="Undone")).to_be_visible()
    expect(page.locator("tbody [data-field]:focus")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    expect(page.locator(".cell-editor")).to_have_count(0)
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.locator("dialog.drawer").get_by_label("Name")).to_be_focused()
    assert parts.all() == before


@pytest.mark.parametrize("by", ["button", "key"])
@pytest.mark.parametrize("is_whole", [False, True])
def test_the_focus_is_where_it_was_after_undo(
    open_list: Callable[..., Page], parts: Parts, by: str, is_whole: bool
) -> None:
    parts.make(130 if is_whole else 3)
    page = open_list(parts.list)
    page.get_by_role("checkbox", name="Select all rows").check()
    if is_whole:
        page.get_by_role("button", name="Select all 130 that fit").click()
    change_state(page)
    size = cell(page, 2, "size")
    size.click()
    expect(size).to_be_focused()
    assert size.evaluate("cell => getComputedStyle(cell).outlineStyle") == "solid", "also after a click"
    if by == "button":
        page.locator(".toasts").get_by_role("button", name="Undo").click()
    else:
        page.keyboard.press("Control+z")
    expect(page.locator(".toast").filter(has_text="Undone")).to_be_visible()
    expect(cell(page, 2, "state")).to_have_text("New")
    expect(size).to_be_focused()
    assert size.evaluate("cell => getComputedStyle(cell).outlineStyle") == "solid"


def change_state(page: Page) -> None:
    """Set the state of all records that are ticked to Used."""
    page.get_by_role("form", name="What is selected").get_by_role("button", name="Edit").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("checkbox", name="State").check()
    take(dialog, "New value of State", "Used")
    dialog.get_by_role("button", name="Change").click()
    expect(dialog).to_have_count(0)
    expect(cell(page, 0, "state")).to_have_text("Used")


def test_figures_of_what_is_selected(open_list: Callable[..., Page], parts: Parts) -> None:
    price = {"label": "Price", "type": "CURRENCY", "options": {"currency": "EUR"}}
    assert parts.server.send("POST", f"{OBJECTS}/{parts.name}/fields", price, parts.token)[0] == 201
    parts.make(4)
    for number in range(3):
        parts.change(f"P{number:03}", price=number + 1.25)
    page = open_list(f"{parts.list}&columns=name,size,price&footer=price:avg")
    count = page.locator(".selection-bar [data-count]")
    # Of one column of a range all figures, of two their sums; a cell without a number is none.
    cell(page, 0, "price").click()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowDown")
    expect(count).to_have_text("4 cells · Sum €6.75 · Average €2.25 · Least €1.25 · Greatest €3.25")
    page.keyboard.press("Shift+ArrowLeft")
    expect(count).to_have_text("8 cells · Size: Sum 6 · Price: Sum €6.75")
    page.keyboard.press("Escape")
    # Of ticked rows, what stands below the columns of all.
    page.get_by_label("Select P000").check()
    page.get_by_label("Select P001").check()
    expect(count).to_have_text("2 selected · Price: Average €1.75")


@pytest.mark.parametrize("way", WAYS)
def test_links_of_records_are_copied(open_list: Callable[..., Page], server: Server, parts: Parts, way: str) -> None:
    parts.make(4)
    page = open_list(parts.list, width=width_of(way))
    hands, told = Hands(page, way), page.get_by_role("status")
    links = {name: f"{server.url}{parts.page}r/{parts.id_of(name)}/" for name in parts.names()}
    for name in ("P003", "P001"):
        page.get_by_role("checkbox", name=f"Select {name}").check()
    bar = page.get_by_role("form", name="What is selected")
    hands.press(bar.get_by_role("button", name="Copy links"))
    expect(told.filter(has_text="2 links are copied.")).to_be_visible()
    # In the order of the list, each on a line.
    assert page.evaluate("navigator.clipboard.readText()") == f"{links['P001']}\n{links['P003']}"
    # What was copied leads to the record, whose own page copies the same.
    page.goto(links["P002"])
    expect(page.get_by_role("heading", level=1, name="P002")).to_be_visible()
    hands.press(page.get_by_label("More to do"))
    hands.press(page.get_by_role("button", name="Copy link"))
    expect(told.filter(has_text="The link is copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == links["P002"]


def test_links_are_copied_in_a_view_and_in_the_drawer(
    open_list: Callable[..., Page], server: Server, parts: Parts
) -> None:
    parts.make(3)
    page = open_list(parts.list)
    page.get_by_role("button", name="New view").click()
    page.get_by_role("button", name="Save this list as a view").click()
    page.get_by_label("Name", exact=True).fill("By name")
    page.get_by_label("Name", exact=True).press("Enter")
    page.wait_for_url(re.compile("/v/"))
    page.get_by_role("checkbox", name="Select P001").check()
    page.get_by_role("form", name="What is selected").get_by_role("button", name="Copy links").click()
    expect(page.get_by_role("status").filter(has_text="The link is copied.")).to_be_visible()
    link = f"{server.url}{parts.page}r/{parts.id_of('P001')}/"
    assert page.evaluate("navigator.clipboard.readText()") == link
    cell(page, 1, "name").get_by_role("link").click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("More to do").click()
    assert copied(page, drawer.get_by_role("button", name="Copy link").click) == link
