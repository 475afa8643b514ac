"""No. 1: a cell is edited, as in a spreadsheet. What is typed shows at once, and what is refused comes back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.interactions.conftest import cell, edit, go_to
from tests.browser.pages import WAYS, Hands, Held, width_of
from tests.browser.parts import Parts

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("way", WAYS)
def test_a_cell_is_edited(open_list: Callable[..., Page], parts: Parts, way: str) -> None:
    parts.make(3)
    page = open_list(parts.list, width=width_of(way))
    hands, size = Hands(page, way), cell(page, 1, "size")
    writes = Held(page, "/cell/", "POST")
    edit(hands, 1, "size")
    expect(size.get_by_role("textbox")).to_have_value("1")
    page.keyboard.press("Control+a")
    page.keyboard.type("42")
    page.keyboard.press("Tab")
    # Shown while the server has not even heard of it.
    expect(size).to_have_text("42")
    expect(size).to_have_attribute("aria-busy", "true")
    expect(cell(page, 1, "bought")).to_be_focused()
    assert parts.held("P001", "size") == 1
    writes.let_go()
    expect(size).not_to_have_attribute("aria-busy", "true")
    assert parts.held("P001", "size") == 42

    # A refusal comes back into the cell, with its reason and the text.
    go_to(hands, 1, "size")
    page.keyboard.type("4200")
    page.keyboard.press("Enter")
    control = size.get_by_role("textbox")
    expect(control).to_be_focused()
    expect(control).to_have_value("4200")
    expect(size.get_by_role("alert")).to_have_text("Size must not be greater than 1000.")
    assert parts.held("P001", "size") == 42
    page.keyboard.press("Escape")
    expect(size).to_have_text("42")
    expect(size).to_be_focused()

    page.keyboard.press("Control+z")
    expect(size).to_have_text("1")
    expect(size).not_to_have_attribute("aria-busy", "true")
    assert parts.held("P001", "size") == 1
    page.keyboard.press("Control+Shift+z")
    expect(size).not_to_have_attribute("aria-busy", "true")
    expect(size).to_have_text("42")
    assert parts.held("P001", "size") == 42


@pytest.mark.parametrize(("keys", "value"), [([], "141"), (["Control+a"], "41")], ids=["at the end", "all is marked"])
def test_who_types_before_the_cell_is_here(
    open_list: Callable[..., Page], parts: Parts, keys: list[str], value: str
) -> None:
    parts.make(2)
    page = open_list(parts.list)
    control = cell(page, 1, "size").get_by_role("textbox")
    cells = Held(page, "/cell/")
    edit(Hands(page, "mouse"), 1, "size")
    for key in keys:
        page.keyboard.press(key)
    page.keyboard.type("41")
    expect(control).to_have_value("41")
    cells.let_go()
    expect(control).to_have_attribute("name", "data-size")
    expect(control).to_have_value(value)
    page.keyboard.press("Enter")
    expect(page.locator("[aria-busy]")).to_have_count(0)
    assert parts.held("P001", "size") == int(value)


def test_keys_of_a_spreadsheet(open_list: Callable[..., Page], parts: Parts) -> None:
    parts.make(30)
    page = open_list(parts.list)
    cell(page, 0, "size").click()
    for key, row, field in (
        ("ArrowDown", 1, "size"),
        ("Tab", 1, "bought"),
        ("Shift+Tab", 1, "size"),
        ("End", 1, "sold"),
        ("Control+Home", 0, ""),
        ("ArrowRight", 0, "name"),
        ("Control+ArrowDown", 29, "name"),
        ("PageUp", 14, "name"),
        ("ArrowRight", 14, "size"),
        ("PageDown", 29, "size"),
        ("Home", 29, ""),
        ("Control+Home", 0, ""),
        ("PageDown", 15, ""),
        ("Control+End", 29, "sold"),
    ):
        page.keyboard.press(key)
        expect(cell(page, row, field) if field else page.locator("tbody tr").nth(row).locator(".pick")).to_be_focused()
    # A list by its letters, a box by the space bar, an empty cell by Delete.
    cell(page, 2, "state").click()
    page.keyboard.press("F2")
    page.keyboard.type("bro")
    page.keyboard.press("Enter")
    expect(cell(page, 2, "state")).to_have_text("Broken")
    expect(cell(page, 3, "state")).to_be_focused()
    page.keyboard.press("Delete")
    cell(page, 3, "sold").click()
    page.keyboard.press("Space")
    expect(cell(page, 3, "sold")).to_have_text("Yes")
    expect(page.locator("[aria-busy]")).to_have_count(0)
    held = [(data["state"], data["sold"]) for data in parts.all().values() if data["name"] in ("P002", "P003")]
    assert sorted(held, key=str) == [("Broken", True), (None, True)]
    # Each is taken back for itself, the last one first.
    for _ in range(3):
        page.keyboard.press("Control+z")
    expect(cell(page, 2, "state")).to_have_text("New")
    expect(page.locator("[aria-busy]")).to_have_count(0)
    assert {data["state"] for data in parts.all().values()} == {"New"}


def test_a_choice_is_made_by_keys(open_list: Callable[..., Page], parts: Parts) -> None:
    parts.make(3)
    page = open_list(parts.list)
    state = cell(page, 0, "state")
    control = page.locator(".cell-editor").get_by_role("combobox")
    options = page.get_by_role("option")
    # Escape leaves the cell as it was, whatever was typed.
    state.click()
    page.keyboard.type("us")
    expect(options).to_have_text(["Used"])
    page.keyboard.press("Escape")
    expect(state).to_have_text("New")
    expect(state).to_be_focused()
    # Tab takes what was found, and what is still to be found.
    for typed, chosen, is_awaited in (("us", "Used", True), ("bro", "Broken", False)):
        state.focus()
        page.keyboard.type(typed)
        if is_awaited:
            expect(options).to_have_text([chosen])
        page.keyboard.press("Tab")
        expect(state).to_have_text(chosen)
        expect(cell(page, 0, "sold")).to_be_focused()
    # Without a choice Tab and Enter only go on.
    for key, row, field in (("Tab", 0, "sold"), ("Shift+Tab", 0, "seen"), ("Enter", 1, "state")):
        state.focus()
        page.keyboard.press("F2")
        expect(control).to_be_focused()
        expect(options).to_have_count(3)
        page.keyboard.press(key)
        expect(cell(page, row, field)).to_be_focused()
    # A choice by the arrows, one by the mouse, and none at all.
    state.focus()
    page.keyboard.press("Enter")
    expect(options).to_have_count(3)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(state).to_have_text("Used")
    expect(cell(page, 1, "state")).to_be_focused()
    cell(page, 1, "state").dblclick()
    page.get_by_role("option", name="Broken").click()
    expect(cell(page, 1, "state")).to_have_text("Broken")
    expect(cell(page, 1, "state")).to_be_focused()
    cell(page, 2, "state").click()
    page.keyboard.press("Enter")
    expect(control).to_be_focused()
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    expect(cell(page, 2, "state")).to_have_text("–")
    expect(page.locator("[aria-busy]")).to_have_count(0)
    assert [parts.held(name, "state") for name in ("P000", "P001", "P002")] == ["Used", "Broken", None]


@pytest.mark.noted("ERR_INTERNET_DISCONNECTED")
def test_a_lost_connection_loses_nothing(open_list: Callable[..., Page], parts: Parts) -> None:
    parts.make(2)
    page = open_list(parts.list)
    size = cell(page, 0, "size")
    size.click()
    page.keyboard.press("Enter")
    expect(size.get_by_role("textbox")).to_have_value("0")
    page.context.set_offline(True)
    page.keyboard.type("77")
    page.keyboard.press("Enter")
    expect(size).to_have_attribute(
        "title", "There is no connection. Nothing is lost: it is saved when you are connected again."
    )
    expect(size).to_have_text("77")
    page.context.set_offline(False)
    expect(size).not_to_have_attribute("aria-busy", "true")
    assert parts.held("P000", "size") == 77
