"""Controls of all pages, in a real browser: comboboxes, calendars, menus, toasts, the first control of a form."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import expect_no_violations
from tests.browser.pages import Held, combobox, picture
from tests.server import wait_until

pytestmark = pytest.mark.slow

Open = Callable[..., Page]
NARROW = {"viewport": {"width": 360, "height": 740}}
AT_BUTTON = """([id, button]) => {
  const menu = document.getElementById(id).getBoundingClientRect(), at = button.getBoundingClientRect();
  const beside = Math.min(Math.abs(menu.top - at.bottom), Math.abs(at.top - menu.bottom));
  const isInside = menu.left >= 0 && menu.top >= 0 && menu.right <= innerWidth && menu.bottom <= innerHeight;
  return isInside && beside < 12 && menu.left < at.right && menu.right > at.left;
}"""


def test_the_focus_stays_in_a_list_that_becomes_a_combobox(open_page: Open) -> None:
    page = open_page()
    scripts = Held(page, r"/js/combobox\..*\.js")
    page.goto("/o/asset/new/", wait_until="commit")
    scripts.wait()
    page.get_by_label("Account").focus()
    scripts.let_go()
    account = combobox(page, "Account")
    expect(account).to_be_focused()
    page.keyboard.type("harbor m")
    expect(page.get_by_role("option", name="Harbor Mills")).to_be_visible()


def test_tab_passes_over_what_empties_a_combobox(open_page: Open) -> None:
    page = open_page("/o/asset/new/")
    expect(page.get_by_label("Name", exact=False).first, "one comes to type").to_be_focused()
    account = combobox(page, "Account")
    account.fill("harbor m")
    expect(page.get_by_role("option", name="Harbor Mills")).to_be_visible()
    page.keyboard.press("Enter")
    expect(account).to_have_value("Harbor Mills")
    page.keyboard.press("Tab")
    expect(page.get_by_role("combobox", name="Status")).to_be_focused()
    expect(account).to_have_value("Harbor Mills")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Delete")
    page.keyboard.press("Backspace")
    expect(account).to_have_value("")
    expect(page.get_by_role("status").filter(has_text="Account is empty")).to_have_count(1)


@pytest.mark.parametrize(
    ("locale", "first", "day", "moment"),
    [("en-US", "Sun", "1/3/2027", "12/10/2026 9:00 AM"), ("de-DE", "Mo", "03.01.2027", "10.12.2026 09:00")],
)
def test_a_calendar_writes_the_day_as_its_person_does(
    open_page: Open, locale: str, first: str, day: str, moment: str
) -> None:
    page = open_page("/o/asset/new/", locale=locale, color_scheme="dark", viewport={"width": 360, "height": 740})
    installed = page.get_by_label("Installed On")
    # With points it is read in every format.
    installed.fill("3.12.2026")
    page.keyboard.press("Alt+ArrowDown")
    calendar = page.get_by_role("dialog", name="Choose a date")
    expect(calendar.get_by_role("columnheader").first).to_have_text(first)
    expect_no_violations(page)
    picture(page, f"calendar-{locale}")
    page.keyboard.press("PageDown")
    page.keyboard.press("Enter")
    expect(installed).to_have_value(day)
    expect(installed).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(calendar).to_be_hidden()
    expect(installed).to_have_value(day)
    reading = page.get_by_label("Last Reading")
    reading.fill(moment.split(" ", maxsplit=1)[0])
    reading.press("Alt+ArrowDown")
    page.keyboard.press("Enter")
    expect(reading).to_have_value(moment)
    # The time is marked: it is typed over.
    page.keyboard.type("8:15")
    expect(reading).to_have_value(moment.split(" ", maxsplit=1)[0] + " 8:15")


@pytest.mark.parametrize(
    "options", [{}, {"viewport": {"width": 800, "height": 600}}, NARROW], ids=["1280", "800", "360"]
)
def test_menus_open_at_their_buttons(open_page: Open, options: dict[str, Any]) -> None:
    page = open_page("/o/asset/", **options)
    for button in page.locator("main [popovertarget]:visible").all()[:7]:
        button.click()
        menu = button.get_attribute("popovertarget")
        at = [menu, button.element_handle()]
        # Menus slide in.
        wait_until(lambda at=at: page.evaluate(AT_BUTTON, at), f"{menu} does not open at its button")  # type: ignore[misc]
        page.keyboard.press("Escape")
    if options:
        page.get_by_role("button", name="Menu").click()
    person = page.locator("[popovertarget=user-menu]")
    person.click()
    held = ["user-menu", person.element_handle()]
    wait_until(lambda: page.evaluate(AT_BUTTON, held), "the account's menu does not open at its button")


def test_a_menu_that_grows_stays_at_its_button(open_page: Open) -> None:
    page = open_page("/o/asset/")
    button = page.get_by_role("button", name="More of Assets")
    button.click()
    expect(page.get_by_role("button", name="Undo last change")).to_be_visible()
    at, menu = button.bounding_box(), page.locator("#object-menu").bounding_box()
    assert at
    assert menu
    assert abs(at["x"] + at["width"] - menu["x"] - menu["width"]) < 1


def test_the_head_of_a_narrow_list_is_low(open_page: Open) -> None:
    page = open_page("/o/asset/", **NARROW)
    assert page.locator(".table-frame").bounding_box()["y"] < 240  # type: ignore[index]
    assert page.locator("th.name").first.bounding_box()["width"] <= 0.4 * 360  # type: ignore[index]
    page.get_by_role("button", name="More of Assets").click()
    expect_no_violations(page)
    for name in ("Setup", "Trash"):
        expect(page.locator("#object-menu").get_by_role("link", name=name)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export CSV").click()
    assert download.value.suggested_filename.endswith(".csv")


def test_toasts_cover_nothing_and_are_few(open_page: Open) -> None:
    page = open_page("/o/asset/")
    for number in range(5):
        page.evaluate(
            "(text) => document.dispatchEvent(new CustomEvent('toast', { detail: { text, change: 'x' } }))", str(number)
        )
    toasts = page.locator(".toast")
    expect(toasts).to_have_count(3)
    expect(toasts.last).to_contain_text("4")
    box = page.locator(".toasts").bounding_box()
    assert box is not None
    for control in page.locator(".head .button, .head .icon-button, .tab, .pages .button, td").all()[:20]:
        at = control.bounding_box()
        assert (
            at is None
            or at["x"] >= box["x"] + box["width"]
            or at["x"] + at["width"] <= box["x"]
            or (at["y"] >= box["y"] + box["height"])
        )
    toasts.last.hover()
    expect(toasts.first).to_be_visible()
    picture(page, "toasts")


def test_a_command_leads_into_the_first_control(open_page: Open) -> None:
    page = open_page("/")
    for command, address in (("New Support Case", "/o/support_case/new/"), ("New object", "/setup/objects/new/")):
        page.keyboard.press("Control+k")
        page.keyboard.type(command)
        page.get_by_role("option", name=command, exact=True).click()
        expect(page).to_have_url(re.compile(address))
        expect(page.locator(".card .field :is(input, textarea)").first).to_be_focused()
