"""What is special in the form of a field: the list of types, the conditions of a lookup, the default of a picklist."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from customobjects.fieldtypes import TYPES
from tests.browser.interactions.test_fields import (
    add_condition,
    add_values,
    choose_type,
    drawer_of,
    fields_of,
    open_fields,
)
from tests.browser.pages import WAYS, Hands, Held, combobox, fits, take, width_of
from tests.browser.parts import OBJECTS, Parts

pytestmark = pytest.mark.slow


def new_field(page: Page, hands: Hands, label: str, type_: str) -> Locator:
    """The drawer with the form of a new field."""
    drawer = drawer_of(page)
    hands.press(page.get_by_role("link", name="Add field"))
    expect(drawer.get_by_label("Label")).to_be_focused()
    page.keyboard.type(label)
    choose_type(hands, type_)
    return drawer


def filter_of(parts: Parts) -> Any:
    return fields_of(parts.server, parts.token, parts.name)[-1]["options"]["filter"]


@pytest.mark.parametrize("way", WAYS)
def test_a_lookup_is_filtered(open_page: Callable[..., Page], parts: Parts, way: str) -> None:
    page = open_fields(open_page, parts.name, width=width_of(way))
    hands = Hands(page, way)
    drawer = new_field(page, hands, "Made of", "Lookup")
    target = drawer.get_by_label("Object")
    own = parts.server.send("GET", f"{OBJECTS}/{parts.name}", token=parts.token)[1]
    if hands.is_keyboard:
        hands.reach(target)
        page.keyboard.type(own["name"])
        expect(target).to_have_value(own["id"])
    else:
        target.select_option(own["id"])
    expect(drawer.locator("lookup-filter")).to_contain_text(f"each of the {own['pluralName']} can be chosen")
    # A field, how it is compared, and with what: the focus goes on by itself.
    hands.choose(combobox(drawer, "Add a condition on"), "stat", "State")
    first = drawer.get_by_role("group", name="Condition 1", exact=True)
    expect(combobox(first, "Operator")).to_be_focused()
    if hands.is_keyboard:
        hands.reach(first.get_by_label("Used"))
        page.keyboard.press("Space")
    else:
        first.get_by_label("Used").check()
    hands.choose(combobox(drawer, "Add a condition on"), "siz", "Size")
    second = drawer.get_by_role("group", name="Condition 2", exact=True)
    expect(combobox(second, "Operator")).to_be_focused()
    hands.choose(combobox(second, "Operator"), "at most", "is at most")
    expect(second.get_by_label("Value")).to_be_focused()
    page.keyboard.type("many")
    hands.choose(combobox(drawer, "Add a condition on"), "sol", "Sold")
    third = drawer.get_by_role("group", name="Condition 3", exact=True)
    expect(combobox(third, "Operator")).to_be_focused()
    expect(first.get_by_label("Used")).to_be_checked()
    expect(second.get_by_label("Value")).to_have_value("many")
    assert fits(page)
    hands.press(third.get_by_role("button", name="Remove the condition on Sold"))
    expect(third).to_have_count(0)
    expect(drawer.get_by_text("The condition is removed.")).to_be_attached()
    hands.press(drawer.get_by_role("button", name="Add field"))
    expect(second.get_by_text("The value must be a number")).to_be_visible()
    hands.type(second.get_by_label("Value"), "20")
    expect(drawer.get_by_text("can be chosen that fit: State is any of Used and Size is at most 20.")).to_be_visible()
    hands.press(drawer.get_by_role("button", name="Add field"))
    expect(page.locator(".toast").last).to_contain_text("Made of is added.")
    assert filter_of(parts) == {"state__in": ["Used"], "size__lte": "20"}


def test_conditions_go_with_the_object_that_they_are_about(open_page: Callable[..., Page], parts: Parts) -> None:
    page = open_fields(open_page, parts.name)
    drawer = new_field(page, Hands(page, "mouse"), "Other", "Lookup")
    drawer.get_by_label("Object").select_option(label="Asset")
    expect(drawer.locator("lookup-filter")).to_contain_text("each of the Assets can be chosen")
    row = add_condition(drawer, "Status")
    take(row, "Operator", "is not empty")
    expect(row.get_by_label("Value")).to_have_count(0)
    drawer.get_by_label("Object").select_option(label="Contact")
    expect(drawer.get_by_text("The conditions were about fields of Assets, and are gone with it.")).to_be_visible()
    expect(drawer.locator(".condition:not(.is-new)")).to_have_count(0)
    combobox(drawer, "Add a condition on").fill("ema")
    expect(drawer.get_by_role("option", name="Email")).to_be_visible()


def test_who_is_at_another_control_stays_there(open_page: Callable[..., Page], parts: Parts) -> None:
    page = open_fields(open_page, parts.name)
    drawer = new_field(page, Hands(page, "mouse"), "Other", "Lookup")
    drawer.get_by_label("Object").select_option(label="Asset")
    expect(drawer.locator("lookup-filter")).to_contain_text("each of the Assets can be chosen")
    page.wait_for_load_state("networkidle")
    address = drawer.locator("lookup-filter").get_attribute("data-address") or ""
    held = Held(page, f"{re.escape(address)}$", "POST")
    take(drawer, "Add a condition on", "Status")
    label = drawer.get_by_label("Label")
    label.click()
    held.let_go()
    expect(drawer.locator(".condition:not(.is-new)")).to_have_count(1)
    expect(label).to_be_focused()


def test_a_removed_condition_is_known_as_typed(open_page: Callable[..., Page], parts: Parts) -> None:
    options = {"target": parts.name, "filter": {"state": "Used", "or": [{"size": 1}, {"size": 2}]}}
    body = {"label": "Made of", "type": "LOOKUP", "options": options}
    assert parts.server.send("POST", f"{OBJECTS}/{parts.name}/fields", body, parts.token)[0] == 201
    page = open_fields(open_page, parts.name)
    drawer = drawer_of(page)
    page.get_by_role("link", name="Made of", exact=True).click()
    expect(drawer.get_by_label("Keep the condition: Size is 1 or Size is 2")).to_be_checked()
    drawer.get_by_role("button", name="Remove the condition on State").click()
    expect(combobox(drawer, "Add a condition on")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("alertdialog")).to_contain_text("Discard what you typed?")
    page.get_by_role("button", name="Go on editing").click()
    drawer.get_by_role("button", name="Save").click()
    expect(page.locator(".toast").last).to_contain_text("Saved.")
    assert filter_of(parts) == {"or": [{"size": 1}, {"size": 2}]}


@pytest.mark.parametrize("way", WAYS)
def test_the_default_is_one_of_the_values_as_they_are_typed(
    open_page: Callable[..., Page], parts: Parts, way: str
) -> None:
    page = open_fields(open_page, parts.name, width=width_of(way))
    hands = Hands(page, way)
    drawer = new_field(page, hands, "Mood", "Picklist")
    expect(drawer.get_by_label("New value")).to_be_visible()
    add_values(drawer, "Good\nBad")
    expect(drawer.locator("[name=default_value] option")).to_have_count(3)
    hands.choose(combobox(drawer, "Default"), "ba", "Bad")
    hands.press(drawer.get_by_role("button", name="Add field"))
    expect(page.locator(".toast").last).to_contain_text("Mood is added.")
    assert fields_of(parts.server, parts.token, parts.name)[-1]["defaultValue"] == "Bad"


@pytest.mark.parametrize("height", [600, 1100])
def test_the_list_of_types_shows_all_or_says_that_there_are_more(
    open_page: Callable[..., Page], parts: Parts, height: int
) -> None:
    page = open_fields(open_page, parts.name)
    page.set_viewport_size({"width": 1280, "height": height})
    page.get_by_role("link", name="Add field").click()
    drawer_of(page).locator(".type-button").click()
    options = page.locator(".type-option")
    expect(options).to_have_count(len(TYPES))
    if height > 1000:
        expect(options.first).to_be_in_viewport(ratio=1)
        expect(options.last).to_be_in_viewport(ratio=1)
    else:
        expect(options.last).not_to_be_in_viewport()
        assert "linear-gradient" in page.locator(".type-list").evaluate(
            "list => getComputedStyle(list).backgroundImage"
        )
        page.keyboard.press("End")
        expect(options.last).to_be_in_viewport(ratio=1)
