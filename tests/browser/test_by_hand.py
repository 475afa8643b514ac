"""The pages in a real browser, as a person uses them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import combobox, fits
from tests.server import EMAIL

pytestmark = pytest.mark.slow


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page()


def test_an_object_with_a_lookup_by_hand(page: Page) -> None:
    name = "Inspection"
    page.get_by_role("main").get_by_role("link", name="New object").click()
    page.get_by_role("textbox", name="Name", exact=True).fill(name)
    page.get_by_role("button", name="Create object").click()
    expect(page.locator(".toasts")).to_contain_text("Give it the fields it needs")

    page.get_by_role("link", name="Add field").click()
    drawer = page.get_by_role("dialog")
    page.locator(".type-button").click()
    page.get_by_role("option", name=re.compile("^Lookup")).click()
    drawer.get_by_label("Label").fill("Machine")
    drawer.get_by_label("Object", exact=True).select_option(label="Asset")
    drawer.get_by_label("When the record it points at is deleted").select_option("restrict")
    expect(drawer.get_by_text(f"The Asset cannot be deleted while {name}s point at it.")).to_be_visible()
    drawer.get_by_role("button", name="Add field").click()
    expect(drawer.get_by_label("Label")).to_have_value("")

    page.locator(".type-button").click()
    page.get_by_role("option", name=re.compile("^Number")).click()
    drawer.get_by_label("Label").fill("Score")
    drawer.get_by_label("Highest value").fill("10")
    drawer.get_by_role("button", name="Add field").click()
    expect(page.locator("field-list [data-label=Score]")).to_contain_text("Number")
    drawer.get_by_role("link", name="Done").click()

    page.get_by_role("main").get_by_role("link", name=f"{name}s").click()
    page.get_by_role("link", name="Make the first one").click()
    page.get_by_role("textbox", name="Score").fill("11.5")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Name is required.")).to_be_visible()
    expect(page.get_by_text("Score must not be greater than 10.")).to_be_visible()

    page.get_by_role("textbox", name="Name").fill("First <inspection>")
    page.get_by_role("textbox", name="Score").fill("7.25")
    machine = combobox(page, "Machine")
    machine.fill("generator 1")
    label = page.get_by_role("option", name=re.compile("^Generator 1")).first.inner_text()
    # What is found takes the place of what is offered before.
    page.get_by_role("option", name=label, exact=True).click()
    expect(machine).to_have_value(label)
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_role("heading", name="First <inspection>")).to_be_visible()
    expect(page.get_by_text("7.25").first).to_be_visible()
    page.get_by_role("link", name=label).first.click()
    expect(page.get_by_role("heading", name=label)).to_be_visible()
    page.get_by_label("More to do").click()
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("alert")).to_contain_text("is to be changed or deleted first: First <inspection>")

    page.goto(f"/o/{name.lower().replace(' ', '_')}/")
    page.get_by_role("link", name="First <inspection>").click()
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_role("textbox", name="Score").fill("8")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".toasts")).to_contain_text("“First <inspection>” is saved.")
    page.get_by_label("More to do").click()
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("There are no")).to_be_visible()


def test_a_list_is_searched_and_sorted(page: Page) -> None:
    page.get_by_role("main").get_by_role("link", name=re.compile(r"^Assets")).click()
    page.get_by_role("link", name="Purchase Cost").click()
    heading = page.get_by_role("columnheader", name="Purchase Cost")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    heading.get_by_role("link").click()
    expect(heading).to_have_attribute("aria-sort", "descending")
    page.get_by_role("searchbox").fill("boiler")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("tbody [data-record] th").filter(has_not_text="Boiler")).to_have_count(0)
    expect(page.locator("tbody [data-record] th").filter(has_text="Boiler").first).to_be_visible()


@pytest.mark.parametrize("width", [360, 1600])
def test_nothing_sticks_out(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for path in (
        "/",
        "/o/asset/",
        "/o/asset/new/",
        "/setup/objects/asset/fields/",
        "/setup/objects/asset/fields/new/",
    ):
        response = page.goto(path)
        assert response is not None
        assert response.ok, path
        assert fits(page), path


def test_the_keyboard_reaches_the_content_first(page: Page) -> None:
    page.goto("/o/asset/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#content$"))


def test_the_documentation_pages_work(page: Page) -> None:
    page.goto("/v1/schema/swagger/")
    expect(page.get_by_text("List records").first).to_be_visible()
    page.goto("/v1/schema/redoc/")
    expect(page.locator("h2", has_text=re.compile(r"^\s*List records\s*$"))).to_be_attached()
    expect(page.get_by_alt_text("redocly logo")).to_have_count(0)


# What Chromium thinks of the forms of Django's admin.
@pytest.mark.noted(r"^verbose: \[DOM\]")
def test_operations_open(page: Page) -> None:
    # Forms with all their controls, and what is chosen from a list.
    for path in ("accounts/user/add/", "accounts/apikey/add/", "accounts/user/", "customobjects/customobject/"):
        page.goto(f"/admin/{path}")
        expect(page.locator("form").first).to_be_attached()
    page.goto("/")
    page.get_by_role("button", name=EMAIL).click()
    page.get_by_role("link", name="Operations").click()
    page.get_by_role("link", name="Records").first.click()
    expect(page).to_have_url(re.compile("/admin/customobjects/record/$"))
    expect(page.get_by_role("heading", name=re.compile("records", re.IGNORECASE)).first).to_be_attached()
