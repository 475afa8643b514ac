"""No. 3: filters and saved views. They stand in the address: Back takes one away, and a colleague sees the same."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import WAYS, Hands, Held, cells_of, fits, picture, take, width_of
from tests.browser.parts import Parts
from tests.server import EMAIL, Server

pytestmark = pytest.mark.slow

Open = Callable[..., Page]


def rows(page: Page) -> list[str]:
    return cells_of(page, "name")


def choose(page: Page, field: str, operator: str = "") -> None:
    """Open the panel, and choose what is compared, and how."""
    page.get_by_role("button", name="Add filter").click()
    panel = page.get_by_role("dialog", name="Filter")
    take(panel, "Field", field)
    # The focus goes on to what is asked next.
    expect(panel.get_by_role("combobox", name="Operator")).to_be_focused()
    if operator:
        take(panel, "Operator", operator)
    page.wait_for_load_state("networkidle")


def chips(page: Page) -> list[str]:
    return [" ".join(text.split()) for text in page.locator(".filter-text").all_inner_texts()]


def test_who_is_at_the_value_already_stays_there(open_page: Open) -> None:
    page = open_page("/o/asset/?sort=name")
    panel = page.get_by_role("dialog", name="Filter")
    # As fast as somebody can be: when the controls of a field are there, before the focus goes on.
    page.evaluate("""document.addEventListener("htmx:afterSwap", () =>
        document.querySelector("#filter-value input:not([type=hidden])")?.focus())""")
    page.get_by_role("button", name="Add filter").click()
    take(panel, "Field", "Name")
    page.wait_for_load_state("networkidle")
    expect(panel.get_by_label("Value")).to_be_focused()
    page.keyboard.type("pump")
    expect(panel.get_by_label("Value")).to_have_value("pump")


@pytest.mark.parametrize("width", [1280, 360], ids=["mouse", "narrow"])
def test_three_filters_by_mouse(open_page: Open, width: int) -> None:
    page = open_page("/o/asset/?sort=name", width=width)
    panel = page.get_by_role("dialog", name="Filter")
    choose(page, "Status")
    panel.get_by_label("Running").check()
    panel.get_by_label("In Repair").check()
    panel.get_by_role("button", name="Apply").click()
    expect(page.locator(".filter-chip")).to_have_count(1)
    expect(page.get_by_role("button", name="Add filter"), "the focus stays in the bar").to_be_focused()
    choose(page, "Purchase Cost", "is at least")
    panel.get_by_label("Value").fill("many")
    panel.get_by_label("Value").press("Enter")
    expect(panel.get_by_text("The value must be a number")).to_be_visible()
    expect(panel.get_by_label("Value")).to_have_value("many")
    panel.get_by_label("Value").fill("20,000")
    panel.get_by_label("Value").press("Enter")
    expect(page.locator(".filter-chip")).to_have_count(2)
    choose(page, "Name", "contains")
    panel.get_by_label("Value").fill("pump")
    picture(page, f"filters-{width}")
    panel.get_by_role("button", name="Apply").click()
    expect(page.locator(".filter-chip")).to_have_count(3)
    assert chips(page) == [
        "Status is any of Running, In Repair",
        "Purchase Cost is at least $20,000.00",
        "Name contains pump",
    ]
    found, address = rows(page), page.url
    assert found
    assert all("Pump" in name for name in found)
    assert "filter=status__in:Running,In" in address.replace("%3A", ":").replace("%2C", ",")
    page.go_back()
    expect(page.locator(".filter-chip")).to_have_count(2)
    page.go_forward()
    expect(page.locator(".filter-chip")).to_have_count(3)
    page.reload()
    assert rows(page) == found
    colleague = open_page(address, width=width)
    assert rows(colleague) == found
    assert fits(page)
    page.get_by_role("link", name="Remove the filter Purchase Cost").click()
    expect(page.locator(".filter-chip")).to_have_count(2)
    page.get_by_role("link", name="Name contains pump", exact=True).click()
    expect(panel.get_by_label("Value")).to_have_value("pump")
    panel.get_by_label("Value").fill("boiler")
    panel.get_by_label("Value").press("Enter")
    expect(page.get_by_role("link", name="Name contains boiler", exact=True)).to_be_visible()


def test_what_is_typed_before_the_operator_is_there_stays(open_page: Open) -> None:
    page = open_page("/o/asset/?sort=name")
    panel = page.get_by_role("dialog", name="Filter")
    choose(page, "Name")
    held = Held(page, "f-operator=startswith")
    take(panel, "Operator", "begins with")
    held.wait()
    panel.get_by_label("Value").fill("Pum")
    with page.expect_response(re.compile("f-operator=startswith")):
        held.let_go()
    expect(panel.locator("[name=f-asked]")).to_have_value("name startswith")
    expect(panel.get_by_label("Value")).to_be_focused()
    page.keyboard.type("p")
    page.keyboard.press("Enter")
    expect(page.locator(".filter-text")).to_have_text(re.compile(r"Name\s+begins with\s+Pump"))


def test_by_keyboard_alone(open_page: Open) -> None:
    page = open_page("/o/asset/")
    panel = page.get_by_role("dialog", name="Filter")
    page.keyboard.press("f")
    expect(panel.get_by_role("combobox", name="Field")).to_be_focused()
    page.keyboard.type("stat")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("combobox", name="Operator")).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel.get_by_label("Running")).to_be_focused()
    # No letter leaves the panel, which would lose the filter.
    page.keyboard.press("n")
    expect(panel).to_be_visible()
    expect(page.locator("dialog.drawer")).to_have_count(0)
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator(".filter-chip")).to_have_count(1)
    expect(page.get_by_role("button", name="Add filter")).to_be_focused()
    found, address = rows(page), page.url
    page.go_back()
    expect(page.locator(".filter-chip")).to_have_count(0)
    page.go_forward()
    expect(page.locator(".filter-chip")).to_have_count(1)
    page.reload()
    assert rows(page) == found
    assert rows(open_page(address)) == found
    page.keyboard.press("f")
    expect(panel.get_by_role("combobox", name="Field")).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.get_by_role("button", name="Add filter")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Backspace")
    expect(page.locator(".filter-chip")).to_have_count(0)
    expect(page.get_by_role("button", name="Add filter")).to_be_focused()
    expect(page).not_to_have_url(re.compile("filter"))


def test_a_saved_view(open_page: Open) -> None:
    page = open_page("/o/project/?sort=name")
    page.get_by_role("button", name="New view").click()
    page.get_by_role("button", name="Save this list as a view").click()
    page.get_by_label("Name", exact=True).fill("By name")
    page.get_by_label("Name", exact=True).press("Enter")
    tab = page.get_by_role("link", name="By name")
    expect(tab).to_have_attribute("aria-current", "page")
    expect(page.get_by_text("The view By name is saved.")).to_be_visible()
    page.locator("th[data-field=stage] a").click()
    expect(tab).to_contain_text("Changed, not saved")
    expect(page).to_have_url(re.compile(r"/v/[^/]+/\?sort=stage$"))
    page.get_by_role("button", name="Higher rows").click()
    expect(page).to_have_url(re.compile("density=comfortable"))
    page.get_by_role("button", name="Update this view").click()
    expect(page).to_have_url(re.compile(r"/v/[^/]+/$"))
    expect(page.locator("th[data-field=stage]")).to_have_attribute("aria-sort", "ascending")
    expect(page.locator("#list")).to_have_attribute("data-density", "comfortable")
    page.get_by_role("button", name="what to do with it").click()
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("The view By name is deleted.")).to_be_visible()


@pytest.mark.parametrize("way", WAYS)
def test_a_view_becomes_the_default_by_its_menu(open_page: Open, server: Server, way: str) -> None:
    parts = Parts(server)
    parts.make(3)
    page = open_page(f"{parts.page}?sort=-name", width=width_of(way))
    hands = Hands(page, way)
    hands.press(page.get_by_role("button", name="New view"))
    hands.press(page.get_by_role("button", name="Save this list as a view"))
    dialog = page.get_by_role("dialog", name="Save as view")
    hands.type(dialog.get_by_label("Name", exact=True), "Backwards")
    dialog.get_by_label("Who sees it").select_option("shared")
    hands.press(dialog.get_by_role("button", name="Save"))
    tab = page.get_by_role("navigation", name="Views").get_by_role("link", name="Backwards")
    menu = page.get_by_role("button", name="The view Backwards: what to do with it")
    expect(tab).to_have_attribute("aria-current", "page")
    hands.press(menu)
    hands.press(page.get_by_role("button", name="Make it the default"))
    told = page.get_by_role("status")
    expect(told.filter(has_text="The list begins with the view Backwards.")).to_be_visible()
    page.goto(parts.page)
    expect(tab).to_have_attribute("aria-current", "page")
    assert rows(page) == ["P002", "P001", "P000"]
    hands.press(menu)
    hands.press(page.get_by_role("button", name="Do not begin with it"))
    expect(told.filter(has_text="The list does not begin any more with the view Backwards.")).to_be_visible()
    page.goto(parts.page)
    expect(tab).not_to_have_attribute("aria-current", "page")


@pytest.mark.parametrize("way", WAYS)
def test_my_records_and_what_was_changed_recently(open_page: Open, server: Server, way: str) -> None:
    parts = Parts(server)
    parts.make(4)
    people = server.send("GET", "/v1/users?limit=100", token=parts.token)[1]["data"]
    other = next(person["id"] for person in people if person["email"] != EMAIL)
    for name in ("P001", "P003"):
        path = f"{parts.path}/{parts.id_of(name)}"
        assert server.send("PATCH", path, {"ownerId": other}, parts.token)[0] == 200
    for name in ("P002", "P000"):
        parts.change(name, state="Used")
    page = open_page(f"{parts.page}?sort=-name", width=width_of(way))
    hands = Hands(page, way)
    expect(page.locator("tbody [data-field=name]")).to_have_text(["P003", "P002", "P001", "P000"])
    hands.press(page.get_by_role("link", name="Recently changed"))
    expect(page.locator("tbody [data-field=name]")).to_have_text(["P000", "P002", "P003", "P001"])
    expect(page.get_by_role("link", name="Recently changed")).to_have_count(0)
    hands.press(page.get_by_role("link", name="My records"))
    expect(page.locator("tbody [data-field=name]")).to_have_text(["P000", "P002"])
    expect(page.locator(".filter-text")).to_have_text(re.compile(r"Owner\s+is"))
    expect(page.get_by_role("link", name="My records")).to_have_count(0)
    # It is a filter as any other.
    hands.press(page.get_by_role("link", name="Remove the filter Owner"))
    expect(page.locator("tbody [data-field=name]")).to_have_text(["P000", "P002", "P003", "P001"])
